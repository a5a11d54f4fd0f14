#pragma once
#include <optional>

#include "core/clock.hpp"

namespace voip::media {

/// Stamps a stream of equal frames by counting them: the times at which they are handed over jitter, and a
/// receiver that saw that jitter would conceal sound that was never lost. When frames are missing, or the
/// sound card's clock has run away from ours, it jumps to the truth once. Pure.
class SampleClock {
 public:
    static constexpr Duration tolerance = 60ms;  ///< three frames: more than hand-over ever jitters

    explicit SampleClock(Duration frame) noexcept : frame_(frame) {}

    /// @param captured  when the first sample was taken, as well as the driver knows
    /// @return the time to stamp the frame with
    [[nodiscard]] TimePoint stamp(TimePoint captured) noexcept {
        const TimePoint counted = next_.value_or(captured);
        const Duration off = captured - counted;
        const TimePoint stamped = off > tolerance || off < -tolerance ? captured : counted;
        next_ = stamped + frame_;
        return stamped;
    }
    void reset() noexcept { next_.reset(); }

 private:
    Duration frame_;
    std::optional<TimePoint> next_;
};

}  // namespace voip::media
