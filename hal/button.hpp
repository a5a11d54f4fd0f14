#pragma once
#include <functional>
#include <string>

#include "hal/health.hpp"

namespace voip::hal {

enum class Press { short_press, long_press };

/// A push button, already debounced: one press is one event.
/// @thread loop only
class Button {
 public:
    virtual ~Button() = default;
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
    /// The driver calls it for each press: short_press at release within the long-press time, long_press as
    /// soon as that time (1.5 s unless configured) has passed. One handler; an empty one stops the events.
    virtual void on_press(std::function<void(Press)> handler) = 0;
    /// Called when the device vanished (device_gone), is stuck (io: "held for 30 s") and, with no error, when
    /// it is back.
    virtual void on_health(OnHealth handler) = 0;
};

}  // namespace voip::hal
