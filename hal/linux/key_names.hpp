#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

/// Names and numbers of keys, as the kernel has them. Pure.
namespace voip::hal::linux {

/// The number of "KEY_ENTER", "BTN_0" or "28". @errors not_found, with what may have been meant
[[nodiscard]] Result<unsigned> key_number(std::string_view text);

/// "KEY_ENTER", or the number where the kernel has no name for it.
[[nodiscard]] std::string key_name(unsigned number);

}  // namespace voip::hal::linux
