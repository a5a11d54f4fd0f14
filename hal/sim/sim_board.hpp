#pragma once
#include "hal/boards.hpp"
#include "hal/sim/sim_control.hpp"

namespace voip::hal::sim {

/// What open_sim() would refuse.
[[nodiscard]] std::vector<std::string> check_sim(const BoardSettings& settings);

/// Opens the simulated board: every device that the settings name, driven by the timers alone. Board::sim is
/// set.
/// @errors bad_config: the script cannot be read or has faults (all of them, "; " between)
[[nodiscard]] Result<Board> open_sim(asio::any_io_executor executor, Timers& timers,
                                     const BoardSettings& settings);

}  // namespace voip::hal::sim
