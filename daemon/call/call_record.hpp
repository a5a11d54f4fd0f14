#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "protocol/room.hpp"

namespace voip::call {

/// One line of the history. Times are Unix milliseconds.
struct CallRecord {
    std::string call_id, room_id;  ///< room_id is empty when the service never made a room
    Direction direction = Direction::outgoing;
    RoomType room_type = RoomType::video;
    int business_type = device_to_user;
    Party peer;           ///< the other side; camera_status is not recorded
    std::string contact;  ///< the contact that was called, empty when none
    UnixMillis started = 0;
    UnixMillis answered = 0;  ///< 0: never
    UnixMillis ended = 0;
    std::int64_t keep_time = 0;  ///< seconds of talk
    RoomEnd end;
    std::optional<MediaQuality> quality = std::nullopt;  ///< the last one; nothing where no media flowed
    friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

/// As `call.history` shows it and as the history file keeps it, one line each.
[[nodiscard]] json::Value encode(const CallRecord& record);
/// Nothing when it is no record; members that are missing are empty.
[[nodiscard]] std::optional<CallRecord> decode_call_record(const json::Value& value);

}  // namespace voip::call
