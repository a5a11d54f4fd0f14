#pragma once
#include <string_view>

namespace voip::transport {

/// True when the bytes are UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing above
/// U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

}  // namespace voip::transport
