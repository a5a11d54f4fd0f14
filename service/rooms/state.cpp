#include "service/rooms/state.hpp"

#include <algorithm>

#include "protocol/errors.hpp"

namespace voip::rooms {

Room* Rooms::State::room_of(const Member& member) {
    const auto at = members.find(member);
    return at == members.end() ? nullptr : &living.at(at->second);
}

const std::vector<ChannelId>& Rooms::State::channels_of(const Member& member) const {
    static const std::vector<ChannelId> none;
    const auto at = channels.find(member);
    return at == channels.end() ? none : at->second;
}

std::optional<Rooms::State::Place> Rooms::State::place(const Member& member, ChannelId channel,
                                                       const std::string& room_id) {
    Room* room = room_of(member);
    if (!room || room->facts().room_id != room_id) return std::nullopt;
    const bool caller = room->side(true).member == member;
    return Place{room, caller, room->resolve(caller, channel, channels_of(member))};
}

std::string Rooms::State::new_id() const {
    std::string id = make_id();
    while (living.count(id) != 0 || ended.count(id) != 0) id = make_id();
    return id;
}

Answer<Dialled> Rooms::State::check_dial(const Dial& dial) const {
    if (dial.caller == dial.listener)
        return Fault{code::argument, "caller and listener are the same", "listener.id", {}};
    if (members.count(dial.caller) != 0) return Fault{code::busy, std::string(code_text(code::busy)), {}, {}};
    if (living.size() >= settings.max_rooms)
        return Fault{code::room_not_created, std::string(code_text(code::room_not_created)), {}, {}};
    return Dialled{};
}

Room& Rooms::State::add(Dial&& dial) {
    dial.facts.room_id = new_id();
    if (dial.facts.call_id.empty()) dial.facts.call_id = make_id();
    const std::string room_id = dial.facts.room_id;
    members.emplace(dial.caller, room_id);
    calls.insert_or_assign({dial.caller, dial.facts.call_id}, room_id);
    Room room(settings, std::move(dial.facts), std::move(dial.caller), std::move(dial.listener));
    return living.emplace(room_id, std::move(room)).first->second;
}

void Rooms::State::ring_or_busy(Room& room, Moment now) {
    const Member& listener = room.side(false).member;
    const bool is_free = members.emplace(listener, room.facts().room_id).second;
    if (!is_free) {
        end(room, listener_busy(), now);
        return;
    }
    room.ring(channels_of(listener), now, actions);
    save(room);
    reschedule(room);
}

void Rooms::State::acknowledge(Room& room, ChannelId channel, Moment now) {
    actions.push_back(BackendOutcome{room.facts().room_id, 0});
    room.start(channel, now, actions);
    ring_or_busy(room, now);
}

void Rooms::State::reschedule(const Room& room) {
    const std::string& room_id = room.facts().room_id;
    const TimePoint at = room.deadline().at;
    const auto known = deadline_of.find(room_id);
    if (known != deadline_of.end()) {
        if (known->second == at) return;
        deadlines.erase({known->second, room_id});
        deadline_of.erase(known);
    }
    if (at == TimePoint::max()) return;  // talking without a limit: its members' channels are its deadline
    deadlines.emplace(at, room_id);
    deadline_of.emplace(room_id, at);
}

void Rooms::State::end(Room& room, const Ending& ending, Moment now, int backend_code) {
    const std::string room_id = room.facts().room_id;
    const bool was_asking = room.stage() == Room::Stage::asking;
    if (was_asking) actions.push_back(BackendOutcome{room_id, backend_code});
    room.finish(ending, now, actions);
    SavedRoom saved = room.saved();
    saved.phase = Phase::ended;
    saved.ended = now.wall;
    for (const bool caller : {true, false}) {
        const auto at = members.find(room.side(caller).member);
        if (at != members.end() && at->second == room_id) members.erase(at);
    }
    if (const auto known = deadline_of.find(room_id); known != deadline_of.end()) {
        deadlines.erase({known->second, room_id});
        deadline_of.erase(known);
    }
    living.erase(room_id);
    // A room that never started is known to nobody but its device: not worth the disk.
    if (!was_asking) records.push_back(Save{saved});
    remember(std::move(saved), now.at + settings.ended_memory);
}

void Rooms::State::remember(SavedRoom saved, TimePoint forget_at) {
    const std::string room_id = saved.facts.room_id;
    ended_order.push_back(room_id);
    ended.emplace(room_id, EndedRoom{std::move(saved), forget_at});
    if (ended_order.size() > settings.max_rooms) forget_oldest();
}

void Rooms::State::forget_oldest() {
    const auto oldest = ended.find(ended_order.front());
    ended_order.pop_front();
    const SavedRoom& saved = oldest->second.saved;
    calls.erase({saved.caller, saved.facts.call_id});
    if (saved.started != 0) records.push_back(Forget{saved.facts.room_id});
    ended.erase(oldest);
}

/// A side that said goodbye in a talk hung up; one that broke off lost the room.
Ending Rooms::State::gone_ending(const Room& room, bool caller, std::int64_t talked) {
    const bool has_left = room.stage() == Room::Stage::talking && room.side(caller).left;
    if (has_left) return hung_up(caller, to_string(HangUpReason::unloadCallPage), talked);
    return lost(caller, !caller, talked);
}

void Rooms::State::end_due(Room& room, Moment now) {
    // It ended when it was due: a late alarm charges nobody for more.
    const Deadline deadline = room.deadline();
    now.wall -= std::chrono::duration_cast<std::chrono::milliseconds>(now.at - deadline.at).count();
    now.at = deadline.at;
    const std::int64_t talked = room.keep_time(now);
    switch (deadline.due) {
        case Due::none: return;
        case Due::ring_back: return end(room, never_started("other"), now, code::network);
        case Due::ring: return end(room, not_answered(), now);
        case Due::join: return end(room, waited_in_vain(!room.side(true).joined), now);
        case Due::time_limit: return end(room, time_limit_reached(talked), now);
        case Due::caller_gone: return end(room, gone_ending(room, true, talked), now);
        case Due::listener_gone: return end(room, gone_ending(room, false, talked), now);
        case Due::both_gone: return end(room, lost(true, true, talked), now);
    }
}

void Rooms::State::run_due(Moment now) {
    while (!deadlines.empty() && deadlines.begin()->first <= now.at)
        end_due(living.at(deadlines.begin()->second), now);
    while (!ended_order.empty() && ended.at(ended_order.front()).forget_at <= now.at) forget_oldest();
}

}  // namespace voip::rooms
