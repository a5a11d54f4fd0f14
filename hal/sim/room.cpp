#include "hal/sim/room.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

namespace voip::hal::sim {
namespace {

constexpr std::int64_t memory = 2 * sound_rate;
constexpr std::int64_t ramp = sound_rate / 200;  // 5 ms: a tone that does not click

std::int64_t samples(Duration length) {
    return (std::chrono::nanoseconds(length).count() / 1000 * sound_rate + 500'000) / 1'000'000;
}
std::int64_t sample_at(TimePoint time) {
    return samples(time.time_since_epoch());
}

std::optional<unsigned> number(std::string_view text, unsigned most) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

bool take_word(std::string_view word, RoomSettings& room) {
    if (word == "silence" || word == "tone" || word == "beat") {
        room.tone_hz = word == "silence" ? 0 : 1000;
        room.beat = word == "beat";
        return true;
    }
    if (word.starts_with("tone:")) {
        const auto hz = number(word.substr(5), 7000);
        room.tone_hz = hz.value_or(0);
        return room.tone_hz >= 50;
    }
    const std::size_t colon = word.rfind(':');
    if (!word.starts_with("echo:") || colon < 5) return false;
    const auto delay = number(word.substr(5, colon - 5), 1000);
    const auto loss = number(word.substr(colon + 1), 60);
    if (!delay || !loss) return false;
    room.echo = true;
    room.echo_delay = std::chrono::milliseconds(*delay);
    room.echo_loss_db = *loss;
    return true;
}

}  // namespace

Result<RoomSettings> parse_room(std::string_view words) {
    RoomSettings room;
    if (words.empty()) return room;
    room.tone_hz = 0;
    for (std::size_t at = 0; at <= words.size();) {
        const std::size_t end = std::min(words.find('+', at), words.size());
        const std::string_view word = words.substr(at, end - at);
        if (!take_word(word, room))
            return fail(Errc::bad_config,
                        "\"" + std::string(word) +
                            "\" is none of tone, tone:HZ (50 to 7000), beat, silence, echo:MS:DB "
                            "(0 to 1000 ms, 0 to 60 dB)");
        at = end + 1;
    }
    return room;
}

Room::Room(RoomSettings settings) : settings_(settings), air_(memory) {}

void Room::begin_tone(TimePoint at) {
    tone_began_ = settings_.beat ? 0 : sample_at(at);
}

void Room::play(const SoundFrame& frame, TimePoint from) {
    const std::int64_t first = sample_at(from);
    if (first < begin_) return;  // too old to be heard
    if (first > end_ + memory || end_ == 0) begin_ = end_ = first;
    for (; end_ < first; ++end_) air_[static_cast<std::size_t>(end_ % memory)] = 0;
    for (std::size_t i = 0; i < frame.size(); ++i)
        air_[static_cast<std::size_t>((first + static_cast<std::int64_t>(i)) % memory)] = frame[i];
    end_ = std::max(end_, first + static_cast<std::int64_t>(frame.size()));
    begin_ = std::max(begin_, end_ - memory);
}

SoundFrame Room::pick_up(TimePoint from) const {
    SoundFrame frame{};
    const std::int64_t first = sample_at(from);
    const std::int64_t back = samples(settings_.echo_delay);
    const double loss = std::pow(10.0, -static_cast<double>(settings_.echo_loss_db) / 20);
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const std::int64_t now = first + static_cast<std::int64_t>(i);
        double value = settings_.tone_hz == 0 ? 0 : tone(now - tone_began_);
        const std::int64_t played = now - back;
        if (settings_.echo && played >= begin_ && played < end_)
            value += loss * air_[static_cast<std::size_t>(played % memory)];
        frame[i] = static_cast<std::int16_t>(std::lround(std::clamp(value, -32768.0, 32767.0)));
    }
    return frame;
}

double Room::tone(std::int64_t sample) const {
    constexpr std::int64_t on = tone_on / 1ms * sound_rate / 1000;
    constexpr std::int64_t cycle = on + tone_off / 1ms * sound_rate / 1000;
    if (sample < 0) return 0;
    const std::int64_t at = sample % cycle;
    if (at >= on) return 0;
    const std::int64_t edge = std::min({at, on - at, ramp});
    const double phase = 2 * std::numbers::pi * settings_.tone_hz * static_cast<double>(sample % sound_rate) /
                         sound_rate;  // whole turns a second
    return 32767 * tone_amplitude * std::sin(phase) * static_cast<double>(edge) / ramp;
}

}  // namespace voip::hal::sim
