#include "tests/unit/voice/acoustics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace voip::hal::voice::test {
namespace {

constexpr double rate = sound_rate;

double uniform(std::mt19937& engine) {
    return static_cast<double>(engine()) / 4294967296.0;
}

// One formant: a resonance of two poles.
class Resonance {
 public:
    void tune(double hz, double width_hz) {
        const double radius = std::exp(-std::numbers::pi * width_hz / rate);
        a1_ = 2 * radius * std::cos(2 * std::numbers::pi * hz / rate);
        a2_ = -radius * radius;
        gain_ = 1 - radius;
    }
    double operator()(double in) {
        const double out = gain_ * in + a1_ * y1_ + a2_ * y2_;
        y2_ = std::exchange(y1_, out);
        return out;
    }

 private:
    double a1_ = 0, a2_ = 0, gain_ = 1, y1_ = 0, y2_ = 0;
};

struct Syllable {
    bool voiced = true, silent = false;
    double pitch = 120;
    Resonance formants[3];
};

Syllable next_syllable(std::mt19937& engine) {
    Syllable made;
    made.silent = uniform(engine) < 0.15;
    made.voiced = uniform(engine) < 0.75;
    made.pitch = 90 + 120 * uniform(engine);
    made.formants[0].tune(300 + 500 * uniform(engine), 90);
    made.formants[1].tune(900 + 1400 * uniform(engine), 140);
    made.formants[2].tune(2400 + (made.voiced ? 800 : 3000) * uniform(engine), 220);
    return made;
}

Samples scaled(Samples signal, double level) {
    const double factor =
        std::pow(10, (level - level_db(signal, 0, static_cast<double>(signal.size()) / rate)) / 20);
    for (double& sample : signal) sample = std::clamp(sample * factor, -1.0, 1.0);
    return signal;
}

}  // namespace

Samples speech(double seconds, std::uint32_t seed, double level) {
    std::mt19937 engine(seed);
    Samples made(static_cast<std::size_t>(seconds * rate));
    constexpr std::size_t length = sound_rate / 4;
    Syllable syllable;
    double phase = 0;
    for (std::size_t i = 0; i < made.size(); ++i) {
        if (i % length == 0) syllable = next_syllable(engine);
        phase += syllable.pitch / rate;
        double source = 0.5 * (uniform(engine) - 0.5);
        if (syllable.voiced) source = phase >= 1 ? 6 : 0.05 * source;
        if (phase >= 1) phase -= 1;
        const double at = static_cast<double>(i % length) / static_cast<double>(length);
        const double envelope = syllable.silent ? 0 : std::pow(std::sin(std::numbers::pi * at), 2);
        double sound = 0;
        for (Resonance& formant : syllable.formants) sound += formant(source);
        made[i] = envelope * sound;
    }
    return scaled(std::move(made), level);
}

Samples noise(double seconds, std::uint32_t seed, double level) {
    std::mt19937 engine(seed);
    Samples made(static_cast<std::size_t>(seconds * rate));
    for (double& sample : made) sample = uniform(engine) - 0.5;
    return scaled(std::move(made), level);
}

Samples room_answer(Duration delay, double loss_db, Duration reverberation, std::uint32_t seed) {
    std::mt19937 engine(seed);
    const auto seconds = [](Duration length) { return std::chrono::duration<double>(length).count(); };
    const auto first = static_cast<std::size_t>(seconds(delay) * rate);
    const double decay = std::log(1000.0) / (seconds(reverberation) * rate);  // 60 dB
    Samples answer(first + static_cast<std::size_t>(seconds(reverberation) * rate), 0.0);
    answer[first] = 1;
    // Single reflections, a millisecond apart or so: as hard for a canceller as a dense tail, and quick to
    // make.
    for (std::size_t i = first + 30; i < answer.size(); i += 4 + engine() % 24)
        answer[i] = 0.25 * (uniform(engine) - 0.5) * std::exp(-decay * static_cast<double>(i - first));
    double energy = 0;
    for (const double tap : answer) energy += tap * tap;
    const double factor = std::pow(10, -loss_db / 20) / std::sqrt(energy);
    for (double& tap : answer) tap *= factor;
    return answer;
}

Samples convolve(const Samples& signal, const Samples& answer) {
    Samples made(signal.size(), 0.0);
    for (std::size_t tap = 0; tap < answer.size(); ++tap) {
        if (answer[tap] == 0) continue;
        for (std::size_t i = tap; i < made.size(); ++i) made[i] += answer[tap] * signal[i - tap];
    }
    return made;
}

Samples sum(const Samples& a, const Samples& b) {
    Samples made(std::max(a.size(), b.size()), 0.0);
    for (std::size_t i = 0; i < a.size(); ++i) made[i] += a[i];
    for (std::size_t i = 0; i < b.size(); ++i) made[i] += b[i];
    return made;
}

std::vector<SoundFrame> frames(const Samples& signal) {
    std::vector<SoundFrame> made(signal.size() / sound_frame_samples);
    for (std::size_t i = 0; i < made.size() * sound_frame_samples; ++i)
        made[i / sound_frame_samples][i % sound_frame_samples] =
            static_cast<std::int16_t>(std::lround(std::clamp(signal[i], -1.0, 1.0) * 32767));
    return made;
}

Samples samples(const std::vector<SoundFrame>& frames) {
    Samples made;
    for (const SoundFrame& frame : frames)
        for (const std::int16_t sample : frame) made.push_back(sample / 32767.0);
    return made;
}

double level_db(const Samples& signal, double from, double to) {
    double power = 0;
    const auto first = static_cast<std::size_t>(from * rate);
    const auto last = std::min(static_cast<std::size_t>(to * rate), signal.size());
    for (std::size_t i = first; i < last; ++i) power += signal[i] * signal[i];
    return 10 * std::log10(power / static_cast<double>(last - first) + 1e-12);
}

}  // namespace voip::hal::voice::test
