// The backend's checks, each code by its real cause.
#include "tests/unit/registry/support.hpp"

namespace voip::registry {
namespace {

/// SN1 of model m1, Ann who authorised it, Ben who did not, Zoe of another mini program.
struct Town : Fixture {
    Town() : key(register_device()), ann(add_user("Ann")), ben(add_user("Ben")) {
        REQUIRE(registry.put_product({"wx2", "m1", "", Registration::device_auth, Charge::any, 0},
                                     "another secret 16", t0));
        zoe = add_user("Zoe", "wx2");
        grant(ann);
    }
    [[nodiscard]] InitByCaller from_device(const std::string& to) {
        InitByCaller request;
        request.business_type = device_to_user;
        request.caller.id = "SN1";
        request.listener.id = to;
        request.voip_token = registry.issue_device_token("SN1", t0)->token;
        return request;
    }
    [[nodiscard]] InitByCaller from_user(const User& user, const std::string& sn = "SN1") {
        InitByCaller request;
        request.business_type = user_to_device;
        request.caller.id = user.open_id;
        request.listener.id = sn;
        request.voip_token = registry.issue_push_token("SN1", t0)->token;
        return request;
    }
    [[nodiscard]] SignedClaim claim(const crypto::KeyPair& by, std::int64_t timestamp_s = t0 / 1000,
                                    const std::string& nonce = "nonce-of-16-chars") {
        SignedClaim claim{"wx1", "m1", "SN1", timestamp_s, nonce, "", "", "what the device says " + nonce};
        claim.signature = by.sign(claim.signed_text);
        return claim;
    }

