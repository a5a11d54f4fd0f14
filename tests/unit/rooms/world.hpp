#pragma once
// Rooms with a clock and a story: what every channel hears, as lines.
#include <string>
#include <vector>

#include "service/rooms/rooms.hpp"
#include "tests/support/printers.hpp"

namespace voip::rooms {

using Story = std::vector<std::string>;

inline const Member door = device("SN-door");
inline const Member gate = device("SN-gate");
inline const Member ann = user("oAnn");
inline const Member ben = user("oBen");

class World {
 public:
    explicit World(RoomSettings settings = {});

    /// A call of the usual kind: door calls ann, callId "call-1" unless said otherwise.
    [[nodiscard]] Dial a_dial(const Member& caller = door, const Member& listener = ann,
                              ChannelId channel = 1, std::string call_id = "call-1") const;
    Answer<Dialled> dial(Dial dial);
    Answer<Dialled> backend_call(Dial dial);
    void open(const Member& member, ChannelId channel);
    void close(ChannelId channel);
    Answer<RoomJoined> join(const Member& member, ChannelId channel, std::string room_id = "room-1");
    Answer<RoomResumed> resume(const Member& member, ChannelId channel, std::string room_id = "room-1",
                               std::string call_id = "call-1");
    Answer<std::string> hang_up(const Member& member, ChannelId channel,
                                HangUpReason reason = HangUpReason::manual, std::string err_msg = {},
                                std::string room_id = "room-1");
    Answer<std::vector<ChannelId>> signal(const Member& member, ChannelId channel, std::size_t bytes = 100,
                                          std::string room_id = "room-1");
    void acknowledge(ChannelId channel, std::string room_id = "room-1");
    void refuse(ChannelId channel, int err_code = 1005, std::string room_id = "room-1");
    /// Moves the time on, with the alarm as a shell would have it.
    void pass(Duration length);
    /// Moves the time on, without the alarm.
    void oversleep(Duration length);

    /// What was said since the last time: "1 startVoip", "2 incoming room-1 60", "1 cancelVoip
    /// status=manual", ...
    Story heard();
    /// The same, of one channel only (all others are dropped).
    Story heard(ChannelId channel);
    std::vector<Record> records() { return std::exchange(records_, {}); }
    /// What the disk holds now.
    [[nodiscard]] std::vector<SavedRoom> disk() const { return disk_; }
    /// A new process over the same disk, `down` later.
    void restart(Duration down);

    /// door (channel 1) and ann (channel 2) are on line and door dials: room-1 rings; nothing of it is in
    /// heard().
    void ringing();
    void talking();

    Rooms rooms;
    Moment now{TimePoint{1h}, 1767225600000};
    RoomSettings settings;

 private:
    void drain();
    static Rooms make(RoomSettings settings);

    Story heard_;
    std::vector<Record> records_;
    std::vector<SavedRoom> disk_;
};

/// The code of a refusal; 0 when it was none.
template <class T>
[[nodiscard]] int fault_of(const Answer<T>& answer) {
    return answer ? 0 : answer.error().err_code;
}

/// endVoip and finishVoip of one channel.
[[nodiscard]] Story ends(ChannelId channel, bool caller, std::int64_t keep_time = 0);
[[nodiscard]] Story operator+(Story a, const Story& b);

}  // namespace voip::rooms
