#include "core/task_set.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <stdexcept>

#include "core/manual_timers.hpp"
#include "tests/support/catch.hpp"

using namespace voip;

namespace {

struct Tasks {
    asio::io_context io{1};
    ManualTimers timers;
    std::vector<std::string> crashes;
    TaskSet set{io.get_executor(), timers, [this](std::string_view task, std::string_view what) {
                    crashes.push_back(std::string(task) + ": " + std::string(what));
                }};
    bool stopped = false;
    int beats = 0;

    void settle() {
        io.restart();
        io.poll();
    }
    void advance(Duration length) {
        timers.advance(length, [this] { settle(); });
    }
    asio::awaitable<void> sleep(Duration length) { co_await timers.wait_for(length); }
    /// Never looks at what its waits tell: only cancellation ends it.
    asio::awaitable<void> beat() {
        for (;;) {
            co_await timers.wait_for(1s);
            ++beats;
        }
    }
    asio::awaitable<void> throw_after(Duration length) {
        co_await timers.wait_for(length);
        throw std::runtime_error("broken");
    }
    asio::awaitable<void> stop_all() {
        co_await set.stop();
        stopped = true;
    }
    void begin_stop() { asio::co_spawn(io, stop_all(), asio::detached); }
};

}  // namespace

TEST_CASE("task set: tasks run by themselves and leave when they end", "[core][component]") {
    Tasks tasks;
    tasks.set.spawn("one", tasks.sleep(1s));
    tasks.set.spawn("two", tasks.sleep(2s));
    tasks.settle();
    CHECK(tasks.set.names() == std::vector<std::string>{"one", "two"});
    tasks.advance(1s);
    CHECK(tasks.set.names() == std::vector<std::string>{"two"});
    tasks.advance(1s);
    CHECK(tasks.set.size() == 0);
    CHECK(tasks.crashes.empty());
}

TEST_CASE("task set: stop() cancels all, waits for the last, and drops what comes later",
          "[core][component]") {
    Tasks tasks;
    for (int i = 0; i < 10; ++i) tasks.set.spawn("sleeper", tasks.sleep(1h));
    tasks.settle();
    tasks.begin_stop();
    tasks.settle();
    CHECK(tasks.stopped);
    CHECK(tasks.set.size() == 0);
    CHECK(tasks.timers.pending() == 0);
    tasks.set.spawn("late", tasks.sleep(1s));
    tasks.settle();
    CHECK(tasks.set.size() == 0);
    tasks.stopped = false;
    tasks.begin_stop();  // a second time is harmless
    tasks.settle();
    CHECK(tasks.stopped);
    CHECK(tasks.crashes.empty());
}

TEST_CASE("task set: a task that waits again after its cancellation ends without counting as a crash",
          "[core][component]") {
    Tasks tasks;
    tasks.set.spawn("beat", tasks.beat());
    tasks.advance(3s);
    CHECK(tasks.beats == 3);
    tasks.begin_stop();
    tasks.settle();
    CHECK(tasks.stopped);
    CHECK(tasks.set.size() == 0);
    CHECK(tasks.crashes.empty());
}

TEST_CASE("task set: an exception is told once with the task's name, the others go on", "[core][component]") {
    Tasks tasks;
    tasks.set.spawn("bad", tasks.throw_after(1s));
    tasks.set.spawn("good", tasks.sleep(3s));
    tasks.advance(2s);
    CHECK(tasks.crashes == std::vector<std::string>{"bad: broken"});
    CHECK(tasks.set.names() == std::vector<std::string>{"good"});
}

TEST_CASE("task set: cancel() alone leaves the set open for new tasks", "[core][component]") {
    Tasks tasks;
    tasks.set.spawn("old", tasks.sleep(1h));
    tasks.settle();
    tasks.set.cancel();
    tasks.settle();
    CHECK(tasks.set.size() == 0);
    tasks.set.spawn("new", tasks.sleep(1s));
    tasks.settle();
    CHECK(tasks.set.size() == 1);
    tasks.advance(1s);
    CHECK(tasks.set.size() == 0);
}

TEST_CASE("task set: an owner that is itself cancelled still waits for its tasks", "[core][component]") {
    Tasks tasks;
    asio::cancellation_signal owner;
    bool ended = false;
    tasks.set.spawn("slow", [](Tasks& on) -> asio::awaitable<void> {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await on.timers.wait_for(5s);  // cannot be hurried
    }(tasks));
    tasks.settle();
    asio::co_spawn(
        tasks.io,
        [](Tasks& on, bool& end) -> asio::awaitable<void> {
            co_await on.set.stop();
            end = true;
        }(tasks, ended),
        asio::bind_cancellation_slot(owner.slot(), asio::detached));
    tasks.settle();
    owner.emit(asio::cancellation_type::terminal);
    tasks.settle();
    CHECK(tasks.set.size() == 1);
    CHECK_FALSE(ended);
    tasks.advance(5s);
    CHECK(tasks.set.size() == 0);
    CHECK(tasks.crashes.empty());
}
