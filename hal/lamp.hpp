#pragma once
#include "hal/health.hpp"

namespace voip::hal {

/// Meanings, not blink rates: the driver chooses how they look on its lamp.
enum class LampState { off, on, ringing, talking, fault };

/// @thread loop only; does not block
class Lamp {
 public:
    virtual ~Lamp() = default;
    /// @errors device_gone, io. A lamp that fails must not stop a call: callers log and go on.
    virtual Result<void> show(LampState state) = 0;
    /// Called when the device vanished or fails and, with no error, when it is back; it then shows the last
    /// state that was taken. One handler.
    virtual void on_health(OnHealth handler) = 0;
};

}  // namespace voip::hal
