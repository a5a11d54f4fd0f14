#include "hal/voice/delay_probe.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace voip::hal::voice {
namespace {

constexpr std::size_t chirp_samples = 2048;     // 128 ms: 26 dB above noise of the same level
constexpr double low_hz = 600, high_hz = 3400;  // what small speakers and microphones pass
constexpr double amplitude = 0.3;               // heard, but no shock
constexpr double least_likeness = 0.15;         // noise alone reaches 0.1 at most
constexpr double direct_share = 0.6;            // reflections may be a little stronger than the direct way
constexpr std::size_t step = 2;                 // samples between two looks
constexpr double dead_power = 1e-7;             // -70 dB: not even noise
constexpr std::uint64_t lead_frames = DelayProbe::lead / sound_frame_time;
constexpr std::uint64_t spacing_frames = DelayProbe::spacing / sound_frame_time;

std::vector<double> make_chirp() {
    std::vector<double> made(chirp_samples);
    for (std::size_t i = 0; i < made.size(); ++i) {
        const double at = static_cast<double>(i) / chirp_samples;
        const double seconds = static_cast<double>(i) / sound_rate;
        const double phase = 2 * std::numbers::pi * (low_hz + (high_hz - low_hz) * at / 2) * seconds;
        made[i] = std::sin(phase) * std::pow(std::sin(std::numbers::pi * at), 0.5);
    }
    return made;
}

std::string millis(Duration length) {
    return std::to_string(std::chrono::round<std::chrono::milliseconds>(length).count()) + " ms";
}

}  // namespace

DelayProbe::DelayProbe() : chirp_(make_chirp()) {
    for (const double sample : chirp_) chirp_energy_ += sample * sample;
}

void DelayProbe::play(SoundFrame& frame, TimePoint now) {
    frame.fill(0);
    const std::uint64_t number = played_++;
    if (number < lead_frames) return;
    const std::uint64_t chirp = (number - lead_frames) / spacing_frames;
    const std::uint64_t within = (number - lead_frames) % spacing_frames;
    if (chirp >= chirps) return;
    if (within == 0) {
        sent_ = now;
        peaks_.clear();
    }
    const auto first = static_cast<std::size_t>(within * sound_frame_samples);
    for (std::size_t i = 0; i < frame.size() && first + i < chirp_samples; ++i)
        frame[i] = static_cast<std::int16_t>(std::lround(32767 * amplitude * chirp_[first + i]));
}

void DelayProbe::hear(const SoundFrame& frame, TimePoint now) {
    ++frames_;
    for (const std::int16_t sample : frame) {
        const double value = sample / 32768.0;
        heard_.push_back(value);
        power_ += value * value / sound_frame_samples;
        clipped_ += sample == 32767 || sample == -32768 ? 1 : 0;
    }
    times_.push_back(now);
    // A chirp that begins in a frame can be told once its last sample is there.
    constexpr std::size_t kept = (chirp_samples / sound_frame_samples + 2) * sound_frame_samples;
    if (heard_.size() < kept) return;
    if (sent_ && found_.size() < chirps) listen();
    const TimePoint looked_at = times_.front();
    heard_.erase(heard_.begin(), heard_.begin() + sound_frame_samples);
    times_.pop_front();
    if (sent_ && looked_at - *sent_ > longest) close_window();
}

// Looks at each place of the oldest frame where a chirp could begin.
void DelayProbe::listen() {
    for (std::size_t at = 0; at < sound_frame_samples; at += step) {
        const Duration delay =
            times_.front() - *sent_ + std::chrono::microseconds(at * 1'000'000 / sound_rate);
        if (delay >= Duration::zero() && delay <= longest) peaks_.push_back({likeness_at(at), delay});
    }
}

double DelayProbe::likeness_at(std::size_t sample) const {
    double both = 0;
    double energy = 0;
    const double* heard = heard_.data() + sample;
    const double* wanted = chirp_.data();
    for (std::size_t i = 0; i < chirp_samples; ++i) {
        both += wanted[i] * heard[i];
        energy += heard[i] * heard[i];
    }
    return energy == 0 ? 0 : std::abs(both) / std::sqrt(energy * chirp_energy_);
}

void DelayProbe::close_window() {
    sent_.reset();
    const auto most = std::ranges::max_element(peaks_, {}, &Peak::likeness);
    if (most == peaks_.end() || most->likeness < least_likeness) return found_.push_back(std::nullopt);
    auto direct = std::ranges::find_if(
        peaks_, [&](const Peak& peak) { return peak.likeness >= direct_share * most->likeness; });
    while (direct + 1 != peaks_.end() && direct[1].likeness > direct->likeness) ++direct;  // up to its top
    found_.push_back(direct->delay);
}

Result<Duration> DelayProbe::result() const {
    if (frames_ == 0 || power_ / static_cast<double>(frames_) < dead_power)
        return fail(Errc::io, "the microphone hears nothing at all: muted, or not the one that is meant?");
    std::vector<Duration> delays;
    for (const auto& found : found_)
        if (found) delays.push_back(*found);
    if (delays.size() < needed)
        return fail(Errc::io, clipped_ > frames_
                                  ? "the microphone is overdriven: lower its gain"
                                  : "the microphone does not hear the speaker: volume, cable, or the "
                                    "wrong device?");
    std::ranges::sort(delays);
    for (std::size_t i = 0; i + needed <= delays.size(); ++i)
        if (delays[i + needed - 1] - delays[i] <= agreement) return delays[i];
    return fail(Errc::io, "the sound card's delay jumps between " + millis(delays.front()) + " and " +
                              millis(delays.back()) + ": echo cannot be cancelled well");
}

}  // namespace voip::hal::voice
