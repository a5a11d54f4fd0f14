#pragma once
#include <algorithm>
#include <optional>

#include "core/clock.hpp"
#include "hal/sound.hpp"

namespace voip::hal::linux {

/// Times of frames that follow each other without a seam. A card says where it is in steps of its own and the
/// thread asks late now and then: the times here go on by one frame each, and drift slowly to what is
/// measured. Pure.
class SoundClock {
 public:
    static constexpr Duration jump = 100ms;  ///< further off than this is a gap, not a drift
    static constexpr Duration most = 4ms;    ///< of correction with each frame

    /// @param measured  when this frame begins, as far as the card says
    TimePoint next(TimePoint measured) noexcept {
        if (!last_) return *(last_ = measured);
        const TimePoint expected = *last_ + sound_frame_time;
        const Duration off = measured - expected;
        last_ = off > jump || off < -jump ? measured : expected + std::clamp<Duration>(off / 16, -most, most);
        return *last_;
    }
    /// The next frame does not follow the one before: the card was late.
    void reset() noexcept { last_.reset(); }

 private:
    std::optional<TimePoint> last_;
};

/// Keeps PCMs that have no clock (ALSA's "null", "file") at the pace of time: says how long to wait before
/// the next frame. Cards are never that far ahead. Pure.
class Pace {
 public:
    explicit Pace(Duration ahead) noexcept : ahead_(ahead) {}
    /// One more frame has passed.
    void frame(TimePoint now) noexcept {
        due_ = (due_ ? std::max(*due_, now - 10 * sound_frame_time) : now) + sound_frame_time;
    }
    [[nodiscard]] Duration wait(TimePoint now) const noexcept {
        return due_ ? std::max(Duration::zero(), *due_ - ahead_ - now) : Duration::zero();
    }

 private:
    Duration ahead_;
    std::optional<TimePoint> due_;
};

}  // namespace voip::hal::linux
