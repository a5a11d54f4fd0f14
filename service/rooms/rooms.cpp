#include "service/rooms/rooms.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "service/rooms/state.hpp"

namespace voip::rooms {
namespace {

Fault unknown_room() {
    return Fault{code::room_wrong, std::string(code_text(code::room_wrong)), "roomId", {}};
}

bool was_member(const EndedRoom& ended, const Member& member) {
    return ended.saved.caller == member || ended.saved.listener == member;
}

Ending hang_up_ending(const Room& room, bool caller, const RoomHangUp& hang_up, std::int64_t talked) {
    const bool talking = room.stage() == Room::Stage::talking;
    const bool answered = talking || room.stage() == Room::Stage::joining;
    if (hang_up.reason == HangUpReason::abort) return broken(caller, talking, hang_up.err_msg, talked);
    const bool is_busy = hang_up.reason == HangUpReason::busy;
    // "busy" says something only of a phone that rings; from anybody else it is an ordinary hang-up.
    const std::string_view reason = to_string(is_busy ? HangUpReason::manual : hang_up.reason);
    if (caller && !talking) return cancelled(reason);
    if (answered) return hung_up(caller, reason, talked);
    return is_busy ? listener_busy() : rejected(reason);
}

Dialled answer_of(const RoomFacts& facts, bool repeated) {
    return {facts.room_id, facts.charge_type, repeated};
}

}  // namespace

Rooms::Rooms(RoomSettings settings, std::function<std::string()> make_id)
    : state_(std::make_unique<State>()) {
    state_->settings = settings;
    state_->make_id = std::move(make_id);
}
Rooms::~Rooms() = default;
Rooms::Rooms(Rooms&&) noexcept = default;
Rooms& Rooms::operator=(Rooms&&) noexcept = default;

void Rooms::restore(std::vector<SavedRoom> saved, Moment now) {
    State& s = *state_;
    std::sort(saved.begin(), saved.end(),
              [](const SavedRoom& a, const SavedRoom& b) { return a.ended < b.ended; });
    for (SavedRoom& room : saved) {
        const std::string room_id = room.facts.room_id;
        const bool is_known = s.living.count(room_id) != 0 || s.ended.count(room_id) != 0;
        const bool is_taken = s.members.count(room.caller) != 0 || s.members.count(room.listener) != 0;
        if (is_known) continue;
        if (room.phase != Phase::ended && is_taken) {
            // Cannot come from this class; a member has one room whatever the disk says.
            s.records.push_back(Forget{room_id});
            continue;
        }
        s.calls.insert_or_assign({room.caller, room.facts.call_id}, room_id);
        if (room.phase == Phase::ended) {
            const UnixMillis age = std::max<UnixMillis>(now.wall - room.ended, 0);
            const Duration kept = std::min<Duration>(
                std::chrono::milliseconds{std::min<UnixMillis>(age, 86400000)}, s.settings.ended_memory);
            s.remember(std::move(room), now.at + s.settings.ended_memory - kept);
            continue;
        }
        s.members.emplace(room.caller, room_id);
        s.members.emplace(room.listener, room_id);
        s.reschedule(s.living.emplace(room_id, Room(s.settings, room, now)).first->second);
    }
}

void Rooms::channel_opened(const Member& member, ChannelId channel, Moment now) {
    State& s = *state_;
    s.run_due(now);
    if (channel == 0 || !s.owners.emplace(channel, member).second) return;
    s.channels[member].push_back(channel);
    Room* room = s.room_of(member);
    if (!room) return;
    const bool caller = room->side(true).member == member;
    const bool was_told = room->side(caller).told;
    room->opened(caller, channel, now, s.actions);
    if (!caller && !was_told && room->side(caller).told) s.save(*room);
    s.reschedule(*room);
}

void Rooms::channel_closed(ChannelId channel, Moment now, bool leaving) {
    State& s = *state_;
    s.run_due(now);
    const auto owner = s.owners.find(channel);
    if (owner == s.owners.end()) return;
    const Member member = owner->second;
    s.owners.erase(owner);
    std::vector<ChannelId>& open = s.channels[member];
    open.erase(std::find(open.begin(), open.end(), channel));
    if (open.empty()) s.channels.erase(member);
    Room* room = s.room_of(member);
    if (!room) return;
    room->closed(room->side(true).member == member, channel, leaving, now);
    s.reschedule(*room);
}

std::optional<Dialled> Rooms::repeated(const Member& caller, ChannelId channel, const std::string& call_id,
                                       Moment now) {
    State& s = *state_;
    s.run_due(now);
    if (call_id.empty()) return std::nullopt;
    const auto call = s.calls.find({caller, call_id});
    if (call == s.calls.end()) return std::nullopt;
    const auto living = s.living.find(call->second);
    if (living == s.living.end()) return answer_of(s.ended.at(call->second).saved.facts, true);
    Room& room = living->second;
    const ChannelId by = room.resolve(true, channel, s.channels_of(caller));
    if (room.stage() != Room::Stage::asking && room.side(true).bound == 0 && !room.is_over(true, by))
        room.resume(true, by, now, s.actions);
    s.reschedule(room);
    return answer_of(room.facts(), true);
}

Answer<void> Rooms::admit_dial(const Member& caller, Moment now) {
    State& s = *state_;
    s.run_due(now);
    if (s.settings.dials_per_minute == 0) return {};
    const auto drop_old = [&now](std::deque<TimePoint>& times) {
        while (!times.empty() && times.front() + 60s <= now.at) times.pop_front();
    };
    if (s.dials_swept + 60s <= now.at) {
        s.dials_swept = now.at;
        for (auto& entry : s.dials) drop_old(entry.second);
        std::erase_if(s.dials, [](const auto& entry) { return entry.second.empty(); });
    }
    std::deque<TimePoint>& times = s.dials[caller];
    drop_old(times);
    if (times.size() >= s.settings.dials_per_minute)
        return Fault{code::too_many, std::string(code_text(code::too_many)), {}, {}};
    times.push_back(now.at);
    return {};
}

Answer<Dialled> Rooms::dial(Dial dial, Moment now) {
    State& s = *state_;
    if (auto again = repeated(dial.caller, dial.channel, dial.facts.call_id, now)) return *again;
    if (auto checked = s.check_dial(dial); !checked) return checked;
    const Member caller = dial.caller;
    const ChannelId channel = dial.channel;
    Room& room = s.add(std::move(dial));
    const Dialled answer = answer_of(room.facts(), false);
    room.start(room.resolve(true, channel, s.channels_of(caller)), now, s.actions);
    s.ring_or_busy(room, now);
    return answer;
}

Answer<Dialled> Rooms::backend_call(Dial dial, Moment now) {
    State& s = *state_;
    if (auto again = repeated(dial.caller, 0, dial.facts.call_id, now)) return *again;
    if (auto checked = s.check_dial(dial); !checked) return checked;
    const Member caller = dial.caller;
    Room& room = s.add(std::move(dial));
    room.ask_caller(s.channels_of(caller), now, s.actions);
    s.reschedule(room);
    return answer_of(room.facts(), false);
}

void Rooms::incoming_acknowledged(const std::string& room_id, ChannelId channel, Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto living = s.living.find(room_id);
    if (living == s.living.end()) return;
    Room& room = living->second;
    if (room.stage() == Room::Stage::asking && room.is_speaking(true, channel))
        s.acknowledge(room, channel, now);
}

void Rooms::incoming_refused(const std::string& room_id, ChannelId channel, int err_code, Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto living = s.living.find(room_id);
    if (living == s.living.end()) return;
    Room& room = living->second;
    const bool caller = room.stage() == Room::Stage::asking;
    if (!room.is_speaking(caller, channel)) return;
    if (!caller && room.side(false).joined) return;
    room.refused(caller, channel, err_code);
    if (!room.side(caller).asked.empty()) return;
    if (caller) return s.end(room, never_started("other"), now, err_code);
    s.end(room, room.side(false).refused_busy ? listener_busy() : rejected("other"), now);
}

Answer<RoomJoined> Rooms::join(const Member& member, ChannelId channel, const RoomJoin& join, Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto place = s.place(member, channel, join.room_id);
    if (!place || place->room->is_over(place->caller, place->channel)) return unknown_room();
    Room& room = *place->room;
    if (room.stage() == Room::Stage::asking) {
        // Joining says more than an acknowledgement; the acknowledgement may come behind it.
        s.acknowledge(room, place->channel, now);
        if (s.living.count(join.room_id) == 0) return unknown_room();
    }
    const SavedRoom before = room.saved();
    room.join(place->caller, place->channel, join.camera_status, now, s.actions);
    if (!(room.saved() == before)) s.save(room);
    s.reschedule(room);
    return RoomJoined{join.room_id, room.phase(), {}};
}

Answer<RoomResumed> Rooms::resume(const Member& member, ChannelId channel, const RoomResume& resume,
                                  Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto place = s.place(member, channel, resume.room_id);
    if (!place || place->room->is_over(place->caller, place->channel)) return unknown_room();
    Room& room = *place->room;
    if (room.stage() == Room::Stage::asking || room.facts().call_id != resume.call_id) return unknown_room();
    room.resume(place->caller, place->channel, now, s.actions);
    s.reschedule(room);
    return RoomResumed{resume.room_id, room.phase(), room.keep_time(now)};
}

Answer<std::string> Rooms::hang_up(const Member& member, ChannelId channel, const RoomHangUp& hang_up,
                                   Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto place = s.place(member, channel, hang_up.room_id);
    if (!place) {
        const auto ended = s.ended.find(hang_up.room_id);
        if (ended == s.ended.end() || !was_member(ended->second, member)) return unknown_room();
        return hang_up.room_id;
    }
    Room& room = *place->room;
    if (room.is_over(place->caller, place->channel)) return hang_up.room_id;
    s.end(room, hang_up_ending(room, place->caller, hang_up, room.keep_time(now)), now, code::interrupted);
    return hang_up.room_id;
}

Answer<std::vector<ChannelId>> Rooms::signal(const Member& member, ChannelId channel,
                                             const std::string& room_id, std::size_t bytes, Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto place = s.place(member, channel, room_id);
    if (!place || !place->room->is_speaking(place->caller, place->channel)) return unknown_room();
    Room& room = *place->room;
    if (room.stage() == Room::Stage::asking) return unknown_room();
    if (bytes > s.settings.signal_bytes)
        return Fault{code::too_large, std::string(code_text(code::too_large)), "body", {}};
    if (!room.take_signal(place->caller, now))
        return Fault{code::too_many, std::string(code_text(code::too_many)), {}, {}};
    return room.targets(!place->caller);
}

Answer<void> Rooms::check_member(const Member& member, ChannelId channel, const std::string& room_id,
                                 Moment now) {
    State& s = *state_;
    s.run_due(now);
    const auto place = s.place(member, channel, room_id);
    if (!place || place->room->is_over(place->caller, place->channel)) return unknown_room();
    return {};
}

void Rooms::tick(Moment now) {
    state_->run_due(now);
}

std::optional<TimePoint> Rooms::wake_at() const noexcept {
    const State& s = *state_;
    std::optional<TimePoint> first;
    if (!s.deadlines.empty()) first = s.deadlines.begin()->first;
    if (!s.ended_order.empty()) {
        const TimePoint at = s.ended.at(s.ended_order.front()).forget_at;
        if (!first || at < *first) first = at;
    }
    return first;
}

std::vector<Record> Rooms::take_records() {
    return std::exchange(state_->records, {});
}
std::vector<Action> Rooms::take_actions() {
    return std::exchange(state_->actions, {});
}

std::optional<std::string> Rooms::room_of(const Member& member) const {
    const auto at = state_->members.find(member);
    if (at == state_->members.end()) return std::nullopt;
    return at->second;
}

const RoomFacts* Rooms::find(const std::string& room_id) const {
    const auto at = state_->living.find(room_id);
    return at == state_->living.end() ? nullptr : &at->second.facts();
}

std::optional<Phase> Rooms::phase(const std::string& room_id) const {
    if (const auto at = state_->living.find(room_id); at != state_->living.end()) return at->second.phase();
    if (state_->ended.count(room_id) != 0) return Phase::ended;
    return std::nullopt;
}

bool Rooms::is_online(const Member& member) const {
    return state_->channels.count(member) != 0;
}
std::vector<ChannelId> Rooms::channels(const Member& member) const {
    return state_->channels_of(member);
}
std::size_t Rooms::size() const noexcept {
    return state_->living.size();
}

}  // namespace voip::rooms
