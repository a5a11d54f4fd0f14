#pragma once
#include <optional>

#include "core/clock.hpp"

namespace voip::hal::linux {

/// For lines whose chip and kernel do not debounce: a level counts when it has stayed so long. Pure.
class Debouncer {
 public:
    explicit Debouncer(Duration period) : period_(period) {}

    /// Starts anew with a level that counts.
    void reset(bool level) noexcept { level_ = seen_ = level; }
    void on_edge(bool level, TimePoint now) noexcept {
        if (level == seen_) return;
        seen_ = level;
        since_ = now;
    }
    /// The new level, where one counts from now on.
    [[nodiscard]] std::optional<bool> on_time(TimePoint now) noexcept {
        if (seen_ == level_ || now < since_ + period_) return std::nullopt;
        level_ = seen_;
        return level_;
    }
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept {
        if (seen_ == level_) return std::nullopt;
        return since_ + period_;
    }

 private:
    Duration period_;
    bool level_ = false, seen_ = false;
    TimePoint since_;
};

}  // namespace voip::hal::linux
