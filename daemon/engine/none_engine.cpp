#include "daemon/engine/none_engine.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::engine {
namespace {

/// Puts a planned failure in place of the outcome; a refusal fits dialling only.
template <class T, class Failure>
bool fails(const std::optional<Failure>& failure, Outcome<T>& outcome) {
    if (!failure) return false;
    if (const Fault* fault = std::get_if<Fault>(&*failure)) outcome.what = *fault;
    if (const Error* error = std::get_if<Error>(&*failure)) outcome.what = *error;
    if constexpr (std::is_same_v<T, InitResult>)
        if (const InitResult* refusal = std::get_if<InitResult>(&*failure)) outcome.what = *refusal;
    return true;
}

}  // namespace

NoneEngine::NoneEngine(Timers& timers, NoneSettings settings)
    : timers_(timers), settings_(std::move(settings)) {}

NoneEngine::~NoneEngine() {
    stop();
}

void NoneEngine::start(Listener& listener) {
    listener_ = &listener;
    set_online(true);
}

void NoneEngine::stop() {
    listener_ = nullptr;
    online_ = false;
    events_.clear();
    timers_.cancel(std::exchange(delivery_, 0));
    if (!room_) return;
    for (const Timers::Id alarm : {room_->alarm, room_->hang_up, room_->away}) timers_.cancel(alarm);
    room_.reset();
}

void NoneEngine::set_online(bool online) {
    if (online == online_) return;
    online_ = online;
    if (!online) events_.clear();
    if (room_) {
        timers_.cancel(std::exchange(room_->away, 0));
        const bool talking = room_->phase == Phase::talking;
        if (!online)
            after(room_->away, talking ? limits::talk_alone_time : limits::resume_time,
                  &NoneEngine::device_is_away);
    }
    if (listener_) listener_->on_online(online);
}

void NoneEngine::device_is_away() {
    EventData data;
    data.status = "unknown";
    end_room(EventName::abortVoip, std::move(data));
}

Result<std::string> NoneEngine::call_in(Party caller, RoomType room_type) {
    if (!online_ || !listener_ || room_) return fail(Errc::wrong_state, "off line or in a call");
    CallIncoming incoming;
    RoomFacts& facts = incoming.room;
    facts.room_id = "none-" + std::to_string(++rooms_made_);
    facts.call_id = facts.room_id + "-in";
    facts.room_type = room_type;
    facts.business_type = user_to_device;
    facts.caller = std::move(caller);
    facts.listener.id = settings_.own_id;
    incoming.ring_seconds = std::chrono::duration<double>(settings_.ring_time).count();
    make_room(facts, false);
    const auto taken = listener_->on_incoming(incoming);
    if (taken) return facts.room_id;
    timers_.cancel(room_->alarm);
    room_.reset();
    return fail(Errc::refused, "the device said " + std::to_string(taken.error().err_code));
}

void NoneEngine::make_room(RoomFacts facts, bool device_calls) {
    room_.emplace();
    room_->facts = std::move(facts);
    room_->device_calls = device_calls;
    room_->far_in = !device_calls;
    using FarSide = NoneSettings::FarSide;
    const bool acts = device_calls && settings_.far_side != FarSide::silent;
    if (acts && settings_.far_side == FarSide::answers)
        after(room_->alarm, settings_.answer_after, &NoneEngine::answered);
    else if (acts && settings_.far_side == FarSide::rejects)
        after(room_->alarm, settings_.answer_after, &NoneEngine::ring_over);
    else
        after(room_->alarm, settings_.ring_time, &NoneEngine::ring_over);
}

void NoneEngine::after(Timers::Id& alarm, Duration length, void (NoneEngine::*action)()) {
    timers_.cancel(alarm);
    alarm = timers_.call_at(timers_.now() + length, [this, action, &alarm] {
        alarm = 0;
        (this->*action)();
    });
}

void NoneEngine::answered() {
    timers_.cancel(std::exchange(room_->alarm, 0));
    room_->phase = Phase::joining;
    room_->far_in = true;
    tell(EventName::hangOnVoip);
    schedule_hang_up();
    try_talk();
}

void NoneEngine::schedule_hang_up() {
    if (!settings_.hang_up_after) return;
    timers_.cancel(room_->hang_up);
    room_->hang_up = timers_.call_at(timers_.now() + *settings_.hang_up_after, [this] {
        room_->hang_up = 0;
        (void)far_hang_up();
    });
}

void NoneEngine::try_talk() {
    if (room_->phase != Phase::joining || !room_->device_in || !room_->far_in) return;
    room_->phase = Phase::talking;
    room_->talking_since = timers_.now();
    EventData data;
    data.keep_time = 0;
    tell(EventName::calling, std::move(data));
}

