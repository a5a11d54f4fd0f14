#include "core/manual_timers.hpp"

#include "tests/support/catch.hpp"

using namespace voip;

TEST_CASE(
    "manual timers: 5 alarms run in the order of their deadlines, equal ones in the order they were set",
    "[core][unit]") {
    ManualTimers timers;
    std::string order;
    const TimePoint start = timers.now();
    timers.call_at(start + 3s, [&] { order += 'c'; });
    timers.call_at(start + 1s, [&] { order += 'a'; });
    timers.call_at(start + 2s, [&] { order += '1'; });
    timers.call_at(start + 2s, [&] { order += '2'; });
    timers.call_at(start + 9s, [&] { order += 'x'; });
    CHECK(timers.pending() == 5);
    CHECK(timers.next() == start + 1s);
    timers.advance(3s);
    CHECK(order == "a12c");
    CHECK(timers.pending() == 1);
    CHECK(timers.now() == start + 3s);
}

TEST_CASE("manual timers: an alarm sees the time of its deadline, one in the past the time of now",
          "[core][unit]") {
    ManualTimers timers;
    const TimePoint start = timers.now();
    std::vector<Duration> seen;
    timers.call_at(start + 5s, [&] { seen.push_back(timers.now() - start); });
    timers.call_at(start - 5s, [&] { seen.push_back(timers.now() - start); });
    CHECK(seen.empty());  // never inside call_at
    timers.advance(10s);
    CHECK(seen == std::vector<Duration>{0s, 5s});
    CHECK(timers.now() == start + 10s);
}

TEST_CASE("manual timers: an alarm that sets the next runs 3600 times in an hour", "[core][unit]") {
    ManualTimers timers;
    int beats = 0;
    std::function<void()> beat = [&] {
        ++beats;
        timers.call_at(timers.now() + 1s, beat);
    };
    timers.call_at(timers.now() + 1s, beat);
    timers.advance(1h);
    CHECK(beats == 3600);
    CHECK(timers.pending() == 1);
}

TEST_CASE("manual timers: a cancelled alarm does not run, also when an alarm of the same moment cancels it",
          "[core][unit]") {
    ManualTimers timers;
    int ran = 0;
    const auto first = timers.call_at(timers.now() + 1s, [&] { ++ran; });
    CHECK(first != 0);
    timers.cancel(first);
    timers.cancel(first);
    timers.cancel(0);
    timers.cancel(12345);
    Timers::Id second = 0;
    timers.call_at(timers.now() + 1s, [&] { timers.cancel(second); });
    second = timers.call_at(timers.now() + 1s, [&] { ++ran; });
    timers.advance(2s);
    CHECK(ran == 0);
    CHECK(timers.pending() == 0);
    CHECK(timers.next() == TimePoint::max());
}

TEST_CASE("manual timers: the wall moves with the monotonic clock, 10000 steps of 0.1 ms are one second",
          "[core][unit]") {
    ManualTimers timers;
    const UnixMillis start = timers.wall_now();
    CHECK(start == 1767225600000);
    for (int i = 0; i < 10000; ++i) timers.advance(100us);
    CHECK(timers.wall_now() == start + 1000);
    timers.set_wall(0);
    timers.advance(1s);
    CHECK(timers.wall_now() == 1000);
}

TEST_CASE("manual timers: settle runs before the first alarm and after each", "[core][unit]") {
    ManualTimers timers;
    std::string order;
    timers.call_at(timers.now() + 1s, [&] { order += 'a'; });
    timers.call_at(timers.now() + 2s, [&] { order += 'b'; });
    timers.advance(5s, [&] { order += '.'; });
    CHECK(order == ".a.b.");
}
