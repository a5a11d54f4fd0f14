#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

using N = EventName;

TEST_CASE("session: a call to a person tells its 6 events in the plugin's order", "[call][unit]") {
    World w;
    const Actions dialled = w.start("C1");
    REQUIRE(find<action::Dial>(dialled));
    CHECK(find<action::Dial>(dialled)->request.call_id == "C1");
    CHECK(w.phase() == Phase::dialling);

    const Actions rung = w.dial_done({success("R1")});
    REQUIRE(find<action::DialReply>(rung));
    CHECK(find<action::DialReply>(rung)->answer->room_id == "R1");
    CHECK(find<action::MarkAuthorisation>(rung)->authorisation == Authorisation::ok);
    REQUIRE(find<action::Join>(rung));
    CHECK(find<action::Join>(rung)->join.camera_status == 0);
    CHECK(w.phase() == Phase::ringing);

    w.join_ok();
    w.wire(N::startVoip);
    w.wire(N::joinedRoomByCaller);
    w.wire(N::hangOnVoip);
    CHECK(w.phase() == Phase::joining);
    w.wire(N::calling);
    CHECK(w.phase() == Phase::talking);
    w.pass(12s);
    EventData data;
    data.keep_time = 12;
    data.status = "endByListener";
    data.origin = "other";
    w.wire(N::hangUpVoip, "R1", data);
    w.wire(N::endVoip);
    w.wire(N::finishVoip);
    CHECK(w.phase() == Phase::ended);
    CHECK(w.names() == std::vector<N>{N::startVoip, N::joinedRoomByCaller, N::calling, N::hangUpVoip,
                                      N::endVoip, N::finishVoip});
    CHECK(w.events[3].data.status == "endByListener");
    CHECK(w.events[4].data.keep_time == 12);
    CHECK(w.events[4].data.is_caller == true);
    CHECK(w.events[4].data.listener_name == "Anna");
    CHECK(w.events[4].data.business_type == device_to_user);
    CHECK(w.events[4].room_id == "R1");
    const auto* finished = find<action::Finished>(w.all);
    REQUIRE(finished);
    CHECK(finished->record.peer.id == "anna");
    CHECK(finished->record.keep_time == 12);
    CHECK(finished->record.answered > 0);
    CHECK(finished->record.end.event_name == N::hangUpVoip);
    CHECK(count<action::HangUp>(w.all) == 0);
    CHECK_FALSE(w.session.wake_at());
}

TEST_CASE("session: a dial while off line is thrown with 1002 and makes no call", "[call][unit]") {
    World w;
    w.go_offline();
    const Actions done = w.start("C1");
    REQUIRE(find<action::DialReply>(done));
    CHECK(find<action::DialReply>(done)->answer.error().err_code == 1002);
    CHECK(w.phase() == Phase::idle);
    CHECK(w.events.empty());
}

TEST_CASE("session: a second dial while one goes on is thrown with 1005", "[call][unit]") {
    World w;
    w.to_ringing();
    const Actions done = w.start("C2");
    CHECK(find<action::DialReply>(done)->answer.error().err_code == 1005);
    CHECK(w.session.snapshot(w.now.at).room.call_id == "C1");
}

TEST_CASE("session: a lost answer is asked again with the same callId after 1 s", "[call][unit]") {
    World w;
    w.start("C1");
    const Actions lost = w.dial_done({fail(Errc::timeout)});
    CHECK(w.phase() == Phase::dialling);
    CHECK(count<action::DialReply>(lost) == 0);
    CHECK(count<action::Dial>(lost) == 0);
    const Actions again = w.pass(1s);
    REQUIRE(find<action::Dial>(again));
    CHECK(find<action::Dial>(again)->request.call_id == "C1");
    w.dial_done({success("R1")});
    CHECK(w.phase() == Phase::ringing);
}

TEST_CASE("session: a channel lost in flight is waited for and the dial repeated when it is back",
          "[call][unit]") {
    World w;
    w.start("C1");
    w.go_offline();
    w.dial_done({fail(Errc::closed)});
    CHECK(count<action::Dial>(w.pass(20s)) == 0);
    w.on(event::Online{true});
    REQUIRE(find<action::Dial>(w.last));
    CHECK(find<action::Dial>(w.last)->request.call_id == "C1");
}

