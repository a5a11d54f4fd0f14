#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/lifecycle/environment.hpp"

namespace voip::lifecycle {

/// Speaks to the service manager, on the socket that NOTIFY_SOCKET names. Without that variable everything
/// succeeds and nothing is sent.
/// @source sd_notify(3), systemd.service(5) Type=notify-reload
/// @thread loop only; does not block (a full socket is an error)
class Notifier {
 public:
    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    /// @errors bad_config: NOTIFY_SOCKET is no Unix socket's name, or longer than 107 bytes
    [[nodiscard]] static Result<Notifier> open(const Environment& environment);
    Notifier() = default;  ///< a silent one

    // Each: @errors the system's code and words. Callers log and go on.
    [[nodiscard]] Result<void> ready(std::string_view status) const;
    [[nodiscard]] Result<void> status(std::string_view text) const;
    /// `now` is the monotonic time at which the reload began; ready() ends it.
    [[nodiscard]] Result<void> reloading(TimePoint now) const;
    [[nodiscard]] Result<void> stopping(std::string_view status) const;
    [[nodiscard]] Result<void> watchdog() const;

    [[nodiscard]] bool silent() const noexcept { return socket_.empty(); }
    /// The manager ends us when watchdog() was not called for this long; nothing: it does not watch.
    [[nodiscard]] std::optional<Duration> watchdog_time() const noexcept { return watchdog_time_; }

 private:
    std::string socket_;
    std::optional<Duration> watchdog_time_;
};

}  // namespace voip::lifecycle
