// A full disk, and nonces over it.
#include "tests/unit/registry/support.hpp"

namespace voip::registry {

TEST_CASE("full disk: what must be written fails with 5030 and leaves nothing half done; the rest goes on",
          "[registry][unit]") {
    Fixture f;
    f.register_device();
    const User ann = f.add_user();
    f.grant(ann);
    const auto login = f.registry.issue_user_token(ann.open_id, t0);
    const auto push = f.registry.issue_push_token("SN1", t0);
    {
        const FullDisk full;
        CHECK(fault_of(f.registry.issue_push_token("SN1", t0)) == 5030);
        CHECK(fault_of(f.registry.issue_user_token(ann.open_id, t0)) == 5030);
        CHECK(fault_of(f.registry.issue_access_token("wx1", "a secret of the app", t0)) == 5030);
        CHECK(fault_of(f.registry.make_sn_ticket("wx1", "SN1", "m1", t0)) == 5030);
        CHECK_FALSE(f.registry.store_rooms(std::vector<RoomRow>{{"r", json::Value(1)}}));
        CHECK_FALSE(f.registry.prune(t0 + 400LL * 86400 * second));
        CHECK(f.failures.size() == 6);

        const auto token = f.registry.issue_device_token("SN1", t0);
        REQUIRE(token);
        CHECK(f.registry.check_device_token(token->token, t0));
        CHECK(f.registry.check_user_token(login->token.token, t0));
        InitByCaller request;
        request.caller.id = "SN1";
        request.listener.id = ann.open_id;
        request.voip_token = token->token;
        CHECK(permit_device_call(f.registry, "SN1", request, t0));
    }
    CHECK(f.registry.push_token_for(ann.open_id, "SN1", t0)->token == push->token);
    CHECK(f.registry.issue_push_token("SN1", t0));
    CHECK(f.registry.store_rooms(std::vector<RoomRow>{{"r", json::Value(1)}}));
}

TEST_CASE("full disk: nonces are remembered in memory, and after a restart older claims are refused",
          "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.use_nonce("SN1", "saved-nonce-0001", t0));
    {
        const FullDisk full;
        CHECK(f.registry.use_nonce("SN1", "unsaved-nonce-01", t0));
        CHECK(fault_of(f.registry.use_nonce("SN1", "unsaved-nonce-01", t0)) == 4012);
        CHECK(fault_of(f.registry.use_nonce("SN1", "saved-nonce-0001", t0)) == 4012);
        CHECK(f.registry.use_nonce("SN2", "unsaved-nonce-01", t0));
    }
    // The disk has place again; what is only in memory still counts.
    CHECK(fault_of(f.registry.use_nonce("SN1", "unsaved-nonce-01", t0 + second)) == 4012);

    SECTION("a restart knows from when on claims are good, until no older one could be") {
        f.reopen(t0 + 5 * second);
        CHECK(f.registry.claims_from() == t0 + 5 * second);
        REQUIRE(f.registry.prune(t0 + 660 * second));
        CHECK(f.registry.claims_from() == t0 + 5 * second);
        REQUIRE(f.registry.prune(t0 + 665 * second));
        CHECK(f.registry.claims_from() == 0);
        f.reopen(t0 + 666 * second);
        CHECK(f.registry.claims_from() == 0);
    }
    SECTION("in memory too they are remembered for 660 s") {
        CHECK(fault_of(f.registry.use_nonce("SN1", "unsaved-nonce-01", t0 + 659999)) == 4012);
        CHECK(f.registry.use_nonce("SN1", "unsaved-nonce-01", t0 + 660000));
    }
    SECTION("without a restart the marker comes back when the last of them expired") {
        REQUIRE(f.registry.prune(t0 + 659999));
        f.reopen(t0 + 660 * second);
        CHECK(f.registry.claims_from() != 0);
    }
    SECTION("and is then there for the next start") {
        REQUIRE(f.registry.prune(t0 + 660 * second));
        f.reopen(t0 + 661 * second);
        CHECK(f.registry.claims_from() == 0);
    }
}

TEST_CASE("nonces: used ones are refused for 660 s, then pruned; those of another SN are others",
          "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.use_nonce("SN1", "nonce-of-16-chars", t0));
    CHECK(f.registry.use_nonce("SN2", "nonce-of-16-chars", t0));
    REQUIRE(f.registry.prune(t0 + 659999));
    CHECK(fault_of(f.registry.use_nonce("SN1", "nonce-of-16-chars", t0 + 659999)) == 4012);
    REQUIRE(f.registry.prune(t0 + 660000));
    CHECK(f.registry.use_nonce("SN1", "nonce-of-16-chars", t0 + 660000));
    CHECK(f.failures.empty());
}

}  // namespace voip::registry
