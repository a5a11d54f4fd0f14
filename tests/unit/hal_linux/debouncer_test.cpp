#include "hal/linux/debouncer.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using voip::hal::linux::Debouncer;

namespace {
constexpr TimePoint t0{std::chrono::hours(1)};
}

TEST_CASE("debouncer: a level counts after 20 ms, once", "[hal][unit]") {
    Debouncer debouncer(20ms);
    CHECK_FALSE(debouncer.wake_at());
    debouncer.on_edge(true, t0);
    CHECK(debouncer.wake_at() == t0 + 20ms);
    CHECK_FALSE(debouncer.on_time(t0 + 19ms));
    CHECK(debouncer.on_time(t0 + 20ms) == true);
    CHECK_FALSE(debouncer.on_time(t0 + 40ms));
    CHECK_FALSE(debouncer.wake_at());
}

TEST_CASE("debouncer: 9 edges of a bouncing contact are 1 level, 20 ms after the last of them",
          "[hal][unit]") {
    Debouncer debouncer(20ms);
    for (int edge = 0; edge < 9; ++edge) {
        const TimePoint at = t0 + edge * 3ms;
        CHECK_FALSE(debouncer.on_time(at));
        debouncer.on_edge(edge % 2 == 0, at);
    }
    CHECK_FALSE(debouncer.on_time(t0 + 43ms));
    CHECK(debouncer.on_time(t0 + 44ms) == true);
}

TEST_CASE("debouncer: a spike of 5 ms is no level", "[hal][unit]") {
    Debouncer debouncer(20ms);
    debouncer.on_edge(true, t0);
    debouncer.on_edge(false, t0 + 5ms);
    CHECK_FALSE(debouncer.on_time(t0 + 60s));
    CHECK_FALSE(debouncer.wake_at());
}

TEST_CASE("debouncer: 0 ms lets every level count at once", "[hal][unit]") {
    Debouncer debouncer(0ms);
    debouncer.on_edge(true, t0);
    CHECK(debouncer.on_time(t0) == true);
    debouncer.on_edge(false, t0);
    CHECK(debouncer.on_time(t0) == false);
}

TEST_CASE("debouncer: after a reset the level given counts and nothing is pending", "[hal][unit]") {
    Debouncer debouncer(20ms);
    debouncer.on_edge(true, t0);
    debouncer.reset(true);
    CHECK_FALSE(debouncer.wake_at());
    debouncer.on_edge(false, t0 + 1s);
    CHECK(debouncer.on_time(t0 + 2s) == false);
}
