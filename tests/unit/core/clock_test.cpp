#include "core/clock.hpp"

#include "tests/support/catch.hpp"

using namespace voip;

TEST_CASE("clock: seconds of a configuration may be fractions", "[core][unit]") {
    CHECK(from_seconds(60) == 60s);
    CHECK(from_seconds(0.25) == 250ms);
    CHECK(from_seconds(0) == Duration::zero());
}

TEST_CASE("clock: whole seconds are rounded down, 59.999 s are 59", "[core][unit]") {
    CHECK(whole_seconds(59999ms) == 59);
    CHECK(whole_seconds(60s) == 60);
    CHECK(whole_seconds(999ms) == 0);
}
