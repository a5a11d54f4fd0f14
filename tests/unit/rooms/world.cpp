#include "tests/unit/rooms/world.hpp"

#include <algorithm>
#include <memory>

namespace voip::rooms {
namespace {

void word(std::string& line, std::string_view name, const std::string& value) {
    if (!value.empty()) line += " " + std::string(name) + "=" + value;
}

std::string line_of(const SendEvent& send) {
    std::string line = std::to_string(send.channel) + " " + std::string(to_string(send.event.name));
    const EventData& data = send.event.data;
    if (send.event.room_id != "room-1") word(line, "room", send.event.room_id);
    if (data.keep_time) word(line, "keepTime", std::to_string(*data.keep_time));
    word(line, "status", data.status);
    word(line, "origin", data.origin);
    word(line, "errMsg", data.err_msg);
    if (data.is_caller) word(line, "isCaller", *data.is_caller ? "true" : "false");
    word(line, "callerName", data.caller_name);
    word(line, "listenerName", data.listener_name);
    if (data.room_type) word(line, "roomType", std::string(to_string(*data.room_type)));
    if (data.business_type) word(line, "businessType", std::to_string(*data.business_type));
    return line;
}

std::string line_of(const SendIncoming& send) {
    return std::to_string(send.channel) + " incoming " + send.incoming.room.room_id + " " +
           std::to_string(static_cast<int>(send.incoming.ring_seconds));
}

std::string line_of(const NotifyMember& notify) {
    return "notify " + notify.member.id + " " +
           std::to_string(static_cast<int>(notify.incoming.ring_seconds));
}

std::string line_of(const BackendOutcome& outcome) {
    return "backend " + outcome.room_id + " " + std::to_string(outcome.err_code);
}

std::string line_of(const RoomOver& over) {
    return "over " + over.room_id + " " + std::string(to_string(over.end.event_name)) + " " +
           std::to_string(over.keep_time);
}

}  // namespace

Rooms World::make(RoomSettings settings) {
    auto count = std::make_shared<int>(0);
    return Rooms(settings, [count] { return "room-" + std::to_string(++*count); });
}

World::World(RoomSettings wanted) : rooms(make(wanted)), settings(wanted) {}

Dial World::a_dial(const Member& caller, const Member& listener, ChannelId channel,
                   std::string call_id) const {
    Dial dial;
    dial.caller = caller;
    dial.listener = listener;
    dial.channel = channel;
    dial.facts.call_id = std::move(call_id);
    dial.facts.business_type = caller.kind == MemberKind::device ? device_to_user : user_to_device;
    dial.facts.caller = {caller.id, "The " + caller.id, 0};
    dial.facts.listener = {listener.id, "The " + listener.id, 0};
    return dial;
}

Answer<Dialled> World::dial(Dial dial) {
    auto answer = rooms.dial(std::move(dial), now);
    drain();
    return answer;
}
Answer<Dialled> World::backend_call(Dial dial) {
    auto answer = rooms.backend_call(std::move(dial), now);
    drain();
    return answer;
}
void World::open(const Member& member, ChannelId channel) {
    rooms.channel_opened(member, channel, now);
    drain();
}
void World::close(ChannelId channel) {
    rooms.channel_closed(channel, now);
    drain();
}
Answer<RoomJoined> World::join(const Member& member, ChannelId channel, std::string room_id) {
    auto answer = rooms.join(member, channel, RoomJoin{std::move(room_id), {}}, now);
    drain();
    return answer;
}
Answer<RoomResumed> World::resume(const Member& member, ChannelId channel, std::string room_id,
                                  std::string call_id) {
    auto answer = rooms.resume(member, channel, RoomResume{std::move(room_id), std::move(call_id)}, now);
    drain();
    return answer;
}
Answer<std::string> World::hang_up(const Member& member, ChannelId channel, HangUpReason reason,
                                   std::string err_msg, std::string room_id) {
    auto answer =
        rooms.hang_up(member, channel, RoomHangUp{std::move(room_id), reason, std::move(err_msg)}, now);
    drain();
    return answer;
}
Answer<std::vector<ChannelId>> World::signal(const Member& member, ChannelId channel, std::size_t bytes,
                                             std::string room_id) {
    auto answer = rooms.signal(member, channel, room_id, bytes, now);
    drain();
    return answer;
}
void World::acknowledge(ChannelId channel, std::string room_id) {
    rooms.incoming_acknowledged(room_id, channel, now);
    drain();
}
void World::refuse(ChannelId channel, int err_code, std::string room_id) {
    rooms.incoming_refused(room_id, channel, err_code, now);
    drain();
}

void World::pass(Duration length) {
    const TimePoint end = now.at + length;
    const UnixMillis wall_end =
        now.wall + std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    for (auto wake = rooms.wake_at(); wake && *wake <= end; wake = rooms.wake_at()) {
        now.wall += std::chrono::duration_cast<std::chrono::milliseconds>(*wake - now.at).count();
        now.at = *wake;
        rooms.tick(now);
        drain();
    }
    now = {end, wall_end};
}

void World::oversleep(Duration length) {
    now.at += length;
    now.wall += std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
}

void World::drain() {
    for (Record& record : rooms.take_records()) {
        const std::string room_id = std::holds_alternative<Save>(record)
                                        ? std::get<Save>(record).room.facts.room_id
                                        : std::get<Forget>(record).room_id;
        std::erase_if(disk_, [&](const SavedRoom& room) { return room.facts.room_id == room_id; });
        if (const Save* save = std::get_if<Save>(&record)) disk_.push_back(save->room);
        records_.push_back(std::move(record));
    }
    for (const Action& action : rooms.take_actions())
        heard_.push_back(std::visit([](const auto& one) { return line_of(one); }, action));
}

Story World::heard() {
    return std::exchange(heard_, {});
}

Story World::heard(ChannelId channel) {
    Story own;
    const std::string prefix = std::to_string(channel) + " ";
    for (std::string& line : heard_)
        if (line.rfind(prefix, 0) == 0) own.push_back(std::move(line));
    heard_.clear();
    return own;
}

void World::restart(Duration down) {
    oversleep(down);
    now.at = TimePoint{5h};  // the monotonic clock of another boot
    auto count = std::make_shared<int>(1000);
    rooms = Rooms(settings, [count] { return "room-" + std::to_string(++*count); });
    rooms.restore(disk_, now);
    drain();
}

void World::ringing() {
    open(door, 1);
    open(ann, 2);
    REQUIRE(dial(a_dial()));
    acknowledge(2);
    heard();
    records();
}

void World::talking() {
    ringing();
    REQUIRE(join(door, 1));
    REQUIRE(join(ann, 2));
    heard();
    records();
}

Story ends(ChannelId channel, bool caller, std::int64_t keep_time) {
    const std::string id = std::to_string(channel), time = std::to_string(keep_time);
    return {id + " endVoip keepTime=" + time + " isCaller=" + (caller ? "true" : "false") +
                " callerName=The SN-door listenerName=The oAnn roomType=video businessType=1",
            id + " finishVoip keepTime=" + time};
}

Story operator+(Story a, const Story& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace voip::rooms
