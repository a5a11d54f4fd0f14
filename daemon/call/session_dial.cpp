// Session: from the request to a room (phase dialling).
#include <algorithm>
#include <utility>

#include "daemon/call/session.hpp"
#include "protocol/errors.hpp"

namespace voip::call {
namespace {

constexpr std::size_t early_events = 16;

/// True when the same request may have another outcome later: the road broke, whatever became of the request.
bool road_broke(const Error& error) noexcept {
    return error.is(Errc::closed) || error.is(Errc::timeout) || error.is(Errc::wrong_state) ||
           error.is(Errc::unreachable);
}

/// True when the request certainly never left.
bool never_sent(const Error& error) noexcept {
    return error.is(Errc::wrong_state) || error.is(Errc::unreachable);
}

}  // namespace

void Session::handle(const event::StartCall& event) {
    if (!online_ && !event.wait_online) {
        const Fault off_line{code::network, "the service cannot be reached", {}, {}};
        out_.push_back(action::DialReply{event.ticket, off_line});
        return;
    }
    call_ = fresh_call(Direction::outgoing);
    early_.clear();
    call_.request = event.request;
    call_.dial_ticket = event.ticket;
    call_.ring_time = event.ring_time.value_or(settings_.ring_time);
    RoomFacts& facts = call_.facts;
    facts.call_id = event.request.call_id;
    facts.room_type = event.request.room_type;
    facts.business_type = event.request.business_type;
    facts.caller = event.request.caller;
    facts.listener = event.request.listener;
    facts.time_limit_s = event.request.time_limit_s;
    facts.state = event.request.state;
    facts.custom_query = event.request.custom_query;
    enter(Phase::dialling, now_.at + call_.ring_time);
}

void Session::drive_dial() {
    if (call_.phase != Phase::dialling || !online_ || !closings_.empty()) return;
    if (call_.dial_in_flight || call_.renew_in_flight || now_.at < call_.retry_at) return;
    call_.dial_in_flight = true;
    out_.push_back(action::Dial{call_.generation, call_.request, now_.at + settings_.request_time});
}

void Session::handle(const event::DialDone& event) {
    if (Closing* closing = closing_of(event.generation)) {
        closing_dial_done(*closing, event.outcome);
        return;
    }
    const InitResult* result = event.outcome.result();
    if (event.generation != call_.generation || !live()) {
        // Too late for everybody: the room must not ring on.
        const bool unwanted = result && result->is_success && !knows_room(result->room_id) &&
                              !memory_.knows_room(result->room_id, now_.at);
        if (unwanted) close_room({}, result->room_id);
        return;
    }
    call_.dial_in_flight = false;
    if (call_.phase != Phase::dialling) {  // the ring-back came first and told the room
        if (result && result->is_success && result->room_id != call_.facts.room_id)
            close_room({}, result->room_id);
        return;
    }
    if (result) {
        dialled(*result);
    } else if (const Fault* fault = event.outcome.fault()) {
        answer_dial(*fault);
        abort_room(broke_here(), fault->err_msg, Close::no, fault->err_code);
    } else {
        dial_failed(*event.outcome.error());
    }
}

void Session::dialled(const InitResult& result) {
    if (!result.is_success) return dial_refused(result);
    if (result.room_id.empty()) {  // the codec does not let it through; an engine might
        const Fault fault{code::bad_answer, "a success without a room", {}, {}};
        answer_dial(fault);
        return abort_room(broke_here(), fault.err_msg, Close::no, fault.err_code);
    }
    room_made(result.room_id, result.charge_type);
}

void Session::dial_refused(const InitResult& result) {
    const int err_code = result.err_code.value_or(0);
    const CodeInfo* info = find_call_code(err_code);
    if (err_code == code::device_token && settings_.renews_token && !call_.renewed) {
        call_.renewed = call_.renew_in_flight = true;
        out_.push_back(action::RenewToken{call_.generation, now_.at + settings_.request_time});
        return;
    }
    if (info && info->retry == Retry::once_later && !call_.repeated) {
        call_.repeated = true;
        call_.retry_at = now_.at + settings_.retry_delay;
        return;
    }
    if (err_code == code::not_authorised)
        out_.push_back(action::MarkAuthorisation{call_.facts.listener.id, Authorisation::lost});
    answer_dial(result);
    abort_room(broke_here(), result.err_msg, Close::no, err_code);
}

void Session::dial_failed(const Error& error) {
    if (road_broke(error)) {
        call_.maybe_sent = call_.maybe_sent || !never_sent(error);
        call_.retry_at = now_.at + settings_.retry_delay;
        return;
    }
    const bool unread = error.is(Errc::bad_message) || error.is(Errc::too_large);
    const Fault fault{unread ? code::bad_answer : code::network,
                      unread ? "the service's answer cannot be read" : "the request failed",
                      {},
                      {}};
    call_.maybe_sent = call_.maybe_sent || unread;
    answer_dial(fault);
    abort_room(broke_here(), fault.err_msg, Close::yes, fault.err_code);
}

void Session::handle(const event::RenewDone& event) {
    if (event.generation != call_.generation || !call_.renew_in_flight) return;
    call_.renew_in_flight = false;
    if (event.outcome.result()) return;  // drive_dial() dials once more
    const InitResult refusal = refused(code::device_token);
    answer_dial(refusal);
    abort_room(broke_here(), refusal.err_msg, Close::no, code::device_token);
}

void Session::room_made(const std::string& room_id, ChargeType charge_type) {
    call_.facts.room_id = room_id;
    call_.facts.charge_type = charge_type;
    call_.maybe_sent = false;
    call_.retry_at = now_.at;
    if (call_.facts.time_limit_s > 0)
        call_.limit_at = now_.at + std::chrono::seconds(call_.facts.time_limit_s) + settings_.limit_grace;
    InitResult made;
    made.is_success = true;
    made.room_id = room_id;
    made.charge_type = charge_type;
    answer_dial(made);
    out_.push_back(action::MarkAuthorisation{call_.facts.listener.id, Authorisation::ok});
    enter(Phase::ringing, now_.at + call_.ring_time);
    emit(EventName::startVoip);
    replay_early(room_id);
}

void Session::replay_early(const std::string& room_id) {
    const std::vector<RoomEvent> early = std::exchange(early_, {});
    for (const RoomEvent& event : early)
        if (event.room_id == room_id) handle(event::Wire{event});
}

void Session::answer_dial(Answer<InitResult> answer) {
    const Ticket ticket = std::exchange(call_.dial_ticket, 0);
    if (ticket != 0) out_.push_back(action::DialReply{ticket, std::move(answer)});
}

void Session::on_other_event(const RoomEvent& event) {
    const bool over = event.name == EventName::endVoip || event.name == EventName::finishVoip;
    const auto closing = std::find_if(closings_.begin(), closings_.end(),
                                      [&](const Closing& each) { return each.room_id == event.room_id; });
    if (closing != closings_.end()) {
        if (over) closings_.erase(closing);
        return;  // all else is what the hang-up under way makes of the room
    }
    if (memory_.knows_room(event.room_id, now_.at)) {
        if (!over && !is_terminal(event.name))
            report("late event", event.room_id, std::string(voip::to_string(event.name)));
        return;
    }
    const bool dialling = (call_.phase == Phase::dialling && call_.dial_in_flight) ||
                          std::any_of(closings_.begin(), closings_.end(),
                                      [](const Closing& each) { return each.dial_in_flight; });
    if (dialling && (early_.size() < early_events || over || is_terminal(event.name))) {
        if (early_.size() >= early_events) early_.erase(early_.begin());
        early_.push_back(event);  // the answer that tells the room may be a moment behind its events
        return;
    }
    report("foreign event", event.room_id, std::string(voip::to_string(event.name)));
}

}  // namespace voip::call
