#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/limits.hpp"
#include "protocol/room.hpp"

/// The rooms of the service: event and time in, actions out. No Asio, no SQL, no JSON text.
/// The rules are those of protocol/README.md, "Who is told what" and "Rooms".
namespace voip::rooms {

enum class MemberKind { device, user };

/// Who somebody is, as the channel says. The id is an SN or an openId.
struct Member {
    MemberKind kind = MemberKind::device;
    std::string id;
    // NOLINTNEXTLINE(modernize-use-nullptr): the 0 that clang compares with
    friend auto operator<=>(const Member&, const Member&) = default;
};
[[nodiscard]] inline Member device(std::string sn) {
    return {MemberKind::device, std::move(sn)};
}
[[nodiscard]] inline Member user(std::string open_id) {
    return {MemberKind::user, std::move(open_id)};
}

/// A channel as the shell numbers it, never used twice. 0: a request without a channel (POST /v1/rpc); it
/// then counts as the member's bound channel, else as its newest one.
using ChannelId = std::uint64_t;

/// Both clocks at one moment: deadlines live on the monotonic one, what is saved on the wall's.
struct Moment {
    TimePoint at;
    UnixMillis wall = 0;
};

struct RoomSettings {
    Duration ring = limits::ring_time;  ///< until the listener answers
    Duration join = limits::join_time;  ///< from the answer until both are in
    /// A member's channel may be gone so long before talking, or both in talk, or after a restart.
    Duration resume = limits::resume_time;
    Duration alone = limits::talk_alone_time;  ///< one member of a talking room may be gone so long
    Duration ended_memory = limits::ended_memory;
    Duration ring_back = 5s;  ///< for a device to acknowledge a call that a backend started
    unsigned signals_per_second = limits::signals_per_second;  ///< per member
    std::size_t signal_bytes = limits::signal_bytes;
    unsigned dials_per_minute = limits::dials_per_minute;  ///< per member; 0: no limit
    std::size_t max_rooms = 10000;  ///< more at once are refused with code 5; also of ended ones remembered
};

/// A room on disk. JSON: saved_room.hpp.
struct SavedRoom {
    RoomFacts facts;
    Member caller, listener;
    Phase phase = Phase::ringing;  ///< ringing, joining, talking or ended
    bool caller_joined = false, listener_joined = false;
    bool listener_told = false;  ///< it had a channel at least once
    UnixMillis started = 0;      ///< startVoip: timeLimit counts from here
    UnixMillis rung = 0;         ///< when the ring time began
    UnixMillis answered = 0;     ///< 0: not yet
    UnixMillis talking = 0;      ///< 0: not yet
    UnixMillis ended = 0;        ///< 0: not yet
    friend bool operator==(const SavedRoom&, const SavedRoom&) = default;
};

/// What the disk is to do. @see Rooms::take_records
struct Save {
    SavedRoom room;
    friend bool operator==(const Save&, const Save&) = default;
};
struct Forget {
    std::string room_id;
    friend bool operator==(const Forget&, const Forget&) = default;
};
using Record = std::variant<Save, Forget>;

/// Send the notification voip.event on this channel.
struct SendEvent {
    ChannelId channel = 0;
    RoomEvent event;
    friend bool operator==(const SendEvent&, const SendEvent&) = default;
};
/// Send the request call.incoming on this channel; its reply goes to incoming_acknowledged() or
/// incoming_refused(), no reply (deadline passed, channel closed) to nobody. A member that comes back while
/// the room still rings is asked again with the same roomId: it answers {} again.
struct SendIncoming {
    ChannelId channel = 0;
    CallIncoming incoming;
    friend bool operator==(const SendIncoming&, const SendIncoming&) = default;
};
/// The listener has no channel: wake it by notify.url, when there is one.
struct NotifyMember {
    Member member;
    CallIncoming incoming;
    friend bool operator==(const NotifyMember&, const NotifyMember&) = default;
};
/// The outcome of backend_call(): answer the waiting HTTP request. err_code 0: the device acknowledged; else
/// the code of its Fault (1005 busy), or 1002 when it did not answer in time.
struct BackendOutcome {
    std::string room_id;
    int err_code = 0;
    friend bool operator==(const BackendOutcome&, const BackendOutcome&) = default;
};
/// A room ended: one log line, the counters. Comes after the members' events.
struct RoomOver {
    std::string room_id;
    Member caller, listener;
    RoomEnd end;                 ///< as the caller was told
    std::int64_t keep_time = 0;  ///< seconds of talk
    friend bool operator==(const RoomOver&, const RoomOver&) = default;
};
using Action = std::variant<SendEvent, SendIncoming, NotifyMember, BackendOutcome, RoomOver>;

/// A call after the backend's checks (registry/auth.hpp).
struct Dial {
    Member caller, listener;
    ChannelId channel = 0;  ///< of the caller
    RoomFacts facts;        ///< without room_id; caller.id and listener.id are those of the members;
                            ///< an empty call_id is replaced by one of our own
};
struct Dialled {
    std::string room_id;
    ChargeType charge_type = ChargeType::duration;
    bool repeated = false;  ///< the same caller and callId had asked before
    friend bool operator==(const Dialled&, const Dialled&) = default;
};

/// All rooms of the service.
///
/// How to use it: give every event to its method with the time, then
///  1. perform take_records() (one transaction; a failing disk is logged and stops nothing),
///  2. send the method's answer, when it has one,
///  3. perform take_actions() in their order (one for a channel that closed just now is dropped),
///  4. set the alarm to wake_at() and call tick() then.
/// Every method applies what is due first, so that a late alarm changes nothing.
///
/// Who hears what: the caller's events go to the channel that dialled, then to the one that joined; the
/// listener's to all its channels that were asked (call.incoming), then to the one that joined. A joined
/// member whose channel closed is "gone" until room.join or room.resume from another channel; events
/// meanwhile are dropped (room.resume answers the phase, or 1 when the room ended). When one channel of a
/// user wins (room.join) or takes over (room.resume), those that had been told get cancelVoip {status:
/// "other"}, endVoip, finishVoip; the room is over for them.
///
/// Faults of room.*: 1 for a room that is unknown, ended, not the member's, or over for that channel.
/// @thread loop only; nothing blocks
class Rooms {
 public:
    /// @param make_id  gives an unguessable id of at least 128 bits, at most limits::call_id_bytes long (for
    /// rooms and callIds)
    Rooms(RoomSettings settings, std::function<std::string()> make_id);
    ~Rooms();
    Rooms(Rooms&&) noexcept;
    Rooms& operator=(Rooms&&) noexcept;

