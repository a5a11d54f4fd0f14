#pragma once
#include <charconv>
#include <optional>
#include <string_view>

namespace voip::lifecycle {

/// A whole decimal number and nothing else, as the service manager writes them.
template <class T>
[[nodiscard]] std::optional<T> whole_number(std::string_view text) noexcept {
    T value{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace voip::lifecycle
