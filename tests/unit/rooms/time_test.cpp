// Deadlines, gone members, and what is remembered.
#include "tests/unit/rooms/world.hpp"

namespace voip::rooms {
namespace {

const std::string aborted = " abortVoip keepTime=0 status=unknown errMsg=room status is abort";

}  // namespace

TEST_CASE("time: a late alarm changes nothing: the request at 60 s finds the room ended", "[rooms][unit]") {
    World world;
    world.ringing();
    world.oversleep(60s);
    CHECK(fault_of(world.join(ann, 2)) == 1);
    CHECK(world.heard(1) == Story{"1 timeout"} + ends(1, true));
}

TEST_CASE("time: a request one millisecond before the ring time ends is in time", "[rooms][unit]") {
    World world;
    world.ringing();
    world.oversleep(59999ms);
    CHECK(world.join(ann, 2));
    CHECK(world.rooms.phase("room-1") == Phase::joining);
}

TEST_CASE("time: a late alarm charges nobody for more than the 30 s of the limit", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    Dial dial = world.a_dial();
    dial.facts.time_limit_s = 30;
    REQUIRE(world.dial(dial));
    REQUIRE(world.join(door, 1));
    REQUIRE(world.join(ann, 2));
    world.heard();
    world.oversleep(500s);
    world.rooms.tick(world.now);
    const auto actions = world.rooms.take_actions();
    REQUIRE(actions.size() == 7);
    CHECK(std::get<RoomOver>(actions.back()).keep_time == 30);
}

TEST_CASE("time: the timeLimit ends a room that still rings", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    Dial dial = world.a_dial();
    dial.facts.time_limit_s = 5;
    REQUIRE(world.dial(dial));
    world.heard();
    world.pass(5s);
    CHECK(world.heard(2) ==
          Story{"2 hangUpVoip keepTime=0 status=endByCaller origin=timeLimit"} + ends(2, false));
}

TEST_CASE("time: a page that said goodbye in a talk has hung up after 10 s, unless it is back",
          "[rooms][unit]") {
    World world;
    world.talking();
    world.heard();
    world.rooms.channel_closed(2, world.now, true);
    world.pass(9999ms);
    CHECK(world.rooms.phase("room-1") == Phase::talking);
    world.pass(1ms);
    CHECK(world.heard(1) ==
          Story{"1 hangUpVoip keepTime=10 status=endByListener origin=other"} + ends(1, true, 10));

    World again;
    again.talking();
    again.rooms.channel_closed(2, again.now, true);
    again.open(ann, 3);
    REQUIRE(again.resume(ann, 3));
    again.pass(11s);
    CHECK(again.rooms.phase("room-1") == Phase::talking);
    again.rooms.channel_closed(3, again.now);
    again.pass(59s);
    CHECK(again.rooms.phase("room-1") == Phase::talking);
}

TEST_CASE("time: a listener without a channel is woken, told when it connects and rung 60 s from then",
          "[rooms][unit]") {
    World world;
    world.open(door, 1);
    REQUIRE(world.dial(world.a_dial()));
    CHECK(world.heard() == Story{"1 startVoip", "notify oAnn 60"});
    world.pass(50s);
    world.open(ann, 2);
    CHECK(world.heard() == Story{"2 incoming room-1 60"});
    world.pass(20s);
    world.open(ann, 3);
    CHECK(world.heard() == Story{"3 incoming room-1 40"});
    world.pass(39999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard(2) == Story{"2 timeout"} + ends(2, false));
}

TEST_CASE("time: a listener that never connects is waited for 60 s; only the caller is told",
          "[rooms][unit]") {
    World world;
    world.open(door, 1);
    REQUIRE(world.dial(world.a_dial()));
    world.heard();
    world.pass(60s);
    CHECK(world.heard() == Story{"1 timeout"} + ends(1, true) + Story{"over room-1 timeout 0"});
}

TEST_CASE("time: before talking, 10 s without the caller's channel end the room", "[rooms][unit]") {
    World world;
    world.ringing();
    world.close(1);
    world.pass(9999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"2" + aborted} + ends(2, false) + Story{"over room-1 abortVoip 0"});
}

TEST_CASE("time: before talking, 10 s without the listener's only channel end the room", "[rooms][unit]") {
    World world;
    world.ringing();
    SECTION("ringing") {
        world.close(2);
    }
    SECTION("joining") {
        REQUIRE(world.join(ann, 2));
        world.heard();
        world.close(2);
    }
    world.pass(9999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"1" + aborted} + ends(1, true) + Story{"over room-1 abortVoip 0"});
}

