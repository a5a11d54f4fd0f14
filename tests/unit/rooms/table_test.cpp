// Every row of "Who is told what", in its order.
#include "tests/unit/rooms/world.hpp"

namespace voip::rooms {
namespace {

Story both_end(std::int64_t keep_time = 0) {
    return ends(1, true, keep_time) + ends(2, false, keep_time);
}

}  // namespace

TEST_CASE("table: a room made is startVoip to the caller, then call.incoming with 60 s to the listener",
          "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    const auto answer = world.dial(world.a_dial());
    REQUIRE(answer);
    CHECK(*answer == Dialled{"room-1", ChargeType::duration, false});
    CHECK(world.heard() == Story{"1 startVoip", "2 incoming room-1 60"});
    world.acknowledge(2);
    CHECK(world.heard().empty());
    CHECK(world.rooms.phase("room-1") == Phase::ringing);
}

TEST_CASE("table: caller joins, listener answers, both are in", "[rooms][unit]") {
    World world;
    world.ringing();
    const auto caller = world.join(door, 1);
    REQUIRE(caller);
    CHECK(caller->phase == Phase::ringing);
    CHECK(world.heard() == Story{"1 joinedRoomByCaller"});
    const auto listener = world.join(ann, 2);
    REQUIRE(listener);
    CHECK(listener->phase == Phase::talking);
    CHECK(world.heard() ==
          Story{"1 hangOnVoip", "2 hangOnVoip", "1 calling keepTime=0", "2 calling keepTime=0"});
}

TEST_CASE("table: the listener answers first, the caller joins second", "[rooms][unit]") {
    World world;
    world.ringing();
    CHECK(world.join(ann, 2)->phase == Phase::joining);
    CHECK(world.heard() == Story{"1 hangOnVoip", "2 hangOnVoip"});
    CHECK(world.join(door, 1)->phase == Phase::talking);
    CHECK(world.heard() == Story{"1 joinedRoomByCaller", "1 calling keepTime=0", "2 calling keepTime=0"});
}

TEST_CASE("table: the caller cancels with each of 3 reasons, ringing and joining", "[rooms][unit]") {
    const bool answered = GENERATE(false, true);
    const auto reason =
        GENERATE(HangUpReason::manual, HangUpReason::unloadCallPage, HangUpReason::forceFromApp);
    World world;
    world.ringing();
    if (answered) REQUIRE(world.join(ann, 2));
    world.heard();
    CHECK(*world.hang_up(door, 1, reason) == "room-1");
    const std::string word(to_string(reason));
    CHECK(world.heard() == Story{"1 cancelVoip status=" + word, "2 cancelVoip status=other"} + both_end() +
                               Story{"over room-1 cancelVoip 0"});
}

TEST_CASE("table: the listener rejects with each of 3 reasons", "[rooms][unit]") {
    const auto reason =
        GENERATE(HangUpReason::manual, HangUpReason::unloadCallPage, HangUpReason::forceFromApp);
    World world;
    world.ringing();
    REQUIRE(world.join(door, 1));
    world.heard();
    CHECK(*world.hang_up(ann, 2, reason) == "room-1");
    const std::string word(to_string(reason));
    CHECK(world.heard() == Story{"1 rejectVoip status=other", "2 rejectVoip status=" + word} + both_end() +
                               Story{"over room-1 rejectVoip 0"});
}

TEST_CASE("table: a listener that hangs up as busy was ringing and hears rejectVoip busy", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.hang_up(ann, 2, HangUpReason::busy));
    CHECK(world.heard() ==
          Story{"1 busy", "2 rejectVoip status=busy"} + both_end() + Story{"over room-1 busy 0"});
}

TEST_CASE("table: a listener that answers call.incoming with 1005 hears nothing", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    REQUIRE(world.dial(world.a_dial()));
    world.heard();
    world.refuse(2, 1005);
    CHECK(world.heard() == Story{"1 busy"} + ends(1, true) + Story{"over room-1 busy 0"});
}

TEST_CASE("table: a listener that answers call.incoming with another Fault rejects", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    REQUIRE(world.dial(world.a_dial()));
    world.heard();
    world.refuse(2, 1008);
    CHECK(world.heard() ==
          Story{"1 rejectVoip status=other"} + ends(1, true) + Story{"over room-1 rejectVoip 0"});
}

TEST_CASE("table: a listener in another room gives a room and at once busy", "[rooms][unit]") {
    World world;
    world.talking();
    world.open(gate, 3);
    const auto answer = world.dial(world.a_dial(gate, ann, 3, "call-2"));
    REQUIRE(answer);
    CHECK(answer->room_id == "room-2");
    const Story heard = world.heard();
    REQUIRE(heard.size() == 5);
    CHECK(heard[0] == "3 startVoip room=room-2");
    CHECK(heard[1] == "3 busy room=room-2");
    CHECK(heard[2].rfind("3 endVoip room=room-2 keepTime=0 isCaller=true", 0) == 0);
    CHECK(heard[3] == "3 finishVoip room=room-2 keepTime=0");
    CHECK(heard[4] == "over room-2 busy 0");
    CHECK(world.rooms.phase("room-1") == Phase::talking);
}

TEST_CASE("table: nobody answers in 60 s: timeout to both", "[rooms][unit]") {
    World world;
    world.ringing();
    world.pass(59999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"1 timeout", "2 timeout"} + both_end() + Story{"over room-1 timeout 0"});
}

