#include "core/task_set.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <list>

#include "core/wake.hpp"

namespace voip {

struct TaskSet::State {
    State(asio::any_io_executor ex, Timers& timers, OnCrash crash)
        : executor(std::move(ex)), on_crash(std::move(crash)), empty(timers) {}

    struct Task {
        std::string name;
        asio::cancellation_signal stop;
    };
    asio::any_io_executor executor;
    OnCrash on_crash;
    Wake empty;
    std::list<Task> tasks;
    bool stopping = false;
    bool cancelled = false;
};

namespace {

/// Asio lets a co_await of a cancelled coroutine throw this: the way out, no crash.
bool is_unwinding(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return e.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "unknown exception";
    }
}

}  // namespace

TaskSet::TaskSet(asio::any_io_executor executor, Timers& timers, OnCrash on_crash)
    : state_(std::make_shared<State>(std::move(executor), timers, std::move(on_crash))) {}

TaskSet::~TaskSet() = default;

void TaskSet::spawn(std::string name, asio::awaitable<void> task) {
    if (state_->stopping) return;
    state_->tasks.emplace_back();
    const auto mine = std::prev(state_->tasks.end());
    mine->name = std::move(name);
    auto done = [state = state_, mine](const std::exception_ptr& error) {
        if (error && state->on_crash && !is_unwinding(error)) state->on_crash(mine->name, text_of(error));
        // An emission from outside the loop is posted and still needs the signal: bury the task behind it.
        std::list<State::Task> ended;
        ended.splice(ended.begin(), state->tasks, mine);
        if (state->cancelled) asio::post(state->executor, [ended = std::move(ended)] {});
        if (state->tasks.empty()) state->empty.notify();
    };
    asio::co_spawn(state_->executor, std::move(task),
                   asio::bind_cancellation_slot(mine->stop.slot(), std::move(done)));
}

void TaskSet::cancel() {
    state_->cancelled = true;
    // A cancelled task may end inside emit() and take itself off the list: walk over a copy of the places.
    std::vector<State::Task*> all;
    for (auto& task : state_->tasks) all.push_back(&task);
    for (State::Task* task : all) {
        const auto alive = std::any_of(state_->tasks.begin(), state_->tasks.end(),
                                       [&](const State::Task& other) { return &other == task; });
        if (alive) task->stop.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> TaskSet::stop() {
    const auto state = state_;
    state->stopping = true;
    cancel();
    // The one who waits may itself be cancelled; the tasks are told already and still must be waited for. His
    // cancellation state is left as it is: he must see afterwards that he was cancelled.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    while (!state->tasks.empty()) co_await state->empty.wait();
    co_await asio::this_coro::throw_if_cancelled(throws);
}

std::size_t TaskSet::size() const noexcept {
    return state_->tasks.size();
}

std::vector<std::string> TaskSet::names() const {
    std::vector<std::string> all;
    for (const auto& task : state_->tasks) all.push_back(task.name);
    return all;
}

}  // namespace voip
