#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

/// Text for terminals. Pure (times use the process's time zone).
namespace voip::ctl {

/// How things are shown.
struct Look {
    bool json = false;    ///< one line of JSON instead of text for people
    bool colour = false;  ///< the terminal understands it
};

enum class Colour { none, good, bad, busy, dim };
/// The text in a colour, when there are colours.
[[nodiscard]] std::string paint(std::string_view text, Colour colour, const Look& look);

/// Names come from strangers: control characters, which could steer a terminal, become '?'.
[[nodiscard]] std::string clean(std::string_view utf8);
/// Columns that a text takes: none for combining marks, two for East Asian wide characters.
[[nodiscard]] std::size_t width(std::string_view utf8) noexcept;

/// Columns as wide as their longest cell, two blanks between them, none at the ends of lines. The first row
/// is the head.
class Table {
 public:
    struct Cell {
        std::string text;  ///< cleaned by add()
        Colour colour = Colour::none;
    };

    explicit Table(std::vector<std::string> head);
    void add(std::vector<Cell> row);
    [[nodiscard]] bool empty() const noexcept { return rows_.size() == 1; }
    [[nodiscard]] std::string text(const Look& look) const;

 private:
    std::vector<std::vector<Cell>> rows_;
};

/// "2026-01-31 12:00:00" in local time (in UTC and so marked where the C library ends in 2038); "-" for 0.
[[nodiscard]] std::string date_time(UnixMillis when);
/// "0:42", "1:02:03".
[[nodiscard]] std::string duration(std::int64_t seconds);

}  // namespace voip::ctl
