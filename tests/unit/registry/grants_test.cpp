// Consent.
#include "tests/unit/registry/support.hpp"

namespace voip::registry {

TEST_CASE("authorise: a ticket serves one user, who may repeat it, for 300 s", "[registry][unit]") {
    Fixture f;
    f.register_device();
    const User ann = f.add_user(), ben = f.add_user("Ben");
    const std::string ticket = f.ticket();
    const Grant grant{ann.open_id, "SN1", "Front door", 0};
    CHECK(f.registry.authorise(grant, "m1", ticket, t0 + 5));
    CHECK(f.registry.authorise(grant, "m1", ticket, t0 + 299999));
    CHECK(fault_of(f.registry.authorise(grant, "m1", ticket, t0 + 300000)) == 10008);
    CHECK(fault_of(f.registry.authorise({ben.open_id, "SN1", "", 0}, "m1", ticket, t0)) == 10008);
    const auto found = f.registry.find_grant(ann.open_id, "SN1");
    CHECK(**found == Grant{ann.open_id, "SN1", "Front door", t0 + 299999});
    CHECK_FALSE(f.registry.find_grant(ben.open_id, "SN1")->has_value());
    CHECK(f.registry.changes_after(0)->back().what == Change::What::grant_added);
}

TEST_CASE("authorise: the ticket that registered the device authorises it too, once", "[registry][unit]") {
    Fixture f;
    const User ann = f.add_user();
    const std::string ticket = f.ticket();
    const auto key = crypto::KeyPair::generate();
    REQUIRE(f.registry.register_device({"wx1", "m1", "SN1", ticket, key.public_key()}, t0));
    CHECK(f.registry.authorise({ann.open_id, "SN1", "", 0}, "m1", ticket, t0));
}

TEST_CASE("authorise: each refusal has its code and uses up nothing", "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.put_product({"wx1", "m2", "", Registration::device_auth, Charge::any, 0}, "", t0));
    REQUIRE(f.registry.put_product({"wx2", "m1", "", Registration::device_auth, Charge::any, 0},
                                   "another secret 16", t0));
    f.register_device();
    const User ann = f.add_user();
    const User foreign = f.add_user("Ann", "wx2");
    const std::string ticket = f.ticket();
    const auto code_of = [&](Grant grant, const std::string& model, const std::string& with) {
        return fault_of(f.registry.authorise(grant, model, with, t0));
    };
    const Grant good{ann.open_id, "SN1", "Front door", 0};
    CHECK(code_of({ann.open_id, "SN1", "fourteen chars", 0}, "m1", ticket) == 1004);
    CHECK(code_of({ann.open_id, "SN1", "a\tb", 0}, "m1", ticket) == 1004);
    CHECK(code_of(good, "m1", "not a ticket") == 9800011);
    CHECK(code_of(good, "m1", std::string(32, 'x')) == 10008);
    CHECK(code_of(good, "m2", ticket) == 10008);
    CHECK(code_of({ann.open_id, "SN2", "", 0}, "m1", ticket) == 10008);
    CHECK(code_of({ann.open_id, "SN2", "", 0}, "m1", f.ticket("SN2")) == 9800004);
    CHECK(code_of(good, "m2", f.ticket("SN1", t0, "wx1", "m2")) == 9800003);
    CHECK(code_of({foreign.open_id, "SN1", "", 0}, "m1", ticket) == 19);
    CHECK(code_of({"oNobody", "SN1", "", 0}, "m1", ticket) == 20);
    // Thirteen characters of three bytes each.
    std::string chinese;
    for (int i = 0; i < 13; ++i) chinese += "\xe9\x97\xa8";
    CHECK(code_of({ann.open_id, "SN1", chinese, 0}, "m1", ticket) == 0);
    REQUIRE(f.registry.revoke_device("SN1", t0));
    CHECK(code_of(good, "m1", f.ticket()) == 9800004);
    REQUIRE(f.registry.revoke_user(ann.open_id, t0));
    CHECK(code_of(good, "m1", ticket) == 20);
}

TEST_CASE("grants: the operator adds and removes them; both sides list what is not revoked",
          "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.put_product({"wx2", "m1", "", Registration::device_auth, Charge::any, 0},
                                   "another secret 16", t0));
    f.register_device("SN1");
    f.register_device("SN2");
    const User ann = f.add_user(), ben = f.add_user("Ben"), foreign = f.add_user("Ann", "wx2");
    f.grant(ann, "SN1", "Door");
    f.grant(ann, "SN2", "Gate");
    f.grant(ben, "SN1", "Eingang");
    CHECK(f.registry.add_grant({foreign.open_id, "SN1", "", 0}, t0).error().is(Errc::wrong_state));
    CHECK(f.registry.add_grant({"oNobody", "SN1", "", 0}, t0).error().is(Errc::not_found));
    CHECK(f.registry.add_grant({ann.open_id, "SN9", "", 0}, t0).error().is(Errc::not_found));
    CHECK(f.registry.add_grant({ann.open_id, "SN1", "fourteen chars", 0}, t0).error().is(Errc::bad_config));

    const auto users = f.registry.users_of("SN1");
    REQUIRE(users);
    REQUIRE(users->size() == 2);
    for (const auto& contact : *users) {
        const bool is_ann = contact.user == ann;
        CHECK((is_ann || contact.user == ben));
        CHECK(contact.grant == Grant{contact.user.open_id, "SN1", is_ann ? "Door" : "Eingang", t0});
    }
    const auto devices = f.registry.devices_of(ann.open_id);
    REQUIRE(devices);
    REQUIRE(devices->size() == 2);
    CHECK((*devices)[1].device.sn == "SN2");
    CHECK((*devices)[1].device.model_name == "Intercom");
    CHECK((*devices)[1].grant == Grant{ann.open_id, "SN2", "Gate", t0});

    const std::int64_t seen = *f.registry.last_change();
    CHECK(*f.registry.remove_grant(ann.open_id, "SN1", t0));
    CHECK_FALSE(*f.registry.remove_grant(ann.open_id, "SN1", t0));
    const auto changes = f.registry.changes_after(seen);
    REQUIRE(changes->size() == 1);
    CHECK((*changes)[0] == Change{(*changes)[0].id, Change::What::grant_removed, ann.open_id, "SN1", ""});
    REQUIRE(f.registry.revoke_user(ben.open_id, t0));
    CHECK(f.registry.users_of("SN1")->empty());
    REQUIRE(f.registry.revoke_device("SN2", t0));
    CHECK(f.registry.devices_of(ann.open_id)->empty());
}

}  // namespace voip::registry
