#pragma once
#include <string_view>

#include "daemon/media/plan_event.hpp"

/// Which event means what in which phase of a media program. Plan asks this table before anything else.
namespace voip::media::host {

enum class Phase {
    idle,       ///< not begun
    launching,  ///< the process is there; media.prepare is not answered yet
    ready,      ///< prepared; nothing is captured
    starting,   ///< media.start is not answered yet
    running,
    ending,  ///< the process is on its way out; it may be launched once more afterwards
    broken,  ///< no process; whoever needs one hears why
    gone,
};
inline constexpr int phases = static_cast<int>(Phase::gone) + 1;
[[nodiscard]] std::string_view to_string(Phase phase) noexcept;

enum class Rule {
    act,     ///< a handler decides
    quiet,   ///< too late, or known already: nothing happens
    breach,  ///< the program may not say this now: it has broken its contract
};

/// Events by their place in the variant.
inline constexpr int event_kinds = static_cast<int>(std::variant_size_v<Event>);
[[nodiscard]] Rule rule(Phase phase, const Event& event) noexcept;

}  // namespace voip::media::host
