#pragma once
// Private to service/rooms: the table "Who is told what" for ends, as functions.
#include <optional>
#include <string>
#include <string_view>

#include "protocol/room.hpp"

namespace voip::rooms {

/// What is said to one side when a room ends, before endVoip and finishVoip.
struct LastWord {
    EventName name{};
    EventData data;
};
/// Nothing for a side: it hears only endVoip and finishVoip, when it was told of the room.
struct Ending {
    std::optional<LastWord> caller, listener;
};

/// @source the platform's texts of abortVoip
inline constexpr std::string_view room_aborted = "room status is abort";
inline constexpr std::string_view other_never_joined = "waitOtherToJoin timeout";

[[nodiscard]] Ending cancelled(std::string_view reason);  ///< by the caller, before talking
[[nodiscard]] Ending rejected(std::string_view reason);   ///< by the listener, before answering
[[nodiscard]] Ending listener_busy();
[[nodiscard]] Ending not_answered();
[[nodiscard]] Ending hung_up(bool by_caller, std::string_view reason, std::int64_t keep_time);
[[nodiscard]] Ending time_limit_reached(std::int64_t keep_time);
/// A side said that it cannot go on (reason abort).
[[nodiscard]] Ending broken(bool by_caller, bool talking, std::string_view err_msg, std::int64_t keep_time);
/// The other side never joined.
[[nodiscard]] Ending waited_in_vain(bool caller_missing);
/// A side lost its channel for too long, or both did.
[[nodiscard]] Ending lost(bool caller, bool listener, std::int64_t keep_time);
/// Before the user's phone rang: what the device hears of a call that its backend started and that does not
/// come about.
[[nodiscard]] Ending never_started(std::string_view status);

}  // namespace voip::rooms
