#include "tests/unit/call/session_walk.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace voip::call::test {
namespace {

const std::string rooms[] = {"R1", "R2", "R3", ""};
const std::string calls[] = {"C1", "C2", "C3", "C4"};

/// What the engine has been asked and has not answered yet.
struct Asked {
    std::deque<Action> requests;

    void note(const Actions& actions) {
        for (const Action& action : actions) {
            const bool request = std::holds_alternative<action::Dial>(action) ||
                                 std::holds_alternative<action::RenewToken>(action) ||
                                 std::holds_alternative<action::Join>(action) ||
                                 std::holds_alternative<action::Resume>(action) ||
                                 std::holds_alternative<action::HangUp>(action);
            if (request) requests.push_back(action);
        }
    }
};

template <class T>
Outcome<T> outcome(Choices& choices, T value) {
    switch (choices.pick(8)) {
        case 0: return {fail(Errc::closed)};
        case 1: return {fail(Errc::timeout)};
        case 2: return {fail(Errc::wrong_state)};
        case 3: return {Fault{choices.pick(2) == 0 ? 1 : 4290, "no", {}, {}}};
        default: return {std::move(value)};
    }
}

InitResult dial_result(Choices& choices) {
    const int codes[] = {5, 9, 12, 13, 0};
    if (choices.pick(4) == 0) return refused(codes[choices.pick(5)]);
    InitResult made;
    made.is_success = true;
    made.room_id = rooms[choices.pick(4)];
    return made;
}

Phase some_phase(Choices& choices) {
    const Phase there[] = {Phase::ringing, Phase::joining, Phase::talking, Phase::ended};
    return there[choices.pick(4)];
}

Event done(Choices& choices, const Action& request) {
    if (const auto* dial = std::get_if<action::Dial>(&request))
        return event::DialDone{dial->generation, outcome(choices, dial_result(choices))};
    if (const auto* renew = std::get_if<action::RenewToken>(&request))
        return event::RenewDone{renew->generation, outcome(choices, std::monostate{})};
    if (const auto* join = std::get_if<action::Join>(&request)) {
        const RoomJoined joined{join->join.room_id, some_phase(choices), {}};
        return event::JoinDone{join->generation, outcome(choices, joined)};
    }
    if (const auto* resume = std::get_if<action::Resume>(&request)) {
        const RoomResumed resumed{resume->resume.room_id, some_phase(choices), choices.pick(100)};
        return event::ResumeDone{resume->generation, outcome(choices, resumed)};
    }
    const auto& hang_up = std::get<action::HangUp>(request);
    return event::HangUpDone{hang_up.hang_up.room_id, outcome(choices, std::monostate{})};
}

Event incoming(Choices& choices) {
    event::Incoming made;
    RoomFacts& room = made.incoming.room;
    room.room_id = rooms[choices.pick(4)];
    room.call_id = calls[choices.pick(4)];
    room.business_type = choices.pick(3) == 0 ? device_to_user : user_to_device;
    room.caller.id = room.business_type == device_to_user ? "SN1" : "anna";
    room.listener.id = room.business_type == device_to_user ? "anna" : "SN1";
    room.time_limit_s = choices.pick(4) == 0 ? 30 : 0;
    made.incoming.ring_seconds = choices.pick(80);
    made.refuse = choices.pick(8) == 0;
    if (choices.pick(4) == 0) made.auto_answer = std::chrono::seconds(1 + choices.pick(10));
    return made;
}

Event start(Choices& choices) {
    event::StartCall made;
    made.ticket = 1 + choices.pick(1000);
    made.request.caller.id = "SN1";
    made.request.caller.camera_status = static_cast<int>(choices.pick(2));
    if (choices.pick(4) == 0) made.request.room_type = RoomType::voice;
    made.request.listener.id = "anna";
    made.request.call_id = calls[choices.pick(4)];
    made.request.time_limit_s = choices.pick(4) == 0 ? 20 : 0;
    made.wait_online = choices.pick(2) == 0;
    return made;
}

Event media(Choices& choices, const Session& session) {
    const char* const states[] = {"none", "starting", "flowing", "flowing", "interrupted", "failed"};
    const Generation generation = session.generation() - choices.pick(2);
    if (choices.pick(4) == 0) return event::MediaMeasured{generation, {}};
    return event::MediaChanged{generation, {states[choices.pick(6)], true, true}, 2000, "media"};
}

Event any_event(Choices& choices, const Session& session, Asked& asked) {
    switch (choices.pick(14)) {
        case 0: return start(choices);
        case 1: return incoming(choices);
        case 2: return event::AnswerCall{2, std::nullopt};
        case 3: return event::AnswerCall{3, rooms[choices.pick(4)]};
        case 4: return event::HangUp{4, std::nullopt, static_cast<HangUpReason>(choices.pick(5)), "why"};
        case 5: return event::HangUp{5, rooms[choices.pick(4)], HangUpReason::manual, {}};
        case 6: return event::Online{choices.pick(3) != 0};
        case 7:
        case 8: return event::Wire{{static_cast<EventName>(choices.pick(14)), rooms[choices.pick(4)], {}}};
        case 9: return event::WantCalling{choices.pick(2) == 0};
        case 10: return media(choices, session);
        case 11: return event::Tick{};
        default: break;
    }
    if (asked.requests.empty()) return event::Online{true};
    const auto which =
        static_cast<std::ptrdiff_t>(choices.pick(static_cast<unsigned>(asked.requests.size())));
    const Action request = asked.requests[static_cast<std::size_t>(which)];
    asked.requests.erase(asked.requests.begin() + which);
    return done(choices, request);
}

}  // namespace

