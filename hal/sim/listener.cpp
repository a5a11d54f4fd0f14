#include "hal/sim/listener.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace voip::hal::sim {
namespace {

constexpr double quiet_power = 1e-5;        // -50 dB
constexpr std::uint64_t pause_frames = 10;  // 200 ms: quiet on purpose

}  // namespace

double mean_power(const SoundFrame& frame) noexcept {
    double sum = 0;
    for (const std::int16_t sample : frame) sum += static_cast<double>(sample) * sample;
    return sum / static_cast<double>(frame.size()) / (32768.0 * 32768.0);
}

// Goertzel's recursion.
double tone_power(const SoundFrame& frame, double hz) noexcept {
    const double turn = 2 * std::cos(2 * std::numbers::pi * hz / sound_rate);
    double last = 0;
    double before = 0;
    for (const std::int16_t sample : frame) {
        const double now = sample + turn * last - before;
        before = last;
        last = now;
    }
    const double power = last * last + before * before - turn * last * before;
    const auto count = static_cast<double>(frame.size());
    return 2 * power / (count * count) / (32768.0 * 32768.0);
}

void Listener::hear(const SoundFrame& frame) {
    ++heard_.frames;
    const double power = mean_power(frame);
    if (power < quiet_power) {
        ++heard_.quiet;
        ++silence_;
        return;
    }
    const bool after_pause = !sounded_ || silence_ >= pause_frames;
    if (after_pause)
        ++heard_.onsets;
    else if (silence_ > 0)
        ++heard_.gaps;
    sounded_ = true;
    silence_ = 0;
    power_ += power;
    for (std::size_t bin = 0; bin < bins; ++bin)
        tones_[bin] += tone_power(frame, static_cast<double>(lowest_hz + bin * step_hz));
}

Heard Listener::report() const {
    Heard report = heard_;
    const std::uint64_t loud = heard_.frames - heard_.quiet;
    if (loud == 0) return report;
    report.level_db = static_cast<int>(std::lround(10 * std::log10(power_ / static_cast<double>(loud))));
    const auto most = std::max_element(tones_.begin(), tones_.end());
    const auto bin = static_cast<std::size_t>(most - tones_.begin());
    double near = *most;
    if (bin > 0) near += tones_[bin - 1];
    if (bin + 1 < bins) near += tones_[bin + 1];
    report.dominant_hz = static_cast<unsigned>(lowest_hz + bin * step_hz);
    report.tone_percent = static_cast<unsigned>(std::lround(100 * std::min(near / power_, 1.0)));
    return report;
}

}  // namespace voip::hal::sim
