#pragma once
#include <linux/gpio.h>

#include "hal/boards.hpp"

/// What the kernel is asked for a line. Pure.
namespace voip::hal::linux {

/// Who holds a line, as `gpioinfo` and /sys/kernel/debug/gpio show it.
inline constexpr char consumer_name[] = "wmpf-voipd";

[[nodiscard]] gpio_v2_line_request input_request(unsigned offset, bool active_low, Bias bias,
                                                 Duration debounce, bool edges);
/// An output that is inactive from the first moment on.
[[nodiscard]] gpio_v2_line_request output_request(unsigned offset, bool active_low);

}  // namespace voip::hal::linux