void Referee::judge(const Session& session, const Event& event, const Actions& actions, Moment now) {
    if (const auto* done = std::get_if<event::HangUpDone>(&event); done && done->room_id == hang_up_room_)
        hang_up_until_.reset();
    if (const auto* wire = std::get_if<event::Wire>(&event)) {
        const bool over = wire->event.name == EventName::endVoip || wire->event.name == EventName::finishVoip;
        if (over && wire->event.room_id == hang_up_room_) hang_up_until_.reset();  // confirmed that way
    }
    const std::optional<Phase> before = phase_;
    for (const Action& action : actions) {
        judge_action(session, action, now);
        judge_media(session, action);
    }
    judge_loss(session, event, before);
    const bool asked = std::holds_alternative<event::Incoming>(event);
    const auto replies = std::count_if(actions.begin(), actions.end(), [](const Action& action) {
        return std::holds_alternative<action::IncomingReply>(action);
    });
    if (replies != (asked ? 1 : 0)) broken.push_back("an incoming call has not exactly one reply");
    if (phase_ && *phase_ != session.phase()) broken.push_back("a phase that was not told");
    if (session.live() == ended_) broken.push_back("a live call has ended, or an ended one lives");
    judge_deadlines(session, now);
}

void Referee::judge_action(const Session& session, const Action& action, Moment now) {
    if (const auto* emit = std::get_if<action::Emit>(&action)) judge_event(emit->event);
    if (const auto* changed = std::get_if<action::Changed>(&action)) {
        const bool begins = changed->snapshot.phase != Phase::ended && ended_;
        if (begins && !finished_) broken.push_back("a call began before the last one was finished");
        if (begins) ended_ = terminal_ = finished_ = false;
        if (changed->snapshot.phase == Phase::ended && !changed->snapshot.end)
            broken.push_back("an end without a cause");
        phase_ = changed->snapshot.phase;
    }
    if (const auto* finished = std::get_if<action::Finished>(&action)) {
        if (!over_.insert(finished->generation).second) broken.push_back("finished twice");
    }
    if (const auto* hang_up = std::get_if<action::HangUp>(&action)) {
        if (hang_up->hang_up.room_id.empty()) broken.push_back("a hang-up without a room");
        if (hang_up_until_ && now.at < *hang_up_until_ && session.knows_room(hang_up_room_))
            broken.push_back("two hang-ups in flight");
        hang_up_until_ = hang_up->deadline;
        hang_up_room_ = hang_up->hang_up.room_id;
    }
    if (const auto* dial = std::get_if<action::Dial>(&action)) {
        const bool current = dial->generation == session.generation() && session.live();
        if (current && session.closing() > 0) broken.push_back("a dial before the last end was confirmed");
    }
}

