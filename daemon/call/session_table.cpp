#include "daemon/call/session_table.hpp"

#include <array>

namespace voip::call {
namespace {

constexpr Rule a = Rule::act, x = Rule::refuse, q = Rule::quiet, r = Rule::report;

// clang-format off
constexpr std::array<std::array<Rule, phases>, event_kinds> table{{
    //                   idle  dialling  ringing  alerting  joining  talking  ended
    /* start_call     */ {a,   x,        x,       x,        x,       x,       a},
    /* incoming       */ {a,   a,        a,       a,        a,       a,       a},   // told apart by ids
    /* answer_call    */ {x,   x,        x,       a,        x,       x,       x},
    /* hang_up        */ {x,   a,        a,       a,        a,       a,       x},
    /* online         */ {a,   a,        a,       a,        a,       a,       a},
    /* dial_done      */ {a,   a,        a,       a,        a,       a,       a},   // may be of a call that is closing
    /* renew_done     */ {q,   a,        q,       q,        q,       q,       q},
    /* join_done      */ {q,   q,        a,       a,        a,       a,       q},
    /* resume_done    */ {q,   q,        a,       a,        a,       a,       q},
    /* hang_up_done   */ {a,   a,        a,       a,        a,       a,       a},   // belongs to the closing rooms
    /* media_changed  */ {q,   q,        a,       a,        a,       a,       q},
    /* media_measured */ {q,   q,        q,       q,        a,       a,       q},
    /* want_calling   */ {a,   a,        a,       a,        a,       a,       a},
    /* tick           */ {a,   a,        a,       a,        a,       a,       a},
    // Below: events whose room is the current one (there is none in idle, dialling and ended).
    /* wire_start     */ {r,   r,        q,       q,        q,       q,       r},
    /* caller_joined  */ {r,   r,        a,       r,        a,       q,       r},
    /* wire_answered  */ {r,   r,        a,       a,        q,       q,       r},
    /* wire_calling   */ {r,   r,        a,       a,        a,       q,       r},
    /* wire_terminal  */ {r,   r,        a,       a,        a,       a,       r},
    /* wire_end       */ {r,   r,        a,       a,        a,       a,       r},
}};
// clang-format on

EventKind kind_of(EventName name) noexcept {
    switch (name) {
        case EventName::startVoip: return EventKind::wire_start;
        case EventName::joinedRoomByCaller: return EventKind::wire_caller_joined;
        case EventName::hangOnVoip: return EventKind::wire_answered;
        case EventName::calling: return EventKind::wire_calling;
        case EventName::endVoip:
        case EventName::finishVoip: return EventKind::wire_end;
        default: return EventKind::wire_terminal;
    }
}

struct KindOf {
    EventKind operator()(const event::StartCall&) const { return EventKind::start_call; }
    EventKind operator()(const event::Incoming&) const { return EventKind::incoming; }
    EventKind operator()(const event::AnswerCall&) const { return EventKind::answer_call; }
    EventKind operator()(const event::HangUp&) const { return EventKind::hang_up; }
    EventKind operator()(const event::Online&) const { return EventKind::online; }
    EventKind operator()(const event::Wire& wire) const { return kind_of(wire.event.name); }
    EventKind operator()(const event::DialDone&) const { return EventKind::dial_done; }
    EventKind operator()(const event::RenewDone&) const { return EventKind::renew_done; }
    EventKind operator()(const event::JoinDone&) const { return EventKind::join_done; }
    EventKind operator()(const event::ResumeDone&) const { return EventKind::resume_done; }
    EventKind operator()(const event::HangUpDone&) const { return EventKind::hang_up_done; }
    EventKind operator()(const event::MediaChanged&) const { return EventKind::media_changed; }
    EventKind operator()(const event::MediaMeasured&) const { return EventKind::media_measured; }
    EventKind operator()(const event::WantCalling&) const { return EventKind::want_calling; }
    EventKind operator()(const event::Tick&) const { return EventKind::tick; }
};

constexpr std::array<std::string_view, event_kinds> names{
    "start_call",         "incoming",       "answer_call",  "hang_up",       "online",
    "dial_done",          "renew_done",     "join_done",    "resume_done",   "hang_up_done",
    "media_changed",      "media_measured", "want_calling", "tick",          "wire_start",
    "wire_caller_joined", "wire_answered",  "wire_calling", "wire_terminal", "wire_end"};

}  // namespace

EventKind kind_of(const Event& event) noexcept {
    return std::visit(KindOf{}, event);
}

Rule rule(Phase phase, EventKind kind) noexcept {
    return table[static_cast<std::size_t>(kind)][static_cast<std::size_t>(phase)];
}

std::string_view to_string(EventKind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace voip::call
