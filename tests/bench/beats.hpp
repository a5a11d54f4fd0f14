#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.hpp"

namespace voip::bench {

/// Hears tones that begin with each whole second of the monotonic clock, and tells how late they are heard.
/// Two tones that are multiples of 100 Hz do not disturb each other.
class Beats {
 public:
    explicit Beats(unsigned hertz) noexcept : hertz_(hertz) {}

    /// @param at  when the first of the samples (16 kHz) is played
    void hear(std::span<const std::int16_t> samples, TimePoint at);
    /// Milliseconds from a whole second to the tone's beginning, one of each second in which it was heard.
    [[nodiscard]] std::vector<double> lags() const;

 private:
    struct Loudness {
        TimePoint at;  ///< of the window's middle
        double level = 0;
    };
    unsigned hertz_;
    std::vector<std::int16_t> window_;
    std::vector<Loudness> heard_;
};

/// 20 ms of such a tone: 400 ms on, 600 ms off.
[[nodiscard]] std::vector<std::int16_t> beat_frame(unsigned hertz, TimePoint from);

}  // namespace voip::bench
