#pragma once
#include "hal/av.hpp"

namespace voip::hal::sim {

/// The simulated camera, microphone and speaker, driven by the timers; AvDevices::sim is set.
/// @errors bad_config: a size, format or device that the simulation cannot be
[[nodiscard]] Result<AvDevices> open_sim_av(asio::any_io_executor executor, Timers& timers,
                                            const AvSettings& settings);

}  // namespace voip::hal::sim
