#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/clock.hpp"

/// The clock in the test pattern that programs read: two rows of black and white cells that survive H.264,
/// scaling and a browser's canvas. The layout is in hal/README.md, "The clock for programs"; all positions
/// are fractions of the upright picture. Pure.
namespace voip::hal::sim {

/// Rectangle in pixels, even.
struct Cell {
    unsigned x = 0, y = 0, width = 0, height = 0;
    bool white = false;
};
/// The next even number of pixels below: two share a sample of colour.
[[nodiscard]] constexpr unsigned even(unsigned pixels) noexcept {
    return pixels & ~1u;
}

inline constexpr std::size_t clock_columns = 22, clock_rows = 2;
using ClockCells = std::array<Cell, clock_columns * clock_rows>;

/// The cells of a picture of that size (at least 64 x 64) taken at that time.
[[nodiscard]] ClockCells clock_cells(unsigned width, unsigned height, UnixMillis wall) noexcept;
/// The black band that the cells lie in.
[[nodiscard]] Cell clock_band(unsigned width, unsigned height) noexcept;

/// A plane of luma, upright.
struct Luma {
    std::span<const std::byte> bytes;
    std::size_t stride = 0;
    unsigned width = 0, height = 0;
};
/// The time of the picture, modulo 2^32 milliseconds; nothing where there is no clock or it is not legible
/// (contrast below 64, or the check does not fit).
[[nodiscard]] std::optional<std::uint32_t> read_clock(const Luma& picture) noexcept;

}  // namespace voip::hal::sim
