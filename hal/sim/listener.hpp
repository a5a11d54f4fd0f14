#pragma once
#include <array>

#include "hal/sim/av_control.hpp"

namespace voip::hal::sim {

/// Measures sound: level, the tone in it, drop-outs. Pure.
class Listener {
 public:
    void hear(const SoundFrame& frame);
    [[nodiscard]] Heard report() const;

 private:
    // A frame of 20 ms tells tones apart that are 50 Hz apart.
    static constexpr unsigned step_hz = 50, lowest_hz = 50, highest_hz = 4000;
    static constexpr std::size_t bins = (highest_hz - lowest_hz) / step_hz + 1;

    Heard heard_;
    double power_ = 0;                  // mean squares of the frames that were not quiet, summed up
    std::array<double, bins> tones_{};  // the same by frequency
    std::uint64_t silence_ = 0;         // quiet frames since the last one that was not
    bool sounded_ = false;
};

/// Power of one frequency in a frame, as a share of full scale squared (a full sine has 0.5).
[[nodiscard]] double tone_power(const SoundFrame& frame, double hz) noexcept;
/// Mean square of a frame, likewise.
[[nodiscard]] double mean_power(const SoundFrame& frame) noexcept;

}  // namespace voip::hal::sim
