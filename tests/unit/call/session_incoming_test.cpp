#include <limits>

#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

using N = EventName;

TEST_CASE("session: a call that comes in is acknowledged, answered and told as to a listener",
          "[call][unit]") {
    World w;
    const Actions rung = w.on(event::Incoming{incoming("R1", "C1"), false, {}});
    REQUIRE(find<action::IncomingReply>(rung));
    CHECK(find<action::IncomingReply>(rung)->answer);
    CHECK(w.phase() == Phase::alerting);
    CHECK(count<action::Join>(rung) == 0);
    CHECK(count<action::Join>(w.answer()) == 1);
    CHECK(w.phase() == Phase::alerting);
    w.join_done({RoomJoined{"R1", Phase::joining, {}}});
    REQUIRE(find<action::AnswerReply>(w.last));
    CHECK(*find<action::AnswerReply>(w.last)->answer == "R1");
    CHECK(w.phase() == Phase::joining);
    w.wire(N::hangOnVoip);
    w.wire(N::calling);
    CHECK(w.phase() == Phase::talking);
    w.hang_up();
    CHECK(w.names() ==
          std::vector<N>{N::startVoip, N::hangOnVoip, N::calling, N::hangUpVoip, N::endVoip, N::finishVoip});
    CHECK(find<action::Finished>(w.all)->record.direction == Direction::incoming);
    CHECK(find<action::Finished>(w.all)->record.peer.id == "anna");
}

TEST_CASE("session: the same call.incoming again is acknowledged and changes nothing", "[call][unit]") {
    World w;
    w.to_alerting();
    const Actions again = w.on(event::Incoming{incoming("R1", "C1"), false, {}});
    CHECK(again.size() == 1);
    CHECK(find<action::IncomingReply>(again)->answer);
    const Actions other_call = w.on(event::Incoming{incoming("R1", "C7"), false, {}});
    CHECK(find<action::IncomingReply>(other_call)->answer.error().err_code == 1);
}

TEST_CASE("session: a second call is answered busy in each of 5 live phases and recorded", "[call][unit]") {
    for (int place = 0; place < 5; ++place) {
        CAPTURE(place);
        World w;
        if (place == 0) w.to_dialling();
        if (place == 1) w.to_ringing();
        if (place == 2) w.to_alerting();
        if (place == 3) w.to_joining(false);
        if (place == 4) w.to_talking(true);
        const Phase before = w.phase();
        const Actions done = w.on(event::Incoming{incoming("R2", "C2"), false, {}});
        CHECK(find<action::IncomingReply>(done)->answer.error().err_code == 1005);
        CHECK(find<action::Missed>(done)->record.call_id == "C2");
        CHECK(w.phase() == before);
    }
}

TEST_CASE("session: calls for another device or without ids are refused with 2 and 1", "[call][unit]") {
    World w;
    CallIncoming foreign = incoming("R1", "C1");
    foreign.room.listener.id = "SN2";
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{foreign, false, {}}))->answer.error().err_code ==
          2);
    CallIncoming not_ours = ring_back("R1", "C1");
    not_ours.room.caller.id = "SN2";
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{not_ours, false, {}}))->answer.error().err_code ==
          2);
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{incoming("", "C1"), false, {}}))
              ->answer.error()
              .err_code == 1);
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{incoming("R1", ""), false, {}}))
              ->answer.error()
              .err_code == 1);
    CHECK(w.phase() == Phase::idle);
}

TEST_CASE("session: alerting ends 2 s after the service's ring time, whatever that is", "[call][unit]") {
    for (const double seconds : {10.0, 60.0, 1e9, -5.0, std::numeric_limits<double>::quiet_NaN()}) {
        CAPTURE(seconds);
        World w;
        CallIncoming call = incoming("R1", "C1");
        call.ring_seconds = seconds;
        w.on(event::Incoming{call, false, {}});
        const double ring = std::isnan(seconds) ? 60.0 : std::clamp(seconds, 0.0, 60.0);
        w.pass(from_seconds(ring) + 1999ms);
        CHECK(w.phase() == Phase::alerting);
        w.pass(1ms);
        CHECK(w.session.snapshot(w.now.at).end->event_name == N::timeout);
    }
}

TEST_CASE("session: an answer to the wrong room or to none is error 1", "[call][unit]") {
    World w;
    CHECK(find<action::AnswerReply>(w.answer())->answer.error().err_code == 1);
    w.to_alerting();
    const Actions wrong = w.on(event::AnswerCall{5, "R9"});
    CHECK(find<action::AnswerReply>(wrong)->answer.error().err_code == 1);
    CHECK(w.phase() == Phase::alerting);
    const Actions right = w.on(event::AnswerCall{6, "R1"});
    CHECK(count<action::Join>(right) == 1);
}

TEST_CASE("session: 2 who answer at once share one join and both are told", "[call][unit]") {
    World w;
    w.to_alerting();
    CHECK(count<action::Join>(w.answer()) == 1);
    CHECK(count<action::Join>(w.answer()) == 0);
    CHECK(count<action::AnswerReply>(w.join_done({RoomJoined{"R1", Phase::joining, {}}})) == 2);
}

