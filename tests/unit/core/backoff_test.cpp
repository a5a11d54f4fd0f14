#include "core/backoff.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace voip;

TEST_CASE("backoff: 1000 seeds stay within base * 2^attempt and the cap", "[core][unit]") {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        Backoff backoff({100ms, 2s}, seed);
        Duration ceiling = 100ms;
        for (int attempt = 0; attempt < 10; ++attempt) {
            const Duration delay = backoff.next();
            CHECK(delay >= Duration::zero());
            CHECK(delay <= ceiling);
            ceiling = std::min<Duration>(2s, ceiling * 2);
        }
        CHECK(backoff.attempt() == 10);
    }
}

TEST_CASE("backoff: the delays spread over the whole range, so that a fleet does not come back together",
          "[core][unit]") {
    int low = 0, high = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        Backoff backoff({1s, 1s}, seed);
        const Duration delay = backoff.next();
        low += delay < 250ms ? 1 : 0;
        high += delay > 750ms ? 1 : 0;
    }
    CHECK(low > 180);
    CHECK(low < 320);
    CHECK(high > 180);
    CHECK(high < 320);
}

TEST_CASE("backoff: one seed gives one row of delays, reset() starts at the base again", "[core][unit]") {
    Backoff a({500ms, 30s}, 7), b({500ms, 30s}, 7);
    for (int i = 0; i < 20; ++i) CHECK(a.next() == b.next());
    a.reset();
    CHECK(a.attempt() == 0);
    CHECK(a.next() <= 500ms);
}

TEST_CASE("backoff: 100000 attempts neither overflow nor pass the cap", "[core][unit]") {
    Backoff backoff({500ms, 30s}, 1);
    std::set<Duration> seen;
    for (int i = 0; i < 100000; ++i) {
        const Duration delay = backoff.next();
        REQUIRE(delay >= Duration::zero());
        REQUIRE(delay <= 30s);
        if (i < 100) seen.insert(delay);
    }
    CHECK(seen.size() > 90);
}
