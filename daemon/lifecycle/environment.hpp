#pragma once
#include <functional>
#include <string>

namespace voip::lifecycle {

/// Looks a variable of the environment up: null when it is not set. Given to whoever reads the environment,
/// so that tests have their own.
using Environment = std::function<const char*(const char* name)>;

/// The process's own (getenv).
[[nodiscard]] Environment process_environment();

/// A variable's value; empty when it is not set.
[[nodiscard]] std::string variable(const Environment& environment, const char* name);

}  // namespace voip::lifecycle
