#pragma once
#include "hal/voice/voice.hpp"

namespace voip::hal::voice {

/// Echo, noise and gain by libwebrtc-audio-processing.
[[nodiscard]] std::unique_ptr<Voice> open_webrtc(const VoiceSettings& settings);
/// The same by speexdsp: takes some seconds longer to find the echo.
[[nodiscard]] std::unique_ptr<Voice> open_speex(const VoiceSettings& settings);

}  // namespace voip::hal::voice
