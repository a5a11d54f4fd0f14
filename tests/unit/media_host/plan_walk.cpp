#include "tests/unit/media_host/plan_walk.hpp"

#include <deque>
#include <utility>

namespace voip::media::host::test {
namespace {

using How = event::Answered::How;

/// The world around one plan: what it has asked and what it may be told.
struct Around {
    std::deque<Request> asked;
    bool fetching = false;

    void note(const Actions& actions) {
        for (const Action& action : actions) {
            if (const auto* ask = std::get_if<action::Ask>(&action)) asked.push_back(ask->request);
            if (std::holds_alternative<action::FetchServers>(action)) fetching = true;
            if (std::holds_alternative<action::Spawn>(action)) asked.clear();
        }
    }
};

call::action::StartMedia start(Choices& choices, TimePoint now) {
    call::action::StartMedia made{7, "R1", RoomType::video, choices.pick(2) == 0, {}, {now, 1767225600000}};
    if (choices.pick(2) == 0) made.room_type = RoomType::voice;
    if (choices.pick(2) == 0) made.ice_servers = {{{"turn:t"}, "1767225660:R1", "x"}};
    return made;
}

json::Value signal(Choices& choices) {
    const char* const types[] = {"offer", "answer", "candidate", "want-offer", "media"};
    json::Value body;
    body.set("type", types[choices.pick(5)]);
    if (choices.pick(64) == 0) body.set("sdp", std::string(40 * 1024, 'x'));
    return body;
}

Event told(Choices& choices) {
    const char* const states[] = {"starting", "flowing", "flowing", "flowing", "interrupted", "failed"};
    StateReport report{states[choices.pick(6)], choices.pick(2) == 0, choices.pick(2) == 0, 0, {}};
    if (report.state == "failed" || choices.pick(8) == 0) {
        report.err_code = 2000 + static_cast<int>(choices.pick(8));
        report.err_msg = "why";
    }
    return event::Told{std::move(report)};
}

Event answer(Choices& choices, Around& around) {
    if (around.asked.empty()) return event::Tick{};
    const Request request = around.asked.front();
    around.asked.pop_front();
    const unsigned how = choices.pick(12);
    if (how == 0) return event::Answered{request, How::lost, 0, "lost", {}};
    if (how == 1) return event::Answered{request, How::refused, 2003, "no", {}};
    return event::Answered{request, How::done, 0, {}, {}};
}

Event any_event(Choices& choices, Around& around, const Referee& referee, TimePoint now) {
    switch (choices.pick(24)) {
        case 0: return event::Start{start(choices, now)};
        case 1: return choices.pick(4) == 0 ? Event(event::Stop{}) : Event(event::Tick{});
        case 2: return event::Set{choices.pick(2) == 0, choices.pick(2) == 0, 50};
        case 3:
        case 4: return event::FromRoom{signal(choices)};
        case 5: return event::Road{choices.pick(2) == 0};
        case 6: return event::Network{choices.pick(2) == 0};
        case 7: return event::Unsent{signal(choices)};
        case 8: return choices.pick(4) == 0 ? Event(event::WireBroken{"garbage"}) : Event(event::Tick{});
        case 9: return event::EldersGone{};
        case 10:
            if (!std::exchange(around.fetching, false)) return event::Tick{};
            return event::Servers{std::vector<IceServer>{}, {now, 1767225600000}};
        case 11: return event::Measured{};
        case 12: return event::FromProgram{signal(choices)};
        case 13:
        case 14:
        case 15: return told(choices);
        case 16:
            // A process ends by itself now and then, and certainly when it was killed.
            if (referee.process() && (referee.killed() || choices.pick(4) == 0))
                return event::Exited{"ended"};
            return event::Tick{};
        default: return answer(choices, around);
    }
}

bool failed(const Action& action) {
    const auto* tell = std::get_if<action::Tell>(&action);
    return tell && tell->media.state == "failed";
}

}  // namespace

void Referee::hear(const Event& event) {
    if (std::holds_alternative<event::Start>(event)) start_came_ = true;
    if (std::holds_alternative<event::Stop>(event)) stop_came_ = true;
    if (const auto* road = std::get_if<event::Road>(&event)) road_open_ = road->open;
    if (std::holds_alternative<event::Unsent>(event)) road_open_ = false;
    const bool ended =
        std::holds_alternative<event::Exited>(event) || std::holds_alternative<event::SpawnFailed>(event);
    if (ended) process_ = killed_ = false;
}

void Referee::judge(const Plan& plan, const Event& event, const Actions& actions, TimePoint now) {
    const bool was_gone = gone_;
    // What an event ends is ended before the actions; a stop that a failure overtook is heard all the same.
    const bool overtaken = failed_;
    hear(event);
    for (const Action& action : actions) judge_action(action, now);
    rule(!was_gone || actions.empty(), "something is done after it is gone");
    rule(gone_ == (plan.phase() == Phase::gone), "gone, and not told; or told, and not gone");
    rule(!gone_ || !process_, "gone, and a process is left");
    rule(!(stop_came_ || overtaken) || gone_ || process_, "the call is over, no process, and not gone");
    const auto at = plan.wake_at();
    rule(!at || *at > now, "a deadline is over but not acted on");
    const bool must_end = plan.phase() == Phase::ending && process_ && !killed_;
    rule(!must_end || at, "a program may take for ever to end");
}

void Referee::judge_action(const Action& action, TimePoint now) {
    rule(!gone_, "an action after gone");
    if (std::holds_alternative<action::Spawn>(action)) {
        rule(!process_, "two processes");
        rule(++spawned_ <= 2, "launched more than twice");
        rule(!stop_came_ && !failed_, "launched for a call that is over");
        process_ = true;
        killed_ = wire_closed_ = start_asked_ = false;
    }
    if (std::holds_alternative<action::Kill>(action)) {
        rule(process_, "nobody to kill");
        rule(!killed_, "killed twice");
        killed_ = true;
    }
    if (std::holds_alternative<action::CloseWire>(action)) wire_closed_ = true;
    if (const auto* ask = std::get_if<action::Ask>(&action)) judge_ask(*ask, now);
    if (std::holds_alternative<action::ToProgram>(action))
        rule(process_ && !killed_ && start_asked_, "a signal for a program that is not there");
    const bool outward = std::holds_alternative<action::Tell>(action) ||
                         std::holds_alternative<action::Measure>(action) ||
                         std::holds_alternative<action::ToRoom>(action);
    rule(!outward || start_came_, "told before the start");
    rule(!outward || !stop_came_, "told after the end of the call");
    rule(!outward || !failed_, "told after it has failed");
    if (std::holds_alternative<action::ToRoom>(action)) rule(road_open_, "signalled on a broken road");
    if (failed(action)) failed_ = true;
    if (std::holds_alternative<action::Gone>(action)) gone_ = true;
}

void Referee::judge_ask(const action::Ask& ask, TimePoint now) {
    rule(process_ && !killed_ && !wire_closed_, "asked nobody");
    rule(ask.deadline > now && ask.deadline <= now + 5s, "a request without a sensible deadline");
    const bool running = ask.request == Request::set || ask.request == Request::restart;
    rule(!running || start_asked_, "asked before media.start");
    if (ask.request != Request::start) return;
    rule(start_came_ && !start_asked_, "media.start out of place");
    start_asked_ = true;
}

WalkReport walk(Choices& choices) {
    WalkReport report;
    TimePoint now{1h};
    while (!choices.done() && report.broken.empty()) {
        PlanSettings settings;
        settings.elders = choices.pick(4) == 0;
        settings.has_camera = choices.pick(4) != 0;
        Plan plan(std::move(settings));
        Referee referee;
        Around around;
        bool begun = false;
        while (!choices.done() && referee.broken.empty() && plan.phase() != Phase::gone) {
            const unsigned pause = choices.pick(16);
            if (pause == 0 && plan.wake_at()) now = std::max(now, *plan.wake_at());
            if (pause == 1) now += 900ms;
            if (pause == 2) now += 20ms;
            Event event =
                std::exchange(begun, true) ? any_event(choices, around, referee, now) : Event(event::Begin{});
            if (pause == 0) event = event::Tick{};
            const Actions actions = plan.on(event, now);
            around.note(actions);
            referee.judge(plan, event, actions, now);
            report.visited.insert(plan.phase());
            ++report.steps;
        }
        report.broken = referee.broken;
        if (plan.phase() == Phase::gone) ++report.gone;
    }
    return report;
}

}  // namespace voip::media::host::test
