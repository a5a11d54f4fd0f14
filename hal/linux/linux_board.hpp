#pragma once
#include "hal/boards.hpp"

namespace voip::hal::linux {

/// What the settings lack for a real board: a button without line or key, a key that no kernel knows, a relay
/// without line. Opens nothing.
[[nodiscard]] std::vector<std::string> check_linux(const BoardSettings& settings);

/// Opens the board of a real machine. A device that is missing, busy or forbidden does not keep the board
/// from opening: it says so as health, and is picked up when it can be.
/// @errors bad_config: what check_linux() finds, "; " between
[[nodiscard]] Result<Board> open_linux(asio::any_io_executor executor, Timers& timers,
                                       const BoardSettings& settings);

}  // namespace voip::hal::linux