void Referee::judge_event(const RoomEvent& event) {
    if (event.name == EventName::finishVoip) {
        if (!ended_ || finished_) broken.push_back("finishVoip out of place");
        finished_ = true;
        return;
    }
    if (ended_) broken.push_back("an event after endVoip");
    if (event.name == EventName::endVoip) {
        if (!terminal_) broken.push_back("endVoip without a terminal event");
        ended_ = true;
    } else if (is_terminal(event.name)) {
        if (terminal_) broken.push_back("two terminal events");
        terminal_ = true;
    } else if (terminal_) {
        broken.push_back("an event after the terminal one");
    }
}

void Referee::judge_media(const Session& session, const Action& action) {
    const auto step = [&](Generation generation, std::optional<Media> from, Media to, const char* what) {
        const auto known = programs_.find(generation);
        const auto is = known == programs_.end() ? std::nullopt : std::optional<Media>(known->second);
        if (is != from) broken.emplace_back(what);
        programs_[generation] = to;
    };
    if (const auto* prepare = std::get_if<action::PrepareMedia>(&action))
        step(prepare->generation, std::nullopt, Media::prepared, "media prepared twice");
    if (const auto* start = std::get_if<action::StartMedia>(&action)) {
        step(start->generation, Media::prepared, Media::started, "media started twice or unprepared");
        const RoomSnapshot shot = session.snapshot({});
        if (shot.phase != Phase::joining && shot.phase != Phase::talking)
            broken.push_back("media started outside joining and talking");
        const Party& self = shot.direction == Direction::outgoing ? shot.room.caller : shot.room.listener;
        if (start->camera && (self.camera_status == 1 || shot.room.room_type == RoomType::voice))
            broken.push_back("the camera is on where it must be off");
    }
    if (const auto* stop = std::get_if<action::StopMedia>(&action)) {
        const auto known = programs_.find(stop->generation);
        if (known == programs_.end() || known->second == Media::stopped)
            broken.push_back("media stopped twice or unprepared");
        programs_[stop->generation] = Media::stopped;
    }
    if (!media_ && !programs_.empty()) broken.push_back("media in a session without it");
}

/// Invariant 10, as far as one step shows it.
void Referee::judge_loss(const Session& session, const Event& event, std::optional<Phase> before) {
    const bool now_over = !session.live();
    for (const auto& [generation, media] : programs_)
        if (media != Media::stopped && (now_over || generation != session.generation()))
            broken.push_back("a call is over and its media is not");
    if (!media_) return;
    if (before == Phase::talking && now_over && std::holds_alternative<event::Online>(event))
        broken.push_back("losing the service ended a talk with media");
    const auto* media = std::get_if<event::MediaChanged>(&event);
    const bool in_room = before && *before != Phase::idle && *before != Phase::dialling;
    const auto program = programs_.find(session.generation());
    const bool declined = program != programs_.end() && program->second == Media::stopped;
    if (media && media->media.state == "failed" && media->generation == session.generation() && in_room &&
        !declined && !now_over)
        broken.push_back("a call outlived its media");
}

void Referee::judge_deadlines(const Session& session, Moment now) {
    const auto at = session.wake_at();
    const bool waits = (session.live() && session.phase() != Phase::talking) || session.closing() > 0;
    if (waits && !at) broken.push_back("a wait without a deadline");
    if (waits && at && *at > now.at + 72s) broken.push_back("a deadline beyond every limit");
    if (at && *at <= now.at)
        broken.push_back("a deadline is over but not acted on: " + std::string(to_string(session.phase())));
}

WalkReport walk(Choices& choices, bool media) {
    SessionSettings settings;
    settings.own_id = "SN1";
    settings.media_enabled = media;
    Session session(settings);
    Referee referee(media);
    WalkReport report;
    Asked asked;
    Moment now{TimePoint(std::chrono::hours(1)), 1};
    while (!choices.done() && referee.broken.empty()) {
        const unsigned pause = choices.pick(16);
        if (pause == 0 && session.wake_at()) now.at = std::max(now.at, *session.wake_at());
        if (pause == 1) now.at += 3s;
        if (pause == 2) now.at += 400ms;
        now.wall += 1;
        const Event event = pause == 0 ? Event(event::Tick{}) : any_event(choices, session, asked);
        const Actions actions = session.on(event, now);
        asked.note(actions);
        referee.judge(session, event, actions, now);
        report.visited.insert(session.phase());
        ++report.steps;
    }
    report.broken = referee.broken;
    report.ends = referee.ends();
    return report;
}

}  // namespace voip::call::test
