#pragma once
#include <string>
#include <variant>
#include <vector>

#include "daemon/call/call_record.hpp"
#include "daemon/call/session_event.hpp"

/// What a session wants done, in this order. Requests to the engine carry the time by which they must have
/// ended.
namespace voip::call {
namespace action {

// Requests to the engine; each outcome comes back as the event of the same name.
struct Dial {
    Generation generation = 0;
    InitByCaller request;
    TimePoint deadline{};
};
struct RenewToken {
    Generation generation = 0;
    TimePoint deadline{};
};
struct Join {
    Generation generation = 0;
    RoomJoin join;
    TimePoint deadline{};
};
struct Resume {
    Generation generation = 0;
    RoomResume resume;
    TimePoint deadline{};
};
struct HangUp {
    RoomHangUp hang_up;
    TimePoint deadline{};
};

// Replies to those who asked.
struct DialReply {
    Ticket ticket = 0;
    Answer<InitResult> answer;
};
struct AnswerReply {
    Ticket ticket = 0;
    Answer<std::string> answer;
};
struct HangUpReply {
    Ticket ticket = 0;
    Answer<std::string> answer;
};
struct IncomingReply {
    Answer<std::monostate> answer;
};

// What the world is told.
struct Emit {
    RoomEvent event;
};
struct Changed {
    RoomSnapshot snapshot;
};
/// The media of the current call was measured: for those who watch the numbers.
struct Measured {
    std::string room_id;
    MediaQuality quality;
};
/// The call is over; the last action of its life but for a hang-up.
struct Finished {
    Generation generation = 0;
    CallRecord record;
};
/// A call that was answered busy without touching the current one.
struct Missed {
    CallRecord record;
};
struct MarkAuthorisation {
    std::string open_id;
    Authorisation authorisation = Authorisation::unknown;
};
/// Something that came too late, twice or from a stranger; once per room.
struct Ignored {
    std::string what;  ///< "late event", "foreign event", "hang-up not confirmed", ...
    std::string room_id;
    std::string name;  ///< of the event, may be empty
};

// Media, only where it is enabled.
/// Get ready: nothing is captured yet. Once per call, at the latest before StartMedia.
struct PrepareMedia {
    Generation generation = 0;
    std::string room_id;
    RoomType room_type = RoomType::video;
};
/// Once per call, in joining or talking: from here on sound and picture may leave the device.
struct StartMedia {
    Generation generation = 0;
    std::string room_id;
    RoomType room_type = RoomType::video;
    bool camera = false;  ///< whether a picture may be sent at first
    std::vector<IceServer> ice_servers;
    Moment ice_received = {};  ///< when the service handed them out
};
/// Once for every PrepareMedia, before anybody is told of the call's end.
struct StopMedia {
    Generation generation = 0;
};

}  // namespace action

using Action = std::variant<action::Dial, action::RenewToken, action::Join, action::Resume, action::HangUp,
                            action::DialReply, action::AnswerReply, action::HangUpReply,
                            action::IncomingReply, action::Emit, action::Changed, action::Measured,
                            action::Finished, action::Missed, action::MarkAuthorisation, action::Ignored,
                            action::PrepareMedia, action::StartMedia, action::StopMedia>;
using Actions = std::vector<Action>;

}  // namespace voip::call
