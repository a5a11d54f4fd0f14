#pragma once
// Private to service/rooms: the rules of one room.
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "service/rooms/endings.hpp"
#include "service/rooms/rooms.hpp"

namespace voip::rooms {

/// One member of a room and its channels.
struct Side {
    Member member;
    bool joined = false;
    bool told = false;              ///< had a channel for this room at least once
    bool refused_busy = false;      ///< one of its channels answered call.incoming with 1005
    ChannelId bound = 0;            ///< the channel that dialled, joined or resumed
    std::vector<ChannelId> asked;   ///< were sent call.incoming and did not refuse; empty once bound
    std::vector<ChannelId> over;    ///< the room is over for these: they refused, or another channel won
    std::optional<TimePoint> gone;  ///< since when it has no channel, having had one
    bool left = false;              ///< its last channel said goodbye: a page was closed, or loads anew
    std::deque<TimePoint> signals;  ///< those of the last second
};

/// Why a room's deadline stands.
enum class Due { none, ring_back, ring, join, time_limit, caller_gone, listener_gone, both_gone };

struct Deadline {
    Due due = Due::none;
    TimePoint at = TimePoint::max();
};

/// One living room. Its methods change it and append to `actions`; an end is returned to the owner as an
/// Ending (from the methods that can end it), to be carried out by finish().
class Room {
 public:
    /// asking: a device has not acknowledged yet that a backend started this call for it; nobody else knows.
    enum class Stage { asking, ringing, joining, talking };
    using Actions = std::vector<Action>;

    Room(const RoomSettings& settings, RoomFacts facts, Member caller, Member listener);
    Room(const RoomSettings& settings, const SavedRoom& saved, Moment now);

    [[nodiscard]] const RoomFacts& facts() const noexcept { return facts_; }
    [[nodiscard]] const Side& side(bool caller) const noexcept { return caller ? caller_ : listener_; }
    [[nodiscard]] Stage stage() const noexcept { return stage_; }
    [[nodiscard]] Phase phase() const noexcept;
    [[nodiscard]] std::int64_t keep_time(Moment now) const noexcept;
    [[nodiscard]] SavedRoom saved() const;
    [[nodiscard]] Deadline deadline() const noexcept;

    /// Asks the device about a call that its backend started.
    void ask_caller(const std::vector<ChannelId>& channels, Moment now, Actions& actions);
    /// startVoip to the caller, bound to `caller_channel` (0: it has none).
    void start(ChannelId caller_channel, Moment now, Actions& actions);
    /// Rings the listener on its channels, or has it woken.
    void ring(const std::vector<ChannelId>& channels, Moment now, Actions& actions);

    void opened(bool caller, ChannelId channel, Moment now, Actions& actions);
    void closed(bool caller, ChannelId channel, bool leaving, Moment now);
    void refused(bool caller, ChannelId channel, int err_code);

    /// The channel that a request without one stands for. @param channels  of the member, oldest first
    [[nodiscard]] ChannelId resolve(bool caller, ChannelId channel,
                                    const std::vector<ChannelId>& channels) const;
    [[nodiscard]] bool is_over(bool caller, ChannelId channel) const;
    /// True for the channels that the side speaks by: bound, or asked.
    [[nodiscard]] bool is_speaking(bool caller, ChannelId channel) const;
    void join(bool caller, ChannelId channel, std::optional<int> camera_status, Moment now, Actions& actions);
    void resume(bool caller, ChannelId channel, Moment now, Actions& actions);
    /// Counts a signal of this side. False: too many in the last second.
    [[nodiscard]] bool take_signal(bool caller, Moment now);
    [[nodiscard]] std::vector<ChannelId> targets(bool caller) const;

    /// Tells the end to everybody who was told of the room.
    void finish(const Ending& ending, Moment now, Actions& actions);

 private:
    [[nodiscard]] Side& of(bool caller) noexcept { return caller ? caller_ : listener_; }
    [[nodiscard]] CallIncoming incoming(Moment now) const;
    void ask(Side& side, ChannelId channel, Moment now, Actions& actions);
    void bind(bool caller, ChannelId channel, Moment now, Actions& actions);
    void dismiss(bool caller, ChannelId channel, Actions& actions);
    void tell(bool caller, EventName name, EventData data, Actions& actions) const;
    void send(ChannelId channel, EventName name, EventData data, Actions& actions) const;
    [[nodiscard]] EventData end_data(bool caller, std::int64_t keep_time) const;
    [[nodiscard]] Deadline gone_deadline() const noexcept;

    const RoomSettings* settings_;
    RoomFacts facts_;
    Side caller_, listener_;
    Stage stage_ = Stage::ringing;
    Moment asked_;           // asking: since when
    Moment started_, rung_;  // from ringing on
    std::optional<Moment> answered_, talking_;
};

}  // namespace voip::rooms
