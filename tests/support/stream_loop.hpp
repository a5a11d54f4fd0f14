#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/manual_timers.hpp"
#include "core/task_set.hpp"

namespace voip::test {

/// An event loop with manual time for tests of streams: real sockets, no real waiting. The limits of 10 s
/// only end a test that hangs.
struct Loop {
    asio::io_context io{1};
    ManualTimers timers;
    std::string crashes;  ///< what left a task as an exception
    TaskSet tasks{io.get_executor(), timers, [this](std::string_view task, std::string_view what) {
                      crashes.append(task).append(what);
                  }};

    ~Loop() {
        // What a failed test left waiting must not outlive the objects it refers to.
        tasks.cancel();
        io.restart();
        io.poll();
    }

    void spawn(asio::awaitable<void> task) { tasks.spawn("test", std::move(task)); }

    /// Runs the loop until the work is done, and gives what it returns.
    template <class T>
    T run(asio::awaitable<T> work) {
        std::optional<T> result;
        std::exception_ptr error;
        bool done = false;
        asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& e, T value) {
            error = e;
            done = true;
            if (!e) result.emplace(std::move(value));
        });
        until([&] { return done; });
        if (error) std::rethrow_exception(error);
        return std::move(*result);
    }
    void run(asio::awaitable<void> work) {
        std::exception_ptr error;
        bool done = false;
        asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& e) {
            error = e;
            done = true;
        });
        until([&] { return done; });
        if (error) std::rethrow_exception(error);
    }
    /// Runs the loop until the condition holds.
    void until(const std::function<bool()>& holds) {
        io.restart();
        while (!holds())
            if (io.run_one_for(std::chrono::seconds(10)) == 0) throw std::runtime_error("the loop hangs");
    }
    /// Runs what is ready now.
    void settle() {
        io.restart();
        io.poll();
    }
    void advance(Duration length) {
        timers.advance(length, [this] { settle(); });
        settle();
    }
};

}  // namespace voip::test
