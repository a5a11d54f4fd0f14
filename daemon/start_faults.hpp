#pragma once
#include <string>
#include <vector>

#include "config/config.hpp"

namespace voip::daemon {

/// For `--check-config`: what the daemon would refuse at its start although the configuration by itself has
/// no fault: what the board's driver lacks, certificates that cannot be read. "path: message", one fault
/// each. Opens no device and no connection.
[[nodiscard]] std::vector<std::string> start_faults(const config::Config& config, bool demo);

}  // namespace voip::daemon
