#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "protocol/media_quality.hpp"
#include "protocol/words.hpp"

/// Rooms as they travel: plain structs, no JSON text. Codecs: protocol/room_codec.hpp.
namespace voip {

/// One side of a call. The id is an SN (device) or an openId (user).
struct Party {
    std::string id;
    std::string name;       ///< for display; may be empty
    int camera_status = 0;  ///< 0 on, 1 off; only for video
    friend bool operator==(const Party&, const Party&) = default;
};

/// businessType of the plugin: device to user, user to device.
inline constexpr int device_to_user = 1;
inline constexpr int user_to_device = 2;

/// Payload of a room event; which members are set depends on the name (protocol/README.md, "Events").
struct EventData {
    std::optional<std::int64_t> keep_time;  ///< seconds of talk
    std::string status;                     ///< manual, other, endByCaller, abortByListener, ...
    std::string origin;                     ///< manual, unloadCallPage, forceFromApp, other, timeLimit
    std::string err_msg;                    ///< abortVoip: error.errMsg; joinFail*: errMsg
    std::optional<int> err_code;
    // endVoip only:
    std::optional<bool> is_caller;
    std::string caller_name, listener_name;
    std::optional<RoomType> room_type;
    std::optional<int> business_type;
    friend bool operator==(const EventData&, const EventData&) = default;
};

struct RoomEvent {
    EventName name{};
    std::string room_id;  ///< groupId on the wire is the same
    EventData data;
    friend bool operator==(const RoomEvent&, const RoomEvent&) = default;
};

/// Everything about a room that both members may know.
struct RoomFacts {
    std::string room_id;
    std::string call_id;  ///< made by the caller before dialling
    RoomType room_type = RoomType::video;
    int business_type = device_to_user;
    Party caller, listener;
    ChargeType charge_type = ChargeType::duration;
    std::int64_t time_limit_s = 0;  ///< counted from startVoip; 0: none
    MiniprogramState state = MiniprogramState::formal;
    std::string custom_query;
    friend bool operator==(const RoomFacts&, const RoomFacts&) = default;
};

/// Request `call.incoming`, service to member. The reply ({}) is the acknowledgement that starts the ringing.
/// With business_type 1 and caller.id the device's own SN it is the ring-back of a call that a vendor's
/// backend started for the device: the device joins as the caller.
struct CallIncoming {
    RoomFacts room;
    double ring_seconds = 60;  ///< how long the service will still ring
    friend bool operator==(const CallIncoming&, const CallIncoming&) = default;
};

struct RoomJoin {  ///< `room.join`: for the listener this is the answer
    std::string room_id;
    std::optional<int> camera_status;
    friend bool operator==(const RoomJoin&, const RoomJoin&) = default;
};
struct IceServer {
    std::vector<std::string> urls;
    std::string username, credential;
    friend bool operator==(const IceServer&, const IceServer&) = default;
};
struct RoomJoined {
    std::string room_id;
    Phase phase = Phase::joining;
    std::vector<IceServer> ice_servers;
    friend bool operator==(const RoomJoined&, const RoomJoined&) = default;
};

struct RoomResume {  ///< `room.resume`, after the channel was lost
    std::string room_id, call_id;
    friend bool operator==(const RoomResume&, const RoomResume&) = default;
};
struct RoomResumed {
    std::string room_id;
    Phase phase = Phase::ringing;  ///< ringing, joining or talking
    std::int64_t keep_time = 0;
    friend bool operator==(const RoomResumed&, const RoomResumed&) = default;
};

struct RoomHangUp {  ///< `room.hangUp`; what it means depends on phase and side
    std::string room_id;
    HangUpReason reason = HangUpReason::manual;
    std::string err_msg;  ///< with abort: why
    friend bool operator==(const RoomHangUp&, const RoomHangUp&) = default;
};

struct RoomSignal {  ///< `room.signal`, both ways; the body is the media's business
    std::string room_id;
    json::Value body;
    friend bool operator==(const RoomSignal&, const RoomSignal&) = default;
};

/// Media of a room as the local API shows it.
struct MediaState {
    /// none (no media in this build, disabled, or not begun), starting, flowing, interrupted (it flowed and
    /// is being mended), failed
    std::string state = "none";
    bool camera = false;                                 ///< a picture is sent
    bool microphone = false;                             ///< sound is sent
    std::optional<MediaQuality> quality = std::nullopt;  ///< the newest; nothing before media flows
    friend bool operator==(const MediaState&, const MediaState&) = default;
};

/// How a call ended.
struct RoomEnd {
    EventName event_name{};
    std::string status, origin;
    int err_code = 0;
    std::string err_msg;
    friend bool operator==(const RoomEnd&, const RoomEnd&) = default;
};

/// What `room.get` answers and `room.changed` tells.
struct RoomSnapshot {
    Phase phase = Phase::idle;
    Direction direction = Direction::outgoing;
    RoomFacts room;
    UnixMillis since = 0;        ///< when the phase began
    std::int64_t keep_time = 0;  ///< seconds of talk until now
    MediaState media;
    std::optional<RoomEnd> end;
    friend bool operator==(const RoomSnapshot&, const RoomSnapshot&) = default;
};

}  // namespace voip
