#pragma once
#include <string>

#include "core/clock.hpp"
#include "hal/health.hpp"

namespace voip::hal {

inline constexpr Duration shortest_pulse = 100ms;  ///< what a door opener needs to notice it

/// A contact that opens a door. At rest unless pulsed; at rest again on exit, crash and error.
/// @thread loop only; does not block
class Relay {
 public:
    virtual ~Relay() = default;
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
    /// Active for `length` (clamped to 0.1 s .. the configured maximum, 30 s by default); a pulse while
    /// active starts the time anew. Returns the length used. @errors device_gone, io
    virtual Result<Duration> pulse(Duration length) = 0;
    [[nodiscard]] virtual bool active() const noexcept = 0;
    /// Called when the device vanished or fails and, with no error, when it is back (at rest). One handler.
    virtual void on_health(OnHealth handler) = 0;
};

}  // namespace voip::hal
