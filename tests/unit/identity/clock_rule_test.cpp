#include "core/manual_timers.hpp"
#include "daemon/identity/clock_state.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/identity/temp_folder.hpp"

namespace voip::identity {
namespace {

constexpr UnixMillis hour = 3600 * 1000, day = 24 * hour, year = 365 * day;
constexpr UnixMillis built = 1760000000000;  // 2025-10-09
const TimePoint start{1h};

TEST_CASE("clock: a wall of 1970 is judged by the build, then by the time on disk, then by the service",
          "[identity][unit]") {
    ClockRule rule(built);
    CHECK(rule.judged(5000, start) == built);
    rule.restore(built + 30 * day);
    CHECK(rule.judged(5000, start) == built + 30 * day);
    CHECK(rule.learn(built + 40 * day, start));
    CHECK(rule.judged(5000, start) == built + 40 * day);
    CHECK(rule.judged(5000, start + 10min) == built + 40 * day + 600'000);
}

TEST_CASE("clock: expiry is judged by the system clock when it is the latest, even 10 years ahead",
          "[identity][unit]") {
    ClockRule rule(built);
    CHECK(rule.learn(built + day, start));
    CHECK(rule.judged(built + 10 * year, start) == built + 10 * year);
}

TEST_CASE("clock: a time on disk from before this build does not count", "[identity][unit]") {
    ClockRule rule(built);
    rule.restore(built - year);
    CHECK(rule.judged(0, start) == built);
}

TEST_CASE("clock: 1970 is `behind` by at least what the build says, before any contact", "[identity][unit]") {
    const ClockRule rule(built);
    const ClockFacts facts = rule.facts(1000, start);
    CHECK(facts.state == ClockHealth::behind);
    CHECK(facts.offset_s == -(built - 1000) / 1000);
}

TEST_CASE("clock: 10 years after the build is `ahead`, 4 years are believed", "[identity][unit]") {
    const ClockRule rule(built);
    CHECK(rule.facts(built + 10 * year, start).state == ClockHealth::ahead);
    CHECK_FALSE(rule.facts(built + 10 * year, start).offset_s);
    CHECK(rule.facts(built + 4 * year, start) == ClockFacts{});
}

TEST_CASE("clock: once the service spoke, 300 s off are ok and 301 s are not", "[identity][unit]") {
    ClockRule rule(built);
    const UnixMillis service = built + 5 * day;
    (void)rule.learn(service, start);
    CHECK(rule.facts(service + 300'000, start) == ClockFacts{ClockHealth::ok, 300});
    CHECK(rule.facts(service + 301'000, start) == ClockFacts{ClockHealth::ahead, 301});
    CHECK(rule.facts(service - 300'000, start) == ClockFacts{ClockHealth::ok, -300});
    CHECK(rule.facts(service - 301'000, start) == ClockFacts{ClockHealth::behind, -301});
}

TEST_CASE("clock: the offset follows a system clock that is set later", "[identity][unit]") {
    ClockRule rule(built);
    (void)rule.learn(built + day, start);
    CHECK(rule.facts(1000, start).state == ClockHealth::behind);
    CHECK(rule.facts(built + day + 60'000, start + 60s) == ClockFacts{ClockHealth::ok, 0});
}

TEST_CASE("clock: signatures use the service's time once it is known, else the judged time",
          "[identity][unit]") {
    ClockRule rule(built);
    CHECK(rule.service_time(1000, start) == built);
    CHECK(rule.service_time(built + 9 * day, start) == built + 9 * day);
    (void)rule.learn(built + 2 * day, start);
    CHECK(rule.service_time(built + 9 * day, start + 5s) == built + 2 * day + 5000);
}

TEST_CASE("clock: the disk is written once a day, not for each answer", "[identity][unit]") {
    ClockRule rule(built);
    CHECK(rule.learn(built + day, start));
    CHECK_FALSE(rule.learn(built + day + hour, start + 1h));
    CHECK_FALSE(rule.learn(built + 2 * day - 1, start + 23h));
    CHECK(rule.learn(built + 2 * day, start + 24h));
    CHECK(rule.learn(built + year, start + 25h));  // a jump is worth a write at once
}

TEST_CASE("clock: a service that was wrong and is right again is believed again", "[identity][unit]") {
    ClockRule rule(built);
    CHECK(rule.learn(built + 3 * year, start));
    CHECK(rule.learn(built + day, start + 1h));
    CHECK(rule.judged(0, start + 1h) == built + day);
}

TEST_CASE("clock: a service behind our build serves for signing but never for judging", "[identity][unit]") {
    ClockRule rule(built);
    CHECK_FALSE(rule.learn(built - year, start));
    CHECK(rule.judged(0, start) == built);
    CHECK(rule.service_time(0, start) == built - year);
}

TEST_CASE("clock: nonsense from the service is not learned", "[identity][unit]") {
    ClockRule rule(built);
    for (const UnixMillis nonsense : {UnixMillis{0}, UnixMillis{-1}, INT64_MIN, INT64_MAX}) {
        CHECK_FALSE(rule.learn(nonsense, start));
        CHECK(rule.judged(0, start) == built);
        CHECK(rule.service_time(0, start) == built);
    }
}

TEST_CASE("clock: HTTP dates are read to the second, and nothing else is", "[identity][unit]") {
    CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
    CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777000);
    CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT") == 1709251199000);
    const char* const wrong[] = {"",
                                 "Sun, 06 Nov 1994 08:49:37 UTC",
                                 "Sunday, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov  6 08:49:37 1994",
                                 "Sun, 31 Feb 2023 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 24:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:60:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:61 GMT",
                                 "Sun, 06 Nux 1994 08:49:37 GMT",
                                 "Sxn, 06 Nov 1994 08:49:37 GMT",
                                 "Sun, -6 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:37 GMT ",
                                 "Sun; 06 Nov 1994 08:49:37 GMT"};
    for (const char* text : wrong) {
        CAPTURE(text);
        CHECK_FALSE(parse_http_date(text));
    }
}

TEST_CASE("clock: the build's time is a whole day of this decade", "[identity][unit]") {
    CHECK(build_time() % day == 0);
    CHECK(build_time() > 1735689600000);  // 2025
}

TEST_CASE("clock: what one run learned judges the next one, from clock.json with mode 0600",
          "[identity][unit]") {
    const test::TempFolder folder;
    ManualTimers timers;
    timers.set_wall(0);
    {
        ClockState clock(timers, folder / "clock.json", {}, built);
        clock.load();
        CHECK(clock.judged() == built);
        clock.learn(built + 50 * day);
    }
    ClockState next(timers, folder / "clock.json", {}, built);
    next.load();
    CHECK(next.judged() == built + 50 * day);
    const auto mode = std::filesystem::status(folder / "clock.json").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("clock: 50 answers in an hour write the file once", "[identity][unit]") {
    const test::TempFolder folder;
    ManualTimers timers;
    ClockState clock(timers, folder / "clock.json", {}, built);
    clock.learn(timers.wall_now());
    REQUIRE(std::filesystem::remove(folder / "clock.json"));
    for (int i = 0; i < 50; ++i) {
        timers.advance(72s);
        clock.learn(timers.wall_now());
    }
    CHECK_FALSE(folder.has("clock.json"));
}

TEST_CASE("clock: a damaged clock.json is set aside and stops nothing", "[identity][unit]") {
    const char* const damaged[] = {"",
                                   "{",
                                   "{}",
                                   "{\"serverTime\": \"x\"}",
                                   "{\"serverTime\": -4}",
                                   "{\"serverTime\": 9223372036854775807}",
                                   "[1]"};
    for (const char* text : damaged) {
        CAPTURE(text);
        const test::TempFolder folder;
        folder.write("clock.json", text);
        ManualTimers timers;
        timers.set_wall(0);
        ClockState clock(timers, folder / "clock.json", {}, built);
        clock.load();
        CHECK(clock.judged() == built);
        CHECK(folder.has("clock.json.damaged"));
        clock.learn(built + day);
        CHECK(folder.read("clock.json") == "{\"serverTime\":" + std::to_string(built + day) + "}\n");
    }
}

TEST_CASE("clock: a state folder that cannot be written costs a warning only", "[identity][unit]") {
    std::vector<std::string> lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    ManualTimers timers;
    ClockState clock(timers, "/nonexistent/folder/clock.json", Log(hub, "identity"), built);
    clock.load();
    clock.learn(timers.wall_now());
    CHECK(clock.facts() == ClockFacts{ClockHealth::ok, 0});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("could not be remembered") != std::string::npos);
}

TEST_CASE("clock: a wrong clock is one warning, its repair one notice", "[identity][unit]") {
    const test::TempFolder folder;
    std::vector<std::string> lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    ManualTimers timers;
    timers.set_wall(1000);
    ClockState clock(timers, folder / "clock.json", Log(hub, "identity"), built);
    clock.load();
    clock.learn(built + day);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].find("system clock is wrong state=\"behind\"") != std::string::npos);
    timers.set_wall(built + day);
    clock.learn(built + day);
    REQUIRE(lines.size() == 2);
    CHECK(lines[1].find("right again") != std::string::npos);
}

}  // namespace
}  // namespace voip::identity
