#pragma once
#include <string>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "daemon/media/program/messages.hpp"
#include "daemon/media/program/signal.hpp"

/// What happens to the call that this process carries, and what is to be done about it.
namespace voip::media {

enum class Device { camera, microphone, speaker };
inline constexpr Device devices[] = {Device::camera, Device::microphone, Device::speaker};
[[nodiscard]] std::string_view to_string(Device device) noexcept;

/// The daemon's requests, each answered once by action::Reply.
enum class Request { prepare, start, set, restart, stop };
[[nodiscard]] std::string_view to_string(Request request) noexcept;

namespace event {

// From the daemon.
struct Prepare {
    media::Prepare params;
};
struct Start {
    media::Start params;
};
struct Set {
    media::Set params;
};
struct Restart {
    media::Restart params;
};
struct Stop {};
struct WireClosed {};
/// Signalling of the phone. A request (answered by a Fault or {}), or a notification.
struct FromPhone {
    Signal signal;
};

// From the engine (the libraries that carry media).
struct EngineReady {};
/// Connections can be opened from here on; after EngineReady.
struct KeyMade {};
struct EngineFailed {
    Error why;
};

// From one connection; of another session than the current one they are ignored.
struct OfferMade {
    SessionId session = 0;
    std::string sdp;
};
struct CandidateFound {  ///< empty: there are no more
    SessionId session = 0;
    std::string candidate, mid;
    unsigned line = 0;
};
struct Connected {
    SessionId session = 0;
};
struct Lost {  ///< it failed or could not be made
    SessionId session = 0;
    Error why;
};
/// Asked about once a second while connected: whether anything at all arrived since the last time.
struct Heard {
    SessionId session = 0;
};
struct SessionClosed {};  ///< after action::Close: nothing leaves any more

// From the devices.
struct DeviceStarted {
    Device device{};
};
struct DeviceFailed {  ///< did not start, or vanished; it is closed by now
    Device device{};
    Error why;
};

struct Tick {};  ///< the time of wake_at() has come

}  // namespace event

using Event =
    std::variant<event::Prepare, event::Start, event::Set, event::Restart, event::Stop, event::WireClosed,
                 event::FromPhone, event::EngineReady, event::KeyMade, event::EngineFailed, event::OfferMade,
                 event::CandidateFound, event::Connected, event::Lost, event::Heard, event::SessionClosed,
                 event::DeviceStarted, event::DeviceFailed, event::Tick>;

namespace action {

struct LoadEngine {};
struct Reply {
    Request request{};
    int err_code = 0;  ///< 0: done
    std::string err_msg;
    friend bool operator==(const Reply&, const Reply&) = default;
};
struct TellState {
    StateReport report;
    friend bool operator==(const TellState&, const TellState&) = default;
};
struct TellPhone {
    Signal signal;
    friend bool operator==(const TellPhone&, const TellPhone&) = default;
};
/// Closes the connection before it and begins a new one, which makes an offer.
struct Open {
    SessionId session = 0;
    std::vector<IceServer> ice_servers;
    friend bool operator==(const Open&, const Open&) = default;
};
struct TakeAnswer {
    std::string sdp;
    friend bool operator==(const TakeAnswer&, const TakeAnswer&) = default;
};
struct TakeCandidate {
    std::string candidate;
    unsigned line = 0;
    friend bool operator==(const TakeCandidate&, const TakeCandidate&) = default;
};
/// Sound and picture may flow (true) or must not (false).
struct Flow {
    bool on = false;
    friend bool operator==(const Flow&, const Flow&) = default;
};
struct StartDevice {
    Device device{};
    friend bool operator==(const StartDevice&, const StartDevice&) = default;
};
struct StopDevice {
    Device device{};
    friend bool operator==(const StopDevice&, const StopDevice&) = default;
};
struct Mute {  ///< of the microphone: silence is sent
    bool on = false;
    friend bool operator==(const Mute&, const Mute&) = default;
};
struct Volume {
    unsigned percent = 0;
    friend bool operator==(const Volume&, const Volume&) = default;
};
/// Closes the connection for good; event::SessionClosed follows.
struct Close {
    friend bool operator==(const Close&, const Close&) = default;
};
/// The program ends; nothing follows.
struct End {
    friend bool operator==(const End&, const End&) = default;
};

}  // namespace action

using Action =
    std::variant<action::LoadEngine, action::Reply, action::TellState, action::TellPhone, action::Open,
                 action::TakeAnswer, action::TakeCandidate, action::Flow, action::StartDevice,
                 action::StopDevice, action::Mute, action::Volume, action::Close, action::End>;
using Actions = std::vector<Action>;

}  // namespace voip::media
