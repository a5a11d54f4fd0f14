#pragma once
#include <string>

#include "daemon/identity/facts.hpp"

namespace voip::daemon {

/// What health says of parts that are not well: what is wrong, and what the operator can do where the words
/// of the part alone do not tell. Pure.

/// @param facts  not registered
[[nodiscard]] std::string registration_reason(const identity::RegistrationFacts& facts);
/// Empty when the clock is right.
[[nodiscard]] std::string clock_reason(const identity::ClockFacts& facts);

}  // namespace voip::daemon
