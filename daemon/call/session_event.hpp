#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/clock.hpp"
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// What happens to a session. Plain values; no Asio, no JSON.
namespace voip::call {

/// One per call; an outcome that carries an older one belongs to a call that is over.
using Generation = std::uint64_t;
/// Names one request, so that its reply finds the one who asked. 0: nobody waits.
using Ticket = std::uint64_t;

/// The moment of an event: the monotonic clock decides, the wall clock is only shown and recorded.
struct Moment {
    TimePoint at{};
    UnixMillis wall = 0;
};

namespace event {

/// Place a call. request.call_id is set by the one who asks, before anything is sent.
struct StartCall {
    Ticket ticket = 0;
    InitByCaller request;
    std::optional<Duration> ring_time;  ///< in place of the setting (a hunt rings shorter)
    bool wait_online = false;           ///< do not refuse while off line (the later people of a hunt)
};
/// `call.incoming`; the reply is action::IncomingReply of the same on().
struct Incoming {
    CallIncoming incoming;
    bool refuse = false;                  ///< policy: answer busy
    std::optional<Duration> auto_answer;  ///< policy: answer by itself after this time
};
struct AnswerCall {
    Ticket ticket = 0;
    std::optional<std::string> room_id;  ///< none: whatever alerts
};
struct HangUp {
    Ticket ticket = 0;
    std::optional<std::string> room_id;  ///< none: the current call
    HangUpReason reason = HangUpReason::manual;
    std::string err_msg;  ///< with abort: why
};
/// The road to the service is open (again), or closed.
struct Online {
    bool online = false;
};
/// A room event of the service's wire.
struct Wire {
    RoomEvent event;
};
struct DialDone {
    Generation generation = 0;
    Outcome<InitResult> outcome;
};
struct RenewDone {
    Generation generation = 0;
    Outcome<std::monostate> outcome;
};
struct JoinDone {
    Generation generation = 0;
    Outcome<RoomJoined> outcome;
};
struct ResumeDone {
    Generation generation = 0;
    Outcome<RoomResumed> outcome;
};
struct HangUpDone {
    std::string room_id;
    Outcome<std::monostate> outcome;
};
/// The media program's state; "failed" ends the call with err_code (2000s) and err_msg. "none": the other
/// side carries no media, the call goes on without. The quality in it does not count: MediaMeasured brings
/// it.
struct MediaChanged {
    Generation generation = 0;
    MediaState media;
    int err_code = 0;
    std::string err_msg;
};
/// How well the media travels now.
struct MediaMeasured {
    Generation generation = 0;
    MediaQuality quality;
};
/// Whether anybody wants `calling` each second.
struct WantCalling {
    bool wanted = false;
};
/// Time has passed: wake_at() was reached.
struct Tick {};

}  // namespace event

using Event = std::variant<event::StartCall, event::Incoming, event::AnswerCall, event::HangUp, event::Online,
                           event::Wire, event::DialDone, event::RenewDone, event::JoinDone, event::ResumeDone,
                           event::HangUpDone, event::MediaChanged, event::MediaMeasured, event::WantCalling,
                           event::Tick>;

}  // namespace voip::call
