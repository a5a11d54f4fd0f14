// Registration, deviceTokens, pushTokens.
#include "tests/unit/registry/support.hpp"

namespace voip::registry {
namespace {

const std::string letters32(32, 'a');

}  // namespace

TEST_CASE(
    "register: idempotent with the same key, with the used ticket inside its 300 s and with a fresh one",
    "[registry][unit]") {
    Fixture f;
    const auto key = crypto::KeyPair::generate();
    const NewDevice device{"wx1", "m1", "SN1", f.ticket(), key.public_key()};
    CHECK(f.registry.register_device(device, t0));
    CHECK(f.registry.register_device(device, t0 + 299999));
    CHECK(fault_of(f.registry.register_device(device, t0 + 300000)) == 10008);
    NewDevice fresh = device;
    fresh.sn_ticket = f.ticket("SN1", t0 + 400 * second);
    CHECK(f.registry.register_device(fresh, t0 + 400 * second));
    const auto found = f.registry.find_device("SN1");
    REQUIRE(found);
    CHECK(**found == Device{"SN1", "wx1", "m1", "Intercom", Registration::device_auth, key.public_key(),
                            t0 + 400 * second, 0});
    CHECK(f.registry.devices()->size() == 1);
    CHECK_FALSE(f.registry.find_device("SN2")->has_value());
}

TEST_CASE("register: each refusal has its code", "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.put_product({"wx1", "m2", "", Registration::device_auth, Charge::any, 0}, "", t0));
    REQUIRE(f.registry.put_product({"wx2", "m1", "", Registration::device_auth, Charge::any, 0},
                                   "another secret 16", t0));
    const auto key = crypto::KeyPair::generate();
    const auto other_key = crypto::KeyPair::generate();
    const NewDevice good{"wx1", "m1", "SN1", f.ticket(), key.public_key()};
    const auto code_of = [&](auto change, UnixMillis now = t0) {
        NewDevice device = good;
        change(device);
        return fault_of(f.registry.register_device(device, now));
    };
    CHECK(code_of([](NewDevice& d) { d.sn = std::string(129, 'a'); }) == 9800001);
    CHECK(code_of([](NewDevice& d) { d.sn = "SN 1"; }) == 9800002);
    CHECK(code_of([](NewDevice& d) { d.sn = ""; }) == 9800002);
    CHECK(code_of([](NewDevice& d) { d.public_key = "AAAA"; }) == 1004);
    CHECK(code_of([](NewDevice& d) { d.model_id = "m9"; }) == 9800003);
    CHECK(code_of([](NewDevice& d) { d.app_id = "wx9"; }) == 9800003);
    CHECK(code_of([](NewDevice& d) { d.sn_ticket = "short"; }) == 9800011);
    CHECK(code_of([](NewDevice& d) { d.sn_ticket = letters32; }) == 10008);
    CHECK(code_of([](NewDevice& d) { d.sn = "SN2"; }) == 10008);
    CHECK(code_of([](NewDevice& d) { d.model_id = "m2"; }) == 10008);
    CHECK(code_of([](NewDevice& d) { d.app_id = "wx2"; }) == 10008);
    CHECK(code_of([](NewDevice&) {}, t0 + 300 * second) == 10008);
    CHECK(code_of([](NewDevice&) {}) == 0);
    CHECK(code_of([&](NewDevice& d) { d.public_key = other_key.public_key(); }) == 9);
    CHECK(code_of([&](NewDevice& d) {
              d.app_id = "wx2";
              d.sn_ticket = f.ticket("SN1", t0, "wx2", "m1");
          }) == 9);
    REQUIRE(f.registry.revoke_device("SN1", t0));
    CHECK(code_of([](NewDevice&) {}) == 4014);
    CHECK(f.failures.empty());
}

TEST_CASE("register: a ticket lets one key in: not a second one after the key was reset",
          "[registry][unit]") {
    Fixture f;
    const auto old_key = crypto::KeyPair::generate(), new_key = crypto::KeyPair::generate();
    NewDevice device{"wx1", "m1", "SN1", f.ticket(), old_key.public_key()};
    REQUIRE(f.registry.register_device(device, t0));
    CHECK(*f.registry.reset_key("SN1", t0));
    device.public_key = new_key.public_key();
    CHECK(fault_of(f.registry.register_device(device, t0)) == 10008);
    device.sn_ticket = f.ticket();
    CHECK(f.registry.register_device(device, t0));
    CHECK_FALSE(*f.registry.reset_key("SN9", t0));
}

TEST_CASE("register: a device may change its model with a fresh ticket; tokens of the old one are then 17",
          "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.put_product({"wx1", "m2", "Screen", Registration::wmpf, Charge::any, 0}, "", t0));
    const auto key = f.register_device();
    const auto token = f.registry.issue_device_token("SN1", t0);
    REQUIRE(f.registry.register_device(
        {"wx1", "m2", "SN1", f.ticket("SN1", t0, "wx1", "m2"), key.public_key()}, t0));
    CHECK(fault_of(f.registry.check_device_token(token->token, t0)) == 17);
    const auto identity = f.registry.check_device_token(f.registry.issue_device_token("SN1", t0)->token, t0);
    REQUIRE(identity);
    CHECK(identity->device.model_name == "Screen");
    CHECK(identity->device.registration == Registration::wmpf);
}

TEST_CASE("deviceToken: good for exactly 3600 s, no two alike", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const auto token = f.registry.issue_device_token("SN1", t0);
    REQUIRE(token);
    CHECK(token->expires == t0 + 3600 * second);
    CHECK(token->token.size() < limits::token_bytes);
    CHECK(f.registry.issue_device_token("SN1", t0)->token != token->token);
    const auto identity = f.registry.check_device_token(token->token, t0 + 3599999);
    REQUIRE(identity);
    CHECK(identity->device.sn == "SN1");
    CHECK(identity->expires == token->expires);
    CHECK(fault_of(f.registry.check_device_token(token->token, t0 + 3600000)) == 4010);
}

TEST_CASE("deviceToken: not one changed character passes", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const std::string token = f.registry.issue_device_token("SN1", t0)->token;
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        REQUIRE(fault_of(f.registry.check_device_token(changed, t0)) == 4010);
    }
    for (const std::string& text : {std::string(), std::string("d1."), std::string("d1.."), token + ".",
                                    token.substr(3), std::string(5000, 'a'), token + std::string(3000, 'a')})
        CHECK(fault_of(f.registry.check_device_token(text, t0)) == 4010);
    CHECK(f.registry.check_device_token(token, t0));
    // Another registry has another key.
    Fixture g;
    g.register_device();
    CHECK(fault_of(g.registry.check_device_token(token, t0)) == 4010);
}

