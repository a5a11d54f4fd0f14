#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace voip::hal::linux {

/// Sound as it is played: S16, interleaved.
struct Sound {
    unsigned rate = 16000, channels = 1;
    std::vector<std::int16_t> samples;
};

inline constexpr std::size_t max_wav_bytes = 4 * 1024 * 1024;  // two minutes of 16 kHz mono

/// Reads a WAV file's bytes: PCM of 8 or 16 bits, one or two channels, 8000 to 48000 Hz. Pure; any bytes are
/// safe. @errors bad_config: a sentence that says what the file has and what is wanted
/// @source Multimedia Programming Interface and Data Specifications 1.0 (RIFF, WAVE)
[[nodiscard]] Result<Sound> parse_wav(std::span<const std::byte> bytes);
/// @errors io (it cannot be read, or is too long), bad_config
[[nodiscard]] Result<Sound> read_wav(const std::string& path);

/// The product's own tones, made here; each is one round to be played again and again.
[[nodiscard]] Sound alerting_tone();   ///< somebody calls: two bell strokes, then a pause; 3 s
[[nodiscard]] Sound ring_back_tone();  ///< 425 Hz, 1 s on, 3 s off. @source ITU-T E.180

}  // namespace voip::hal::linux
