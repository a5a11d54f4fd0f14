#pragma once
#include <optional>

#include "core/clock.hpp"

namespace voip::hal {

/// Says which pictures have to be key ones: the first, those asked for, and one a second at least. Pure.
class KeyClock {
 public:
    void request() noexcept { wanted_ = true; }
    /// Asked once for each picture, before it is made.
    /// @param period  the time to the next one: if that one came too late for the second, this one is it
    [[nodiscard]] bool take(TimePoint captured, Duration period) noexcept {
        const bool key = wanted_ || !last_ || captured + period > *last_ + 1s;
        if (key) last_ = captured;
        wanted_ = wanted_ && !key;
        return key;
    }
    /// A key picture came without being asked for.
    void seen(TimePoint captured) noexcept {
        last_ = captured;
        wanted_ = false;
    }

 private:
    std::optional<TimePoint> last_;
    bool wanted_ = false;
};

}  // namespace voip::hal
