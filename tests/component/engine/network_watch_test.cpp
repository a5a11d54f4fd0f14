#include "daemon/engine/network_watch.hpp"

#include "tests/component/identity/bench.hpp"

namespace voip::engine {
namespace {

TEST_CASE("network: of a burst of 10 calls 2 pass, the second 1 s after the first", "[engine][component]") {
    ManualTimers timers;
    std::vector<TimePoint> passed;
    Throttle throttle(timers, 1s, [&] { passed.push_back(timers.now()); });
    const TimePoint begin = timers.now();
    for (int i = 0; i < 10; ++i) {
        throttle.call();
        timers.advance(10ms);
    }
    CHECK(passed == std::vector<TimePoint>{begin});
    timers.advance(10s);
    CHECK(passed == std::vector<TimePoint>{begin, begin + 1s});
    CHECK(timers.pending() == 0);
}

TEST_CASE("network: calls more than 1 s apart all pass at once", "[engine][component]") {
    ManualTimers timers;
    int passed = 0;
    Throttle throttle(timers, 1s, [&] { ++passed; });
    for (int i = 1; i <= 5; ++i) {
        throttle.call();
        CHECK(passed == i);
        timers.advance(1s);
    }
}

TEST_CASE("network: a throttle that goes takes its alarm along", "[engine][component]") {
    ManualTimers timers;
    int passed = 0;
    {
        Throttle throttle(timers, 1s, [&] { ++passed; });
        throttle.call();
        throttle.call();
        CHECK(timers.pending() == 1);
    }
    CHECK(timers.pending() == 0);
    CHECK(passed == 1);
}

TEST_CASE("network: the watch starts and stops on this kernel and leaves nothing behind",
          "[engine][component]") {
    asio::io_context io;
    ManualTimers timers;
    std::vector<std::string> crashes;
    NetworkWatch watch(
        io.get_executor(), timers, [](bool) {},
        [&](std::string_view task, std::string_view) { crashes.emplace_back(task); }, {});
    watch.start();
    io.poll();
    bool stopped = false;
    const auto mark = [](NetworkWatch& w, bool& ended) -> asio::awaitable<void> {
        co_await w.stop();
        ended = true;
    };
    asio::co_spawn(io, mark(watch, stopped), asio::detached);
    io.restart();
    CHECK(io.poll() > 0);
    CHECK(stopped);
    CHECK(io.stopped());  // no work is left
    CHECK(timers.pending() == 0);
    CHECK(crashes.empty());
}

}  // namespace
}  // namespace voip::engine