/// Nobody answered, or the far side said no.
void NoneEngine::ring_over() {
    const bool rejects = room_->device_calls && settings_.far_side == NoneSettings::FarSide::rejects;
    EventData data;
    if (rejects) data.status = "other";
    end_room(rejects ? EventName::rejectVoip : EventName::timeout, std::move(data));
}

Result<void> NoneEngine::far_answer() {
    if (!room_ || !room_->device_calls || room_->phase != Phase::ringing)
        return fail(Errc::not_found, "no room rings");
    answered();
    return {};
}

Result<void> NoneEngine::far_hang_up() {
    if (!room_) return fail(Errc::not_found, "no room");
    EventData data;
    data.status = "other";
    if (room_->phase == Phase::talking) {
        data.keep_time = whole_seconds(timers_.now() - room_->talking_since);
        data.status = room_->device_calls ? "endByListener" : "endByCaller";
        data.origin = "other";
        end_room(EventName::hangUpVoip, std::move(data));
    } else {
        end_room(room_->device_calls ? EventName::rejectVoip : EventName::cancelVoip, std::move(data));
    }
    return {};
}

void NoneEngine::end_room(EventName name, EventData data) {
    for (const Timers::Id alarm : {room_->alarm, room_->hang_up, room_->away}) timers_.cancel(alarm);
    EventData last;
    last.keep_time = room_->phase == Phase::talking ? whole_seconds(timers_.now() - room_->talking_since) : 0;
    EventData summary = last;
    summary.is_caller = room_->device_calls;
    summary.caller_name = room_->facts.caller.name;
    summary.listener_name = room_->facts.listener.name;
    summary.room_type = room_->facts.room_type;
    summary.business_type = room_->facts.business_type;
    tell(name, std::move(data));
    tell(EventName::endVoip, std::move(summary));
    tell(EventName::finishVoip, std::move(last));
    room_.reset();
}

void NoneEngine::tell(EventName name, EventData data) {
    if (!online_) return;
    events_.push_back({name, room_->facts.room_id, std::move(data)});
    if (delivery_ == 0) delivery_ = timers_.call_at(timers_.now(), [this] { deliver(); });
}

void NoneEngine::deliver() {
    delivery_ = 0;
    for (auto events = std::exchange(events_, {}); const RoomEvent& event : events)
        if (listener_ && online_) listener_->on_event(event);
}

void NoneEngine::fail_next(Op op, Fault fault) {
    plans_[op].failures.emplace_back(std::move(fault));
}
void NoneEngine::fail_next(Op op, Error error) {
    plans_[op].failures.emplace_back(std::move(error));
}
void NoneEngine::refuse_next_dial(InitResult refusal) {
    plans_[Op::dial].failures.emplace_back(std::move(refusal));
}
void NoneEngine::lose_answer(Op op) {
    ++plans_[op].lost;
}
void NoneEngine::delay_next(Op op, Duration delay) {
    plans_[op].delays.push_back(delay);
}

unsigned NoneEngine::requests(Op op) const noexcept {
    const auto found = plans_.find(op);
    return found == plans_.end() ? 0 : found->second.asked;
}

std::optional<NoneEngine::Failure> NoneEngine::take_failure(Op op) {
    auto& failures = plans_[op].failures;
    if (failures.empty()) return std::nullopt;
    std::optional<Failure> first(std::move(failures.front()));
    failures.pop_front();
    return first;
}

/// Waits as planned and says how the request will end; an Error in `failure` when the road is closed.
asio::awaitable<NoneEngine::Turn> NoneEngine::turn(Op op, TimePoint deadline) {
    Turn result;
    ++plans_[op].asked;
    timers_.cancel(delivery_);
    deliver();  // what was told before this request is heard before its outcome
    if (!plans_[op].delays.empty()) {
        const TimePoint ready = timers_.now() + plans_[op].delays.front();
        plans_[op].delays.pop_front();
        const TimePoint until = std::min(ready, deadline);
        const auto waited = co_await timers_.wait_until(until);
        if (waited) result.failure = fail(Errc::cancelled);
        if (!waited && ready > deadline) result.failure = fail(Errc::timeout);
        if (result.failure) co_return result;
    }
    if (!online_) {
        result.failure = fail(Errc::wrong_state, "off line");
        co_return result;
    }
    result.failure = take_failure(op);
    if (!result.failure && plans_[op].lost > 0) {
        --plans_[op].lost;
        result.lost = true;
    }
    co_return result;
}

