#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <variant>
#include <vector>

#include "core/timers.hpp"
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// The road to the other side: the seam between the call and whoever carries it (our service; later a
/// vendor's SDK).
namespace voip::engine {

/// What an engine tells the daemon. Implemented by the call task; every call comes from the loop and must not
/// block.
class Listener {
 public:
    virtual ~Listener() = default;
    /// Somebody calls. The answer is the acknowledgement (an empty value) or the refusal (1005 busy ...); it
    /// is given as soon as the call is accepted for alerting, not when a person answers.
    virtual Answer<std::monostate> on_incoming(const CallIncoming& incoming) = 0;
    virtual void on_event(const RoomEvent& event) = 0;
    virtual void on_signal(const RoomSignal& signal) = 0;
    /// The engine can place and take calls (again), or cannot. After `true` the listener resumes its room.
    virtual void on_online(bool online) = 0;
    /// The list of people who may be called may have changed: those who certainly consented.
    virtual void on_consented(const std::vector<Party>& people) = 0;
};

/// All requests: loop only, cancellable, end at `deadline` at the latest. Errors: Errc::wrong_state (off line
/// or not registered), timeout, closed (the connection broke before the answer: the outcome is not known).
class Engine {
 public:
    virtual ~Engine() = default;
    /// Places the call. voip_token is filled in by the engine where the registration wants it and it is
    /// empty. Asking again with the same call_id gives the same room.
    virtual asio::awaitable<Outcome<InitResult>> dial(InitByCaller request, TimePoint deadline) = 0;
    virtual asio::awaitable<Outcome<RoomJoined>> join(RoomJoin join, TimePoint deadline) = 0;
    virtual asio::awaitable<Outcome<RoomResumed>> resume(RoomResume resume, TimePoint deadline) = 0;
    virtual asio::awaitable<Outcome<std::monostate>> hang_up(RoomHangUp hang_up, TimePoint deadline) = 0;
    /// Fresh ICE servers of a room that the device is in: their credentials live for a time.
    virtual asio::awaitable<Outcome<std::vector<IceServer>>> ice_servers(std::string room_id,
                                                                         TimePoint deadline) = 0;
    /// Fetches the deviceToken anew, whatever its age (after code 13).
    virtual asio::awaitable<Outcome<std::monostate>> renew_device_token(TimePoint deadline) = 0;
    /// False when it could not be sent; signalling is best effort, the media repeats what matters.
    virtual bool signal(const RoomSignal& signal) = 0;
    [[nodiscard]] virtual bool online() const noexcept = 0;
    /// Tries to come on line at once (button press, network up).
    virtual void hurry() = 0;
};

}  // namespace voip::engine
