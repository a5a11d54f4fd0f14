#pragma once
#include <optional>
#include <string_view>

/// The closed vocabularies of the wire: one enum each, with the plugin's spelling.
/// to_string() never fails; from_string-like parsers return nothing for unknown words.
namespace voip {

enum class RoomType { voice, video };
enum class ChargeType { duration, license };
enum class MiniprogramState { formal, trial, developer };
enum class Direction { outgoing, incoming };

/// Phases of a room as local apps see them; the service's rooms use ringing, joining, talking and ended.
enum class Phase { idle, dialling, ringing, alerting, joining, talking, ended };

/// The plugin's events. @source the plugin's onVoipEvent page
enum class EventName {
    startVoip,
    joinedRoomByCaller,
    joinFailCaller,
    joinFailListener,
    hangOnVoip,
    calling,
    cancelVoip,
    rejectVoip,
    busy,
    timeout,
    hangUpVoip,
    abortVoip,
    endVoip,
    finishVoip
};

/// Why a member ends a room (room.hangUp, voip.forceHangUpVoip) and, as `origin` or `status` of an event, who
/// did. abort: it could not go on (media failed); busy: only before answering.
enum class HangUpReason { manual, unloadCallPage, forceFromApp, busy, abort };

/// What is known of a person's consent to be called by this device.
enum class Authorisation { unknown, ok, lost };

[[nodiscard]] std::string_view to_string(RoomType) noexcept;
[[nodiscard]] std::string_view to_string(ChargeType) noexcept;
[[nodiscard]] std::string_view to_string(MiniprogramState) noexcept;
[[nodiscard]] std::string_view to_string(Direction) noexcept;
[[nodiscard]] std::string_view to_string(Phase) noexcept;
[[nodiscard]] std::string_view to_string(EventName) noexcept;
[[nodiscard]] std::string_view to_string(HangUpReason) noexcept;
[[nodiscard]] std::string_view to_string(Authorisation) noexcept;

[[nodiscard]] std::optional<RoomType> room_type(std::string_view) noexcept;
[[nodiscard]] std::optional<ChargeType> charge_type(std::string_view) noexcept;
[[nodiscard]] std::optional<MiniprogramState> miniprogram_state(std::string_view) noexcept;
[[nodiscard]] std::optional<Direction> direction(std::string_view) noexcept;
[[nodiscard]] std::optional<Phase> phase(std::string_view) noexcept;
[[nodiscard]] std::optional<EventName> event_name(std::string_view) noexcept;
[[nodiscard]] std::optional<HangUpReason> hang_up_reason(std::string_view) noexcept;
[[nodiscard]] std::optional<Authorisation> authorisation(std::string_view) noexcept;

/// True for the events that end a call before endVoip: cancelVoip, rejectVoip, busy, timeout, hangUpVoip,
/// abortVoip, joinFailCaller, joinFailListener.
[[nodiscard]] bool is_terminal(EventName) noexcept;

}  // namespace voip
