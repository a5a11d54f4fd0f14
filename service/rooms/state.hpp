#pragma once
// Private to service/rooms: what Rooms keeps, and the indexes over it.
#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "service/rooms/room.hpp"

namespace voip::rooms {

/// A room that is over, remembered so that late messages are answered and nothing rings twice.
struct EndedRoom {
    SavedRoom saved;
    TimePoint forget_at;
};

struct Rooms::State {
    RoomSettings settings;
    std::function<std::string()> make_id;

    std::map<std::string, Room> living;     // by roomId
    std::map<Member, std::string> members;  // in a living room -> roomId
    std::map<std::pair<Member, std::string>, std::string>
        calls;                                              // caller and callId -> roomId, living or ended
    std::set<std::pair<TimePoint, std::string>> deadlines;  // of living rooms
    std::map<std::string, TimePoint> deadline_of;
    std::map<std::string, EndedRoom> ended;  // by roomId
    std::deque<std::string> ended_order;     // next to be forgotten first

    std::map<Member, std::vector<ChannelId>> channels;  // oldest first
    std::unordered_map<ChannelId, Member> owners;
    std::map<Member, std::deque<TimePoint>> dials;  // of the last minute
    TimePoint dials_swept;

    std::vector<Record> records;
    std::vector<Action> actions;

    /// A member's place in a living room.
    struct Place {
        Room* room = nullptr;
        bool caller = false;
        ChannelId channel = 0;
    };
    [[nodiscard]] std::optional<Place> place(const Member& member, ChannelId channel,
                                             const std::string& room_id);
    [[nodiscard]] Room* room_of(const Member& member);
    [[nodiscard]] const std::vector<ChannelId>& channels_of(const Member& member) const;
    [[nodiscard]] std::string new_id() const;

    Room& add(Dial&& dial);
    void ring_or_busy(Room& room, Moment now);
    void acknowledge(Room& room, ChannelId channel, Moment now);
    /// After every change of a room that lives on.
    void reschedule(const Room& room);
    void save(const Room& room) { records.push_back(Save{room.saved()}); }
    void end(Room& room, const Ending& ending, Moment now, int backend_code = 0);
    [[nodiscard]] static Ending gone_ending(const Room& room, bool caller, std::int64_t talked);
    void end_due(Room& room, Moment now);
    void remember(SavedRoom saved, TimePoint forget_at);
    void forget_oldest();
    void run_due(Moment now);
    [[nodiscard]] Answer<Dialled> check_dial(const Dial& dial) const;
};

}  // namespace voip::rooms
