#include "service/rooms/room.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"

namespace voip::rooms {
namespace {

bool contains(const std::vector<ChannelId>& channels, ChannelId channel) {
    return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

bool erase(std::vector<ChannelId>& channels, ChannelId channel) {
    const auto at = std::find(channels.begin(), channels.end(), channel);
    if (at == channels.end()) return false;
    channels.erase(at);
    return true;
}

/// A moment of an earlier run as a moment of this one. A wall clock that was set back gives now; the upper
/// bound keeps a damaged value from overflowing.
Moment moment_of(UnixMillis saved, Moment now) {
    constexpr UnixMillis longest = std::chrono::milliseconds{24h * 366}.count();
    const UnixMillis elapsed = saved >= now.wall            ? 0
                               : saved < now.wall - longest ? longest
                                                            : now.wall - saved;
    return {now.at - std::chrono::milliseconds{elapsed}, saved};
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(std::max(duration, Duration{})).count();
}

Room::Stage stage_of(Phase phase) {
    if (phase == Phase::talking) return Room::Stage::talking;
    return phase == Phase::joining ? Room::Stage::joining : Room::Stage::ringing;
}

}  // namespace

Room::Room(const RoomSettings& settings, RoomFacts facts, Member caller, Member listener)
    : settings_(&settings), facts_(std::move(facts)) {
    caller_.member = std::move(caller);
    listener_.member = std::move(listener);
}

Room::Room(const RoomSettings& settings, const SavedRoom& saved, Moment now)
    : Room(settings, saved.facts, saved.caller, saved.listener) {
    stage_ = stage_of(saved.phase);
    caller_.joined = saved.caller_joined;
    listener_.joined = saved.listener_joined;
    caller_.told = true;
    listener_.told = saved.listener_told || saved.listener_joined;
    started_ = moment_of(saved.started, now);
    rung_ = moment_of(saved.rung, now);
    if (stage_ != Stage::ringing) answered_ = moment_of(saved.answered, now);
    if (stage_ == Stage::talking) talking_ = moment_of(saved.talking, now);
    caller_.gone = now.at;
    if (listener_.told) listener_.gone = now.at;
}

Phase Room::phase() const noexcept {
    switch (stage_) {
        case Stage::asking: return Phase::dialling;
        case Stage::ringing: return Phase::ringing;
        case Stage::joining: return Phase::joining;
        case Stage::talking: break;
    }
    return Phase::talking;
}

std::int64_t Room::keep_time(Moment now) const noexcept {
    return talking_ ? whole_seconds(now.at - talking_->at) : 0;
}

SavedRoom Room::saved() const {
    SavedRoom saved;
    saved.facts = facts_;
    saved.caller = caller_.member;
    saved.listener = listener_.member;
    saved.phase = phase();
    saved.caller_joined = caller_.joined;
    saved.listener_joined = listener_.joined;
    saved.listener_told = listener_.told;
    saved.started = started_.wall;
    saved.rung = rung_.wall;
    saved.answered = answered_ ? answered_->wall : 0;
    saved.talking = talking_ ? talking_->wall : 0;
    return saved;
}

Deadline Room::gone_deadline() const noexcept {
    const bool caller = caller_.gone.has_value(), listener = listener_.gone.has_value();
    if (!caller && !listener) return {};
    const TimePoint none = TimePoint::max();
    const TimePoint caller_at = caller_.gone.value_or(none), listener_at = listener_.gone.value_or(none);
    const Deadline first = caller_at <= listener_at ? Deadline{Due::caller_gone, caller_at}
                                                    : Deadline{Due::listener_gone, listener_at};
    if (stage_ != Stage::talking) return {first.due, first.at + settings_->resume};
    const auto alone_until = [&](const Side& side, TimePoint gone_at) {
        return gone_at == none ? none : gone_at + (side.left ? settings_->resume : settings_->alone);
    };
    const TimePoint caller_until = alone_until(caller_, caller_at);
    const TimePoint listener_until = alone_until(listener_, listener_at);
    const Deadline alone = caller_until <= listener_until ? Deadline{Due::caller_gone, caller_until}
                                                          : Deadline{Due::listener_gone, listener_until};
    if (!caller || !listener) return alone;
    const Deadline both{Due::both_gone, std::max(caller_at, listener_at) + settings_->resume};
    return both.at <= alone.at ? both : alone;
}

Deadline Room::deadline() const noexcept {
    if (stage_ == Stage::asking) return {Due::ring_back, asked_.at + settings_->ring_back};
    Deadline first;
    const auto consider = [&first](Deadline other) {
        if (other.at < first.at) first = other;
    };
    if (facts_.time_limit_s > 0)
        consider({Due::time_limit, started_.at + std::chrono::seconds{facts_.time_limit_s}});
    if (stage_ == Stage::ringing) consider({Due::ring, rung_.at + settings_->ring});
    if (stage_ == Stage::joining) consider({Due::join, answered_->at + settings_->join});
    consider(gone_deadline());
    return first;
}

CallIncoming Room::incoming(Moment now) const {
    const Duration left = stage_ == Stage::asking ? settings_->ring : rung_.at + settings_->ring - now.at;
    return {facts_, seconds(left)};
}

void Room::ask(Side& side, ChannelId channel, Moment now, Actions& actions) {
    side.told = true;
    side.gone.reset();
    side.asked.push_back(channel);
    actions.push_back(SendIncoming{channel, incoming(now)});
}

void Room::ask_caller(const std::vector<ChannelId>& channels, Moment now, Actions& actions) {
    stage_ = Stage::asking;
    asked_ = now;
    for (const ChannelId channel : channels) ask(caller_, channel, now, actions);
}

void Room::start(ChannelId caller_channel, Moment now, Actions& actions) {
    stage_ = Stage::ringing;
    started_ = rung_ = now;
    bind(true, caller_channel, now, actions);
    tell(true, EventName::startVoip, {}, actions);
}

void Room::ring(const std::vector<ChannelId>& channels, Moment now, Actions& actions) {
    for (const ChannelId channel : channels) ask(listener_, channel, now, actions);
    if (channels.empty()) actions.push_back(NotifyMember{listener_.member, incoming(now)});
}

void Room::opened(bool caller, ChannelId channel, Moment now, Actions& actions) {
    Side& side = of(caller);
    const bool is_asked = caller ? stage_ == Stage::asking : stage_ == Stage::ringing && !side.joined;
    if (!is_asked) return;
    // The ring time belongs to the first channel that could be told.
    if (!caller && !side.told) rung_ = now;
    ask(side, channel, now, actions);
}

void Room::closed(bool caller, ChannelId channel, bool leaving, Moment now) {
    Side& side = of(caller);
    erase(side.over, channel);
    if (side.bound == channel)
        side.bound = 0;
    else if (!erase(side.asked, channel))
        return;
    if (side.bound != 0 || !side.asked.empty()) return;
    side.gone = now.at;
    side.left = leaving;
}

void Room::refused(bool caller, ChannelId channel, int err_code) {
    Side& side = of(caller);
    if (!erase(side.asked, channel)) return;
    side.over.push_back(channel);
    side.refused_busy = side.refused_busy || err_code == code::busy;
}

ChannelId Room::resolve(bool caller, ChannelId channel, const std::vector<ChannelId>& channels) const {
    if (channel != 0 && contains(channels, channel)) return channel;
    const Side& own = side(caller);
    if (own.bound != 0) return own.bound;
    for (auto newest = channels.rbegin(); newest != channels.rend(); ++newest)
        if (!contains(own.over, *newest)) return *newest;
    return 0;
}

bool Room::is_over(bool caller, ChannelId channel) const {
    return contains(side(caller).over, channel);
}

bool Room::is_speaking(bool caller, ChannelId channel) const {
    const Side& own = side(caller);
    return channel != 0 && (own.bound == channel || contains(own.asked, channel));
}

void Room::bind(bool caller, ChannelId channel, Moment now, Actions& actions) {
    Side& side = of(caller);
    std::vector<ChannelId> losers = std::exchange(side.asked, {});
    if (side.bound != 0) losers.push_back(side.bound);
    side.bound = channel;
    side.told = true;
    if (channel != 0)
        side.gone.reset();
    else if (!side.gone)
        side.gone = now.at;
    for (const ChannelId loser : losers)
        if (loser != channel) dismiss(caller, loser, actions);
}

void Room::dismiss(bool caller, ChannelId channel, Actions& actions) {
    of(caller).over.push_back(channel);
    EventData other;
    other.status = "other";
    send(channel, EventName::cancelVoip, other, actions);
    send(channel, EventName::endVoip, end_data(caller, 0), actions);
    EventData nothing_charged;
    nothing_charged.keep_time = 0;
    send(channel, EventName::finishVoip, nothing_charged, actions);
}

void Room::join(bool caller, ChannelId channel, std::optional<int> camera_status, Moment now,
                Actions& actions) {
    Side& side = of(caller);
    if (camera_status) (caller ? facts_.caller : facts_.listener).camera_status = *camera_status;
    if (!side.joined || channel != side.bound) bind(caller, channel, now, actions);
    if (side.joined) return;
    side.joined = true;
    if (caller) {
        tell(true, EventName::joinedRoomByCaller, {}, actions);
    } else {
        answered_ = now;
        stage_ = Stage::joining;
        tell(true, EventName::hangOnVoip, {}, actions);
        tell(false, EventName::hangOnVoip, {}, actions);
    }
    if (!caller_.joined || !listener_.joined) return;
    talking_ = now;
    stage_ = Stage::talking;
    EventData begun;
    begun.keep_time = 0;
    tell(true, EventName::calling, begun, actions);
    tell(false, EventName::calling, begun, actions);
}

void Room::resume(bool caller, ChannelId channel, Moment now, Actions& actions) {
    Side& side = of(caller);
    if (channel == 0 || is_speaking(caller, channel)) return;
    if (caller || side.joined) {
        bind(caller, channel, now, actions);
        return;
    }
    // A listener that still rings: its other channels go on ringing too.
    side.told = true;
    side.gone.reset();
    side.asked.push_back(channel);
}

bool Room::take_signal(bool caller, Moment now) {
    std::deque<TimePoint>& signals = of(caller).signals;
    while (!signals.empty() && signals.front() + 1s <= now.at) signals.pop_front();
    if (signals.size() >= settings_->signals_per_second) return false;
    signals.push_back(now.at);
    return true;
}

std::vector<ChannelId> Room::targets(bool caller) const {
    const Side& own = side(caller);
    return own.bound != 0 ? std::vector<ChannelId>{own.bound} : own.asked;
}

void Room::send(ChannelId channel, EventName name, EventData data, Actions& actions) const {
    actions.push_back(SendEvent{channel, RoomEvent{name, facts_.room_id, std::move(data)}});
}

void Room::tell(bool caller, EventName name, EventData data, Actions& actions) const {
    for (const ChannelId channel : targets(caller)) send(channel, name, data, actions);
}

EventData Room::end_data(bool caller, std::int64_t keep_time) const {
    EventData data;
    data.keep_time = keep_time;
    data.caller_name = facts_.caller.name;
    data.listener_name = facts_.listener.name;
    data.room_type = facts_.room_type;
    data.is_caller = caller;
    data.business_type = facts_.business_type;
    return data;
}

void Room::finish(const Ending& ending, Moment now, Actions& actions) {
    const std::int64_t talked = keep_time(now);
    if (ending.caller) tell(true, ending.caller->name, ending.caller->data, actions);
    if (ending.listener) tell(false, ending.listener->name, ending.listener->data, actions);
    for (const bool caller : {true, false}) {
        tell(caller, EventName::endVoip, end_data(caller, talked), actions);
        EventData charged;
        charged.keep_time = talked;
        tell(caller, EventName::finishVoip, charged, actions);
    }
    RoomOver over{facts_.room_id, caller_.member, listener_.member, {}, talked};
    if (ending.caller) {
        const EventData& said = ending.caller->data;
        over.end = {ending.caller->name, said.status, said.origin, said.err_code.value_or(0), said.err_msg};
    }
    actions.push_back(std::move(over));
}

}  // namespace voip::rooms
