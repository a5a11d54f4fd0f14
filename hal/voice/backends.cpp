#include "hal/voice/backends.hpp"

#include <array>

// Which libraries this build has is decided in CMakeLists.txt.
#ifndef WMPF_VOICE_WEBRTC
#define WMPF_VOICE_WEBRTC 0
#endif
#ifndef WMPF_VOICE_SPEEX
#define WMPF_VOICE_SPEEX 0
#endif

namespace voip::hal::voice {
namespace {

constexpr std::array<VoiceBackend, WMPF_VOICE_WEBRTC + WMPF_VOICE_SPEEX> table{{
#if WMPF_VOICE_WEBRTC
    {"webrtc", &open_webrtc},
#endif
#if WMPF_VOICE_SPEEX
    {"speex", &open_speex},
#endif
}};

}  // namespace

std::span<const VoiceBackend> voice_backends() noexcept {
    return table;
}

}  // namespace voip::hal::voice
