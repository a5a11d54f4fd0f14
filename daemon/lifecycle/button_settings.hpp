#pragma once
#include "config/config.hpp"
#include "hal/boards.hpp"

namespace voip::lifecycle {

/// A button's options as a board takes them: for the daemon, and for wmpf-voipctl where no daemon runs.
[[nodiscard]] hal::ButtonSettings button_settings(const config::Button& button);

}  // namespace voip::lifecycle
