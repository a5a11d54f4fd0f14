#include "daemon/call/session.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"

namespace voip::call {
namespace {

constexpr std::size_t remembered_ends = 64;
constexpr std::size_t remembered_reports = 32;

void sooner(std::optional<TimePoint>& at, TimePoint other) {
    if (!at || other < *at) at = other;
}

}  // namespace

Session::Session(SessionSettings settings)
    : settings_(std::move(settings)), memory_(settings_.ended_memory, remembered_ends) {}

Actions Session::on(const Event& event, Moment now) {
    now_ = now;
    out_.clear();
    expire();
    const EventKind kind = kind_of(event);
    const bool wire = std::holds_alternative<event::Wire>(event);  // has a room to be matched first
    switch (wire ? Rule::act : rule(call_.phase, kind)) {
        case Rule::act: std::visit([this](const auto& what) { handle(what); }, event); break;
        case Rule::refuse: refuse(event); break;
        case Rule::quiet: break;
        case Rule::report:
            report("event out of place", call_.facts.room_id, std::string(to_string(kind)));
            break;
    }
    drive_closings();
    drive_dial();
    drive_room();
    drive_media();
    return std::exchange(out_, {});
}

std::optional<TimePoint> Session::wake_at() const noexcept {
    std::optional<TimePoint> at;
    if (live()) {
        if (call_.deadline) sooner(at, *call_.deadline);
        if (call_.limit_at) sooner(at, *call_.limit_at);
        if (call_.answer_at && !call_.answering) sooner(at, *call_.answer_at);
        if (online_ && call_.retry_at > now_.at) sooner(at, call_.retry_at);
        if (call_.phase == Phase::talking) {
            if (calling_wanted_) sooner(at, call_.calling_at);
            if (offline_since_ && !has_media()) sooner(at, *offline_since_ + settings_.talk_alone_time);
        }
    }
    for (const Closing& closing : closings_) {
        sooner(at, closing.deadline);
        if (online_ && closing.retry_at > now_.at) sooner(at, closing.retry_at);
    }
    return at;
}

bool Session::knows_room(std::string_view room_id) const noexcept {
    if (room_id.empty()) return false;
    if (live() && call_.facts.room_id == room_id) return true;
    return std::any_of(closings_.begin(), closings_.end(),
                       [&](const Closing& closing) { return closing.room_id == room_id; });
}

RoomSnapshot Session::snapshot(TimePoint now) const {
    RoomSnapshot shot;
    shot.phase = call_.phase;
    shot.direction = call_.direction;
    shot.room = call_.facts;
    shot.since = call_.since;
    shot.keep_time = keep_time(now);
    shot.media = call_.media;
    shot.end = call_.end;
    return shot;
}

std::int64_t Session::keep_time(TimePoint now) const noexcept {
    if (call_.phase != Phase::talking || !call_.talking_since) return call_.keep_time;
    return std::max<std::int64_t>(0, whole_seconds(now - *call_.talking_since));
}

Session::Call Session::fresh_call(Direction direction) {
    Call call;
    call.generation = ++last_generation_;
    call.direction = direction;
    call.started = now_.wall;
    call.ring_time = settings_.ring_time;
    return call;
}

void Session::enter(Phase phase, std::optional<TimePoint> deadline) {
    call_.phase = phase;
    call_.deadline = deadline;
    call_.since = now_.wall;
    out_.push_back(action::Changed{snapshot(now_.at)});
}

void Session::emit(EventName name, EventData data) {
    out_.push_back(action::Emit{RoomEvent{name, call_.facts.room_id, std::move(data)}});
}

void Session::report(std::string what, const std::string& room_id, std::string name) {
    if (std::find(reported_.begin(), reported_.end(), room_id) != reported_.end()) return;
    if (reported_.size() >= remembered_reports) reported_.pop_front();
    reported_.push_back(room_id);
    out_.push_back(action::Ignored{std::move(what), room_id, std::move(name)});
}

void Session::refuse(const Event& event) {
    if (const auto* start = std::get_if<event::StartCall>(&event)) {
        const Fault busy{code::busy, "a call is going on", {}, {}};
        out_.push_back(action::DialReply{start->ticket, busy});
    } else if (const auto* answer = std::get_if<event::AnswerCall>(&event)) {
        const Fault none{code::room_wrong, "no call to answer", "roomId", {}};
        out_.push_back(action::AnswerReply{answer->ticket, none});
    } else if (const auto* hang_up = std::get_if<event::HangUp>(&event)) {
        const Fault none{code::room_wrong, "no call to hang up", "roomId", {}};
        out_.push_back(action::HangUpReply{hang_up->ticket, none});
    }
}

void Session::handle(const event::Online& event) {
    const bool was_online = std::exchange(online_, event.online);
    if (!online_) {
        if (was_online) offline_since_ = now_.at;
        call_.resume_wanted = false;
        return;
    }
    offline_since_.reset();  // on line twice in a row: a new road without word of the old one's end
    // Whatever waited for the road goes at once; what was in flight on the old one ends with an error by
    // itself.
    call_.retry_at = now_.at;
    for (Closing& closing : closings_) closing.retry_at = now_.at;
    call_.resume_wanted = live() && !call_.facts.room_id.empty();
}

void Session::handle(const event::WantCalling& event) {
    calling_wanted_ = event.wanted;
    if (call_.phase == Phase::talking)
        call_.calling_at = *call_.talking_since + (keep_time(now_.at) + 1) * 1s;
}

void Session::expire() {
    if (!live()) return;
    const TimePoint now = now_.at;
    if (call_.limit_at && *call_.limit_at <= now) {
        EventData data;
        data.keep_time = keep_time(now);
        data.status = "endByCaller";
        data.origin = "timeLimit";
        finish(EventName::hangUpVoip, std::move(data), Close::yes);
    } else if (call_.deadline && *call_.deadline <= now) {
        expire_phase();
    } else if (call_.phase == Phase::talking) {
        tick_talking();
    } else if (call_.answer_at && *call_.answer_at <= now && !call_.answering) {
        call_.answer_at.reset();
        begin_answer(0);
    }
}

void Session::tick_talking() {
    const TimePoint now = now_.at;
    if (offline_since_ && !has_media() && *offline_since_ + settings_.talk_alone_time <= now) {
        abort_room(broke_here(), "the service was lost", Close::yes, code::network);
        return;
    }
    if (!calling_wanted_ || now < call_.calling_at) return;
    EventData data;
    data.keep_time = keep_time(now);
    call_.calling_at = *call_.talking_since + (keep_time(now) + 1) * 1s;
    emit(EventName::calling, std::move(data));
}

}  // namespace voip::call
