#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/timers.hpp"

namespace voip {

/// Owner of coroutines that come and go: starts them, cancels them, waits until none is left.
/// An exception that leaves a task is a bug: `on_crash(name, text)` gets it (the daemon logs it and stops).
/// @thread loop only. Await stop() before destroying the set and whatever its tasks refer to.
class TaskSet {
 public:
    using OnCrash = std::function<void(std::string_view task, std::string_view what)>;

    TaskSet(asio::any_io_executor executor, Timers& timers, OnCrash on_crash);
    ~TaskSet();
    TaskSet(const TaskSet&) = delete;
    TaskSet& operator=(const TaskSet&) = delete;

    /// Starts a task: called on the loop it runs inside this call until it first waits, else from the loop.
    /// After stop() the task is dropped.
    void spawn(std::string name, asio::awaitable<void> task);
    /// Emits terminal cancellation to every task; does not wait.
    void cancel();
    /// cancel(), then waits until the last task has ended. Safe to call twice.
    asio::awaitable<void> stop();

    [[nodiscard]] std::size_t size() const noexcept;
    /// Names of the tasks still alive, for the message of a shutdown that hangs.
    [[nodiscard]] std::vector<std::string> names() const;

 private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the completion handlers
};

}  // namespace voip
