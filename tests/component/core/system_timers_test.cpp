#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "core/timers.hpp"
#include "tests/support/catch.hpp"

using namespace voip;

// These alone use real time: they wait for milliseconds and check the order, never how late an alarm was.

TEST_CASE("system timers: 100 alarms run in the order of their deadlines, none early", "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    const TimePoint start = timers.now();
    std::vector<int> order;
    int early = 0;
    for (int i = 0; i < 100; ++i) {
        const int slot = (i * 37) % 100;
        const TimePoint at = start + slot * 50us;
        timers.call_at(at, [&, slot, at] {
            order.push_back(slot);
            early += timers.now() < at ? 1 : 0;
        });
    }
    CHECK(order.empty());
    CHECK(timers.pending() == 100);
    io.run();
    CHECK(order.size() == 100);
    CHECK(std::is_sorted(order.begin(), order.end()));
    CHECK(early == 0);
    CHECK(timers.pending() == 0);
}

TEST_CASE("system timers: the loop ends when the last alarm is cancelled, an hour before it is due",
          "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    bool ran = false;
    const auto first = timers.call_at(timers.now() + 1h, [&] { ran = true; });
    const auto second = timers.call_at(timers.now() + 2h, [&] { ran = true; });
    CHECK(first != second);
    asio::post(io, [&] {
        timers.cancel(second);
        timers.cancel(first);
        timers.cancel(first);
        timers.cancel(0);
    });
    io.run();
    CHECK_FALSE(ran);
    CHECK(timers.pending() == 0);
}

TEST_CASE("system timers: a cancelled alarm does not wake the loop, the next one does", "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    const TimePoint start = timers.now();
    bool ran = false;
    const auto first = timers.call_at(start + 5ms, [] {});
    timers.call_at(start + 40ms, [&] { ran = true; });
    timers.cancel(first);
    io.poll();  // what the cancellation left in the queue
    CHECK(io.run_one() == 1);
    CHECK(ran);
    CHECK(timers.now() >= start + 40ms);
}

TEST_CASE("system timers: of 1000 alarms cancelled in a row the first alone sets the timer anew",
          "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    const TimePoint last = timers.now() + 10ms;
    bool ran = false;
    timers.call_at(last, [&] { ran = true; });
    std::size_t handlers = 0;
    for (int i = 0; i < 1000; ++i) timers.cancel(timers.call_at(last - 1ms, [] {}));
    handlers = io.poll();
    CHECK(handlers <= 4);  // each setting leaves the handler of the wait before
    while (!ran && io.run_one() != 0) {
    }
    CHECK(timers.now() >= last);
}

TEST_CASE("system timers: an earlier alarm set later runs first", "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    std::string order;
    timers.call_at(timers.now() + 20ms, [&] { order += 'b'; });
    timers.call_at(timers.now() + 1ms, [&] { order += 'a'; });
    const auto never = timers.call_at(timers.now() + 5ms, [&] { order += 'x'; });
    timers.call_at(timers.now() + 2ms, [&] { timers.cancel(never); });
    io.run();
    CHECK(order == "ab");
}

TEST_CASE("system timers: an alarm may set and cancel others, also of its own moment", "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    int beats = 0;
    Timers::Id same = 0;
    const TimePoint at = timers.now() + 1ms;
    timers.call_at(at, [&] { timers.cancel(same); });
    same = timers.call_at(at, [&] { beats += 1000; });
    std::function<void()> beat = [&] {
        if (++beats < 50) timers.call_at(timers.now(), beat);
    };
    timers.call_at(at, beat);
    io.run();
    CHECK(beats == 50);
}

TEST_CASE("system timers: destroying them forgets 10 alarms and leaves nothing in the loop",
          "[core][component]") {
    asio::io_context io{1};
    bool ran = false;
    {
        SystemTimers timers(io.get_executor());
        for (int i = 0; i < 10; ++i) timers.call_at(timers.now() + i * 1h, [&] { ran = true; });
    }
    io.run();
    CHECK_FALSE(ran);
}

TEST_CASE("system timers: the wall clock is the system's and the monotonic one moves on",
          "[core][component]") {
    asio::io_context io{1};
    SystemTimers timers(io.get_executor());
    const TimePoint before = timers.now();
    CHECK(timers.wall_now() > 1700000000000);
    boost::system::error_code code = asio::error::operation_aborted;
    asio::co_spawn(
        io,
        [](SystemTimers& on, boost::system::error_code& to) -> asio::awaitable<void> {
            to = co_await on.wait_for(3ms);
        }(timers, code),
        asio::detached);
    io.run();
    CHECK_FALSE(code);
    CHECK(timers.now() - before >= 3ms);
}
