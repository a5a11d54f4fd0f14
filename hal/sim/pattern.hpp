#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.hpp"

namespace voip::hal::sim {

/// The test pattern: colour bars that move to the left, the time of day (UTC) for people, and the same time
/// for programs (clock_code.hpp). Drawn as a camera that is built in turned sees the world: upright once it
/// has been turned clockwise by `rotation`. I420, planes without padding. Pure.
class Pattern {
 public:
    /// @param width, height  of the picture as sent: even, at least 64
    /// @param rotation  0, 90, 180 or 270
    Pattern(unsigned width, unsigned height, unsigned rotation);

    [[nodiscard]] std::size_t bytes() const noexcept { return std::size_t{width_} * height_ * 3 / 2; }
    /// @param out  bytes() of them
    /// @param number  of the picture: the bars move 2 pixels with each
    void draw(std::span<std::byte> out, UnixMillis wall, std::uint64_t number);

 private:
    void draw_upright(std::span<std::byte> out, UnixMillis wall, std::uint64_t number) const;
    void turn(std::span<std::byte> out);

    unsigned width_, height_, rotation_;
    unsigned upright_width_, upright_height_;
    std::vector<std::byte> bars_[3];  // one line of each plane, twice, so that any offset is one copy
    std::vector<std::byte> upright_;  // before it is turned; empty without rotation
};

}  // namespace voip::hal::sim
