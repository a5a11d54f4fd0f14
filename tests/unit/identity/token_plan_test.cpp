#include "daemon/identity/token_plan.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace voip::identity {
namespace {

const TimePoint t0{10h};

TEST_CASE("token plan: without a token the first fetch is due at once", "[identity][unit]") {
    const TokenPlan plan({}, 1);
    CHECK_FALSE(plan.valid(t0));
    CHECK(plan.next() <= t0);
}

TEST_CASE("token plan: a token of 3600 s is renewed between 2880 s and 3240 s, spread over a fleet",
          "[identity][unit]") {
    std::set<TimePoint> moments;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        TokenPlan plan({}, seed);
        plan.got(t0, 3600s);
        CHECK(plan.next() >= t0 + 2880s);
        CHECK(plan.next() <= t0 + 3240s);
        moments.insert(plan.next());
    }
    CHECK(moments.size() > 450);
    CHECK(*moments.begin() < t0 + 2920s);
    CHECK(*moments.rbegin() > t0 + 3200s);
}

TEST_CASE("token plan: a token is good until its last moment and not at it", "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.got(t0, 10s);
    CHECK(plan.valid(t0));
    CHECK(plan.valid(t0 + 10s - 1ns));
    CHECK_FALSE(plan.valid(t0 + 10s));
}

TEST_CASE("token plan: failures wait longer and longer, at most 60 s, and keep the old token",
          "[identity][unit]") {
    TokenPlan plan({}, 7);
    plan.got(t0, 3600s);
    TimePoint now = plan.next();
    Duration most{};
    for (int i = 0; i < 200; ++i) {
        plan.failed(now);
        const Duration delay = plan.next() - now;
        CHECK(delay >= 0s);
        CHECK(delay <= 60s);
        if (i == 0) CHECK(delay <= 1s);
        most = std::max(most, delay);
    }
    CHECK(most > 50s);
    CHECK(plan.valid(now));
    plan.got(now, 3600s);
    plan.failed(now);
    CHECK(plan.next() - now <= 1s);  // success starts the delays anew
}

TEST_CASE("token plan: a fixed refusal is asked again after 7.5 to 15 minutes", "[identity][unit]") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        TokenPlan plan({}, seed);
        plan.refused(t0);
        CHECK(plan.next() >= t0 + 450s);
        CHECK(plan.next() <= t0 + 900s);
    }
}

TEST_CASE("token plan: a demand is due at once whatever the token's age", "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.got(t0, 3600s);
    plan.demand(t0 + 1s);
    CHECK(plan.next() == t0 + 1s);
    CHECK(plan.valid(t0 + 1s));
}

TEST_CASE("token plan: hurry leaves a good token alone", "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.got(t0, 3600s);
    const TimePoint due = plan.next();
    plan.hurry(t0 + 5s);
    CHECK(plan.next() == due);
}

TEST_CASE("token plan: hurry cuts a delay short, but not below 1 s after the last attempt",
          "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.refused(t0);
    plan.hurry(t0 + 200ms);
    CHECK(plan.next() == t0 + 1s);
    plan.refused(t0 + 1s);
    plan.hurry(t0 + 5s);
    CHECK(plan.next() == t0 + 5s);
}

TEST_CASE("token plan: hurry never makes a fetch later", "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.failed(t0);
    plan.demand(t0 + 100ms);
    plan.hurry(t0 + 200ms);
    CHECK(plan.next() == t0 + 100ms);
}

TEST_CASE("token plan: a forgotten token is no more and hurry fetches another", "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.got(t0, 3600s);
    plan.forget();
    CHECK_FALSE(plan.valid(t0));
    plan.hurry(t0 + 3s);
    CHECK(plan.next() == t0 + 3s);
}

TEST_CASE("token plan: the life counts from the question, so a slow answer makes it no longer",
          "[identity][unit]") {
    TokenPlan plan({}, 1);
    plan.got(t0 - 20s, 60s);  // the answer came 20 s later
    CHECK(plan.valid(t0 + 39s));
    CHECK_FALSE(plan.valid(t0 + 40s));
    CHECK(plan.next() <= t0 - 20s + 54s);
}

}  // namespace
}  // namespace voip::identity
