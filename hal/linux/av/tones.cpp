#include <algorithm>
#include <cmath>
#include <numbers>

#include "hal/linux/av/wav.hpp"

namespace voip::hal::linux {
namespace {

constexpr unsigned rate = 16000;
constexpr double full = 32767;

Sound silence(double seconds) {
    return {rate, 1, std::vector<std::int16_t>(static_cast<std::size_t>(seconds * rate))};
}

/// Adds a stroke of a bell: a tone and two of its overtones, which die away faster.
/// @param loudness  of full scale; strokes that sound together must not add up to more than 1
void strike(Sound& sound, double at_s, double hertz, double loudness) {
    constexpr double length_s = 1.4, attack_s = 0.004, end_s = 0.1;
    const auto begin = static_cast<std::size_t>(at_s * rate);
    const std::size_t count =
        std::min(static_cast<std::size_t>(length_s * rate), sound.samples.size() - begin);
    for (std::size_t i = 0; i < count; ++i) {
        const double t = static_cast<double>(i) / rate;
        const auto partial = [&](double multiple, double share, double decay_s) {
            return share * std::sin(2 * std::numbers::pi * multiple * hertz * t) * std::exp(-t / decay_s);
        };
        const double wave = partial(1, 0.65, 0.4) + partial(2, 0.25, 0.2) + partial(3, 0.1, 0.1);
        const double edge = std::min({1.0, t / attack_s, (length_s - t) / end_s});
        sound.samples[begin + i] =
            static_cast<std::int16_t>(sound.samples[begin + i] + wave * edge * loudness * full);
    }
}

}  // namespace

Sound alerting_tone() {
    Sound sound = silence(3);
    strike(sound, 0.0, 784, 0.5);  // G5, then E5: a door bell's third
    strike(sound, 0.5, 659, 0.5);
    return sound;
}

Sound ring_back_tone() {
    constexpr double hertz = 425, on_s = 1, loudness = 0.2, edge_s = 0.01;
    Sound sound = silence(4);
    for (std::size_t i = 0; i < static_cast<std::size_t>(on_s * rate); ++i) {
        const double t = static_cast<double>(i) / rate;
        const double edge = std::min({1.0, t / edge_s, (on_s - t) / edge_s});
        sound.samples[i] =
            static_cast<std::int16_t>(std::sin(2 * std::numbers::pi * hertz * t) * edge * loudness * full);
    }
    return sound;
}

}  // namespace voip::hal::linux
