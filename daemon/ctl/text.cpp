#include "daemon/ctl/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/calendar.hpp"

namespace voip::ctl {
namespace {

struct Range {
    char32_t first, last;
};
// @source Unicode's EastAsianWidth.txt (wide and fullwidth), in blocks
constexpr std::array<Range, 12> wide{{{0x1100, 0x115f},
                                      {0x2e80, 0x303e},
                                      {0x3041, 0x33ff},
                                      {0x3400, 0x4dbf},
                                      {0x4e00, 0x9fff},
                                      {0xa000, 0xa4cf},
                                      {0xac00, 0xd7a3},
                                      {0xf900, 0xfaff},
                                      {0xfe30, 0xfe6f},
                                      {0xff00, 0xff60},
                                      {0x1f300, 0x1faff},
                                      {0x20000, 0x3fffd}}};
// Combining marks, joiners and variation selectors
constexpr std::array<Range, 5> without_width{
    {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2069}, {0xfe00, 0xfe0f}}};

template <std::size_t Size>
bool holds(const std::array<Range, Size>& ranges, char32_t c) noexcept {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const Range& r) { return c >= r.first && c <= r.last; });
}

/// Takes one character off the front; the text is UTF-8, which the JSON parser has checked.
char32_t take_character(std::string_view& text) noexcept {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t c = size == 1 ? lead : lead & (0xffU >> (size + 1));
    for (std::size_t i = 1; i < size && i < text.size(); ++i)
        c = (c << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    text.remove_prefix(std::min(size, text.size()));
    return c;
}

/// C0, DEL, C1, and the marks that turn the direction of writing round.
bool steers_terminal(char32_t c) noexcept {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

std::string_view code_of(Colour colour) noexcept {
    switch (colour) {
        case Colour::good: return "\x1b[32m";
        case Colour::bad: return "\x1b[31m";
        case Colour::busy: return "\x1b[33m";
        case Colour::dim: return "\x1b[2m";
        case Colour::none: break;
    }
    return "";
}

}  // namespace

std::string paint(std::string_view text, Colour colour, const Look& look) {
    if (!look.colour || colour == Colour::none) return std::string(text);
    return std::string(code_of(colour)).append(text).append("\x1b[0m");
}

std::string clean(std::string_view utf8) {
    std::string out;
    while (!utf8.empty()) {
        const std::string_view before = utf8;
        const char32_t c = take_character(utf8);
        if (steers_terminal(c))
            out += '?';
        else
            out += before.substr(0, before.size() - utf8.size());
    }
    return out;
}

std::size_t width(std::string_view utf8) noexcept {
    std::size_t columns = 0;
    while (!utf8.empty()) {
        const char32_t c = take_character(utf8);
        if (!holds(without_width, c)) columns += holds(wide, c) ? 2U : 1U;
    }
    return columns;
}

Table::Table(std::vector<std::string> head) {
    std::vector<Cell> row;
    for (std::string& name : head) row.push_back({std::move(name), Colour::dim});
    rows_.push_back(std::move(row));
}

void Table::add(std::vector<Cell> row) {
    row.resize(rows_.front().size());
    for (Cell& cell : row) cell.text = clean(cell.text);
    rows_.push_back(std::move(row));
}

std::string Table::text(const Look& look) const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i].text));
    std::string out;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += paint(row[i].text, row[i].colour, look);
            if (i + 1 < row.size()) line.append(widths[i] - width(row[i].text) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out.append(line).append("\n");
    }
    return out;
}

std::string date_time(UnixMillis when) {
    if (when == 0) return "-";
    const auto local = local_time(when);
    if (!local) return utc_text(when);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &*local);
    return {text.data(), size};
}

std::string duration(std::int64_t seconds) {
    std::array<char, 32> text{};
    const auto whole = static_cast<long long>(std::max<std::int64_t>(0, seconds));
    if (whole < 3600)
        std::snprintf(text.data(), text.size(), "%lld:%02lld", whole / 60, whole % 60);
    else
        std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60,
                      whole % 60);
    return text.data();
}

}  // namespace voip::ctl