TEST_CASE("deviceToken: ends with revoke and with reset-key, and stays ended", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const std::string token = f.registry.issue_device_token("SN1", t0)->token;
    const std::string push = f.registry.issue_push_token("SN1", t0)->token;
    SECTION("revoke") {
        CHECK(*f.registry.revoke_device("SN1", t0));
        CHECK(fault_of(f.registry.check_device_token(token, t0)) == 4014);
        CHECK(fault_of(f.registry.issue_device_token("SN1", t0)) == 4014);
        CHECK(fault_of(f.registry.issue_push_token("SN1", t0)) == 4014);
        CHECK((*f.registry.find_device("SN1"))->revoked == t0);
        CHECK(*f.registry.revoke_device("SN1", t0 + second));
        CHECK((*f.registry.find_device("SN1"))->revoked == t0);
        CHECK(f.registry.changes_after(0)->size() == 1);
        CHECK(*f.registry.reset_key("SN1", t0));
    }
    SECTION("reset-key") {
        CHECK(*f.registry.reset_key("SN1", t0));
    }
    CHECK(fault_of(f.registry.issue_device_token("SN1", t0)) == 9800004);
    f.register_device();
    CHECK(fault_of(f.registry.check_device_token(token, t0)) == 4010);
    CHECK_FALSE(f.registry.check_push_token(push, t0)->has_value());
    CHECK(f.registry.check_device_token(f.registry.issue_device_token("SN1", t0)->token, t0));
    CHECK_FALSE(*f.registry.revoke_device("SN9", t0));
    CHECK(fault_of(f.registry.issue_device_token("SN9", t0)) == 9800004);
}

TEST_CASE("pushToken: the newest two of an SN are good, for 24 h", "[registry][unit]") {
    Fixture f;
    f.register_device();
    f.register_device("SN2");
    const auto first = f.registry.issue_push_token("SN1", t0);
    const auto second_token = f.registry.issue_push_token("SN1", t0);
    const auto other = f.registry.issue_push_token("SN2", t0);
    CHECK((*f.registry.check_push_token(first->token, t0))->sn == "SN1");
    const auto third = f.registry.issue_push_token("SN1", t0 + second);
    CHECK_FALSE(f.registry.check_push_token(first->token, t0)->has_value());
    CHECK(f.registry.check_push_token(second_token->token, t0 + 86399999)->has_value());
    CHECK_FALSE(f.registry.check_push_token(second_token->token, t0 + 86400000)->has_value());
    CHECK(f.registry.check_push_token(third->token, t0 + 86400000)->has_value());
    CHECK((*f.registry.check_push_token(other->token, t0))->sn == "SN2");
    CHECK_FALSE(f.registry.check_push_token("", t0)->has_value());
    CHECK(fault_of(f.registry.issue_push_token("SN9", t0)) == 9800004);
}

TEST_CASE("pushToken: a user gets the newest of a device that it authorised", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const User ann = f.add_user();
    CHECK(fault_of(f.registry.push_token_for(ann.open_id, "SN1", t0)) == 9);
    f.grant(ann);
    CHECK(fault_of(f.registry.push_token_for(ann.open_id, "SN1", t0)) == 14);
    REQUIRE(f.registry.issue_push_token("SN1", t0));
    const auto newest = f.registry.issue_push_token("SN1", t0);
    const auto given = f.registry.push_token_for(ann.open_id, "SN1", t0 + 86399999);
    REQUIRE(given);
    CHECK(given->token == newest->token);
    CHECK(given->expires == t0 + 86400 * second);
    CHECK(fault_of(f.registry.push_token_for(ann.open_id, "SN1", t0 + 86400000)) == 14);
    REQUIRE(f.registry.revoke_device("SN1", t0));
    CHECK(fault_of(f.registry.push_token_for(ann.open_id, "SN1", t0)) == 2);
}

}  // namespace voip::registry
