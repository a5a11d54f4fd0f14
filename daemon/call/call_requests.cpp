// CallTask: what the local API and the buttons ask of the call.
#include <algorithm>
#include <utility>

#include "daemon/call/call_task.hpp"
#include "protocol/errors.hpp"

namespace voip::call {
namespace {

Fault no_call() {
    return {code::room_wrong, "no such call", "roomId", {}};
}

}  // namespace

template <class T>
asio::awaitable<Answer<T>> CallTask::reply_of(std::shared_ptr<Waiter<T>> waiter, TimePoint deadline) {
    if (!waiter->answer) {
        const WakeReason reason = co_await waiter->wake.wait(deadline);
        if (!waiter->answer) {
            const bool late = reason == WakeReason::deadline;
            waiter->answer = Fault{late ? code::network : code::interrupted,
                                   late ? "no outcome in time" : "nobody waits for the outcome",
                                   {},
                                   {}};
        }
    }
    co_return *waiter->answer;
}

template <class T>
std::shared_ptr<CallTask::Waiter<T>> CallTask::wait_in(Waiters<T>& waiters) {
    const auto waiter = std::make_shared<Waiter<T>>(parts_.timers, ++last_ticket_);
    waiters.emplace(waiter->ticket, waiter);
    return waiter;
}

/// How long a request may wait: the session answers each dial within its ring time and what holds it.
TimePoint CallTask::patience(std::size_t people) const {
    const auto each = settings_.ring_time + 3 * limits::hang_up_time;
    return parts_.timers.now() + each * static_cast<Duration::rep>(people + 1);
}

asio::awaitable<Answer<InitResult>> CallTask::init_by_caller(InitByCaller request) {
    drain();
    const auto waiter = wait_in(dialling_);
    const Ticket ticket = waiter->ticket;
    request.call_id = parts_.new_call_id();
    if (stopping_)
        reply<InitResult>(dialling_, ticket, Fault{code::network, "the device is going down", {}, {}});
    else
        process(event::StartCall{ticket, std::move(request), std::nullopt, false});
    const TimePoint deadline = patience(1);
    auto answer = co_await reply_of<InitResult>(waiter, deadline);
    dialling_.erase(ticket);
    co_return answer;
}

asio::awaitable<Answer<InitResult>> CallTask::call(CallRequest request) {
    drain();
    std::optional<Fault> fault;
    const auto waiter = start_chase(request, fault);
    if (fault) co_return *fault;
    const TimePoint deadline = patience(limits::people_per_contact);
    auto answer = co_await reply_of<InitResult>(waiter, deadline);
    dialling_.erase(waiter->ticket);
    co_return answer;
}

std::shared_ptr<CallTask::Waiter<InitResult>> CallTask::start_chase(const CallRequest& request,
                                                                    std::optional<Fault>& fault) {
    const auto refuse = [&](int err_code, std::string text, std::string field) {
        fault = Fault{err_code, std::move(text), std::move(field), {}};
        return nullptr;
    };
    if (stopping_) return refuse(code::network, "the device is going down", {});
    if (session_.live() || chase_) return refuse(code::busy, "a call is going on", {});
    std::vector<Hunt::Person> people;
    if (!request.contact.empty()) {
        const Contact* contact = parts_.contacts.find(request.contact);
        if (!contact) return refuse(code::argument, "no such contact", "contact");
        for (const Person& person : contact->people) people.push_back({person.open_id, person.name});
    } else if (!request.open_id.empty()) {
        people.push_back({request.open_id, parts_.contacts.name_of(request.open_id)});
    } else {
        return refuse(code::argument, "nobody to call", "contact");
    }
    const bool several = people.size() > 1;
    const auto waiter = wait_in(dialling_);
    Chase chase{Hunt(std::move(people)), waiter->ticket, 0, request.contact, {}, {}, 0, std::nullopt, true};
    chase.room_type = request.room_type.value_or(settings_.room_type);
    chase.time_limit_s = request.time_limit_s > 0 ? request.time_limit_s : settings_.time_limit_s;
    if (several) chase.ring_time = settings_.hunt_time;
    chase_ = std::move(chase);
    step_chase(chase_->hunt.begin());
    return waiter;
}

void CallTask::step_chase(Hunt::Step step) {
    if (step.answer) reply(dialling_, chase_->asker, std::move(*step.answer));
    if (step.done) {
        chase_.reset();
        return;
    }
    if (step.ring) ring(*step.ring);
}

void CallTask::ring(const Hunt::Person& person) {
    InitByCaller request;
    request.room_type = chase_->room_type;
    request.caller = {settings_.own_id, settings_.own_name, 0};
    request.listener = {person.open_id, person.name, 0};
    request.time_limit_s = chase_->time_limit_s;
    request.call_id = chase_->call_id = called_ = parts_.new_call_id();
    called_contact_ = chase_->contact;
    chase_->dial = ++last_ticket_;
    const bool later = !std::exchange(chase_->first, false);
    process(event::StartCall{chase_->dial, std::move(request), chase_->ring_time, later});
}

asio::awaitable<Answer<std::string>> CallTask::answer(std::optional<std::string> room_id) {
    drain();
    const auto waiter = wait_in(answering_);
    process(event::AnswerCall{waiter->ticket, std::move(room_id)});
    const TimePoint deadline = patience(1);
    auto answer = co_await reply_of<std::string>(waiter, deadline);
    answering_.erase(waiter->ticket);
    co_return answer;
}

Answer<std::string> CallTask::hang_up(std::optional<std::string> room_id, HangUpReason reason) {
    drain();
    const bool ours =
        !room_id || (session_.live() && *room_id == session_.snapshot(parts_.timers.now()).room.room_id);
    if (chase_ && ours) chase_->hunt.cancel();
    hang_up_reply_.reset();
    process(event::HangUp{0, std::move(room_id), reason, {}});
    return hang_up_reply_.value_or(no_call());
}

Answer<MediaAnswer> CallTask::set_media(const MediaRequest& request) {
    drain();
    const RoomSnapshot shot = snapshot();
    if (!session_.live() || (request.room_id && *request.room_id != shot.room.room_id)) return no_call();
    if (parts_.media && settings_.media_enabled) return parts_.media->set(request);
    MediaAnswer none;
    none.media = shot.media;
    return none;
}

RoomSnapshot CallTask::snapshot() const {
    return session_.snapshot(parts_.timers.now());
}

Answer<std::monostate> CallTask::press(const std::string& button, bool long_press) {
    const auto rule = std::find_if(settings_.buttons.begin(), settings_.buttons.end(),
                                   [&](const ButtonRule& each) { return each.name == button; });
    if (rule == settings_.buttons.end()) return Fault{code::argument, "no such button", "button", {}};
    drain();
    if (!session_.live()) {
        if (long_press) return std::monostate{};  // nothing to cancel
        return press_idle(*rule);
    }
    if (session_.phase() == Phase::alerting && !long_press)
        process(event::AnswerCall{0, std::nullopt});
    else
        (void)hang_up(std::nullopt, HangUpReason::manual);
    return std::monostate{};
}

Answer<std::monostate> CallTask::press_idle(const ButtonRule& rule) {
    if (rule.contact.empty() && rule.open_id.empty())
        return Fault{code::argument, "the button calls nobody", "button", {}};
    parts_.engine.hurry();
    CallRequest request;
    request.contact = rule.contact;
    request.open_id = rule.open_id;
    request.room_type = rule.room_type;
    std::optional<Fault> fault;
    const auto waiter = start_chase(request, fault);
    if (fault) return *fault;
    // Thrown at once (off line): the presser is told. All else is told by lamp, ringer and events.
    if (waiter->answer && !*waiter->answer) return waiter->answer->error();
    return std::monostate{};
}

}  // namespace voip::call
