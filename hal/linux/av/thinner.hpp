#pragma once
#include <optional>

#include "core/clock.hpp"

namespace voip::hal::linux {

/// Takes as many pictures a second as are wanted out of those that a faster camera gives, evenly. Pure.
class Thinner {
 public:
    /// @param fps  1 to 60; the pictures' own rate or above: all are taken
    [[nodiscard]] bool take(TimePoint captured, unsigned fps) noexcept {
        const Duration period = Duration(1s) / fps;
        // A picture that comes early by less than a quarter is on time: cameras jitter.
        if (due_ && captured + period / 4 < *due_) return false;
        due_ = (due_ && captured - *due_ < period ? *due_ : captured) + period;
        return true;
    }

 private:
    std::optional<TimePoint> due_;
};

}  // namespace voip::hal::linux
