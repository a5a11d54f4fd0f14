// Session: calls that come to us (phase alerting), and rooms that come back to their caller.
#include <algorithm>
#include <cmath>
#include <utility>

#include "daemon/call/session.hpp"
#include "protocol/errors.hpp"

namespace voip::call {
namespace {

constexpr std::size_t answer_waiters = 16;

}  // namespace

void Session::handle(const event::Incoming& event) {
    const RoomFacts& room = event.incoming.room;
    if (room.room_id.empty() || room.call_id.empty())
        return refuse_incoming(code::room_wrong, "a room without an id");
    const bool own = room.business_type == device_to_user && room.caller.id == settings_.own_id;
    if (incoming_is_known(room, own)) return;
    const bool ours = own || (room.business_type == user_to_device && room.listener.id == settings_.own_id);
    if (!ours) return refuse_incoming(code::device_wrong, "the call is for another device");
    if (live() || (event.refuse && !own)) {
        if (!own) missed(room);
        return refuse_incoming(code::busy, "in another call");
    }
    out_.push_back(action::IncomingReply{std::monostate{}});
    own ? ring_back(room) : alert(event);
}

bool Session::incoming_is_known(const RoomFacts& room, bool own) {
    if (live() && room.room_id == call_.facts.room_id) {
        if (room.call_id == call_.facts.call_id)
            out_.push_back(action::IncomingReply{std::monostate{}});
        else
            refuse_incoming(code::room_wrong, "another call has this room");
        return true;
    }
    if (own && call_.phase == Phase::dialling && room.call_id == call_.facts.call_id) {
        out_.push_back(action::IncomingReply{std::monostate{}});
        room_made(room.room_id, room.charge_type);
        return true;
    }
    const auto closing = std::find_if(closings_.begin(), closings_.end(), [&](const Closing& each) {
        return each.room_id == room.room_id || (each.room_id.empty() && own && each.call_id == room.call_id);
    });
    const bool over = closing != closings_.end() || memory_.knows_call(room.call_id, now_.at) ||
                      memory_.knows_room(room.room_id, now_.at);
    if (!over) return false;
    refuse_incoming(code::interrupted, "the call is over");
    if (closing == closings_.end())
        close_room(room.call_id, room.room_id);
    else if (closing->room_id.empty())
        closing_learned(*closing, room.room_id);
    return true;
}

void Session::refuse_incoming(int err_code, std::string err_msg) {
    const Fault fault{err_code, std::move(err_msg), {}, {}};
    out_.push_back(action::IncomingReply{fault});
}

void Session::alert(const event::Incoming& event) {
    call_ = fresh_call(Direction::incoming);
    call_.facts = event.incoming.room;
    if (call_.facts.time_limit_s > 0)
        call_.limit_at = now_.at + std::chrono::seconds(call_.facts.time_limit_s) + settings_.limit_grace;
    const double limit = std::chrono::duration<double>(settings_.ring_time).count();
    const double seconds = event.incoming.ring_seconds;
    const double ring = std::isfinite(seconds) ? std::clamp(seconds, 0.0, limit) : limit;
    call_.ring_until = now_.at + from_seconds(ring) + settings_.alert_grace;
    call_.answers_itself = event.auto_answer.has_value();
    if (event.auto_answer) call_.answer_at = now_.at + *event.auto_answer;
    enter(Phase::alerting, call_.ring_until);
    emit(EventName::startVoip);
}

/// A vendor's backend has started a call for us: we are its caller, and it rings already.
void Session::ring_back(const RoomFacts& room) {
    call_ = fresh_call(Direction::outgoing);
    call_.facts = room;
    room_made(room.room_id, room.charge_type);
}

void Session::missed(const RoomFacts& room) {
    CallRecord record;
    record.call_id = room.call_id;
    record.room_id = room.room_id;
    record.direction = Direction::incoming;
    record.room_type = room.room_type;
    record.business_type = room.business_type;
    record.peer = room.caller;
    record.started = record.ended = now_.wall;
    record.end.event_name = EventName::busy;
    memory_.add(room.call_id, room.room_id, now_.at);
    out_.push_back(action::Missed{std::move(record)});
}

void Session::handle(const event::AnswerCall& event) {
    if (event.room_id && *event.room_id != call_.facts.room_id) return refuse(event);
    if (call_.answer_tickets.size() >= answer_waiters) {
        const Fault busy{code::busy, "the call is being answered", {}, {}};
        out_.push_back(action::AnswerReply{event.ticket, busy});
        return;
    }
    begin_answer(event.ticket);
}

void Session::begin_answer(Ticket ticket) {
    if (ticket != 0) call_.answer_tickets.push_back(ticket);
    if (call_.answering) return;
    if (!online_) {
        const Fault off_line{code::network, "the service cannot be reached", {}, {}};
        return answer_failed(off_line);
    }
    call_.answering = true;
    call_.retry_at = now_.at;
    // The answer is on its way in time; its outcome is waited for.
    call_.deadline = std::max(call_.ring_until, now_.at + settings_.request_time + settings_.retry_delay);
}

/// The service has us in the room.
void Session::answered() {
    call_.answering = false;
    call_.answer_at.reset();
    for (const Ticket ticket : std::exchange(call_.answer_tickets, {}))
        out_.push_back(action::AnswerReply{ticket, call_.facts.room_id});
    enter_joining();
    emit(EventName::hangOnVoip);
}

/// Back to alerting, to be answered again; or the end when its time is over.
void Session::answer_failed(const Fault& told) {
    call_.answering = false;
    for (const Ticket ticket : std::exchange(call_.answer_tickets, {}))
        out_.push_back(action::AnswerReply{ticket, told});
    call_.deadline = call_.ring_until;
    if (call_.answers_itself) call_.answer_at = now_.at + 2 * settings_.retry_delay;
    if (call_.ring_until <= now_.at) expire_phase();
}

}  // namespace voip::call
