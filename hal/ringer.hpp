#pragma once
#include "hal/health.hpp"

namespace voip::hal {

enum class Tone { none, alerting, ring_back };  ///< somebody calls us; we wait for somebody to answer

/// Plays ring tones in a loop until told otherwise. @thread loop only; does not block
class Ringer {
 public:
    virtual ~Ringer() = default;
    /// @errors device_gone, io. A failing ringer must not stop a call: callers log and go on.
    virtual Result<void> play(Tone tone) = 0;
    /// Called when the device vanished or fails and, with no error, when it is back. One handler.
    virtual void on_health(OnHealth handler) = 0;
};

}  // namespace voip::hal
