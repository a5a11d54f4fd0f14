#pragma once
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// JSON of protocol/room.hpp. Pure. Decoders accept unknown members, refuse wrong types and sizes with a
/// Fault 1004 that names the member by path; room and call ids must be non-empty strings (missing, numeric or
/// empty: Fault 1). Sizes: protocol/limits.hpp. A groupId beside the roomId may be left out but must be the
/// same (else Fault 1). The snapshot's decoder needs the phase only: an idle or dialling room has empty ids.
/// Encoders cut an errMsg to limits::err_msg_bytes, so that no end of a call is refused for its words.
namespace voip {

[[nodiscard]] json::Value encode(const RoomEvent& event);  // {eventName, roomId, groupId, data}
[[nodiscard]] json::Value encode(const CallIncoming& incoming);
[[nodiscard]] json::Value encode(const RoomJoin& join);
[[nodiscard]] json::Value encode(const RoomJoined& joined);
[[nodiscard]] json::Value encode(const RoomResume& resume);
[[nodiscard]] json::Value encode(const RoomResumed& resumed);
[[nodiscard]] json::Value encode(const RoomHangUp& hang_up);
[[nodiscard]] json::Value encode(const RoomSignal& signal);
[[nodiscard]] json::Value encode(const RoomSnapshot& snapshot);
[[nodiscard]] json::Value encode(const MediaState& media);
[[nodiscard]] json::Value encode(const std::vector<IceServer>& servers);

[[nodiscard]] Answer<RoomEvent> decode_room_event(const json::Value& value);
[[nodiscard]] Answer<CallIncoming> decode_call_incoming(const json::Value& value);
[[nodiscard]] Answer<RoomJoin> decode_room_join(const json::Value& value);
[[nodiscard]] Answer<RoomJoined> decode_room_joined(const json::Value& value);
[[nodiscard]] Answer<RoomResume> decode_room_resume(const json::Value& value);
[[nodiscard]] Answer<RoomResumed> decode_room_resumed(const json::Value& value);
[[nodiscard]] Answer<RoomHangUp> decode_room_hang_up(const json::Value& value);
/// The answer of `room.iceServers`, {iceServers: [...]}.
[[nodiscard]] Answer<std::vector<IceServer>> decode_ice_servers(const json::Value& value);
[[nodiscard]] Answer<MediaState> decode_media_state(const json::Value& value);
/// The body may have any JSON type; the size limit (limits::signal_bytes) is on its written form.
[[nodiscard]] Answer<RoomSignal> decode_room_signal(const json::Value& value);
[[nodiscard]] Answer<RoomSnapshot> decode_room_snapshot(const json::Value& value);

}  // namespace voip
