#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

/// From the words of the configuration to a chip and a line. Pure.
namespace voip::hal::linux {

struct ChipFacts {
    std::string name;   ///< "gpiochip0": also its node in /dev
    std::string label;  ///< the driver's word for it; numbers may change from boot to boot, labels do not
    unsigned lines = 0;
};

/// The chip of that name, else the one of that label. @return its place in `chips`
/// @errors device_gone: none (the text names those that there are), or several with that label
[[nodiscard]] Result<std::size_t> find_chip(std::string_view text, std::span<const ChipFacts> chips);

/// The line of that offset where the text is a number, else the one of that name. @param names  by offset,
/// empty for lines without one @errors device_gone: no such line, or several of that name
[[nodiscard]] Result<unsigned> find_line(std::string_view text, std::span<const std::string> names);

/// Nothing but digits, and small enough.
[[nodiscard]] bool is_offset(std::string_view text) noexcept;

}  // namespace voip::hal::linux