asio::awaitable<Outcome<InitResult>> NoneEngine::dial(InitByCaller request, TimePoint deadline) {
    const Turn meets = co_await turn(Op::dial, deadline);
    Outcome<InitResult> outcome{fail(Errc::closed, "the answer was lost")};
    if (fails(meets.failure, outcome)) co_return outcome;
    const auto known = dialled_.find(request.call_id);
    if (known != dialled_.end()) {
        if (!meets.lost) outcome.what = known->second;
        co_return outcome;
    }
    if (room_) {
        outcome.what = Fault{code::busy, "in a room already", {}, {}};
        co_return outcome;
    }
    RoomFacts facts;
    facts.room_id = "none-" + std::to_string(++rooms_made_);
    facts.call_id = request.call_id;
    facts.room_type = request.room_type;
    facts.caller = std::move(request.caller);
    facts.listener = std::move(request.listener);
    InitResult made;
    made.is_success = true;
    made.room_id = facts.room_id;
    dialled_.clear();  // one room at a time: only its callId can be asked again
    dialled_.emplace(facts.call_id, made);
    make_room(std::move(facts), true);
    tell(EventName::startVoip);
    if (settings_.far_side == NoneSettings::FarSide::busy) end_room(EventName::busy, {});
    if (!meets.lost) outcome.what = made;
    co_return outcome;
}

asio::awaitable<Outcome<RoomJoined>> NoneEngine::join(RoomJoin join, TimePoint deadline) {
    const Turn meets = co_await turn(Op::join, deadline);
    Outcome<RoomJoined> outcome{fail(Errc::closed, "the answer was lost")};
    if (fails(meets.failure, outcome)) co_return outcome;
    if (!room_ || room_->facts.room_id != join.room_id) {
        outcome.what = Fault{code::room_wrong, "no such room", "roomId", {}};
        co_return outcome;
    }
    const bool first = !std::exchange(room_->device_in, true);
    if (first && room_->device_calls) tell(EventName::joinedRoomByCaller);
    if (first && !room_->device_calls)
        answered();
    else
        try_talk();
    if (!meets.lost) outcome.what = RoomJoined{room_->facts.room_id, room_->phase, {}};
    co_return outcome;
}

asio::awaitable<Outcome<RoomResumed>> NoneEngine::resume(RoomResume resume, TimePoint deadline) {
    const Turn meets = co_await turn(Op::resume, deadline);
    Outcome<RoomResumed> outcome{fail(Errc::closed, "the answer was lost")};
    if (fails(meets.failure, outcome)) co_return outcome;
    const bool there =
        room_ && room_->facts.room_id == resume.room_id && room_->facts.call_id == resume.call_id;
    if (!there) {
        outcome.what = Fault{code::room_wrong, "no such room", "roomId", {}};
        co_return outcome;
    }
    const bool talking = room_->phase == Phase::talking;
    const std::int64_t keep_time = talking ? whole_seconds(timers_.now() - room_->talking_since) : 0;
    if (!meets.lost) outcome.what = RoomResumed{resume.room_id, room_->phase, keep_time};
    co_return outcome;
}

asio::awaitable<Outcome<std::monostate>> NoneEngine::hang_up(RoomHangUp hang_up, TimePoint deadline) {
    const Turn meets = co_await turn(Op::hang_up, deadline);
    Outcome<std::monostate> outcome{fail(Errc::closed, "the answer was lost")};
    if (fails(meets.failure, outcome)) co_return outcome;
    if (room_ && room_->facts.room_id == hang_up.room_id) {
        EventData data;
        data.status = to_string(hang_up.reason);
        const bool talking = room_->phase == Phase::talking;
        if (talking) data.status = room_->device_calls ? "endByCaller" : "endByListener";
        const EventName name = talking               ? EventName::hangUpVoip
                               : room_->device_calls ? EventName::cancelVoip
                                                     : EventName::rejectVoip;
        end_room(name, std::move(data));
    }
    if (!meets.lost) outcome.what = std::monostate{};
    co_return outcome;
}

asio::awaitable<Outcome<std::vector<IceServer>>> NoneEngine::ice_servers(std::string room_id, TimePoint) {
    Outcome<std::vector<IceServer>> outcome{fail(Errc::wrong_state, "off line")};
    if (!online_) co_return outcome;
    if (room_ && room_->facts.room_id == room_id)
        outcome.what = std::vector<IceServer>{};
    else
        outcome.what = Fault{code::room_wrong, "no such room", "roomId", {}};
    co_return outcome;
}

asio::awaitable<Outcome<std::monostate>> NoneEngine::renew_device_token(TimePoint deadline) {
    const Turn meets = co_await turn(Op::renew, deadline);
    Outcome<std::monostate> outcome{std::monostate{}};
    if (fails(meets.failure, outcome)) co_return outcome;
    if (meets.lost) outcome.what = fail(Errc::closed, "the answer was lost");
    co_return outcome;
}

bool NoneEngine::signal(const RoomSignal& signal) {
    return online_ && room_ && room_->facts.room_id == signal.room_id;  // nobody is there to hear it
}

}  // namespace voip::engine
