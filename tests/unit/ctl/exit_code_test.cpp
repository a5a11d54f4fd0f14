#include "daemon/ctl/exit_code.hpp"

#include "tests/support/catch.hpp"

namespace voip::ctl {

TEST_CASE("ctl exit codes: the 6 numbers of the contract", "[ctl][unit]") {
    CHECK(done == 0);
    CHECK(refused == 1);
    CHECK(usage_wrong == 2);
    CHECK(unreachable == 3);
    CHECK(role_missing == 4);
    CHECK(deadline_passed == 5);
}

TEST_CASE("ctl exit codes: fault 4030 is 4, every other fault 1", "[ctl][unit]") {
    CHECK(exit_code(Fault{4030, "", "", {}}) == 4);
    for (const int code : {-32601, 1, 9, 1002, 1004, 1005, 4290})
        CHECK(exit_code(Fault{code, "", "", {}}) == 1);
}

TEST_CASE("ctl exit codes: a deadline is 5, a refused role 4, everything else of the road 3", "[ctl][unit]") {
    CHECK(exit_code(fail(Errc::timeout)) == 5);
    CHECK(exit_code(fail(Errc::refused)) == 4);
    for (const Errc code : {Errc::unreachable, Errc::closed, Errc::bad_message, Errc::io})
        CHECK(exit_code(fail(code)) == 3);
}

TEST_CASE("ctl exit codes: a result is a refusal only with isSuccess false", "[ctl][unit]") {
    CHECK(exit_code(json::Value(json::Object{{"isSuccess", false}, {"errCode", 9}})) == 1);
    CHECK(exit_code(json::Value(json::Object{{"isSuccess", true}})) == 0);
    CHECK(exit_code(json::Value(json::Object{})) == 0);
    CHECK(exit_code(json::Value(json::Object{{"isSuccess", "false"}})) == 0);
    CHECK(exit_code(json::Value()) == 0);
}

}  // namespace voip::ctl
