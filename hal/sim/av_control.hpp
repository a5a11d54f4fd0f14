#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hal/sound.hpp"

namespace voip::hal::sim {

/// What the simulated speaker gave off, as a person beside it with a meter would report it.
struct Heard {
    std::uint64_t frames = 0;  ///< of 20 ms
    std::uint64_t quiet = 0;   ///< of them below -50 dB
    int level_db = -100;  ///< of the frames that were not quiet, in dB of full scale; -100: there were none
    unsigned dominant_hz = 0;   ///< where most of the energy was, in steps of 50; 0: all was quiet
    unsigned tone_percent = 0;  ///< share of the energy within 75 Hz of it: above 80 for a tone
    std::uint64_t onsets = 0;   ///< quiet for 200 ms or more, then not
    std::uint64_t gaps = 0;     ///< quiet for less than 200 ms between frames that were not: drop-outs
    friend bool operator==(const Heard&, const Heard&) = default;
};

/// The other side of the simulated camera, microphone and speaker: breaks them, hears the speaker. Devices
/// are named "camera", "microphone" and "speaker".
/// @thread loop only
class AvControl {
 public:
    virtual ~AvControl() = default;

    /// The device's next operation fails with `error`: start(), or the next picture or frame of one that
    /// runs, which is then gone. Several wait in line. @errors not_found
    virtual Result<void> fail_next(std::string_view device, Errc error) = 0;
    /// One that runs is gone; until come_back() every start() fails with device_gone. @errors not_found
    virtual Result<void> vanish(std::string_view device) = 0;
    /// One that runs moves no more, without a word; start() is never answered, until come_back().
    /// @errors not_found
    virtual Result<void> block(std::string_view device) = 0;
    virtual Result<void> come_back(std::string_view device) = 0;

    /// What was heard since the speaker was first started, or since forget_heard(). Also written to the log
    /// when the speaker stops.
    [[nodiscard]] virtual Heard heard() const = 0;
    virtual void forget_heard() = 0;
    /// What the microphone hears besides the room: as `board.microphone.device` (hal/README.md).
    /// @errors bad_config
    virtual Result<void> set_sound(std::string_view words) = 0;

    /// The names of the devices that there are, sorted.
    [[nodiscard]] virtual std::vector<std::string> devices() const = 0;
};

}  // namespace voip::hal::sim
