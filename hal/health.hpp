#pragma once
#include <functional>

#include "core/error.hpp"

namespace voip::hal {

/// Told from the loop, never inside a call: an error when a device begins to fail (device_gone, refused, io),
/// nothing when it is well again. May give the board up.
using OnHealth = std::function<void(const Result<void>&)>;

}  // namespace voip::hal
