#include "hal/sim/clock_code.hpp"

namespace voip::hal::sim {
namespace {

constexpr std::size_t data_columns = clock_columns - 2;  // the outer ones are marks
constexpr unsigned data_bits = data_columns * clock_rows;
static_assert(data_bits == 40, "32 bits of time and 8 of check");
constexpr unsigned least_contrast = 64;

// CRC-8 of the four bytes, highest first: polynomial 0x07, begun with 0xff.
std::uint8_t check_of(std::uint32_t time) {
    unsigned crc = 0xff;
    for (int bit = 31; bit >= 0; --bit) {
        const bool high = (crc & 0x80) != 0;
        crc = (crc << 1) & 0xff;
        if (high != (((time >> bit) & 1) != 0)) crc ^= 0x07;
    }
    return static_cast<std::uint8_t>(crc);
}

// Where the cells lie; none is white.
ClockCells layout(unsigned width, unsigned height) {
    ClockCells cells{};
    for (unsigned row = 0; row < clock_rows; ++row)
        for (unsigned column = 0; column < clock_columns; ++column) {
            Cell& cell = cells[row * clock_columns + column];
            cell.x = even((column + 1) * width / 24);
            cell.width = even((column + 2) * width / 24) - cell.x;
            cell.y = even((13 + row) * height / 16);
            cell.height = even((14 + row) * height / 16) - cell.y;
        }
    return cells;
}

// The mean of the middle half, which no neighbour blurs.
unsigned mean(const Luma& picture, const Cell& cell) {
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
    for (unsigned y = cell.y + cell.height / 4; y < cell.y + cell.height - cell.height / 4; ++y)
        for (unsigned x = cell.x + cell.width / 4; x < cell.x + cell.width - cell.width / 4; ++x) {
            sum += std::to_integer<unsigned>(picture.bytes[y * picture.stride + x]);
            ++count;
        }
    return count == 0 ? 0 : static_cast<unsigned>(sum / count);
}

}  // namespace

Cell clock_band(unsigned width, unsigned height) noexcept {
    const unsigned top = even(height * 25u / 32);
    return {0, top, width, even(height * 31u / 32) - top, false};
}

ClockCells clock_cells(unsigned width, unsigned height, UnixMillis wall) noexcept {
    const auto time = static_cast<std::uint32_t>(static_cast<std::uint64_t>(wall));
    const std::uint64_t code = (std::uint64_t{time} << 8) | check_of(time);
    ClockCells cells = layout(width, height);
    cells[0].white = cells[clock_columns * clock_rows - 1].white = true;
    for (unsigned bit = 0; bit < data_bits; ++bit)
        cells[bit / data_columns * clock_columns + 1 + bit % data_columns].white =
            ((code >> (data_bits - 1 - bit)) & 1) != 0;
    return cells;
}

std::optional<std::uint32_t> read_clock(const Luma& picture) noexcept {
    if (picture.width < 64 || picture.height < 64 || picture.stride < picture.width ||
        picture.bytes.size() < picture.stride * (picture.height - 1) + picture.width)
        return std::nullopt;
    const ClockCells cells = layout(picture.width, picture.height);
    const unsigned white = mean(picture, cells[0]) + mean(picture, cells[2 * clock_columns - 1]);
    const unsigned black = mean(picture, cells[clock_columns - 1]) + mean(picture, cells[clock_columns]);
    if (white < black + 2 * least_contrast) return std::nullopt;
    std::uint64_t code = 0;
    for (unsigned bit = 0; bit < data_bits; ++bit) {
        const Cell& cell = cells[bit / data_columns * clock_columns + 1 + bit % data_columns];
        code = code << 1 | (mean(picture, cell) * 4 > white + black ? 1u : 0u);
    }
    const auto time = static_cast<std::uint32_t>(code >> 8);
    if (check_of(time) != (code & 0xff)) return std::nullopt;
    return time;
}

}  // namespace voip::hal::sim
