#include "tests/bench/beats.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace voip::bench {
namespace {

constexpr int rate = 16000;
constexpr std::size_t window = 160;  // 10 ms: whole periods of every multiple of 100 Hz
constexpr std::size_t step = 16;     // 1 ms
constexpr double faintest = 0.01;    // of full scale
constexpr Duration ramp = 5ms;       // in which a tone reaches its full level
constexpr Duration on_time = 400ms;

Duration length_of(std::size_t samples) {
    return std::chrono::nanoseconds(samples * 1'000'000'000ull / rate);
}

double level_of(std::span<const std::int16_t> samples, unsigned hertz) {
    double re = 0, im = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate;
        re += samples[i] * std::cos(phase);
        im += samples[i] * std::sin(phase);
    }
    return 2 * std::hypot(re, im) / static_cast<double>(samples.size()) / 32768;
}

}  // namespace

void Beats::hear(std::span<const std::int16_t> samples, TimePoint at) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        window_.push_back(samples[i]);
        if (window_.size() < window) continue;
        heard_.push_back({at + length_of(i + 1) - length_of(window / 2), level_of(window_, hertz_)});
        window_.erase(window_.begin(), window_.begin() + step);
    }
}

std::vector<double> Beats::lags() const {
    std::map<std::int64_t, std::vector<Loudness>> seconds;
    for (const Loudness& one : heard_) seconds[one.at.time_since_epoch() / 1s].push_back(one);
    std::vector<double> lags;
    for (const auto& [second, levels] : seconds) {
        const auto louder = [](const Loudness& a, const Loudness& b) { return a.level < b.level; };
        const double top = std::max_element(levels.begin(), levels.end(), louder)->level;
        if (top < faintest || levels.front().level > top / 4)
            continue;  // nothing, or its beginning was missed
        const auto begin = std::find_if(levels.begin(), levels.end(),
                                        [top](const Loudness& one) { return one.level > top / 2; });
        const Duration late = begin->at - TimePoint(std::chrono::seconds(second)) - ramp / 2;
        lags.push_back(std::chrono::duration<double, std::milli>(late).count());
    }
    return lags;
}

std::vector<std::int16_t> beat_frame(unsigned hertz, TimePoint from) {
    std::vector<std::int16_t> frame(rate / 50);
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto since = (from + length_of(i)).time_since_epoch();
        const double in_beat = std::chrono::duration<double>(since % 1s).count();
        const double left = std::chrono::duration<double>(on_time).count() - in_beat;
        const double shape =
            std::clamp(std::min(in_beat, left) / std::chrono::duration<double>(ramp).count(), 0., 1.);
        const double turn = 2 * std::numbers::pi * hertz * in_beat;
        frame[i] = static_cast<std::int16_t>(std::lround(8000 * shape * std::sin(turn)));
    }
    return frame;
}

}  // namespace voip::bench
