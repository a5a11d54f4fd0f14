// Session: how calls end, and the rooms that are still closing afterwards.
#include <algorithm>
#include <utility>

#include "daemon/call/session.hpp"
#include "protocol/errors.hpp"

namespace voip::call {
namespace {

constexpr std::size_t closing_rooms = 8;

}  // namespace

/// The one way out of every live phase: terminal event, snapshot, endVoip, finishVoip, record; once, for
/// `live()` is false afterwards.
void Session::finish(EventName name, EventData data, Close close, HangUpReason reason) {
    const bool sent = call_.dial_in_flight || call_.maybe_sent || !call_.facts.room_id.empty();
    // Somebody here took the call back: then it is worth asking for a room that may be ringing unknown to us.
    const bool may_probe = name == EventName::cancelVoip || name == EventName::joinFailCaller;
    call_.keep_time = data.keep_time.value_or(keep_time(now_.at));
    call_.end = RoomEnd{name, data.status, data.origin, data.err_code.value_or(0), data.err_msg};
    if (call_.media_prepared) out_.push_back(action::StopMedia{call_.generation});
    settle_tickets(data);
    emit(name, data);
    const std::optional<MediaQuality> quality = std::exchange(call_.media, MediaState{}).quality;
    memory_.add(call_.facts.call_id, call_.facts.room_id, now_.at);
    enter(Phase::ended, std::nullopt);

    EventData last;
    last.keep_time = call_.keep_time;
    EventData summary = last;
    summary.is_caller = is_caller();
    summary.caller_name = call_.facts.caller.name;
    summary.listener_name = call_.facts.listener.name;
    summary.room_type = call_.facts.room_type;
    summary.business_type = call_.facts.business_type;
    emit(EventName::endVoip, std::move(summary));
    emit(EventName::finishVoip, std::move(last));

    CallRecord record;
    record.call_id = call_.facts.call_id;
    record.room_id = call_.facts.room_id;
    record.direction = call_.direction;
    record.room_type = call_.facts.room_type;
    record.business_type = call_.facts.business_type;
    record.peer = peer();
    record.started = call_.started;
    record.answered = call_.answered;
    record.ended = now_.wall;
    record.keep_time = call_.keep_time;
    record.end = *call_.end;
    record.quality = quality;
    out_.push_back(action::Finished{call_.generation, std::move(record)});
    if (close == Close::yes && sent) close_call(reason, data.err_msg, may_probe);
}

void Session::settle_tickets(const EventData& data) {
    const Fault over{code::interrupted, data.err_msg.empty() ? "the call ended first" : data.err_msg, {}, {}};
    answer_dial(over);
    for (const Ticket ticket : std::exchange(call_.answer_tickets, {}))
        out_.push_back(action::AnswerReply{ticket, over});
    call_.answering = false;
}

void Session::expire_phase() {
    switch (call_.phase) {
        case Phase::dialling: {
            const Fault unreached{code::network, "the service could not be reached in time", {}, {}};
            answer_dial(unreached);
            abort_room(broke_here(), unreached.err_msg, Close::yes, unreached.err_code);
            break;
        }
        case Phase::ringing:
        case Phase::alerting: finish(EventName::timeout, {}, Close::yes); break;
        case Phase::joining:
            if (call_.both_in)
                fail_join("media did not start", code::join_enter);
            else
                abort_room(broke_here(), "waitOtherToJoin timeout", Close::yes);
            break;
        default: call_.deadline.reset(); break;
    }
}

void Session::abort_room(std::string status, std::string err_msg, Close close, int err_code) {
    EventData data;
    data.keep_time = keep_time(now_.at);
    data.status = std::move(status);
    data.err_msg = std::move(err_msg);
    if (err_code != 0) data.err_code = err_code;
    finish(EventName::abortVoip, std::move(data), close, HangUpReason::abort);
}

void Session::fail_join(std::string err_msg, int err_code) {
    EventData data;
    data.err_msg = std::move(err_msg);
    data.err_code = err_code;
    finish(is_caller() ? EventName::joinFailCaller : EventName::joinFailListener, std::move(data), Close::yes,
           HangUpReason::abort);
}

void Session::handle(const event::HangUp& event) {
    if (event.room_id && (event.room_id->empty() || *event.room_id != call_.facts.room_id))
        return refuse(event);
    out_.push_back(action::HangUpReply{event.ticket, call_.facts.room_id});
    if (event.reason == HangUpReason::abort) {
        if (call_.phase == Phase::talking) return abort_room(broke_here(), event.err_msg, Close::yes);
        return fail_join(event.err_msg, code::join_cancelled);
    }
    const std::string reason(to_string(event.reason));
    EventData data;
    if (call_.phase == Phase::talking || (call_.phase == Phase::joining && !is_caller())) {
        data.keep_time = keep_time(now_.at);
        data.status = is_caller() ? "endByCaller" : "endByListener";
        data.origin = reason;
        return finish(EventName::hangUpVoip, std::move(data), Close::yes, event.reason);
    }
    data.status = reason;
    finish(is_caller() ? EventName::cancelVoip : EventName::rejectVoip, std::move(data), Close::yes,
           event.reason);
}

void Session::close_call(HangUpReason reason, std::string err_msg, bool may_probe) {
    if (knows_room(call_.facts.room_id)) return;  // a hang-up of this room is under way
    if (closings_.size() >= closing_rooms) closings_.pop_front();
    Closing closing;
    closing.generation = call_.generation;
    closing.call_id = call_.facts.call_id;
    closing.room_id = call_.facts.room_id;
    closing.reason = reason;
    closing.err_msg = std::move(err_msg);
    closing.deadline = now_.at + settings_.hang_up_time;
    closing.retry_at = now_.at;
    if (closing.room_id.empty()) {
        closing.dial_in_flight = call_.dial_in_flight;
        closing.may_probe = may_probe;
        closing.probe = may_probe && call_.maybe_sent;
        closing.request = call_.request;
    }
    closings_.push_back(std::move(closing));
}

/// A room that nobody here wants (a late ring-back, a late answer to a dial): out with it.
void Session::close_room(std::string call_id, std::string room_id) {
    if (closings_.size() >= closing_rooms || knows_room(room_id)) return;
    memory_.add(call_id, room_id, now_.at);
    Closing closing;
    closing.call_id = std::move(call_id);
    closing.room_id = std::move(room_id);
    closing.deadline = now_.at + settings_.hang_up_time;
    closing.retry_at = now_.at;
    closings_.push_back(std::move(closing));
}

void Session::closing_learned(Closing& closing, const std::string& room_id) {
    closing.room_id = room_id;
    closing.probe = false;
    closing.deadline = now_.at + settings_.hang_up_time;
    closing.retry_at = now_.at;
    memory_.add(closing.call_id, room_id, now_.at);
    const std::vector<RoomEvent> early = std::exchange(early_, {});
    for (const RoomEvent& event : early)  // it may have ended already
        if (event.room_id == room_id) return on_other_event(event);
}

void Session::closing_dial_done(Closing& closing, const Outcome<InitResult>& outcome) {
    closing.dial_in_flight = false;
    const InitResult* result = outcome.result();
    if (result && result->is_success && !result->room_id.empty()) {
        if (closing.room_id.empty()) closing_learned(closing, result->room_id);
        return;
    }
    if (!outcome.error()) {  // no room was made
        closing.probe = false;
        return;
    }
    closing.retry_at = now_.at + settings_.retry_delay;
    const bool lost = outcome.error()->is(Errc::closed) || outcome.error()->is(Errc::timeout);
    closing.probe = closing.may_probe && (closing.probe || lost);
}

void Session::handle(const event::HangUpDone& event) {
    const auto closing = std::find_if(closings_.begin(), closings_.end(), [&](const Closing& each) {
        return each.in_flight && each.room_id == event.room_id;
    });
    if (closing == closings_.end()) return;
    closing->in_flight = false;
    const Fault* fault = event.outcome.fault();
    if (event.outcome.result() || (fault && fault->err_code == code::room_wrong))
        closings_.erase(closing);  // ended, or unknown there
    else
        closing->retry_at = now_.at + settings_.retry_delay;
}

/// One request at a time, oldest room first.
void Session::drive_closings() {
    for (auto each = closings_.begin(); each != closings_.end();) {
        const bool nothing_to_wait_for = each->room_id.empty() && !each->dial_in_flight && !each->probe;
        const bool expired = each->deadline <= now_.at;
        if (expired) report("hang-up not confirmed", each->room_id, {});
        each = expired || nothing_to_wait_for ? closings_.erase(each) : std::next(each);
    }
    const bool busy =
        std::any_of(closings_.begin(), closings_.end(), [](const Closing& each) { return each.in_flight; });
    if (!online_ || busy) return;
    for (Closing& each : closings_) {
        if (each.retry_at > now_.at) continue;
        if (!each.room_id.empty()) {
            each.in_flight = true;
            const RoomHangUp hang_up{each.room_id, each.reason, each.err_msg};
            out_.push_back(action::HangUp{hang_up, each.deadline});
            return;
        }
        if (each.dial_in_flight) continue;
        each.dial_in_flight = true;
        out_.push_back(action::Dial{each.generation, each.request, each.deadline});
        return;
    }
}

Session::Closing* Session::closing_of(Generation generation) noexcept {
    const auto found = std::find_if(closings_.begin(), closings_.end(), [&](const Closing& each) {
        return generation != 0 && each.generation == generation;
    });
    return found == closings_.end() ? nullptr : &*found;
}

}  // namespace voip::call