TEST_CASE("session: an answer to a room that is gone ends with room status is abort", "[call][unit]") {
    World w;
    w.to_alerting();
    w.answer();
    const Actions done = w.join_done({fault(1)});
    CHECK(find<action::AnswerReply>(done)->answer.error().err_code == 1008);
    CHECK(w.session.snapshot(w.now.at).end->err_msg == "room status is abort");
    CHECK(w.session.snapshot(w.now.at).end->status == "unknown");
}

TEST_CASE("session: the far side hanging up while the answer is in flight ends the call once",
          "[call][unit]") {
    World w;
    w.to_alerting();
    w.answer();
    w.wire(N::cancelVoip);
    CHECK(find<action::AnswerReply>(w.last)->answer.error().err_code == 1008);
    CHECK(w.phase() == Phase::ended);
    const Actions late = w.join_done({RoomJoined{"R1", Phase::joining, {}}});
    CHECK(late.empty());
    CHECK(w.count(N::endVoip) == 1);
}

TEST_CASE("session: the connected word may come before the answer of the join", "[call][unit]") {
    World w;
    w.to_alerting();
    w.answer();
    w.wire(N::hangOnVoip);
    CHECK(w.phase() == Phase::joining);
    w.wire(N::calling);
    CHECK(w.phase() == Phase::talking);
    w.join_done({fail(Errc::closed)});
    CHECK(w.phase() == Phase::talking);
    CHECK(w.count(N::hangOnVoip) == 1);
}

TEST_CASE("session: a join refused after the wire said we are in does not end the call", "[call][unit]") {
    World w;
    w.to_alerting();
    w.answer();
    w.wire(N::hangOnVoip);
    w.join_done({fault(2004)});
    CHECK(w.phase() == Phase::joining);
}

TEST_CASE("session: policy answers by itself after 3 s and tries again after 2 s", "[call][unit]") {
    World w;
    w.on(event::Incoming{incoming("R1", "C1"), false, 3s});
    CHECK(count<action::Join>(w.pass(2999ms)) == 0);
    CHECK(count<action::Join>(w.pass(1ms)) == 1);
    w.join_done({fail(Errc::closed)});
    CHECK(w.phase() == Phase::alerting);
    CHECK(count<action::Join>(w.pass(2s)) == 1);
}

TEST_CASE("session: policy that refuses answers busy and records the call", "[call][unit]") {
    World w;
    const Actions done = w.on(event::Incoming{incoming("R1", "C1"), true, {}});
    CHECK(find<action::IncomingReply>(done)->answer.error().err_code == 1005);
    CHECK(count<action::Missed>(done) == 1);
    CHECK(w.phase() == Phase::idle);
}

TEST_CASE("session: rejecting tells the reason, busy as busy", "[call][unit]") {
    for (const HangUpReason reason : {HangUpReason::manual, HangUpReason::forceFromApp, HangUpReason::busy}) {
        World w;
        w.to_alerting();
        const Actions done = w.hang_up(reason);
        CHECK(w.session.snapshot(w.now.at).end->event_name == N::rejectVoip);
        CHECK(w.session.snapshot(w.now.at).end->status == to_string(reason));
        CHECK(find<action::HangUp>(done)->hang_up.reason == reason);
    }
}

TEST_CASE("session: a backend's call comes back to its caller and is joined, not rung", "[call][unit]") {
    World w;
    const Actions done = w.on(event::Incoming{ring_back("R1", "B1"), false, {}});
    CHECK(find<action::IncomingReply>(done)->answer);
    CHECK(w.phase() == Phase::ringing);
    CHECK(w.session.snapshot(w.now.at).direction == Direction::outgoing);
    CHECK(count<action::Join>(done) == 1);
    w.join_ok();
    w.wire(N::hangOnVoip);
    w.wire(N::calling);
    CHECK(w.phase() == Phase::talking);
    CHECK(w.names() == std::vector<N>{N::startVoip, N::joinedRoomByCaller, N::calling});
}

TEST_CASE("session: the ring-back of the own dial tells the room before the answer does", "[call][unit]") {
    World w;
    w.start("C1");
    const Actions done = w.on(event::Incoming{ring_back("R1", "C1"), false, {}});
    CHECK(find<action::IncomingReply>(done)->answer);
    CHECK(find<action::DialReply>(done)->answer->room_id == "R1");
    CHECK(w.phase() == Phase::ringing);
    w.dial_done({success("R1")});
    CHECK(w.phase() == Phase::ringing);
    CHECK(w.count(N::startVoip) == 1);
}

TEST_CASE("session: a listener's resume that knows of no answer sends the join again", "[call][unit]") {
    World w;
    w.to_joining(false);
    w.go_offline();
    w.go_online();
    const Actions done =
        w.on(event::ResumeDone{w.session.generation(), {RoomResumed{"R1", Phase::ringing, 0}}});
    CHECK(count<action::Join>(done) == 1);
    World v;
    v.to_alerting();
    v.answer();
    v.go_offline();
    v.join_done({fail(Errc::closed)});
    v.go_online();
    v.on(event::ResumeDone{v.session.generation(), {RoomResumed{"R1", Phase::joining, 0}}});
    CHECK(v.phase() == Phase::joining);
    CHECK(v.count(N::hangOnVoip) == 1);
}

}  // namespace
}  // namespace voip::call::test
