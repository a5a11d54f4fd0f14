// Products, access tokens, snTickets.
#include "tests/unit/registry/support.hpp"

namespace voip::registry {

TEST_CASE("product: the first of an appId needs a secret; putting it again changes it", "[registry][unit]") {
    Fixture f;
    const Product second_model{"wx1", "m2", "Screen", Registration::wmpf, Charge::duration, 0};
    CHECK(f.registry.put_product(second_model, "", t0 + 1));
    Product expected = second_model;
    expected.created = t0 + 1;
    CHECK(**f.registry.find_product("wx1", "m2") == expected);
    Product changed{"wx1", "m1", "New name", Registration::device_auth, Charge::license, 0};
    CHECK(f.registry.put_product(changed, "", t0 + 2));
    changed.created = t0;
    CHECK(*f.registry.products() == std::vector<Product>{changed, expected});
    CHECK_FALSE(f.registry.find_product("wx1", "m3")->has_value());

    CHECK(f.registry.put_product({"wx2", "m1", "", {}, {}, 0}, "", t0).error().is(Errc::bad_config));
    CHECK(f.registry.put_product({"wx2", "m1", "", {}, {}, 0}, "fifteen bytes..", t0)
              .error()
              .is(Errc::bad_config));
    CHECK(f.registry.put_product({"wx2", "m1", "", {}, {}, 0}, std::string(129, 'a'), t0)
              .error()
              .is(Errc::bad_config));
    CHECK(f.registry.put_product({"", "m1", "", {}, {}, 0}, "a secret of 16 b", t0)
              .error()
              .is(Errc::bad_config));
    CHECK(f.registry.put_product({"wx2", "a\nb", "", {}, {}, 0}, "a secret of 16 b", t0)
              .error()
              .is(Errc::bad_config));
    CHECK(f.registry.put_product({"wx2", "m1", "a\nb", {}, {}, 0}, "a secret of 16 b", t0)
              .error()
              .is(Errc::bad_config));
    CHECK(f.registry.products()->size() == 2);
    CHECK(f.failures.empty());
}

TEST_CASE("words: each Charge has one that is read back", "[registry][unit]") {
    for (const Charge one : {Charge::any, Charge::duration, Charge::license})
        CHECK(charge(to_string(one)) == one);
    CHECK_FALSE(charge("none"));
}

TEST_CASE("access_token: for the right secret, good for 7200 s, the newest 20 of an appId",
          "[registry][unit]") {
    Fixture f;
    const auto token = f.registry.issue_access_token("wx1", "a secret of the app", t0);
    REQUIRE(token);
    CHECK(token->expires == t0 + 7200 * second);
    CHECK(*f.registry.check_access_token(token->token, t0 + 7199999) == "wx1");
    CHECK(fault_of(f.registry.check_access_token(token->token, t0 + 7200000)) == 40001);
    CHECK(fault_of(f.registry.check_access_token("", t0)) == 40001);
    CHECK(fault_of(f.registry.issue_access_token("wx1", "a secret of the apq", t0)) == 40001);
    CHECK(fault_of(f.registry.issue_access_token("wx1", "", t0)) == 40001);
    CHECK(fault_of(f.registry.issue_access_token("wx9", "a secret of the app", t0)) == 40001);
    for (int i = 0; i < 19; ++i) REQUIRE(f.registry.issue_access_token("wx1", "a secret of the app", t0));
    CHECK(f.registry.check_access_token(token->token, t0));
    REQUIRE(f.registry.issue_access_token("wx1", "a secret of the app", t0));
    CHECK(fault_of(f.registry.check_access_token(token->token, t0)) == 40001);
}

TEST_CASE("access_token: a new appSecret replaces the old one", "[registry][unit]") {
    Fixture f;
    REQUIRE(f.registry.put_product({"wx1", "m1", "", {}, {}, 0}, "quite another one", t0));
    CHECK(fault_of(f.registry.issue_access_token("wx1", "a secret of the app", t0)) == 40001);
    CHECK(f.registry.issue_access_token("wx1", "quite another one", t0));
}

TEST_CASE("snTicket: 32 letters and digits, for an SN and a model of this appId", "[registry][unit]") {
    Fixture f;
    const auto ticket = f.registry.make_sn_ticket("wx1", "SN1", "m1", t0);
    REQUIRE(ticket);
    CHECK(is_sn_ticket(ticket->token));
    CHECK(ticket->expires == t0 + 300 * second);
    CHECK(fault_of(f.registry.make_sn_ticket("wx1", std::string(129, 'a'), "m1", t0)) == 9800001);
    CHECK(fault_of(f.registry.make_sn_ticket("wx1", "SN!", "m1", t0)) == 9800002);
    CHECK(fault_of(f.registry.make_sn_ticket("wx1", "SN1", "m2", t0)) == 9800003);
    CHECK(fault_of(f.registry.make_sn_ticket("wx2", "SN1", "m1", t0)) == 9800003);
}

}  // namespace voip::registry
