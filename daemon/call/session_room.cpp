// Session: inside a room (phases ringing, joining, talking): joining, resuming, media, the wire's events.
#include <utility>

#include "daemon/call/session.hpp"
#include "protocol/errors.hpp"

namespace voip::call {
namespace {

/// Refusals that say "not now": what the road does is what they mean.
bool is_passing(const Fault& fault) noexcept {
    return fault.err_code == code::too_many || fault.err_code == code::not_ready ||
           fault.err_code == code::system_busy || fault.err_code == code::network;
}

constexpr std::string_view room_is_gone = "room status is abort";  // @source wechat page, abortVoip

}  // namespace

void Session::handle(const event::Wire& wire) {
    const RoomEvent& event = wire.event;
    if (!live() || call_.facts.room_id.empty() || event.room_id != call_.facts.room_id) {
        if (event.room_id.empty())
            report("event without a room", event.room_id, std::string(voip::to_string(event.name)));
        else
            on_other_event(event);
        return;
    }
    switch (rule(call_.phase, kind_of(Event(wire)))) {
        case Rule::act: on_room_event(event); break;
        case Rule::report:
            report("event out of place", event.room_id, std::string(voip::to_string(event.name)));
            break;
        case Rule::quiet:
        case Rule::refuse: break;
    }
}

void Session::on_room_event(const RoomEvent& event) {
    const bool alerting = call_.phase == Phase::alerting;
    if (alerting && !call_.answering &&
        (event.name == EventName::hangOnVoip || event.name == EventName::calling))
        return report("event out of place", event.room_id, std::string(voip::to_string(event.name)));
    const RoomJoined told{event.room_id, Phase::ringing, call_.ice_servers};
    switch (event.name) {
        case EventName::joinedRoomByCaller:
            if (is_caller()) joined(told);
            break;
        case EventName::hangOnVoip:
            if (alerting)
                joined(told);
            else
                enter_joining();
            break;
        case EventName::calling:
            joined(told);
            if (call_.phase == Phase::ringing) enter_joining();
            call_.both_in = true;
            try_talk();
            break;
        case EventName::endVoip:
        case EventName::finishVoip: abort_room("unknown", "the room was ended", Close::no); break;
        default: finish(event.name, event.data, Close::no); break;
    }
}

void Session::enter_joining() {
    call_.answered = now_.wall;
    enter(Phase::joining, now_.at + settings_.join_time);
}

void Session::handle(const event::JoinDone& event) {
    if (event.generation != call_.generation || !call_.join_in_flight) return;
    call_.join_in_flight = false;
    if (const RoomJoined* done = event.outcome.result()) {
        call_.ice_received = now_;
        joined(*done);
    } else if (call_.joined) {
        return;  // the wire told already that we are in
    } else if (const Fault* fault = event.outcome.fault()) {
        join_refused(*fault);
    } else {
        join_failed();
    }
}

void Session::joined(const RoomJoined& joined) {
    call_.ice_servers = joined.ice_servers;
    if (!call_.joined) {
        call_.joined = true;
        if (is_caller()) emit(EventName::joinedRoomByCaller);
    }
    if (call_.phase == Phase::alerting) answered();
    const bool answered_there = joined.phase == Phase::joining || joined.phase == Phase::talking;
    if (call_.phase == Phase::ringing && answered_there) enter_joining();
    if (joined.phase == Phase::talking) {
        call_.both_in = true;
        try_talk();
    }
}

void Session::join_refused(const Fault& fault) {
    if (is_passing(fault)) return join_failed();
    if (fault.err_code == code::room_wrong)
        return abort_room("unknown", std::string(room_is_gone), Close::no);
    fail_join(fault.err_msg, fault.err_code);
}

void Session::join_failed() {
    call_.retry_at = now_.at + settings_.retry_delay;
    if (call_.phase != Phase::alerting) return;
    const Fault off_line{code::network, "the answer did not reach the service", {}, {}};
    answer_failed(off_line);
}

void Session::handle(const event::ResumeDone& event) {
    if (event.generation != call_.generation || !call_.resume_in_flight) return;
    call_.resume_in_flight = false;
    const Fault* fault = event.outcome.fault();
    if (const RoomResumed* result = event.outcome.result()) {
        resumed(*result);
    } else if (fault && fault->err_code == code::room_wrong) {
        abort_room("unknown", std::string(room_is_gone), Close::no);
    } else {
        call_.resume_wanted = online_;
        call_.retry_at = now_.at + settings_.retry_delay;
    }
}

/// The service's view wins where it is further on; where it is behind, we say again what it missed.
void Session::resumed(const RoomResumed& there) {
    if (there.phase == Phase::ringing) {
        if (!is_caller()) call_.joined = false;  // it does not know of our answer
        return;
    }
    if (there.phase != Phase::joining && there.phase != Phase::talking)
        return abort_room("unknown", std::string(room_is_gone), Close::no);
    if (call_.phase == Phase::alerting) {
        call_.joined = true;
        answered();
    }
    if (call_.phase == Phase::ringing) enter_joining();
    if (there.phase != Phase::talking) return;
    if (!call_.joined) {  // talking means that both are in
        call_.joined = true;
        if (is_caller()) emit(EventName::joinedRoomByCaller);
    }
    call_.both_in = true;
    try_talk();
    if (call_.phase == Phase::talking && keep_time(now_.at) < there.keep_time) {
        call_.talking_since = now_.at - std::chrono::seconds(there.keep_time);
        call_.calling_at = now_.at + 1s;
    }
}

void Session::try_talk() {
    const bool flows = !has_media() || call_.media.state == "flowing";
    if (call_.phase != Phase::joining || !call_.both_in || !flows) return;
    call_.talking_since = now_.at;
    call_.calling_at = now_.at + 1s;
    enter(Phase::talking, std::nullopt);
    EventData data;
    data.keep_time = 0;
    emit(EventName::calling, std::move(data));
}

void Session::drive_room() {
    if (!live() || call_.facts.room_id.empty() || !online_ || now_.at < call_.retry_at) return;
    const TimePoint deadline = now_.at + settings_.request_time;
    if (call_.resume_in_flight) return;
    if (call_.resume_wanted) {
        call_.resume_wanted = false;
        call_.resume_in_flight = true;
        const RoomResume resume{call_.facts.room_id, call_.facts.call_id};
        out_.push_back(action::Resume{call_.generation, resume, deadline});
        return;
    }
    const bool wanted = !call_.joined && (call_.phase != Phase::alerting || call_.answering);
    if (!wanted || call_.join_in_flight) return;
    call_.join_in_flight = true;
    RoomJoin join{call_.facts.room_id, std::nullopt};
    if (call_.facts.room_type == RoomType::video)
        join.camera_status = (is_caller() ? call_.facts.caller : call_.facts.listener).camera_status;
    out_.push_back(action::Join{call_.generation, join, deadline});
}

void Session::drive_media() {
    if (!has_media() || !live() || call_.facts.room_id.empty()) return;
    if (!call_.media_prepared) {
        call_.media_prepared = true;
        out_.push_back(action::PrepareMedia{call_.generation, call_.facts.room_id, call_.facts.room_type});
    }
    const bool in = call_.phase == Phase::joining || call_.phase == Phase::talking;
    if (!in || call_.media_started || !call_.joined || call_.join_in_flight) return;
    call_.media_started = true;
    const Party& self = is_caller() ? call_.facts.caller : call_.facts.listener;
    const bool camera = call_.facts.room_type == RoomType::video && self.camera_status == 0;
    out_.push_back(action::StartMedia{call_.generation, call_.facts.room_id, call_.facts.room_type, camera,
                                      call_.ice_servers, call_.ice_received});
}

void Session::handle(const event::MediaChanged& event) {
    if (!has_media() || event.generation != call_.generation) return;
    if (event.media.state == "none") return decline_media();
    MediaState media = event.media;
    media.quality = call_.media.quality;
    const bool changed = media != call_.media;
    call_.media = std::move(media);
    if (call_.media.state == "failed") {
        if (call_.phase == Phase::talking)
            abort_room(broke_here(), event.err_msg, Close::yes, event.err_code);
        else
            fail_join(event.err_msg, event.err_code);
        return;
    }
    if (!changed) return;
    out_.push_back(action::Changed{snapshot(now_.at)});
    try_talk();
}

/// The other side carries neither sound nor picture: the call goes on as where there is no media at all.
void Session::decline_media() {
    call_.media_declined = true;
    if (std::exchange(call_.media_prepared, false)) out_.push_back(action::StopMedia{call_.generation});
    call_.media = MediaState{};
    out_.push_back(action::Changed{snapshot(now_.at)});
    try_talk();
}

void Session::handle(const event::MediaMeasured& event) {
    if (!has_media() || event.generation != call_.generation) return;
    call_.media.quality = event.quality;
    out_.push_back(action::Measured{call_.facts.room_id, event.quality});
}

}  // namespace voip::call
