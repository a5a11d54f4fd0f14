#pragma once
#include <string_view>

#include "daemon/call/session_event.hpp"

/// Which event means what in which phase, readable at one place. Session asks this table before anything
/// else.
namespace voip::call {

enum class EventKind {
    start_call,
    incoming,
    answer_call,
    hang_up,
    online,
    dial_done,
    renew_done,
    join_done,
    resume_done,
    hang_up_done,
    media_changed,
    media_measured,
    want_calling,
    tick,
    // events of the current room on the wire
    wire_start,
    wire_caller_joined,
    wire_answered,
    wire_calling,
    wire_terminal,
    wire_end
};
inline constexpr int event_kinds = static_cast<int>(EventKind::wire_end) + 1;
inline constexpr int phases = static_cast<int>(Phase::ended) + 1;

enum class Rule {
    act,     ///< a handler decides; outcomes are matched by generation or room there
    refuse,  ///< a request: answered with a Fault, nothing changes
    quiet,   ///< known already, or said once more: nothing happens
    report,  ///< does not fit: nothing happens, one Ignored
};

[[nodiscard]] EventKind kind_of(const Event& event) noexcept;
[[nodiscard]] Rule rule(Phase phase, EventKind kind) noexcept;
[[nodiscard]] std::string_view to_string(EventKind kind) noexcept;

}  // namespace voip::call
