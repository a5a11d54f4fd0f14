#pragma once
// Private to protocol/transport.
#include <boost/asio/cancellation_state.hpp>
#include <functional>
#include <memory>

#include "core/timers.hpp"

namespace voip::transport {

/// To be asked after each wait and before the next one: Asio throws from a co_await of a cancelled coroutine,
/// and what stands behind it (clear() of a deadline) would not run.
[[nodiscard]] inline bool is_cancelled(const asio::cancellation_state& state) {
    return state.cancelled() != asio::cancellation_type::none;
}

/// An alarm that ends an operation from outside. clear() it when the operation is over: the destructor does
/// not, because a coroutine may be destroyed with its loop, after the Timers.
class Deadline {
 public:
    explicit Deadline(Timers& timers, std::function<void()> act)
        : timers_(timers), state_(std::make_shared<State>(State{std::move(act)})) {}
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    ~Deadline() = default;

    /// Runs `act` at that time, unless set() or clear() comes first.
    void set(TimePoint at) {
        clear();
        state_->passed = false;
        alarm_ = timers_.call_at(at, [weak = std::weak_ptr<State>(state_)] {
            const auto state = weak.lock();
            if (!state) return;
            state->passed = true;
            state->act();
        });
    }
    void clear() noexcept {
        timers_.cancel(alarm_);
        alarm_ = 0;
    }
    [[nodiscard]] bool passed() const noexcept { return state_->passed; }

 private:
    struct State {
        std::function<void()> act;
        bool passed = false;
    };
    Timers& timers_;
    std::shared_ptr<State> state_;
    Timers::Id alarm_ = 0;
};

}  // namespace voip::transport
