#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/call/session_action.hpp"
#include "protocol/media_quality.hpp"
#include "protocol/room.hpp"

/// What happens to the media program of one call, and what is to be done about it. Plain values.
namespace voip::media::host {

using call::Generation;

/// Requests to the program. @source daemon/media/README.md, "The wire between them"
enum class Request { prepare, start, set, restart, stop };
[[nodiscard]] std::string_view to_string(Request request) noexcept;  ///< "media.prepare"

/// `media.state` as the program tells it.
struct StateReport {
    std::string state;  ///< starting, flowing, interrupted, failed
    bool camera = false, microphone = false;
    int err_code = 0;  ///< 0: none; 2000 to 2009 or 2102
    std::string err_msg;
    friend bool operator==(const StateReport&, const StateReport&) = default;
};

namespace event {

// From the call.
struct Begin {};  ///< the call rings
struct Start {
    call::action::StartMedia start;
};
struct Stop {};
struct Set {
    std::optional<bool> camera, microphone;
    std::optional<int> volume;
};
/// Signalling of the other side of the room.
struct FromRoom {
    json::Value body;
};
/// Whether what is signalled reaches the service: the room was joined or resumed; the road broke.
struct Road {
    bool open = false;
};
/// The network came up; `moved`: an address of ours has gone since the last time.
struct Network {
    bool moved = false;
};
/// The outcome of action::FetchServers; nothing: they could not be had.
struct Servers {
    std::optional<std::vector<IceServer>> servers;
    call::Moment received;
};
/// A signal could not be sent after all: the road is broken.
struct Unsent {
    json::Value body;
};

// From the process.
struct SpawnFailed {
    std::string why;
};
/// The outcome of action::Ask.
struct Answered {
    enum class How { done, refused, lost };  ///< lost: no answer in time, or the wire broke
    Request request{};
    How how = How::done;
    int err_code = 0;  ///< of a refusal
    std::string why;
    std::optional<MediaQuality> quality;  ///< of media.stop
};
struct Told {
    StateReport report;
};
struct Measured {
    MediaQuality quality;
};
struct FromProgram {
    json::Value body;
};
/// The wire ended, or the program broke its contract on it.
struct WireBroken {
    std::string why;
};
/// The process has ended and was reaped.
struct Exited {
    std::string how;  ///< "ended with status 1", "was killed by signal 11"
};

/// The programs of earlier calls have all ended: the devices are free.
struct EldersGone {};
struct Tick {};

}  // namespace event

using Event = std::variant<event::Begin, event::Start, event::Stop, event::Set, event::FromRoom, event::Road,
                           event::Network, event::Servers, event::Unsent, event::SpawnFailed, event::Answered,
                           event::Told, event::Measured, event::FromProgram, event::WireBroken, event::Exited,
                           event::EldersGone, event::Tick>;

namespace action {

/// The process, and its wire; event::SpawnFailed when that is not possible.
struct Spawn {
    friend bool operator==(const Spawn&, const Spawn&) = default;
};
/// Ends at `deadline` at the latest with event::Answered.
struct Ask {
    Request request{};
    json::Value params;
    TimePoint deadline{};
    friend bool operator==(const Ask&, const Ask&) = default;
};
struct ToProgram {
    json::Value body;
    friend bool operator==(const ToProgram&, const ToProgram&) = default;
};
struct ToRoom {
    json::Value body;
    friend bool operator==(const ToRoom&, const ToRoom&) = default;
};
struct CloseWire {  ///< the program ends by that
    friend bool operator==(const CloseWire&, const CloseWire&) = default;
};
struct Kill {  ///< SIGKILL
    friend bool operator==(const Kill&, const Kill&) = default;
};
struct FetchServers {
    TimePoint deadline{};
    friend bool operator==(const FetchServers&, const FetchServers&) = default;
};
/// To the session, as event::MediaChanged.
struct Tell {
    MediaState media;
    int err_code = 0;
    std::string err_msg;
    friend bool operator==(const Tell&, const Tell&) = default;
};
/// To the session, as event::MediaMeasured.
struct Measure {
    MediaQuality quality;
    friend bool operator==(const Measure&, const Measure&) = default;
};
/// Whether the program and its devices work; empty: they do.
struct Health {
    std::string reason;
    friend bool operator==(const Health&, const Health&) = default;
};
/// No process is left and none will be: the plan is of no more use.
struct Gone {
    std::optional<MediaQuality> quality;  ///< of the whole call, as known at last
    friend bool operator==(const Gone&, const Gone&) = default;
};
/// Something to write down that needs no other action.
struct Note {
    std::string what, why;
    friend bool operator==(const Note&, const Note&) = default;
};

}  // namespace action

using Action = std::variant<action::Spawn, action::Ask, action::ToProgram, action::ToRoom, action::CloseWire,
                            action::Kill, action::FetchServers, action::Tell, action::Measure, action::Health,
                            action::Gone, action::Note>;
using Actions = std::vector<Action>;

}  // namespace voip::media::host
