#include "daemon/call/call_task.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"

namespace voip::call {
namespace {

SessionSettings session_settings(const CallSettings& settings, bool has_media) {
    SessionSettings made;
    made.own_id = settings.own_id;
    made.media_enabled = settings.media_enabled && has_media;
    made.renews_token = settings.registration == Registration::device_auth;
    made.ring_time = settings.ring_time;
    made.join_time = settings.join_time;
    return made;
}

bool is_calling(const RoomEvent& event) noexcept {
    return event.name == EventName::calling;
}

}  // namespace

/// Each action on its part of the machine; no decision is left here.
struct CallTask::Perform {
    CallTask& task;

    void operator()(const action::Dial& what) const { task.tasks_.spawn("call dial", task.dial(what)); }
    void operator()(const action::RenewToken& what) const {
        task.tasks_.spawn("call renew", task.renew(what));
    }
    void operator()(const action::Join& what) const { task.tasks_.spawn("call join", task.join(what)); }
    void operator()(const action::Resume& what) const { task.tasks_.spawn("call resume", task.resume(what)); }
    void operator()(const action::HangUp& what) const {
        task.tasks_.spawn("call hang-up", task.end_room(what));
    }
    void operator()(const action::DialReply& what) const {
        if (task.chase_ && task.chase_->dial == what.ticket)
            task.step_chase(task.chase_->hunt.on_dial(what.answer));
        else
            reply(task.dialling_, what.ticket, what.answer);
    }
    void operator()(const action::AnswerReply& what) const {
        reply(task.answering_, what.ticket, what.answer);
    }
    void operator()(const action::HangUpReply& what) const { task.hang_up_reply_ = what.answer; }
    void operator()(const action::IncomingReply& what) const { task.incoming_reply_ = what.answer; }
    void operator()(const action::Emit& what) const { task.tell(what.event); }
    void operator()(const action::Changed& what) const { task.tell(what.snapshot); }
    void operator()(const action::Measured& what) const { task.tell(what.room_id, what.quality); }
    void operator()(const action::Finished& what) const {
        const bool chased = task.chase_ && task.chase_->call_id == what.record.call_id;
        CallRecord record = what.record;
        if (record.call_id == task.called_) record.contact = task.called_contact_;
        task.record(std::move(record));
        if (chased) task.step_chase(task.chase_->hunt.on_end(what.record));
    }
    void operator()(const action::Missed& what) const { task.record(what.record); }
    void operator()(const action::MarkAuthorisation& what) const {
        if (!task.parts_.contacts.mark(what.open_id, what.authorisation)) return;
        if (what.authorisation == Authorisation::lost)
            task.parts_.log.warning("contact not authorised any more", kv("open_id", what.open_id));
        task.written_.notify();
    }
    void operator()(const action::Ignored& what) const {
        task.parts_.log.info("ignored", kv("what", what.what), kv("room", what.room_id),
                             kv("event", what.name));
    }
    void operator()(const action::PrepareMedia& what) const {
        if (task.parts_.media) task.parts_.media->prepare(what);
    }
    void operator()(const action::StartMedia& what) const {
        if (task.parts_.media) task.parts_.media->start(what);
    }
    void operator()(const action::StopMedia& what) const {
        if (task.parts_.media) task.parts_.media->stop(what.generation);
    }
};

CallTask::CallTask(CallParts parts, CallSettings settings)
    : parts_(std::move(parts)),
      settings_(std::move(settings)),
      session_(session_settings(settings_, parts_.media != nullptr)),
      inbox_(settings_.queue_limit),
      wake_(parts_.timers),
      written_(parts_.timers),
      closed_(parts_.timers),
      tasks_(parts_.executor, parts_.timers, parts_.on_crash) {}

CallTask::~CallTask() = default;

void CallTask::start() {
    offline_since_ = parts_.timers.now();
    for (const auto& button : parts_.board.buttons) {
        button->on_press([this, name = button->name()](hal::Press kind) {
            const auto done = press(name, kind == hal::Press::long_press);
            if (!done)
                parts_.log.warning("button without effect", kv("button", name),
                                   kv("cause", done.error().err_msg));
        });
    }
    if (parts_.engine.online()) on_online(true);
    tasks_.spawn("call", run());
    tasks_.spawn("call files", write_files());
}

void CallTask::reconfigure(CallSettings fresh) {
    settings_.buttons = std::move(fresh.buttons);
    settings_.room_type = fresh.room_type;
    settings_.ring_time = fresh.ring_time;
    settings_.join_time = fresh.join_time;
    settings_.hunt_time = fresh.hunt_time;
    settings_.time_limit_s = fresh.time_limit_s;
    settings_.policy = std::move(fresh.policy);
    session_.set_times(settings_.ring_time, settings_.join_time);
}

asio::awaitable<void> CallTask::stop() {
    for (const auto& button : parts_.board.buttons) button->on_press({});
    stopping_ = true;
    parts_.timers.cancel(std::exchange(hurry_alarm_, 0));
    if (session_.live()) (void)hang_up(std::nullopt, HangUpReason::forceFromApp);
    const TimePoint until = parts_.timers.now() + settings_.stop_time;
    while (session_.closing() > 0 && session_.online()) {
        const WakeReason reason = co_await closed_.wait(until);
        if (reason != WakeReason::notified) break;
    }
    co_await tasks_.stop();
    parts_.history.store();
    parts_.contacts.store();
    play(hal::Tone::none);
    show(hal::LampState::off);
}

asio::awaitable<void> CallTask::run() {
    for (;;) {
        drain();
        beat_ = true;
        const auto at = wake_at();
        const WakeReason reason = co_await wake_.wait(at);
        if (reason == WakeReason::cancelled) co_return;
        if (reason == WakeReason::deadline) process(event::Tick{});
    }
}

/// Disk writes have a task of their own: they come after the reactions of the moment, never between them.
asio::awaitable<void> CallTask::write_files() {
    for (;;) {
        const WakeReason reason = co_await written_.wait();
        if (reason == WakeReason::cancelled) co_return;
        parts_.history.store();
        parts_.contacts.store();
    }
}

std::optional<TimePoint> CallTask::wake_at() const {
    std::optional<TimePoint> at = session_.wake_at();
    if (offline_since_ && lamp_ != hal::LampState::fault && !session_.live()) {
        const TimePoint lamp_at = *offline_since_ + settings_.offline_lamp_after;
        if (!at || lamp_at < *at) at = lamp_at;
    }
    return at;
}

bool CallTask::beats() {
    wake_.notify();
    return std::exchange(beat_, false);
}

void CallTask::post(Event event) {
    const auto* wire = std::get_if<event::Wire>(&event);
    const bool matters = wire && session_.knows_room(wire->event.room_id);
    (void)inbox_.push(std::move(event), matters);
    wake_.notify();
}

void CallTask::drain() {
    if (handling_ || draining_) return;
    draining_ = true;
    while (auto event = inbox_.pop()) process(*event);
    draining_ = false;
}

void CallTask::process(const Event& event) {
    next_.push_back(event);
    if (handling_) return;  // an action of the event before asked for it
    handling_ = true;
    while (!next_.empty()) {
        const Event current = std::move(next_.front());
        next_.pop_front();
        for (const Action& action : session_.on(current, moment())) std::visit(Perform{*this}, action);
    }
    tell_board();
    handling_ = false;
    forget_watchers();
    if (session_.closing() == 0) closed_.notify();
    wake_.notify();  // deadlines may have changed
}

void CallTask::tell_board() {
    const Phase phase = session_.phase();
    const bool alerting = phase == Phase::alerting && !silent_;
    play(alerting ? hal::Tone::alerting : phase == Phase::ringing ? hal::Tone::ring_back : hal::Tone::none);
    switch (phase) {
        case Phase::dialling:
        case Phase::ringing:
        case Phase::alerting: return show(hal::LampState::ringing);
        case Phase::joining:
        case Phase::talking: return show(hal::LampState::talking);
        default: break;
    }
    const bool long_gone =
        offline_since_ && parts_.timers.now() >= *offline_since_ + settings_.offline_lamp_after;
    show(long_gone ? hal::LampState::fault : hal::LampState::off);
}

void CallTask::show(hal::LampState state) {
    if (!parts_.board.lamp || (lamp_told_ && state == lamp_)) {
        lamp_ = state;
        return;
    }
    lamp_ = state;
    lamp_told_ = true;
    const auto shown = parts_.board.lamp->show(state);
    if (!shown) parts_.log.warning("lamp failed", kv("cause", shown.error().text()));
}

void CallTask::play(hal::Tone tone) {
    if (tone == tone_) return;
    tone_ = tone;
    if (!parts_.board.ringer) return;
    const auto played = parts_.board.ringer->play(tone);
    if (!played) parts_.log.warning("ringer failed", kv("cause", played.error().text()));
}

void CallTask::tell(const RoomSnapshot& snapshot) {
    parts_.log.info("phase", kv("call", snapshot.room.call_id), kv("room", snapshot.room.room_id),
                    kv("phase", to_string(snapshot.phase)));
    for (std::size_t i = 0; i < watchers_.size(); ++i)
        if (watchers_[i].observer) watchers_[i].observer->on_snapshot(snapshot);
}

void CallTask::tell(const RoomEvent& event) {
    for (std::size_t i = 0; i < watchers_.size(); ++i)
        if (watchers_[i].observer && (watchers_[i].wants_calling || !is_calling(event)))
            watchers_[i].observer->on_event(event);
}

void CallTask::tell(const std::string& room_id, const MediaQuality& quality) {
    for (std::size_t i = 0; i < watchers_.size(); ++i)
        if (watchers_[i].observer) watchers_[i].observer->on_quality(room_id, quality);
}

void CallTask::add_observer(Observer& observer, bool wants_calling) {
    remove_observer(observer);
    watchers_.push_back({&observer, wants_calling});
    want_calling();
}

void CallTask::remove_observer(Observer& observer) noexcept {
    for (Watcher& watcher : watchers_)
        if (watcher.observer == &observer) watcher.observer = nullptr;
    if (!handling_) forget_watchers();  // else the list is being walked
}

void CallTask::forget_watchers() {
    std::erase_if(watchers_, [](const Watcher& watcher) { return watcher.observer == nullptr; });
    want_calling();
}

void CallTask::want_calling() {
    const bool wanted = std::any_of(watchers_.begin(), watchers_.end(), [](const Watcher& watcher) {
        return watcher.observer != nullptr && watcher.wants_calling;
    });
    if (wanted == calling_wanted_) return;
    calling_wanted_ = wanted;
    process(event::WantCalling{wanted});
}

void CallTask::record(CallRecord record) {
    parts_.log.notice("call over", kv("call", record.call_id), kv("room", record.room_id),
                      kv("end", to_string(record.end.event_name)), kv("status", record.end.status),
                      kv("code", record.end.err_code), kv("seconds", record.keep_time));
    parts_.history.add(std::move(record));
    written_.notify();
}

Answer<std::monostate> CallTask::on_incoming(const CallIncoming& incoming) {
    if (stopping_) return Fault{code::busy, "the device is going down", {}, {}};
    drain();
    const Verdict verdict = judge(settings_.policy, parts_.minute_of_day(parts_.timers.wall_now()));
    const bool idle = !session_.live();
    if (idle) silent_ = verdict.silent;
    incoming_reply_.reset();
    process(event::Incoming{incoming, verdict.refuse, verdict.auto_answer});
    return incoming_reply_.value_or(Fault{code::busy, "not now", {}, {}});
}

void CallTask::on_event(const RoomEvent& event) {
    post(event::Wire{event});
}

void CallTask::on_signal(const RoomSignal& signal) {
    const RoomSnapshot call = snapshot();
    if (!session_.live() || signal.room_id != call.room.room_id) return;
    if (parts_.doors) {
        if (auto reply = parts_.doors->answer(signal.body, call)) {
            (void)parts_.engine.signal({signal.room_id, std::move(*reply)});
            return;
        }
    }
    if (!parts_.media) return;
    const json::Value* type = signal.body.find("type");
    const std::string* word = type ? type->as_string() : nullptr;
    if (word && *word == "no-media")
        return post(event::MediaChanged{session_.generation(), MediaState{}, 0, {}});
    parts_.media->on_signal(signal);
}

/// Where media stops the network may be gone, and the road to the service with it: better known now than when
/// the new connection's signalling is not answered.
void CallTask::on_media(event::MediaChanged changed) {
    if (changed.media.state == "interrupted") parts_.engine.hurry();
    post(std::move(changed));
}

void CallTask::on_online(bool online) {
    if (online)
        offline_since_.reset();
    else if (!offline_since_)
        offline_since_ = parts_.timers.now();
    if (parts_.media && !online) parts_.media->on_road(false);
    post(event::Online{online});
    hurry_back();
}

/// A room waits some seconds only for a member whose channel broke: with a live call the growing delays of
/// the reconnect would come too late.
void CallTask::hurry_back() {
    parts_.timers.cancel(std::exchange(hurry_alarm_, 0));
    if (!offline_since_ || !session_.live() || stopping_) return;
    hurry_alarm_ = parts_.timers.call_at(parts_.timers.now() + settings_.hurry_back, [this] {
        hurry_alarm_ = 0;
        if (offline_since_ && session_.live()) parts_.engine.hurry();
        hurry_back();
    });
}

void CallTask::on_consented(const std::vector<Party>& people) {
    bool changed = false;
    for (const Party& person : people)
        changed = parts_.contacts.mark(person.id, Authorisation::ok) || changed;
    if (changed) written_.notify();
}

}  // namespace voip::call