TEST_CASE("session: dialling that reaches nobody ends after 60 s with 1002", "[call][unit]") {
    World w;
    w.start("C1");
    w.go_offline();
    w.dial_done({fail(Errc::closed)});
    CHECK(count<action::DialReply>(w.pass(59999ms)) == 0);
    const Actions done = w.pass(1ms);
    REQUIRE(find<action::DialReply>(done));
    CHECK(find<action::DialReply>(done)->answer.error().err_code == 1002);
    CHECK(w.names() == std::vector<N>{N::abortVoip, N::endVoip, N::finishVoip});
}

TEST_CASE("session: ringing ends with timeout after 60 s and the room is hung up", "[call][unit]") {
    World w;
    w.to_ringing();
    CHECK(count<action::Emit>(w.pass(59999ms)) == 0);
    const Actions done = w.pass(1ms);
    CHECK(w.session.snapshot(w.now.at).end->event_name == N::timeout);
    REQUIRE(find<action::HangUp>(done));
    CHECK(find<action::HangUp>(done)->hang_up.room_id == "R1");
}

TEST_CASE("session: a hunt's ring time of 30 s replaces the 60 s", "[call][unit]") {
    World w;
    w.on(event::StartCall{1, request("C1"), 30s, false});
    w.dial_done({success("R1")});
    w.pass(30s);
    CHECK(w.session.snapshot(w.now.at).end->event_name == N::timeout);
}

TEST_CASE("session: code 13 renews the token once and dials once more", "[call][unit][INV-9]") {
    World w;
    w.start("C1");
    const Actions renew = w.dial_done({refused(13)});
    CHECK(count<action::RenewToken>(renew) == 1);
    CHECK(count<action::Dial>(renew) == 0);
    const Actions again = w.on(event::RenewDone{w.session.generation(), {std::monostate{}}});
    CHECK(count<action::Dial>(again) == 1);
    const Actions refusal = w.dial_done({refused(13)});
    CHECK(count<action::RenewToken>(refusal) == 0);
    REQUIRE(find<action::DialReply>(refusal));
    CHECK(find<action::DialReply>(refusal)->answer->err_code == 13);
    CHECK(w.phase() == Phase::ended);
}

TEST_CASE("session: code 13 whose renewal fails ends with 13", "[call][unit][INV-9]") {
    World w;
    w.start("C1");
    w.dial_done({refused(13)});
    const Actions done = w.on(event::RenewDone{w.session.generation(), {fail(Errc::timeout)}});
    CHECK(find<action::DialReply>(done)->answer->err_code == 13);
}

TEST_CASE("session: code 13 ends at once where no deviceToken travels", "[call][unit]") {
    SessionSettings settings;
    settings.renews_token = false;
    World w(settings);
    w.start("C1");
    CHECK(count<action::RenewToken>(w.dial_done({refused(13)})) == 0);
    CHECK(w.phase() == Phase::ended);
}

TEST_CASE("session: code 5 is dialled once more after 1 s, not twice", "[call][unit][INV-9]") {
    World w;
    w.start("C1");
    CHECK(count<action::Dial>(w.dial_done({refused(5)})) == 0);
    CHECK(count<action::Dial>(w.pass(999ms)) == 0);
    CHECK(count<action::Dial>(w.pass(1ms)) == 1);
    const Actions done = w.dial_done({refused(5)});
    CHECK(find<action::DialReply>(done)->answer->err_code == 5);
    CHECK(w.session.snapshot(w.now.at).end->err_code == 5);
}

TEST_CASE("session: 9 alone marks the contact lost; 20 other codes do not and none is repeated",
          "[call][unit][INV-9]") {
    for (int err_code : {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 22, 23, 24}) {
        CAPTURE(err_code);
        World w;
        w.start("C1");
        const Actions done = w.dial_done({refused(err_code)});
        const auto* mark = find<action::MarkAuthorisation>(done);
        CHECK((mark != nullptr) == (err_code == 9));
        if (mark) CHECK(mark->open_id == "anna");
        if (mark) CHECK(mark->authorisation == Authorisation::lost);
        CHECK(count<action::Dial>(w.pass(120s)) == 0);
        CHECK(w.phase() == Phase::ended);
    }
}