    /// Takes over what an earlier run saved, before anything else. All members are gone from now: ringing and
    /// joining rooms end in settings.resume without them, talking ones when nobody returned (one alone:
    /// settings.alone).
    void restore(std::vector<SavedRoom> saved, Moment now);

    // Channels. The shell keeps their number within limits (newest of a device, five of a user).
    /// May lead to call.incoming: the member is being rung. Opening a known channel again is ignored.
    void channel_opened(const Member& member, ChannelId channel, Moment now);
    /// Unknown channels are ignored. `leaving`: the member's program said goodbye, as a page does that is
    /// closed or loaded anew: a talk waits settings.resume for it, then it counts as hung up
    /// (unloadCallPage).
    void channel_closed(ChannelId channel, Moment now, bool leaving = false);

    // Dialling.
    /// The earlier answer to this caller's callId, when the room lives or ended less than
    /// settings.ended_memory ago. Ask this before the backend's checks: a repeated question is not judged
    /// again. It rebinds the caller to `channel` when its own is closed. An empty call_id is never known.
    [[nodiscard]] std::optional<Dialled> repeated(const Member& caller, ChannelId channel,
                                                  const std::string& call_id, Moment now);
    /// Counts one attempt to dial, before the backend's checks. @errors 4290
    [[nodiscard]] Answer<void> admit_dial(const Member& caller, Moment now);
    /// Makes the room. A busy listener gives a room and at once busy. @errors 1005 the caller is in a room, 5
    /// too many rooms, 1004 caller and listener are the same
    [[nodiscard]] Answer<Dialled> dial(Dial dial, Moment now);
    /// A vendor's backend calls `dial.listener` for the device `dial.caller` (dial.channel is not used): the
    /// device is asked by call.incoming on its channels, also on one that opens within settings.ring_back.
    /// BackendOutcome follows exactly once when this succeeds. @errors as dial()
    [[nodiscard]] Answer<Dialled> backend_call(Dial dial, Moment now);

    /// {} to call.incoming. Late and foreign ones change nothing.
    void incoming_acknowledged(const std::string& room_id, ChannelId channel, Moment now);
    /// A Fault to call.incoming. When no asked channel is left: 1005 makes the room busy, all else rejects
    /// it.
    void incoming_refused(const std::string& room_id, ChannelId channel, int err_code, Moment now);

    // Methods of members. `channel` is the one that the request came by.
    /// The answer lacks ice_servers: the shell adds them. @errors 1
    [[nodiscard]] Answer<RoomJoined> join(const Member& member, ChannelId channel, const RoomJoin& join,
                                          Moment now);
    /// @errors 1
    [[nodiscard]] Answer<RoomResumed> resume(const Member& member, ChannelId channel,
                                             const RoomResume& resume, Moment now);
    /// The room's id: cancels, rejects or hangs up. Success without effect for a room that ended in the last
    /// settings.ended_memory, or is over for this channel. @errors 1
    [[nodiscard]] Answer<std::string> hang_up(const Member& member, ChannelId channel,
                                              const RoomHangUp& hang_up, Moment now);
    /// May this signal of `bytes` pass, and to which channels (none: drop it)? @errors 1, 4130, 4290
    [[nodiscard]] Answer<std::vector<ChannelId>> signal(const Member& member, ChannelId channel,
                                                        const std::string& room_id, std::size_t bytes,
                                                        Moment now);
    /// May this member ask for ICE servers of the room? @errors 1
    [[nodiscard]] Answer<void> check_member(const Member& member, ChannelId channel,
                                            const std::string& room_id, Moment now);

    /// Ends what is due.
    void tick(Moment now);
    /// When tick() must come at the latest; nothing when nothing is waited for.
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept;

    /// What to write, in order: a room that ended is saved as ended and forgotten settings.ended_memory
    /// later.
    [[nodiscard]] std::vector<Record> take_records();
    [[nodiscard]] std::vector<Action> take_actions();

    // Looking in.
    /// The living room of a member.
    [[nodiscard]] std::optional<std::string> room_of(const Member& member) const;
    [[nodiscard]] const RoomFacts* find(const std::string& room_id) const;       ///< living rooms only
    [[nodiscard]] std::optional<Phase> phase(const std::string& room_id) const;  ///< ended: remembered
    [[nodiscard]] bool is_online(const Member& member) const;                    ///< has a channel
    [[nodiscard]] std::vector<ChannelId> channels(const Member& member) const;   ///< oldest first
    [[nodiscard]] std::size_t size() const noexcept;                             ///< living rooms

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::rooms
