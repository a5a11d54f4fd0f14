#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/call/session.hpp"
#include "tests/support/printers.hpp"

/// One session, its clock, and what it did: short words for the stories that the tests tell.
namespace voip::call::test {

inline InitByCaller request(const std::string& call_id, const std::string& open_id = "anna") {
    InitByCaller made;
    made.caller = {"SN1", "door", 0};
    made.listener = {open_id, "Anna", 0};
    made.call_id = call_id;
    return made;
}

inline CallIncoming incoming(const std::string& room, const std::string& call_id) {
    CallIncoming made;
    made.room.room_id = room;
    made.room.call_id = call_id;
    made.room.business_type = user_to_device;
    made.room.caller = {"anna", "Anna", 0};
    made.room.listener = {"SN1", "door", 0};
    return made;
}

inline CallIncoming ring_back(const std::string& room, const std::string& call_id) {
    CallIncoming made = incoming(room, call_id);
    made.room.business_type = device_to_user;
    std::swap(made.room.caller, made.room.listener);
    return made;
}

inline InitResult success(const std::string& room) {
    InitResult made;
    made.is_success = true;
    made.room_id = room;
    return made;
}

inline RoomEvent room_event(EventName name, const std::string& room, EventData data = {}) {
    return {name, room, std::move(data)};
}

inline Fault fault(int err_code, std::string text = "no") {
    return {err_code, std::move(text), {}, {}};
}

struct World {
    explicit World(SessionSettings settings = {}) : session(with_id(std::move(settings))) { go_online(); }

    static SessionSettings with_id(SessionSettings settings) {
        settings.own_id = "SN1";
        return settings;
    }

    Actions on(const Event& event) {
        last = session.on(event, now);
        for (const Action& each : last) {
            all.push_back(each);
            if (const auto* emit = std::get_if<action::Emit>(&each)) events.push_back(emit->event);
        }
        return last;
    }
    void wait(Duration length) {
        now.at += length;
        now.wall += std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
    }
    /// Moves on from deadline to deadline, as the shell does.
    Actions pass(Duration length) {
        const TimePoint end = now.at + length;
        Actions done;
        for (int turns = 0; turns < 10000; ++turns) {
            const auto at = session.wake_at();
            if (!at || *at > end) break;
            wait(std::max(*at - now.at, Duration::zero()));
            const Actions step = on(event::Tick{});
            done.insert(done.end(), step.begin(), step.end());
        }
        wait(end - now.at);
        last = done;
        return done;
    }

    void go_online() { on(event::Online{true}); }
    void go_offline() { on(event::Online{false}); }
    Actions start(const std::string& call_id, const std::string& open_id = "anna") {
        return on(event::StartCall{++ticket, request(call_id, open_id), {}, false});
    }
    Actions dial_done(Outcome<InitResult> outcome) {
        return on(event::DialDone{session.generation(), std::move(outcome)});
    }
    Actions join_done(Outcome<RoomJoined> outcome) {
        return on(event::JoinDone{session.generation(), std::move(outcome)});
    }
    Actions join_ok() {
        return join_done({RoomJoined{session.snapshot(now.at).room.room_id, Phase::ringing, {}}});
    }
    Actions wire(EventName name, const std::string& room = "R1", EventData data = {}) {
        return on(event::Wire{room_event(name, room, std::move(data))});
    }
    Actions hang_up(HangUpReason reason = HangUpReason::manual) {
        return on(event::HangUp{++ticket, std::nullopt, reason, {}});
    }
    Actions hang_up_done(const std::string& room = "R1") {
        return on(event::HangUpDone{room, {std::monostate{}}});
    }
    Actions answer() { return on(event::AnswerCall{++ticket, std::nullopt}); }

    void to_dialling() { start("C1"); }
    void to_ringing() {
        start("C1");
        dial_done({success("R1")});
        join_ok();
    }
    void to_alerting() { on(event::Incoming{incoming("R1", "C1"), false, {}}); }
    void to_joining(bool caller) {
        if (caller) {
            to_ringing();
            wire(EventName::hangOnVoip);
        } else {
            to_alerting();
            answer();
            join_done({RoomJoined{"R1", Phase::joining, {}}});
        }
    }
    void to_talking(bool caller) {
        to_joining(caller);
        wire(EventName::calling);
    }
    void to_ended() {
        to_talking(true);
        wire(EventName::hangUpVoip);
        wire(EventName::endVoip);
    }

    [[nodiscard]] Phase phase() const { return session.phase(); }
    [[nodiscard]] std::vector<EventName> names() const {
        std::vector<EventName> made;
        for (const RoomEvent& event : events) made.push_back(event.name);
        return made;
    }
    [[nodiscard]] long count(EventName name) const {
        return std::count_if(events.begin(), events.end(),
                             [&](const RoomEvent& each) { return each.name == name; });
    }

    Session session;
    Moment now{TimePoint(std::chrono::hours(1)), 1767225600000};
    Ticket ticket = 0;
    Actions last, all;
    std::vector<RoomEvent> events;
};

/// The first action of a kind, or null.
template <class A>
const A* find(const Actions& actions) {
    for (const Action& each : actions)
        if (const A* found = std::get_if<A>(&each)) return found;
    return nullptr;
}
template <class A>
std::size_t count(const Actions& actions) {
    return static_cast<std::size_t>(std::count_if(
        actions.begin(), actions.end(), [](const Action& each) { return std::holds_alternative<A>(each); }));
}

}  // namespace voip::call::test