TEST_CASE("session: a refusal without errCode and a thrown fault end the call once each", "[call][unit]") {
    World w;
    w.start("C1");
    InitResult nameless;
    nameless.err_msg = "operateWXData:fail:not login";
    const Actions refusal = w.dial_done({nameless});
    CHECK_FALSE(find<action::DialReply>(refusal)->answer->err_code);
    w.start("C2");
    const Actions thrown = w.dial_done({fault(4290)});
    CHECK(find<action::DialReply>(thrown)->answer.error().err_code == 4290);
    CHECK(w.count(N::endVoip) == 2);
}

TEST_CASE("session: a success without a room and an unreadable answer are 1003", "[call][unit]") {
    World w;
    w.start("C1");
    CHECK(find<action::DialReply>(w.dial_done({success("")}))->answer.error().err_code == 1003);
    w.start("C2");
    CHECK(find<action::DialReply>(w.dial_done({fail(Errc::bad_message)}))->answer.error().err_code == 1003);
    CHECK(w.phase() == Phase::ended);
}

TEST_CASE("session: events that overtake the dial's answer are not lost", "[call][unit]") {
    World w;
    w.start("C1");
    w.wire(N::startVoip);
    w.wire(N::busy);
    w.wire(N::endVoip);
    w.wire(N::cancelVoip, "R-other");
    CHECK(w.events.empty());
    w.dial_done({success("R1")});
    CHECK(w.names() == std::vector<N>{N::startVoip, N::busy, N::endVoip, N::finishVoip});
}

TEST_CASE("session: the backend's no is told apart from each side's end: 6 terminal events", "[call][unit]") {
    for (const N name :
         {N::rejectVoip, N::busy, N::timeout, N::abortVoip, N::cancelVoip, N::joinFailCaller}) {
        World w;
        w.to_ringing();
        EventData data;
        data.status = "other";
        w.wire(name, "R1", data);
        CHECK(w.session.snapshot(w.now.at).end->event_name == name);
        CHECK(w.session.snapshot(w.now.at).end->status == "other");
        CHECK(w.count(N::endVoip) == 1);
    }
}

TEST_CASE("session: the caller joins at once; a join lost on the way is sent again after 1 s",
          "[call][unit]") {
    World w;
    w.start("C1");
    w.dial_done({success("R1")});
    w.join_done({fail(Errc::timeout)});
    CHECK(w.phase() == Phase::ringing);
    CHECK(count<action::Join>(w.pass(1s)) == 1);
    w.wire(N::hangOnVoip);
    CHECK(w.phase() == Phase::joining);
    w.join_ok();
    w.wire(N::calling);
    CHECK(w.phase() == Phase::talking);
    CHECK(w.count(N::joinedRoomByCaller) == 1);
}

TEST_CASE("session: a join that is refused ends with joinFailCaller, an unknown room with abort",
          "[call][unit]") {
    World w;
    w.start("C1");
    w.dial_done({success("R1")});
    const Actions failed = w.join_done({fault(2004, "SDK join failed")});
    CHECK(w.session.snapshot(w.now.at).end->event_name == N::joinFailCaller);
    CHECK(w.session.snapshot(w.now.at).end->err_code == 2004);
    REQUIRE(find<action::HangUp>(failed));
    CHECK(find<action::HangUp>(failed)->hang_up.reason == HangUpReason::abort);

    World v;
    v.start("C1");
    v.dial_done({success("R1")});
    v.join_done({fault(1)});
    CHECK(v.session.snapshot(v.now.at).end->err_msg == "room status is abort");
}

TEST_CASE("session: joining that nobody completes aborts after 20 s", "[call][unit]") {
    World w;
    w.to_joining(true);
    w.pass(19999ms);
    CHECK(w.phase() == Phase::joining);
    const Actions done = w.pass(1ms);
    const RoomEnd end = *w.session.snapshot(w.now.at).end;
    CHECK(end.event_name == N::abortVoip);
    CHECK(end.status == "abortByCaller");
    CHECK(end.err_msg == "waitOtherToJoin timeout");
    CHECK(find<action::HangUp>(done)->hang_up.reason == HangUpReason::abort);
}

