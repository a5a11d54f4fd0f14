#include "core/wake.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/tokens.hpp"

namespace voip {

// An Asio timer that never fires serves as the event: cancelling it resumes the waiter from the loop.
struct Wake::Sleeper {
    explicit Sleeper(const asio::any_io_executor& executor) : event(executor, TimePoint::max()) {}
    asio::steady_timer event;
    std::optional<WakeReason> reason;

    void wake(WakeReason why) {
        if (reason) return;
        reason = why;
        event.cancel();
    }
};

Wake::Wake(Timers& timers) : timers_(timers) {}
Wake::~Wake() = default;

void Wake::notify() {
    if (sleeper_ && !sleeper_->reason)
        sleeper_->wake(WakeReason::notified);
    else
        pending_ = true;
}

asio::awaitable<WakeReason> Wake::wait(std::optional<TimePoint> deadline) {
    if (pending_) {
        pending_ = false;
        co_return WakeReason::notified;
    }
    if (deadline && *deadline <= timers_.now()) co_return WakeReason::deadline;
    sleeper_ = std::make_unique<Sleeper>(co_await asio::this_coro::executor);
    Timers::Id alarm = 0;
    if (deadline) alarm = timers_.call_at(*deadline, [this] { sleeper_->wake(WakeReason::deadline); });
    co_await sleeper_->event.async_wait(use_result);  // `reason` tells more than the code
    timers_.cancel(alarm);
    const WakeReason reason = sleeper_->reason.value_or(WakeReason::cancelled);
    sleeper_.reset();
    co_return reason;
}

}  // namespace voip
