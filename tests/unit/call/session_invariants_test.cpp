// Invariants 1 to 10 of the design, by number. 10's media half and 11 are in session_media_test.cpp.
#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

using N = EventName;

TEST_CASE("session: every one of 5 waiting phases and a closing room has a deadline", "[call][unit][INV-1]") {
    World dialling, ringing, alerting, caller, listener;
    dialling.to_dialling();
    ringing.to_ringing();
    alerting.to_alerting();
    caller.to_joining(true);
    listener.to_joining(false);
    for (World* w : {&dialling, &ringing, &alerting, &caller, &listener}) {
        CAPTURE(to_string(w->phase()));
        REQUIRE(w->session.wake_at());
        w->pass(200s);
        CHECK(w->phase() == Phase::ended);
        CHECK_FALSE(w->session.wake_at());
    }
    World closing;
    closing.to_talking(true);
    closing.hang_up();
    REQUIRE(closing.session.wake_at());
    CHECK(*closing.session.wake_at() <= closing.now.at + 10s);
}

TEST_CASE("session: endVoip comes once when 4 causes of the end meet", "[call][unit][INV-2]") {
    World w;
    w.to_talking(true);
    w.hang_up();
    w.wire(N::hangUpVoip);
    w.wire(N::endVoip);
    w.wire(N::endVoip);
    w.hang_up_done();
    w.hang_up();
    w.pass(100s);
    CHECK(w.count(N::endVoip) == 1);
    CHECK(w.count(N::finishVoip) == 1);
}

TEST_CASE("session: endVoip alone ends a call whose terminal event was lost", "[call][unit][INV-2]") {
    World w;
    w.to_talking(false);
    w.wire(N::endVoip);
    CHECK(w.names() ==
          std::vector<N>{N::startVoip, N::hangOnVoip, N::calling, N::abortVoip, N::endVoip, N::finishVoip});
    CHECK(w.session.snapshot(w.now.at).end->status == "unknown");
}

TEST_CASE("session: outcomes of an older generation never touch the new call", "[call][unit][INV-3]") {
    World w;
    w.to_ringing();
    const Generation old = w.session.generation();
    w.wire(N::busy);
    w.start("C2");
    w.dial_done({success("R2")});
    const RoomSnapshot before = w.session.snapshot(w.now.at);
    w.on(event::JoinDone{old, {fault(1)}});
    w.on(event::ResumeDone{old, {fault(1)}});
    w.on(event::RenewDone{old, {std::monostate{}}});
    w.on(event::DialDone{old, {refused(9)}});
    w.on(event::MediaChanged{old, {"failed", false, false}, 2000, "x"});
    w.wire(N::endVoip, "R1");
    w.wire(N::cancelVoip, "R-foreign");
    CHECK(w.session.snapshot(w.now.at) == before);
}

TEST_CASE("session: a ring-back within 60 s of its end is hung up, not rung", "[call][unit][INV-3]") {
    World w;
    w.start("C1");
    w.dial_done({success("R1")});
    w.wire(N::busy);
    w.wire(N::endVoip);
    w.pass(59s);
    const Actions late = w.on(event::Incoming{ring_back("R1", "C1"), false, {}});
    CHECK(find<action::IncomingReply>(late)->answer.error().err_code == 1008);
    REQUIRE(find<action::HangUp>(late));
    CHECK(find<action::HangUp>(late)->hang_up.room_id == "R1");
    CHECK(w.phase() == Phase::ended);
    const Actions by_call = w.on(event::Incoming{incoming("R5", "C1"), false, {}});
    CHECK_FALSE(find<action::IncomingReply>(by_call)->answer);
}

TEST_CASE("session: an id is free again 60 s after its end", "[call][unit][INV-3]") {
    World w;
    w.to_alerting();
    w.wire(N::cancelVoip);
    w.pass(60s);
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{incoming("R1", "C1"), false, {}}))->answer);
    CHECK(w.phase() == Phase::alerting);
}

TEST_CASE("session: the dial's answer after its call and deadline is hung up", "[call][unit][INV-3]") {
    World w;
    w.start("C1");
    const Generation old = w.session.generation();
    w.hang_up();
    w.pass(11s);
    CHECK(w.session.closing() == 0);
    const Actions late = w.on(event::DialDone{old, {success("R1")}});
    REQUIRE(find<action::HangUp>(late));
    CHECK(find<action::HangUp>(late)->hang_up.room_id == "R1");
}