    crypto::KeyPair key;
    User ann, ben, zoe;
};

}  // namespace

TEST_CASE("claim: within 300 s either way, once, by the registered key", "[registry][unit]") {
    Town t;
    CHECK(check_token_claim(t.registry, t.claim(t.key), t0));
    CHECK(fault_of(check_token_claim(t.registry, t.claim(t.key), t0)) == 4012);
    CHECK(check_token_claim(t.registry, t.claim(t.key, t0 / 1000 - 300, "nonce-2-of-16-chars"), t0));
    CHECK(check_token_claim(t.registry, t.claim(t.key, t0 / 1000 + 300, "nonce-3-of-16-chars"), t0));
    // Half a second later the first second is too old, and the last is good for half a second more.
    CHECK(fault_of(check_token_claim(t.registry, t.claim(t.key, t0 / 1000 - 300, "nonce-7-of-16-chars"),
                                     t0 + 500)) == 4011);
    CHECK(check_token_claim(t.registry, t.claim(t.key, t0 / 1000 + 300, "nonce-7-of-16-chars"), t0 + 500));
    for (const std::int64_t timestamp :
         {t0 / 1000 - 301, t0 / 1000 + 301, std::int64_t{0}, INT64_MAX, INT64_MIN}) {
        const auto refused =
            check_token_claim(t.registry, t.claim(t.key, timestamp, "nonce-4-of-16-chars"), t0);
        REQUIRE(fault_of(refused) == 4011);
        CHECK(*refused.error().data.find("serverTime")->as_integer() == t0);
    }
    CHECK(fault_of(check_token_claim(
              t.registry, t.claim(crypto::KeyPair::generate(), t0 / 1000, "nonce-5-of-16-chars"), t0)) ==
          4013);
    // A wrong signature uses up no nonce.
    CHECK(check_token_claim(t.registry, t.claim(t.key, t0 / 1000, "nonce-5-of-16-chars"), t0));
    auto changed = t.claim(t.key, t0 / 1000, "nonce-6-of-16-chars");
    changed.signed_text += "!";
    CHECK(fault_of(check_token_claim(t.registry, changed, t0)) == 4013);
}

TEST_CASE("claim: unknown SN, other appId or model, no key, revoked", "[registry][unit]") {
    Town t;
    const auto code_of = [&](auto change) {
        auto claim = t.claim(t.key);
        change(claim);
        return fault_of(check_token_claim(t.registry, claim, t0));
    };
    CHECK(code_of([](SignedClaim& c) { c.sn = "SN9"; }) == 9800004);
    CHECK(code_of([](SignedClaim& c) { c.app_id = "wx2"; }) == 9800004);
    CHECK(code_of([](SignedClaim& c) { c.model_id = "m2"; }) == 9800004);
    REQUIRE(t.registry.revoke_device("SN1", t0));
    CHECK(code_of([](SignedClaim&) {}) == 4014);
    REQUIRE(t.registry.reset_key("SN1", t0));
    CHECK(code_of([](SignedClaim&) {}) == 9800004);
}

TEST_CASE("claim: a registration is signed by the key that it brings", "[registry][unit]") {
    Town t;
    const auto fresh = crypto::KeyPair::generate();
    auto claim = t.claim(fresh);
    claim.sn = "SN-new";
    CHECK(fault_of(check_registration_claim(t.registry, claim, t0)) == 1004);
    claim.public_key = t.key.public_key();
    CHECK(fault_of(check_registration_claim(t.registry, claim, t0)) == 4013);
    claim.public_key = fresh.public_key();
    CHECK(fault_of(check_registration_claim(t.registry, claim, t0 + 301 * second)) == 4011);
    CHECK(check_registration_claim(t.registry, claim, t0));
    CHECK(fault_of(check_registration_claim(t.registry, claim, t0)) == 4012);
}

TEST_CASE("claim: after an end with unsaved nonces none made before that start is good", "[registry][unit]") {
    Town t;
    {
        const FullDisk full;
        CHECK(check_token_claim(t.registry, t.claim(t.key), t0));
    }
    t.reopen(t0 + 10 * second);
    CHECK(fault_of(check_token_claim(t.registry, t.claim(t.key), t0 + 11 * second)) == 4011);
    CHECK(fault_of(check_token_claim(t.registry, t.claim(t.key, t0 / 1000 + 9), t0 + 11 * second)) == 4011);
    CHECK(check_token_claim(t.registry, t.claim(t.key, t0 / 1000 + 10, "nonce-2-of-16-chars"),
                            t0 + 11 * second));
}

TEST_CASE("device calls user: the phone is shown the given name and the model's", "[registry][unit]") {
    Town t;
    const auto permit = permit_device_call(t.registry, "SN1", t.from_device(t.ann.open_id), t0);
    REQUIRE(permit);
    CHECK(permit->device_name == "Front door Intercom");
    CHECK(permit->user_name == "Ann");
    CHECK(permit->app_id == "wx1");
    CHECK(permit->charge_type == ChargeType::duration);
    t.grant(t.ann, "SN1", "");
    CHECK(permit_device_call(t.registry, "SN1", t.from_device(t.ann.open_id), t0)->device_name == "Intercom");
    REQUIRE(t.registry.put_product({"wx1", "m1", "", Registration::device_auth, Charge::any, 0}, "", t0));
    CHECK(permit_device_call(t.registry, "SN1", t.from_device(t.ann.open_id), t0)->device_name == "SN1");
}

TEST_CASE("device calls user: codes 2, 13, 17, 7, 20, 19, 9", "[registry][unit]") {
    Town t;
    const auto code_of = [&](InitByCaller request, UnixMillis now = t0) {
        return fault_of(permit_device_call(t.registry, "SN1", request, now));
    };
    InitByCaller request = t.from_device(t.ann.open_id);
    CHECK(code_of(request) == 0);
    CHECK(code_of(request, t0 + 3600 * second) == 13);
    request.caller.id = "SN2";
    CHECK(code_of(request) == 2);
    request = t.from_device(t.ann.open_id);
    request.voip_token = "";
    CHECK(code_of(request) == 13);
    request.voip_token = "rubbish";
    CHECK(code_of(request) == 13);
    t.register_device("SN2");
    request.voip_token = t.registry.issue_device_token("SN2", t0)->token;
    CHECK(code_of(request) == 13);
    CHECK(code_of(t.from_device("ann")) == 7);
    CHECK(code_of(t.from_device("o" + std::string(27, '-'))) == 7);
    CHECK(code_of(t.from_device("o" + std::string(27, 'x'))) == 20);
    CHECK(code_of(t.from_device(t.zoe.open_id)) == 19);
    CHECK(code_of(t.from_device(t.ben.open_id)) == 9);
    REQUIRE(t.registry.remove_grant(t.ann.open_id, "SN1", t0));
    CHECK(code_of(t.from_device(t.ann.open_id)) == 9);
    REQUIRE(t.registry.revoke_user(t.ann.open_id, t0));
    CHECK(code_of(t.from_device(t.ann.open_id)) == 20);
    REQUIRE(t.registry.put_product({"wx1", "m2", "", Registration::wmpf, Charge::any, 0}, "", t0));
    request = t.from_device(t.ben.open_id);
    REQUIRE(t.registry.register_device(
        {"wx1", "m2", "SN1", t.ticket("SN1", t0, "wx1", "m2"), t.key.public_key()}, t0));
    CHECK(code_of(request) == 17);
    // A wmpf device carries no token: its channel says who it is.
    request.voip_token = "";
    CHECK(code_of(request) == 9);
    REQUIRE(t.registry.revoke_device("SN1", t0));
    CHECK(code_of(request) == 2);
    CHECK(t.failures.empty());
}

TEST_CASE("user calls device by initByCaller: codes 7, 20, 2, 19, 9, 14", "[registry][unit]") {
    Town t;
    const auto code_of = [&](const User& user, InitByCaller request, UnixMillis now = t0) {
        return fault_of(permit_user_call(t.registry, user.open_id, request, now));
    };
    InitByCaller request = t.from_user(t.ann);
    CHECK(code_of(t.ann, request) == 0);
    CHECK(code_of(t.ben, request) == 7);
    CHECK(code_of(t.ben, t.from_user(t.ben)) == 9);
    CHECK(code_of(t.zoe, t.from_user(t.zoe)) == 19);
    CHECK(code_of(t.ann, t.from_user(t.ann, "SN9")) == 2);
    request = t.from_user(t.ann);
    CHECK(code_of(t.ann, request, t0 + 86400 * second) == 14);
    request.voip_token = "rubbish";
    CHECK(code_of(t.ann, request) == 14);
    t.register_device("SN2");
    t.grant(t.ann, "SN2", "");
    request.voip_token = t.registry.issue_push_token("SN2", t0)->token;
    CHECK(code_of(t.ann, request) == 14);
    request.listener.id = "SN2";
    CHECK(code_of(t.ann, request) == 0);
    REQUIRE(t.registry.revoke_device("SN2", t0));
    CHECK(code_of(t.ann, request) == 2);
    request = t.from_user(t.ann);
    REQUIRE(t.registry.reset_key("SN1", t0));
    CHECK(code_of(t.ann, request) == 2);
    REQUIRE(t.registry.revoke_user(t.ann.open_id, t0));
    CHECK(code_of(t.ann, request) == 20);
}

TEST_CASE("user calls device by callDevice: codes 20, 2, 17, 19, 9 unless open, 22", "[registry][unit]") {
    Town t;
    CallDevice request;
    request.sn = "SN1";
    request.model_id = "m1";
    const auto code_of = [&](const User& user, bool open = false) {
        return fault_of(permit_call_device(t.registry, user.open_id, request, open, t0));
    };
    const auto permit = permit_call_device(t.registry, t.ann.open_id, request, false, t0);
    REQUIRE(permit);
    CHECK(permit->charge_type == ChargeType::license);
    CHECK(permit->device_name == "Front door Intercom");
    CHECK(code_of(t.ben) == 9);
    CHECK(code_of(t.ben, true) == 0);
    CHECK(code_of(t.zoe, true) == 19);
    request.model_id = "m2";
    CHECK(code_of(t.ann) == 17);
    request.model_id = "m1";
    request.sn = "SN9";
    CHECK(code_of(t.ann) == 2);
    request.sn = "SN1";
    for (const auto& [charge, licensed, timed] :
         {std::tuple{Charge::any, 0, 0}, std::tuple{Charge::license, 0, 22},
          std::tuple{Charge::duration, 22, 0}}) {
        REQUIRE(t.registry.put_product({"wx1", "m1", "", Registration::device_auth, charge, 0}, "", t0));
        request.charge_type = ChargeType::license;
        CHECK(code_of(t.ann) == licensed);
        request.charge_type = ChargeType::duration;
        CHECK(code_of(t.ann) == timed);
    }
    REQUIRE(t.registry.revoke_user(t.ann.open_id, t0));
    CHECK(code_of(t.ann) == 20);
}

TEST_CASE("a backend calls for its device: codes 2, 17, 7, 20, 19, 9", "[registry][unit]") {
    Town t;
    const auto code_of = [&](const char* app, const char* model, const char* sn, const std::string& open_id) {
        return fault_of(permit_backend_call(t.registry, app, model, sn, open_id, t0));
    };
    CHECK(code_of("wx1", "m1", "SN1", t.ann.open_id) == 0);
    CHECK(code_of("wx1", "m1", "SN9", t.ann.open_id) == 2);
    CHECK(code_of("wx2", "m1", "SN1", t.ann.open_id) == 2);
    CHECK(code_of("wx1", "m2", "SN1", t.ann.open_id) == 17);
    CHECK(code_of("wx1", "m1", "SN1", "ann") == 7);
    CHECK(code_of("wx1", "m1", "SN1", "o" + std::string(27, 'x')) == 20);
    CHECK(code_of("wx1", "m1", "SN1", t.zoe.open_id) == 19);
    CHECK(code_of("wx1", "m1", "SN1", t.ben.open_id) == 9);
}

}  // namespace voip::registry
