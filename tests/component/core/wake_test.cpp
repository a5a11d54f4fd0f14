#include "core/wake.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "tests/support/catch.hpp"

using namespace voip;

namespace {

struct Loop {
    asio::io_context io{1};
    ManualTimers timers;
    std::vector<WakeReason> seen;
    asio::cancellation_signal stop;

    void settle() {
        io.restart();
        io.poll();
    }
    void advance(Duration length) {
        timers.advance(length, [this] { settle(); });
    }
    void start(asio::awaitable<void> task) {
        asio::co_spawn(io, std::move(task), asio::bind_cancellation_slot(stop.slot(), asio::detached));
        settle();
    }
    asio::awaitable<void> wait(Wake& wake, std::optional<TimePoint> deadline) {
        const WakeReason reason = co_await wake.wait(deadline);
        seen.push_back(reason);
    }
};

}  // namespace

TEST_CASE("wake: a notify ends the wait, and one without a waiter is kept for the next",
          "[core][component]") {
    Loop loop;
    Wake wake(loop.timers);
    loop.start(loop.wait(wake, std::nullopt));
    CHECK(loop.seen.empty());
    wake.notify();
    CHECK(loop.seen.empty());  // from the loop, not inside notify()
    loop.settle();
    CHECK(loop.seen == std::vector{WakeReason::notified});

    wake.notify();
    wake.notify();  // remembered once
    loop.start(loop.wait(wake, std::nullopt));
    CHECK(loop.seen.size() == 2);
    loop.start(loop.wait(wake, std::nullopt));
    CHECK(loop.seen.size() == 2);
    wake.notify();
    loop.settle();
    CHECK(loop.seen.size() == 3);
}

TEST_CASE("wake: two notifies during one wait wake twice", "[core][component]") {
    Loop loop;
    Wake wake(loop.timers);
    loop.start(loop.wait(wake, std::nullopt));
    wake.notify();
    wake.notify();  // the first is on its way: this one is for the next wait
    loop.settle();
    loop.start(loop.wait(wake, std::nullopt));
    CHECK(loop.seen == std::vector{WakeReason::notified, WakeReason::notified});
}

TEST_CASE("wake: the deadline of 5 s ends the wait at 5 s and leaves no alarm", "[core][component]") {
    Loop loop;
    Wake wake(loop.timers);
    loop.start(loop.wait(wake, loop.timers.now() + 5s));
    CHECK(loop.timers.pending() == 1);
    loop.advance(4999ms);
    CHECK(loop.seen.empty());
    loop.advance(1ms);
    CHECK(loop.seen == std::vector{WakeReason::deadline});
    CHECK(loop.timers.pending() == 0);
    loop.start(loop.wait(wake, loop.timers.now()));  // a deadline that has passed
    CHECK(loop.seen.size() == 2);
    CHECK(loop.seen.back() == WakeReason::deadline);
}

TEST_CASE("wake: notify and deadline at one moment wake once", "[core][component]") {
    Loop loop;
    Wake wake(loop.timers);
    loop.start(loop.wait(wake, loop.timers.now() + 5s));
    loop.timers.call_at(loop.timers.now() + 5s, [&] { wake.notify(); });
    loop.timers.advance(5s);  // both before the loop runs
    loop.settle();
    CHECK(loop.seen == std::vector{WakeReason::deadline});
    loop.start(loop.wait(wake, std::nullopt));  // the notify was not lost
    CHECK(loop.seen.size() == 2);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("wake: cancellation ends the wait and takes the alarm back", "[core][component]") {
    Loop loop;
    Wake wake(loop.timers);
    loop.start(loop.wait(wake, loop.timers.now() + 5s));
    loop.stop.emit(asio::cancellation_type::terminal);
    loop.settle();
    CHECK(loop.seen == std::vector{WakeReason::cancelled});
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("wake: Timers::wait_until tells the deadline from cancellation", "[core][component]") {
    Loop loop;
    std::vector<boost::system::error_code> codes;
    const auto sleep = [](Loop& on, std::vector<boost::system::error_code>& to) -> asio::awaitable<void> {
        to.push_back(co_await on.timers.wait_for(2s));
    };
    loop.start(sleep(loop, codes));
    loop.advance(2s);
    REQUIRE(codes.size() == 1);
    CHECK_FALSE(codes[0]);
    loop.start(sleep(loop, codes));
    loop.stop.emit(asio::cancellation_type::terminal);
    loop.settle();
    REQUIRE(codes.size() == 2);
    CHECK(codes[1] == asio::error::operation_aborted);
    CHECK(loop.timers.pending() == 0);
}
