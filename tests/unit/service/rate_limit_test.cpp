#include "service/guard/rate_limit.hpp"

#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {
const TimePoint t0{std::chrono::hours{1}};
}

TEST_CASE("rate limit: the 6th failure of 5 a minute is refused until 60 s after the first",
          "[service][unit]") {
    RateLimit failures({5, 60s, 100});
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(failures.is_spent("10.0.0.1", t0 + i * 1s));
        failures.count("10.0.0.1", t0 + i * 1s);
    }
    CHECK(failures.is_spent("10.0.0.1", t0 + 5s));
    CHECK(failures.wait("10.0.0.1", t0 + 5s) == 55s);
    CHECK_FALSE(failures.is_spent("10.0.0.2", t0 + 5s));
    CHECK(failures.is_spent("10.0.0.1", t0 + 59s));
    CHECK_FALSE(failures.is_spent("10.0.0.1", t0 + 60s));
    CHECK(failures.wait("10.0.0.1", t0 + 60s) == 0s);
}

TEST_CASE("rate limit: 10 dials a minute pass, the 11th does not and is not counted", "[service][unit]") {
    RateLimit dials({10, 60s, 100});
    for (int i = 0; i < 10; ++i) CHECK(dials.take("SN1", t0));
    for (int i = 0; i < 5; ++i) CHECK_FALSE(dials.take("SN1", t0 + 30s));
    for (int i = 0; i < 10; ++i) CHECK(dials.take("SN1", t0 + 60s));
}

TEST_CASE("rate limit: a key forgiven starts anew", "[service][unit]") {
    RateLimit failures({2, 60s, 100});
    failures.count("a", t0);
    failures.count("a", t0);
    CHECK(failures.is_spent("a", t0));
    failures.forgive("a");
    CHECK_FALSE(failures.is_spent("a", t0));
    CHECK(failures.size() == 0);
}

TEST_CASE("rate limit: the table never holds more than 3 keys; the quietest goes first", "[service][unit]") {
    RateLimit limit({1, 60s, 3});
    limit.count("a", t0);
    limit.count("b", t0 + 1s);
    limit.count("c", t0 + 2s);
    limit.count("d", t0 + 3s);
    CHECK(limit.size() == 3);
    CHECK_FALSE(limit.is_spent("a", t0 + 3s));
    CHECK(limit.is_spent("d", t0 + 3s));
    limit.count("e", t0 + 70s);  // all others have passed by
    CHECK(limit.size() == 1);
}
