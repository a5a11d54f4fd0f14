#pragma once
#include <algorithm>
#include <array>
#include <cmath>

#include "hal/sound.hpp"

/// What both interfaces of the WebRTC library need: half a frame at a time, as floats.
namespace voip::hal::voice {

inline constexpr std::size_t ten_millis_samples = sound_frame_samples / 2;

/// Calls `use(float*)` for each half of the frame and writes back what it left there.
template <class Use>
void each_ten_millis(SoundFrame& frame, const Use& use) {
    std::array<float, ten_millis_samples> part{};
    for (auto at = frame.begin(); at != frame.end(); at += ten_millis_samples) {
        std::transform(at, at + ten_millis_samples, part.begin(),
                       [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0f; });
        use(part.data());
        std::transform(part.begin(), part.end(), at, [](float sample) {
            return static_cast<std::int16_t>(std::lround(std::clamp(sample * 32768.0f, -32768.0f, 32767.0f)));
        });
    }
}

[[nodiscard]] inline int whole_millis(Duration length) {
    return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(length).count());
}

}  // namespace voip::hal::voice