TEST_CASE("session: late and foreign events are reported once per room", "[call][unit][INV-3]") {
    World w;
    w.to_ended();
    CHECK(count<action::Ignored>(w.wire(N::hangOnVoip)) == 1);
    CHECK(count<action::Ignored>(w.wire(N::hangOnVoip)) == 0);
    CHECK(count<action::Ignored>(w.wire(N::hangOnVoip, "R8")) == 1);
    CHECK(count<action::Ignored>(w.wire(N::calling, "R8")) == 0);
    CHECK(count<action::Ignored>(w.wire(N::finishVoip)) == 0);
}

TEST_CASE("session: a hang-up or cancel for another, empty or unknown room changes nothing",
          "[call][unit][INV-4]") {
    World w;
    w.to_ringing();
    for (const std::string room : {"R2", "", "r1", "R1 "}) {
        CAPTURE(room);
        const Actions done = w.on(event::HangUp{7, room, HangUpReason::manual, {}});
        CHECK(find<action::HangUpReply>(done)->answer.error().err_code == 1);
        w.wire(N::cancelVoip, room);
        CHECK(w.phase() == Phase::ringing);
    }
    World dialling;
    dialling.to_dialling();
    const Actions done = dialling.on(event::HangUp{7, "R1", HangUpReason::manual, {}});
    CHECK(find<action::HangUpReply>(done)->answer.error().err_code == 1);
    CHECK(dialling.phase() == Phase::dialling);
}

TEST_CASE("session: glare: the reverse call is busy, the own one goes on by its callId",
          "[call][unit][INV-5]") {
    World w;
    w.start("C1");
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{incoming("R2", "C2"), false, {}}))
              ->answer.error()
              .err_code == 1005);
    CHECK(w.phase() == Phase::dialling);
    CHECK(find<action::IncomingReply>(w.on(event::Incoming{ring_back("R3", "C3"), false, {}}))
              ->answer.error()
              .err_code == 1005);
    w.dial_done({success("R1")});
    CHECK(w.session.snapshot(w.now.at).room.room_id == "R1");
}

TEST_CASE("session: a call cancelled before its room is known is hung up as soon as it is",
          "[call][unit][INV-6]") {
    World w;
    w.start("C1");
    const Actions cancelled = w.hang_up();
    CHECK(find<action::HangUpReply>(cancelled)->answer->empty());
    CHECK(find<action::DialReply>(cancelled)->answer.error().err_code == 1008);
    CHECK(count<action::HangUp>(cancelled) == 0);
    CHECK(w.phase() == Phase::ended);
    CHECK(w.names() == std::vector<N>{N::cancelVoip, N::endVoip, N::finishVoip});
    const Actions known = w.dial_done({success("R1")});
    REQUIRE(find<action::HangUp>(known));
    CHECK(find<action::HangUp>(known)->hang_up.room_id == "R1");
    w.hang_up_done();
    CHECK(w.session.closing() == 0);
    CHECK(w.count(N::endVoip) == 1);
}

TEST_CASE("session: a cancelled room told by its ring-back is refused and hung up", "[call][unit][INV-6]") {
    World w;
    w.start("C1");
    w.hang_up();
    const Actions known = w.on(event::Incoming{ring_back("R1", "C1"), false, {}});
    CHECK_FALSE(find<action::IncomingReply>(known)->answer);
    CHECK(find<action::HangUp>(known)->hang_up.room_id == "R1");
}

TEST_CASE("session: a cancelled dial whose answer was lost asks once more for its room",
          "[call][unit][INV-6]") {
    World w;
    w.start("C1");
    w.hang_up();
    w.dial_done({fail(Errc::timeout)});
    const Actions asked = w.pass(1s);
    REQUIRE(find<action::Dial>(asked));
    CHECK(find<action::Dial>(asked)->request.call_id == "C1");
    CHECK(find<action::HangUp>(w.dial_done({success("R1")}))->hang_up.room_id == "R1");
}

TEST_CASE("session: a cancelled dial that was never sent or was refused leaves nothing behind",
          "[call][unit][INV-6]") {
    World w;
    w.start("C1");
    w.hang_up();
    w.dial_done({fail(Errc::wrong_state)});
    CHECK(w.session.closing() == 0);
    w.start("C2");
    w.hang_up();
    w.dial_done({refused(9)});
    CHECK(w.session.closing() == 0);
    w.start("C3");
    w.dial_done({fail(Errc::wrong_state)});
    w.hang_up();
    CHECK(w.session.closing() == 0);
    CHECK(count<action::HangUp>(w.all) == 0);
}

TEST_CASE("session: an unknown room is waited for 10 s and no longer", "[call][unit][INV-6]") {
    World w;
    w.start("C1");
    w.hang_up();
    w.pass(9999ms);
    CHECK(w.session.closing() == 1);
    CHECK(count<action::Ignored>(w.pass(1ms)) == 1);
    CHECK(w.session.closing() == 0);
}