TEST_CASE("session: calling seconds are told only while somebody wants them", "[call][unit]") {
    World w;
    w.to_talking(true);
    CHECK(w.count(N::calling) == 1);
    CHECK_FALSE(w.session.wake_at());
    w.pass(10s);
    CHECK(w.count(N::calling) == 1);
    w.on(event::WantCalling{true});
    w.pass(3s);
    CHECK(w.count(N::calling) == 4);
    CHECK(w.events.back().data.keep_time == 13);
    w.on(event::WantCalling{false});
    CHECK_FALSE(w.session.wake_at());
}

TEST_CASE("session: the time limit's backstop hangs up 10 s after the service should have", "[call][unit]") {
    World w;
    InitByCaller limited = request("C1");
    limited.time_limit_s = 30;
    w.on(event::StartCall{1, limited, {}, false});
    w.dial_done({success("R1")});
    w.join_ok();
    w.wire(N::hangOnVoip);
    w.wire(N::calling);
    w.pass(39999ms);
    CHECK(w.phase() == Phase::talking);
    w.pass(1ms);
    CHECK(w.session.snapshot(w.now.at).end->origin == "timeLimit");
    CHECK(w.count(N::endVoip) == 1);
}

TEST_CASE("session: 5 ways to hang up as the caller are told as the plugin tells them", "[call][unit]") {
    World ringing;
    ringing.to_ringing();
    ringing.hang_up(HangUpReason::unloadCallPage);
    CHECK(ringing.session.snapshot(ringing.now.at).end->event_name == N::cancelVoip);
    CHECK(ringing.session.snapshot(ringing.now.at).end->status == "unloadCallPage");

    World joining;
    joining.to_joining(true);
    joining.hang_up();
    CHECK(joining.session.snapshot(joining.now.at).end->event_name == N::cancelVoip);

    World talking;
    talking.to_talking(true);
    talking.pass(5s);
    const Actions done = talking.hang_up(HangUpReason::forceFromApp);
    CHECK(*find<action::HangUpReply>(done)->answer == "R1");
    const RoomEnd end = *talking.session.snapshot(talking.now.at).end;
    CHECK(end.event_name == N::hangUpVoip);
    CHECK(end.status == "endByCaller");
    CHECK(end.origin == "forceFromApp");
    CHECK(talking.session.snapshot(talking.now.at).keep_time == 5);

    World listening;
    listening.to_talking(false);
    listening.hang_up();
    CHECK(listening.session.snapshot(listening.now.at).end->status == "endByListener");

    World broken;
    broken.to_talking(true);
    broken.on(event::HangUp{1, std::nullopt, HangUpReason::abort, "no sound"});
    CHECK(broken.session.snapshot(broken.now.at).end->event_name == N::abortVoip);
    CHECK(broken.session.snapshot(broken.now.at).end->status == "abortByCaller");
}

TEST_CASE("session: a resume brings 3 phases up to the service's", "[call][unit]") {
    World w;
    w.to_ringing();
    w.go_offline();
    w.go_online();
    REQUIRE(find<action::Resume>(w.last));
    CHECK(find<action::Resume>(w.last)->resume.call_id == "C1");
    w.on(event::ResumeDone{w.session.generation(), {RoomResumed{"R1", Phase::talking, 7}}});
    CHECK(w.phase() == Phase::talking);
    CHECK(w.session.snapshot(w.now.at).keep_time == 7);

    World joining;
    joining.to_ringing();
    joining.go_offline();
    joining.go_online();
    joining.on(event::ResumeDone{joining.session.generation(), {RoomResumed{"R1", Phase::joining, 0}}});
    CHECK(joining.phase() == Phase::joining);

    World gone;
    gone.to_talking(true);
    gone.go_offline();
    gone.pass(5s);
    CHECK(gone.phase() == Phase::talking);
    gone.go_online();
    gone.on(event::ResumeDone{gone.session.generation(), {fault(1)}});
    CHECK(gone.session.snapshot(gone.now.at).end->err_msg == "room status is abort");
}

TEST_CASE("session: a resume that fails on the way is tried again after 1 s", "[call][unit]") {
    World w;
    w.to_ringing();
    w.go_offline();
    w.go_online();
    w.on(event::ResumeDone{w.session.generation(), {fail(Errc::timeout)}});
    CHECK(count<action::Resume>(w.last) == 0);
    CHECK(count<action::Resume>(w.pass(1s)) == 1);
}

}  // namespace
}  // namespace voip::call::test
