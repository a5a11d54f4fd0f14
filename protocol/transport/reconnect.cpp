#include "protocol/transport/reconnect.hpp"

#include <boost/asio/this_coro.hpp>

#include "protocol/transport/deadline.hpp"

namespace voip::transport {

Reconnect::Reconnect(Timers& timers, Backoff backoff, Session session, Log log)
    : timers_(timers), backoff_(backoff), session_(std::move(session)), log_(std::move(log)), wake_(timers) {}

asio::awaitable<void> Reconnect::run() {
    for (;;) {
        asked_ = false;
        const bool useful = co_await session_();
        const auto state = co_await asio::this_coro::cancellation_state;
        if (is_cancelled(state)) co_return;
        if (useful) backoff_.reset();
        // Somebody asked while a fruitless attempt was under way: that attempt may have been the old
        // network's.
        if (asked_ && !useful) {
            backoff_.reset();
            continue;
        }
        const Duration delay = backoff_.next();
        next_ = timers_.now() + delay;
        log_.info("next attempt is due",
                  kv("in_ms", std::chrono::duration_cast<std::chrono::milliseconds>(delay).count()));
        const WakeReason reason = co_await wake_.wait(next_);
        next_.reset();
        if (reason == WakeReason::cancelled) co_return;
    }
}

void Reconnect::now() {
    if (next_) {
        backoff_.reset();
        wake_.notify();
    } else {
        asked_ = true;
    }
}

}  // namespace voip::transport
