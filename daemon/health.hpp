#pragma once
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "daemon/control/ports.hpp"

namespace voip::daemon {

/// off: it is not meant to work (left out of the build, or of the configuration), which is no fault.
enum class PartState { ok, off, degraded, down };
[[nodiscard]] std::string_view to_string(PartState state) noexcept;

/// What works and since when. Pure. The whole is as bad as its worst part; `down` parts that calls do not
/// need (a lamp) are told as degraded by whoever sets them.
class HealthBook {
 public:
    /// The part's state now. `since` moves only when the state changes; a new reason replaces the old one.
    void set(std::string_view part, PartState state, std::string reason, UnixMillis now);
    [[nodiscard]] control::Health get() const { return book_; }

 private:
    control::Health book_;
};

}  // namespace voip::daemon