TEST_CASE("time: a ringing listener that comes back within 10 s is asked again and rings on",
          "[rooms][unit]") {
    World world;
    world.ringing();
    world.close(2);
    world.pass(9s);
    world.open(ann, 3);
    CHECK(world.heard() == Story{"3 incoming room-1 51"});
    CHECK(world.resume(ann, 3)->phase == Phase::ringing);
    world.pass(20s);
    CHECK(world.rooms.phase("room-1") == Phase::ringing);
    REQUIRE(world.join(ann, 3));
    CHECK(world.heard() == Story{"1 hangOnVoip", "3 hangOnVoip"});
}

TEST_CASE("time: talking, one member may be gone 60 s", "[rooms][unit]") {
    const bool caller = GENERATE(true, false);
    World world;
    world.talking();
    world.pass(5s);
    world.close(caller ? 1 : 2);
    world.pass(59999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    const ChannelId rest = caller ? 2 : 1;
    CHECK(world.heard() ==
          Story{std::to_string(rest) + " abortVoip keepTime=65 status=unknown errMsg=room status is abort"} +
              ends(rest, !caller, 65) + Story{"over room-1 abortVoip 65"});
}

TEST_CASE("time: talking, both may be gone 10 s, counted from the second", "[rooms][unit]") {
    World world;
    world.talking();
    world.close(1);
    world.pass(30s);
    world.close(2);
    world.pass(9999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"over room-1 abortVoip 40"});
}

TEST_CASE("time: talking, the one gone for 60 s ends it though the other left 5 s before", "[rooms][unit]") {
    World world;
    world.talking();
    world.close(1);
    world.pass(55s);
    world.close(2);
    world.pass(4999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"over room-1 abortVoip 60"});
}

TEST_CASE("time: a member that resumes is not gone any more; the other's 60 s go on", "[rooms][unit]") {
    World world;
    world.talking();
    world.close(1);
    world.pass(2s);
    world.close(2);
    world.pass(9s);
    world.open(door, 3);
    const auto resumed = world.resume(door, 3);
    REQUIRE(resumed);
    CHECK(*resumed == RoomResumed{"room-1", Phase::talking, 11});
    world.pass(50999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard(3) ==
          Story{"3 abortVoip keepTime=62 status=unknown errMsg=room status is abort"} + ends(3, true, 62));
}

TEST_CASE("time: an ended room is remembered 60 s by callId and roomId, on the disk too", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.hang_up(door, 1));
    world.heard();
    REQUIRE(world.disk().size() == 1);
    CHECK(world.disk()[0].phase == Phase::ended);
    world.pass(59999ms);
    CHECK(*world.dial(world.a_dial()) == Dialled{"room-1", ChargeType::duration, true});
    CHECK(*world.hang_up(ann, 2) == "room-1");
    CHECK(*world.hang_up(door, 1) == "room-1");
    CHECK(fault_of(world.hang_up(ben, 9)) == 1);
    CHECK(fault_of(world.join(ann, 2)) == 1);
    CHECK(fault_of(world.resume(ann, 2)) == 1);
    CHECK(fault_of(world.signal(ann, 2)) == 1);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.disk().empty());
    CHECK_FALSE(world.rooms.wake_at());
    CHECK(fault_of(world.hang_up(ann, 2)) == 1);
    CHECK(world.dial(world.a_dial())->room_id == "room-2");
}

TEST_CASE("time: every living room has a deadline; without rooms nothing wakes", "[rooms][unit]") {
    World world;
    CHECK_FALSE(world.rooms.wake_at());
    world.ringing();
    CHECK(*world.rooms.wake_at() == world.now.at + 60s);
    REQUIRE(world.join(ann, 2));
    CHECK(*world.rooms.wake_at() == world.now.at + 20s);
    REQUIRE(world.join(door, 1));
    // Talking without a limit waits for nothing of its own: the members' channels are the deadline.
    CHECK_FALSE(world.rooms.wake_at());
    world.close(1);
    CHECK(*world.rooms.wake_at() == world.now.at + 60s);
}

TEST_CASE("time: settings shorten every wait", "[rooms][unit]") {
    RoomSettings settings;
    settings.ring = 500ms;
    settings.join = 200ms;
    settings.resume = 100ms;
    settings.ended_memory = 50ms;
    World world(settings);
    world.ringing();
    CHECK(*world.rooms.wake_at() == world.now.at + 500ms);
    REQUIRE(world.join(ann, 2));
    CHECK(*world.rooms.wake_at() == world.now.at + 200ms);
    world.close(2);
    CHECK(*world.rooms.wake_at() == world.now.at + 100ms);
    world.pass(150ms);
    CHECK_FALSE(world.rooms.phase("room-1"));
}

}  // namespace voip::rooms
