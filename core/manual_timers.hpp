#pragma once
#include <map>

#include "core/timers.hpp"

namespace voip {

/// Time that moves only when told to: for tests, fuzzers and simulations of hours in milliseconds.
/// It starts at one hour monotonic and 2026-01-01T00:00:00Z on the wall.
class ManualTimers final : public Timers {
 public:
    TimePoint now() const noexcept override { return now_; }
    UnixMillis wall_now() const noexcept override { return wall_; }
    Id call_at(TimePoint at, std::function<void()> action) override;
    void cancel(Id alarm) noexcept override;
    std::size_t pending() const noexcept override { return due_.size(); }

    /// Moves both clocks on, alarm by alarm in the order of their deadlines; `settle` runs after each alarm
    /// (give it `[&] { io.restart(); io.poll(); }` where coroutines wait).
    void advance(Duration length, const std::function<void()>& settle = {});
    /// Sets the wall clock alone, as NTP or a user would.
    void set_wall(UnixMillis wall) noexcept { wall_ = wall; }
    /// The deadline of the next alarm; TimePoint::max() when there is none.
    [[nodiscard]] TimePoint next() const noexcept;

 private:
    void move_to(TimePoint at) noexcept;

    TimePoint now_{std::chrono::hours{1}};
    UnixMillis wall_ = 1767225600000;
    Duration wall_rest_{};  // less than a millisecond, so that many small steps add up
    std::map<std::pair<TimePoint, Id>, std::function<void()>> due_;
    Id last_id_ = 0;
};

}  // namespace voip