TEST_CASE("table: the caller hangs up after 75 s of talk", "[rooms][unit]") {
    World world;
    world.talking();
    world.pass(75s);
    REQUIRE(world.hang_up(door, 1));
    CHECK(world.heard() == Story{"1 hangUpVoip keepTime=75 status=endByCaller origin=manual",
                                 "2 hangUpVoip keepTime=75 status=endByCaller origin=other"} +
                               both_end(75) + Story{"over room-1 hangUpVoip 75"});
}

TEST_CASE("table: the listener hangs up after 9.9 s of talk, which are 9", "[rooms][unit]") {
    World world;
    world.talking();
    world.pass(9900ms);
    REQUIRE(world.hang_up(ann, 2, HangUpReason::forceFromApp));
    CHECK(world.heard() == Story{"1 hangUpVoip keepTime=9 status=endByListener origin=other",
                                 "2 hangUpVoip keepTime=9 status=endByListener origin=forceFromApp"} +
                               both_end(9) + Story{"over room-1 hangUpVoip 9"});
}

TEST_CASE("table: the listener hangs up between its answer and the caller's coming", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.join(ann, 2));
    world.heard();
    REQUIRE(world.hang_up(ann, 2));
    CHECK(world.heard() == Story{"1 hangUpVoip keepTime=0 status=endByListener origin=other",
                                 "2 hangUpVoip keepTime=0 status=endByListener origin=manual"} +
                               both_end() + Story{"over room-1 hangUpVoip 0"});
}

TEST_CASE("table: a timeLimit of 30 s counts from startVoip, not from the talk", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    Dial dial = world.a_dial();
    dial.facts.time_limit_s = 30;
    REQUIRE(world.dial(dial));
    world.pass(10s);
    REQUIRE(world.join(door, 1));
    REQUIRE(world.join(ann, 2));
    world.heard();
    world.pass(19999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"1 hangUpVoip keepTime=20 status=endByCaller origin=timeLimit",
                                 "2 hangUpVoip keepTime=20 status=endByCaller origin=timeLimit"} +
                               both_end(20) + Story{"over room-1 hangUpVoip 20"});
}

TEST_CASE("table: a side that breaks in talk hears its own words, the far side `unknown`", "[rooms][unit]") {
    const bool caller = GENERATE(true, false);
    World world;
    world.talking();
    world.pass(3s);
    REQUIRE(world.hang_up(caller ? door : ann, caller ? 1 : 2, HangUpReason::abort, "camera gone"));
    const Story by_caller{"1 abortVoip keepTime=3 status=abortByCaller errMsg=camera gone",
                          "2 abortVoip keepTime=3 status=unknown errMsg=room status is abort"};
    const Story by_listener{"1 abortVoip keepTime=3 status=unknown errMsg=room status is abort",
                            "2 abortVoip keepTime=3 status=abortByListener errMsg=camera gone"};
    CHECK(world.heard() ==
          (caller ? by_caller : by_listener) + both_end(3) + Story{"over room-1 abortVoip 3"});
}

TEST_CASE("table: a side that breaks before the talk hears joinFail, the far side abortVoip",
          "[rooms][unit]") {
    World world;
    world.ringing();
    SECTION("caller") {
        REQUIRE(world.hang_up(door, 1, HangUpReason::abort, "no camera"));
        CHECK(world.heard() == Story{"1 joinFailCaller errMsg=no camera",
                                     "2 abortVoip keepTime=0 status=unknown errMsg=room status is abort"} +
                                   both_end() + Story{"over room-1 joinFailCaller 0"});
    }
    SECTION("listener, after its answer") {
        REQUIRE(world.join(ann, 2));
        world.heard();
        REQUIRE(world.hang_up(ann, 2, HangUpReason::abort, "no microphone"));
        CHECK(world.heard() == Story{"1 abortVoip keepTime=0 status=unknown errMsg=room status is abort",
                                     "2 joinFailListener errMsg=no microphone"} +
                                   both_end() + Story{"over room-1 abortVoip 0"});
    }
}

TEST_CASE("table: the caller that never joins in 20 s is the one missing", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.join(ann, 2));
    world.heard();
    world.pass(19999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() ==
          Story{"1 abortVoip keepTime=0 status=unknown errMsg=room status is abort",
                "2 abortVoip keepTime=0 status=abortByListener errMsg=waitOtherToJoin timeout"} +
              both_end() + Story{"over room-1 abortVoip 0"});
}

TEST_CASE("table: a user calls a device: endVoip names the sides and businessType 2", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    Dial dial = world.a_dial(ann, door, 2);
    dial.facts.room_type = RoomType::voice;
    dial.facts.charge_type = ChargeType::license;
    CHECK(*world.dial(dial) == Dialled{"room-1", ChargeType::license, false});
    CHECK(world.heard() == Story{"2 startVoip", "1 incoming room-1 60"});
    REQUIRE(world.hang_up(door, 1));
    CHECK(world.heard(1) == Story{"1 rejectVoip status=manual",
                                  "1 endVoip keepTime=0 isCaller=false callerName=The oAnn "
                                  "listenerName=The SN-door roomType=voice businessType=2",
                                  "1 finishVoip keepTime=0"});
}

}  // namespace voip::rooms
