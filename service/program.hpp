#pragma once
#include "service/options.hpp"

namespace voip::service {

/// Exit codes of the program. @source design: 0 stopped, 1 failure, 2 usage, 78 configuration
namespace exit_code {
inline constexpr int stopped = 0, failure = 1, usage = 2, configuration = 78;
}

/// Runs the service until TERM or INT; tells systemd READY and STOPPING. Returns the exit code; faults of the
/// configuration go to standard error, one per line.
[[nodiscard]] int run_program(const Options& options);

}  // namespace voip::service
