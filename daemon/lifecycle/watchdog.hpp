#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/lifecycle/notify.hpp"

namespace voip::lifecycle {

/// A part's proof that it still moves. Asked once for each feeding, from the loop: what stands still since
/// when, in words for the log, or nothing when all is well. It may ask its part for a sign of life that the
/// next question then looks for.
struct Witness {
    std::string_view part;
    std::function<std::optional<std::string>(TimePoint now)> stalled;
};

/// A deadline that passed this long ago without effect is proof of a part that stands still. Less than half
/// of the unit's WatchdogSec; more than a loaded machine ever delays the loop.
inline constexpr Duration stalled_after = 10s;

/// The usual witness: `due` is when the part must have moved on at the latest (nothing: it waits for others).
[[nodiscard]] std::optional<std::string> overdue(std::optional<TimePoint> due, TimePoint now);

/// Feeds the service manager's watchdog at half of its time, from the loop and only while no witness objects:
/// a loop that hangs, a channel whose state machine has died or a call whose deadlines pass without effect
/// ends in a restart. Without a watchdog there is no alarm at all. Notifier and timers must outlive it.
/// @thread loop only
class WatchdogFeeder {
 public:
    WatchdogFeeder(Timers& timers, const Notifier& notifier, std::vector<Witness> witnesses, Log log);
    ~WatchdogFeeder();
    WatchdogFeeder(const WatchdogFeeder&) = delete;
    WatchdogFeeder& operator=(const WatchdogFeeder&) = delete;

    void start();  ///< feeds once at once
    void stop() noexcept;

 private:
    void feed();
    [[nodiscard]] std::string objection() const;

    Timers& timers_;
    const Notifier& notifier_;
    std::vector<Witness> witnesses_;
    Log log_;
    Timers::Id alarm_ = 0;
    std::string told_;  // why it was not fed, so that each reason is logged once
};

}  // namespace voip::lifecycle
