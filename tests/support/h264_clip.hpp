#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "hal/camera.hpp"

namespace voip::test {

/// A short H.264 clip (constrained baseline, Annex B, SPS and PPS before each IDR), encoded once a process
/// from a test pattern: 30 pictures, every 15th a key one. Needs load_phone_plugins().
struct Clip {
    static constexpr unsigned width = 320, height = 240, fps = 15;
    std::vector<std::vector<std::byte>> pictures;

    [[nodiscard]] hal::AccessUnit picture(std::size_t number, TimePoint captured) const;
    [[nodiscard]] static bool is_key(std::size_t number) noexcept { return number % 15 == 0; }
};
[[nodiscard]] const Clip& clip();

/// So many pictures at 15 a second and at most 600 kbit/s, every 15th a key one.
/// @param pattern  of GStreamer's videotestsrc
[[nodiscard]] std::vector<std::vector<std::byte>> encode_pictures(unsigned width, unsigned height,
                                                                  unsigned count,
                                                                  const std::string& pattern = "ball");

}  // namespace voip::test
