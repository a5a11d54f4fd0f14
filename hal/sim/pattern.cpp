#include "hal/sim/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "hal/sim/clock_code.hpp"

namespace voip::hal::sim {
namespace {

constexpr std::byte black{16}, white{235}, grey{128};  // of luma, and no colour

// Luma and both colour differences of the eight bars, at 75 %. @source ITU-R BT.601, BT.471
// clang-format off
constexpr unsigned bar_colours[8][3] = {
    {180, 128, 128}, {162,  44, 142}, {131, 156,  44}, {112,  72,  58},
    { 84, 184, 198}, { 65, 100, 212}, { 35, 212, 114}, { 16, 128, 128}};

// Seven lines of five dots, the left one is the highest bit: 0 to 9, colon, full stop.
constexpr std::uint8_t glyphs[12][7] = {
    {0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110},
    {0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110},
    {0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111},
    {0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110},
    {0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010},
    {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110},
    {0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110},
    {0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000},
    {0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110},
    {0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100},
    {0b00000, 0b00100, 0b00100, 0b00000, 0b00100, 0b00100, 0b00000},
    {0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b01100, 0b01100}};
// clang-format on
constexpr unsigned glyph_width = 6, glyph_height = 7;  // with the space between

struct Canvas {
    Canvas(std::span<std::byte> bytes, unsigned wide, unsigned high)
        : width(wide),
          height(high),
          planes{bytes.data(), bytes.data() + std::size_t{wide} * high,
                 bytes.data() + std::size_t{wide} * high * 5 / 4} {}
    unsigned width, height;
    std::array<std::byte*, 3> planes;

    [[nodiscard]] unsigned plane_width(int plane) const { return plane == 0 ? width : width / 2; }
    [[nodiscard]] unsigned plane_height(int plane) const { return plane == 0 ? height : height / 2; }
    [[nodiscard]] std::byte* line(int plane, unsigned y) const {
        return planes[static_cast<std::size_t>(plane)] + std::size_t{y} * plane_width(plane);
    }
    // Black to white; even places and sizes.
    void fill(const Cell& cell, std::byte luma) const {
        for (unsigned y = cell.y; y < cell.y + cell.height; ++y)
            std::fill_n(line(0, y) + cell.x, cell.width, luma);
        for (const int plane : {1, 2})
            for (unsigned y = cell.y / 2; y < (cell.y + cell.height) / 2; ++y)
                std::fill_n(line(plane, y) + cell.x / 2, cell.width / 2, grey);
    }
};

std::array<char, 11> time_of_day(UnixMillis wall) {
    const auto tenths = static_cast<unsigned>((wall / 100 % 864000 + 864000) % 864000);
    std::array<char, 11> text{};
    std::snprintf(text.data(), text.size(), "%02u:%02u:%02u.%u", tenths / 36000 % 24, tenths / 600 % 60,
                  tenths / 10 % 60, tenths % 10);
    return text;
}

const std::uint8_t* glyph_of(char letter) {
    if (letter == ':') return glyphs[10];
    if (letter == '.') return glyphs[11];
    return glyphs[letter - '0'];
}

void draw_letter(const Canvas& canvas, const std::uint8_t* glyph, Cell dot) {
    const unsigned left = dot.x;
    for (unsigned row = 0; row < glyph_height; ++row, dot.y += dot.height) {
        dot.x = left;
        for (unsigned column = 0; column < 5; ++column, dot.x += dot.width)
            if (((glyph[row] >> (4 - column)) & 1) != 0) canvas.fill(dot, white);
    }
}

// White on a black field, in the middle of the upper half.
void draw_text(const Canvas& canvas, std::string_view text) {
    const auto letters = static_cast<unsigned>(text.size());
    const unsigned dot = std::max(even(canvas.width * 3 / 4 / (letters * glyph_width)), 1u);
    const unsigned width = dot * letters * glyph_width;
    Cell place{even((canvas.width - width) / 2), even(canvas.height / 4), dot, dot, false};
    const unsigned margin = even(dot * 2);
    const unsigned left = std::min(place.x, margin);
    canvas.fill(
        {place.x - left, place.y - std::min(place.y, margin), even(std::min(width + 2 * left, canvas.width)),
         even(glyph_height * dot + 2 * margin), false},
        black);
    for (const char letter : text) {
        draw_letter(canvas, glyph_of(letter), place);
        place.x += glyph_width * dot;
    }
}

void draw_code(const Canvas& canvas, UnixMillis wall) {
    canvas.fill(clock_band(canvas.width, canvas.height), black);
    for (const Cell& cell : clock_cells(canvas.width, canvas.height, wall))
        if (cell.white) canvas.fill(cell, white);
}

}  // namespace

Pattern::Pattern(unsigned width, unsigned height, unsigned rotation)
    : width_(width),
      height_(height),
      rotation_(rotation),
      upright_width_(rotation % 180 == 0 ? width : height),
      upright_height_(rotation % 180 == 0 ? height : width) {
    for (std::size_t plane = 0; plane < 3; ++plane) {
        const unsigned across = plane == 0 ? upright_width_ : upright_width_ / 2;
        for (unsigned x = 0; x < 2 * across; ++x)
            bars_[plane].push_back(static_cast<std::byte>(bar_colours[x % across * 8 / across][plane]));
    }
    if (rotation_ != 0) upright_.resize(bytes());
}

void Pattern::draw(std::span<std::byte> out, UnixMillis wall, std::uint64_t number) {
    if (rotation_ == 0) return draw_upright(out, wall, number);
    draw_upright(upright_, wall, number);
    turn(out);
}

void Pattern::draw_upright(std::span<std::byte> out, UnixMillis wall, std::uint64_t number) const {
    const Canvas canvas(out, upright_width_, upright_height_);
    const auto offset = static_cast<std::ptrdiff_t>(number * 2 % upright_width_);
    for (const int plane : {0, 1, 2}) {
        const auto begin = bars_[plane].begin() + (plane == 0 ? offset : offset / 2);
        for (unsigned y = 0; y < canvas.plane_height(plane); ++y)
            std::copy_n(begin, canvas.plane_width(plane), canvas.line(plane, y));
    }
    draw_text(canvas, time_of_day(wall).data());
    draw_code(canvas, wall);
}

// Against the clock, so that turning it clockwise makes it upright.
void Pattern::turn(std::span<std::byte> out) {
    const Canvas sent(out, width_, height_);
    const Canvas upright(upright_, upright_width_, upright_height_);
    for (const int plane : {0, 1, 2}) {
        const unsigned across = sent.plane_width(plane);
        const unsigned down = sent.plane_height(plane);
        for (unsigned y = 0; y < down; ++y)
            for (unsigned x = 0; x < across; ++x) {
                const std::byte* line = upright.line(plane, rotation_ == 90    ? x
                                                            : rotation_ == 180 ? down - 1 - y
                                                                               : across - 1 - x);
                sent.line(plane, y)[x] = line[rotation_ == 90    ? down - 1 - y
                                              : rotation_ == 180 ? across - 1 - x
                                                                 : y];
            }
    }
}

}  // namespace voip::hal::sim
