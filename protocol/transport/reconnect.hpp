#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>

#include "core/backoff.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "core/wake.hpp"

namespace voip::transport {

/// Keeps one connection alive for ever: connect, serve until it ends, wait with full jitter, again.
/// @thread loop only
class Reconnect {
 public:
    /// One connection from dial to end. Returns true if it was useful (the backoff starts anew).
    using Session = std::function<asio::awaitable<bool>()>;

    Reconnect(Timers& timers, Backoff backoff, Session session, Log log);
    /// Until cancelled.
    asio::awaitable<void> run();
    /// Tries at once instead of sitting out the delay: the network came up, somebody pressed the button.
    /// While an attempt is under way: once more at once if that one is fruitless.
    void now();
    /// When the next attempt is due; empty while one is under way.
    [[nodiscard]] std::optional<TimePoint> next_attempt() const noexcept { return next_; }

 private:
    Timers& timers_;
    Backoff backoff_;
    Session session_;
    Log log_;
    Wake wake_;
    std::optional<TimePoint> next_;
    bool asked_ = false;  // now() was called while an attempt was under way
};

}  // namespace voip::transport
