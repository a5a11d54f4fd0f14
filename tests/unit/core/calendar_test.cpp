#include "core/calendar.hpp"

#include <cstdlib>

#include "tests/support/catch.hpp"

using namespace voip;

TEST_CASE("calendar: 8 moments are written as UTC, far ones too, and none without a date", "[core][unit]") {
    CHECK(utc_text(0) == "1970-01-01T00:00:00Z");
    CHECK(utc_text(951'782'400'000) == "2000-02-29T00:00:00Z");
    CHECK(utc_text(2'147'483'647'999) == "2038-01-19T03:14:07Z");
    CHECK(utc_text(2'147'483'648'000) == "2038-01-19T03:14:08Z");
    CHECK(utc_text(4'102'444'800'000) == "2100-01-01T00:00:00Z");
    CHECK(utc_text(last_date) == "9999-12-31T23:59:59Z");
    CHECK(utc_text(last_date + 1) == "-");
    CHECK(utc_text(-1) == "-");
}

TEST_CASE("calendar: local time ends where time_t does, 32 bits in 2038, and never wraps", "[core][unit]") {
    CHECK_FALSE(local_time(-1));
    CHECK_FALSE(local_time(last_date + 1));
    const auto early = local_time(1'767'225'600'000 + 43'200'000);  // 2026-01-01, noon of UTC
    REQUIRE(early);
    CHECK(early->tm_year == 2026 - 1900);
    const auto late = local_time(4'102'444'800'000 + 43'200'000);  // 2100-01-01
    CHECK(late.has_value() == (sizeof(std::time_t) > 4));
    if (late) CHECK(late->tm_year == 2100 - 1900);
}
