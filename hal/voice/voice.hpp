#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "hal/sound.hpp"

/// Hands-free: takes the speaker's echo, steady noise and changing loudness out of what the microphone hears.
/// It stands beside the devices, which know when a sample is heard; libraries do the work.
namespace voip::hal::voice {

struct VoiceSettings {
    bool echo = true;   ///< false where the hardware cancels it
    bool noise = true;  ///< suppress steady noise
    bool gain = true;   ///< keep the voice at one loudness
    /// From a frame handed to the speaker (its pull) to the frame of the microphone that begins with its echo
    /// (its handler), as measure_delay() finds it. Too much switches the canceller off in effect: it looks
    /// for the echo where it has been already. Zero: not measured, the drivers' guesses are used.
    Duration playout_delay{};
};

/// @thread one at a time; does not block (some 0.1 ms a frame)
class Voice {
 public:
    virtual ~Voice() = default;
    /// The frame that a pull of the speaker was answered with, each of them, in order.
    /// @param plays_at, now  as the pull was told, and when it came
    virtual void far(const SoundFrame& frame, TimePoint plays_at, TimePoint now) = 0;
    /// A frame of the microphone, each of them, in order; it is changed in place.
    /// @param captured, now  as the handler was told, and when it ran
    virtual void near(SoundFrame& frame, TimePoint captured, TimePoint now) = 0;
    /// "webrtc", "speex" or "off"
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

/// What does the work: a library, and how it is set up.
struct VoiceBackend {
    std::string_view name;
    std::unique_ptr<Voice> (*open)(const VoiceSettings& settings);
};
/// Those of this build, the best first; none where the libraries are absent.
[[nodiscard]] std::span<const VoiceBackend> voice_backends() noexcept;

/// The best backend; one that leaves everything as it is where all is switched off.
/// @errors not_found: something is switched on and this build has no library for it
[[nodiscard]] Result<std::unique_ptr<Voice>> open_voice(const VoiceSettings& settings);

/// A canceller that is told a little less than the truth finds the echo, one that is told more does not.
/// @source measured, tests/unit/voice/echo_test.cpp
inline constexpr Duration delay_margin = 10ms;

/// How much the echo lags, for a canceller: what was measured, or the least that the drivers' times said of
/// late, so that a loop that is late now and then does not move it. Pure.
class EchoLag {
 public:
    explicit EchoLag(Duration measured) : measured_(measured) {}
    void far(TimePoint plays_at, TimePoint now) noexcept { ahead_ = plays_at - now; }
    /// The lag for this frame of the microphone, delay_margin less than it is believed to be; never negative.
    [[nodiscard]] Duration near(TimePoint captured, TimePoint now) noexcept;

 private:
    static constexpr int window = 50;  // frames: a second

    Duration measured_;
    Duration ahead_{};
    Duration least_ = Duration::max();  // of the frames counted
    Duration told_{};
    int counted_ = 0;
    bool first_ = true;
};

}  // namespace voip::hal::voice
