#pragma once
#include "core/error.hpp"

namespace voip::hal {

enum class Tone { none, alerting, ring_back };  ///< somebody calls us; we wait for somebody to answer

/// Plays ring tones in a loop until told otherwise. @thread loop only; does not block
class Ringer {
 public:
    virtual ~Ringer() = default;
    /// @errors device_gone, io. A failing ringer must not stop a call: callers log and go on.
    virtual Result<void> play(Tone tone) = 0;
};

}  // namespace voip::hal
