#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hal/sound.hpp"

namespace voip::hal::sim {

/// What can be heard in the simulated room, as `board.microphone.device` words it.
struct RoomSettings {
    unsigned tone_hz = 1000;  ///< 0: none
    bool beat = false;        ///< the tone begins with each whole second of the clock, not with the start
    bool echo = false;        ///< the speaker is heard too
    Duration echo_delay{};    ///< from where it plays to the microphone
    unsigned echo_loss_db = 0;
    friend bool operator==(const RoomSettings&, const RoomSettings&) = default;
};

/// Reads "tone", "tone:HZ" (50 to 7000), "beat", "silence", "echo:MS:DB" (0 to 1000 ms, 0 to 60 dB), joined
/// by
/// "+"; "" is "tone". @errors bad_config with what is not understood
[[nodiscard]] Result<RoomSettings> parse_room(std::string_view words);

inline constexpr double tone_amplitude = 0.25;  ///< of full scale: peaks at -12 dB, -15 dB while it sounds
inline constexpr Duration tone_on = 400ms, tone_off = 600ms;

/// The air of the simulated room: what the speaker gives off, what the microphone picks up, sample by sample
/// on one axis of time. Pure.
class Room {
 public:
    explicit Room(RoomSettings settings = {});
    void set(RoomSettings settings) { settings_ = settings; }

    /// The tone begins here.
    void begin_tone(TimePoint at);
    /// What a speaker gives off from then on, for 20 ms.
    void play(const SoundFrame& frame, TimePoint from);
    /// What a microphone picks up from then on, for 20 ms. What plays in that time must have been given
    /// before; at most 1.5 s back is remembered.
    [[nodiscard]] SoundFrame pick_up(TimePoint from) const;

 private:
    [[nodiscard]] double tone(std::int64_t sample) const;

    RoomSettings settings_;
    std::int64_t tone_began_ = 0;
    std::vector<std::int16_t> air_;     // a ring of samples
    std::int64_t begin_ = 0, end_ = 0;  // the samples known, in their own count since the clock's beginning
};

}  // namespace voip::hal::sim