TEST_CASE("session: an answer that the network lost can be given again", "[call][unit][INV-7]") {
    World w;
    w.to_alerting();
    w.answer();
    const Actions lost = w.join_done({fail(Errc::closed)});
    CHECK(find<action::AnswerReply>(lost)->answer.error().err_code == 1002);
    CHECK(w.phase() == Phase::alerting);
    CHECK(count<action::Join>(w.answer()) == 1);
    w.join_done({RoomJoined{"R1", Phase::joining, {}}});
    CHECK(w.phase() == Phase::joining);
}

TEST_CASE("session: an answer given off line is told at once and can be given again", "[call][unit][INV-7]") {
    World w;
    w.to_alerting();
    w.go_offline();
    CHECK(find<action::AnswerReply>(w.answer())->answer.error().err_code == 1002);
    w.go_online();
    w.on(event::ResumeDone{w.session.generation(), {RoomResumed{"R1", Phase::ringing, 0}}});
    CHECK(count<action::Join>(w.answer()) == 1);
}

TEST_CASE("session: an answer lost after the ring time is over ends with timeout", "[call][unit][INV-7]") {
    World w;
    w.to_alerting();
    w.pass(61s);
    w.answer();
    w.pass(2s);
    CHECK(w.phase() == Phase::alerting);
    w.join_done({fail(Errc::timeout)});
    CHECK(w.session.snapshot(w.now.at).end->event_name == N::timeout);
}

TEST_CASE("session: an answer lost at 55 s leaves the 7 s that the ring had left", "[call][unit][INV-7]") {
    World w;
    w.to_alerting();
    w.pass(55s);
    w.answer();
    w.join_done({fail(Errc::closed)});
    w.pass(6999ms);
    CHECK(w.phase() == Phase::alerting);
    w.pass(1ms);
    CHECK(w.session.snapshot(w.now.at).end->event_name == N::timeout);
}

TEST_CASE("session: a room both closing and dialled is hung up once at a time", "[call][unit][INV-8]") {
    World w;
    w.start("C1");
    w.dial_done({refused(12)});
    w.start("C2");
    w.on(event::Incoming{ring_back("R9", "C1"), false, {}});  // late: hung up
    w.dial_done({success("R9")});
    w.hang_up();
    CHECK(w.session.closing() == 1);
    CHECK(count<action::HangUp>(w.all) == 1);
}

TEST_CASE("session: the next dial waits until the end is confirmed by answer, endVoip or 10 s",
          "[call][unit][INV-8]") {
    for (int how = 0; how < 3; ++how) {
        CAPTURE(how);
        World w;
        w.to_talking(true);
        CHECK(count<action::HangUp>(w.hang_up()) == 1);
        const Actions held = w.start("C2");
        CHECK(w.phase() == Phase::dialling);
        CHECK(count<action::Dial>(held) == 0);
        CHECK(count<action::Dial>(w.pass(1s)) == 0);
        if (how == 0) w.hang_up_done();
        if (how == 1) w.wire(N::endVoip);
        if (how == 2) w.pass(9s);
        CHECK(count<action::Dial>(w.last) == 1);
    }
}

TEST_CASE("session: one hang-up is in flight; it is repeated when the channel is back in time",
          "[call][unit][INV-8]") {
    World w;
    w.to_talking(true);
    w.hang_up();
    w.hang_up();
    CHECK(count<action::HangUp>(w.all) == 1);
    w.go_offline();
    w.on(event::HangUpDone{"R1", {fail(Errc::closed)}});
    CHECK(count<action::HangUp>(w.all) == 1);
    w.pass(4s);
    w.go_online();
    CHECK(count<action::HangUp>(w.all) == 2);
    w.on(event::HangUpDone{"R1", {fault(1)}});
    CHECK(w.session.closing() == 0);
}

TEST_CASE("session: a held call that is cancelled sends nothing", "[call][unit][INV-8]") {
    World w;
    w.to_talking(true);
    w.hang_up();
    w.start("C2");
    w.hang_up();
    w.hang_up_done();
    w.pass(30s);
    CHECK(count<action::Dial>(w.all) == 1);
    CHECK(w.count(N::endVoip) == 2);
}

TEST_CASE("session: the service lost for 30 s of talk changes nothing; it resumes", "[call][unit][INV-10]") {
    World w;
    w.to_talking(true);
    w.go_offline();
    w.pass(30s);
    CHECK(w.phase() == Phase::talking);
    CHECK(count<action::Resume>(w.on(event::Online{true})) == 1);
    w.on(event::ResumeDone{w.session.generation(), {RoomResumed{"R1", Phase::talking, 30}}});
    CHECK(w.phase() == Phase::talking);
    CHECK(w.session.snapshot(w.now.at).keep_time == 30);
}

}  // namespace
}  // namespace voip::call::test
