#include <random>

#include "tests/unit/call/session_walk.hpp"
#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

World in_phase(Phase phase, bool caller) {
    World w;
    switch (phase) {
        case Phase::idle: break;
        case Phase::dialling: w.to_dialling(); break;
        case Phase::ringing: w.to_ringing(); break;
        case Phase::alerting: w.to_alerting(); break;
        case Phase::joining: w.to_joining(caller); break;
        case Phase::talking: w.to_talking(caller); break;
        case Phase::ended: w.to_ended(); break;
    }
    return w;
}

std::vector<Event> events_of(EventKind kind, Generation generation) {
    using N = EventName;
    const auto wires = [](std::initializer_list<N> names) {
        std::vector<Event> made;
        for (const N name : names) made.push_back(event::Wire{room_event(name, "R1")});
        return made;
    };
    switch (kind) {
        case EventKind::start_call: return {event::StartCall{9, request("C9"), {}, false}};
        case EventKind::incoming:
            return {event::Incoming{incoming("R9", "C9"), false, {}},
                    event::Incoming{incoming("R1", "C1"), false, {}},
                    event::Incoming{ring_back("R9", "C1"), false, {}}};
        case EventKind::answer_call: return {event::AnswerCall{9, std::nullopt}, event::AnswerCall{9, "R1"}};
        case EventKind::hang_up:
            return {event::HangUp{9, std::nullopt, HangUpReason::manual, {}},
                    event::HangUp{9, std::nullopt, HangUpReason::abort, "x"}};
        case EventKind::online: return {event::Online{false}, event::Online{true}};
        case EventKind::dial_done:
            return {event::DialDone{generation, {success("R7")}}, event::DialDone{generation, {refused(9)}},
                    event::DialDone{generation, {fail(Errc::closed)}},
                    event::DialDone{generation + 5, {success("R6")}}};
        case EventKind::renew_done:
            return {event::RenewDone{generation, {std::monostate{}}},
                    event::RenewDone{generation, {fail(Errc::closed)}}};
        case EventKind::join_done:
            return {event::JoinDone{generation, {RoomJoined{"R1", Phase::joining, {}}}},
                    event::JoinDone{generation, {fault(1)}},
                    event::JoinDone{generation, {fail(Errc::closed)}}};
        case EventKind::resume_done:
            return {event::ResumeDone{generation, {RoomResumed{"R1", Phase::talking, 3}}},
                    event::ResumeDone{generation, {fault(1)}}};
        case EventKind::hang_up_done: return {event::HangUpDone{"R1", {std::monostate{}}}};
        case EventKind::media_changed:
            return {event::MediaChanged{generation, {"flowing", true, true}, 0, {}}};
        case EventKind::media_measured: return {event::MediaMeasured{generation, {}}};
        case EventKind::want_calling: return {event::WantCalling{true}};
        case EventKind::tick: return {event::Tick{}};
        case EventKind::wire_start: return wires({N::startVoip});
        case EventKind::wire_caller_joined: return wires({N::joinedRoomByCaller});
        case EventKind::wire_answered: return wires({N::hangOnVoip});
        case EventKind::wire_calling: return wires({N::calling});
        case EventKind::wire_terminal:
            return wires({N::cancelVoip, N::rejectVoip, N::busy, N::timeout, N::hangUpVoip, N::abortVoip,
                          N::joinFailCaller, N::joinFailListener});
        case EventKind::wire_end: return wires({N::endVoip, N::finishVoip});
    }
    return {};
}

bool has_reply(const Actions& actions) {
    return count<action::DialReply>(actions) + count<action::AnswerReply>(actions) +
               count<action::HangUpReply>(actions) + count<action::IncomingReply>(actions) >
           0;
}

TEST_CASE("session table: 7 phases x 20 kinds of event do what the table says", "[call][unit]") {
    int walked = 0;
    for (int p = 0; p < phases; ++p)
        for (int k = 0; k < event_kinds; ++k)
            for (const bool caller : {true, false}) {
                const auto phase = static_cast<Phase>(p);
                const auto kind = static_cast<EventKind>(k);
                const Generation generation = in_phase(phase, caller).session.generation();
                for (const Event& event : events_of(kind, generation)) {
                    CAPTURE(to_string(phase), to_string(kind), caller);
                    REQUIRE(kind_of(event) == kind);
                    World w = in_phase(phase, caller);
                    REQUIRE(w.phase() == phase);
                    const RoomSnapshot before = w.session.snapshot(w.now.at);
                    const Actions actions = w.on(event);
                    ++walked;
                    if (rule(phase, kind) != Rule::act) CHECK(w.session.snapshot(w.now.at) == before);
                    if (rule(phase, kind) == Rule::refuse) CHECK(has_reply(actions));
                    if (rule(phase, kind) == Rule::quiet) CHECK(actions.empty());
                    const bool waits = w.session.live() && w.phase() != Phase::talking;
                    if (waits) CHECK(w.session.wake_at());
                    w.pass(300s);
                    CHECK(static_cast<std::size_t>(w.count(EventName::endVoip)) ==
                          count<action::Finished>(w.all));
                    CHECK((w.phase() == Phase::talking || !w.session.live()));
                    CHECK(w.session.closing() == 0);
                }
            }
    CHECK(walked == 2 * 7 * 40);
}

class Random final : public Choices {
 public:
    Random(std::uint64_t seed, int steps) : engine_(seed), steps_(steps) {}
    unsigned pick(unsigned bound) override {
        --steps_;
        return static_cast<unsigned>(engine_() % bound);
    }
    [[nodiscard]] bool done() const override { return steps_ <= 0; }

 private:
    std::mt19937_64 engine_;
    int steps_;
};

TEST_CASE("session walk: 200 000 random steps through all 7 phases break no rule", "[call][unit]") {
    std::size_t steps = 0, ends = 0;
    std::set<Phase> visited;
    for (std::uint64_t seed = 1; steps < 200000; ++seed) {
        Random choices(seed, 20000);
        const WalkReport report = walk(choices, seed % 2 == 0);
        CAPTURE(seed);
        REQUIRE(report.broken == std::vector<std::string>{});
        steps += report.steps;
        ends += report.ends;
        visited.insert(report.visited.begin(), report.visited.end());
    }
    CHECK(visited.size() == 7);
    CHECK(ends > 1000);
}

TEST_CASE("session walk: the referee sees 8 broken rules when it is shown them", "[call][unit]") {
    World w;
    Referee referee;
    Session idle{SessionSettings{}};
    Actions lies{action::Emit{room_event(EventName::endVoip, "R1")},
                 action::Emit{room_event(EventName::hangUpVoip, "R1")},
                 action::HangUp{RoomHangUp{"", HangUpReason::manual, {}}, w.now.at + 10s}};
    referee.judge(idle, event::Tick{}, lies, w.now);
    Actions media_lies{action::StartMedia{7, "R1", RoomType::video, true, {}, {}}, action::StopMedia{7},
                       action::StopMedia{7}, action::PrepareMedia{8, "R1", {}}};
    Referee other(true);
    other.judge(idle, event::Tick{}, media_lies, w.now);
    CHECK(other.broken == std::vector<std::string>{"media started twice or unprepared",
                                                   "media started outside joining and talking",
                                                   "media stopped twice or unprepared",
                                                   "a call is over and its media is not"});
    CHECK(referee.broken == std::vector<std::string>{"an event after endVoip", "an event after endVoip",
                                                     "two terminal events", "a hang-up without a room"});
}

}  // namespace
}  // namespace voip::call::test
