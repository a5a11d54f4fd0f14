#pragma once
#include "hal/av.hpp"

namespace voip::hal::linux {

/// Camera behind V4L2, microphone and speaker behind ALSA. Nothing is opened, and nothing asked of the
/// devices, before their start().
[[nodiscard]] Result<AvDevices> open_linux_av(asio::any_io_executor executor, Timers& timers,
                                              const AvSettings& settings);

}  // namespace voip::hal::linux
