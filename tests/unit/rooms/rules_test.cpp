// Who may dial whom, idempotence, glare, limits, late and foreign messages.
#include "tests/unit/rooms/world.hpp"

namespace voip::rooms {

TEST_CASE("dial: a caller in a room, on either side of it, is refused with 1005", "[rooms][unit]") {
    World world;
    world.ringing();
    world.open(ben, 3);
    CHECK(fault_of(world.dial(world.a_dial(door, ben, 1, "call-2"))) == 1005);
    CHECK(fault_of(world.dial(world.a_dial(ann, gate, 2, "call-3"))) == 1005);
    CHECK(world.heard().empty());
    REQUIRE(world.hang_up(door, 1));
    CHECK(world.dial(world.a_dial(ann, gate, 2, "call-3"))->room_id == "room-2");
}

TEST_CASE("dial: glare: the second of two that dial each other is refused, the first rings",
          "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    REQUIRE(world.dial(world.a_dial(door, ann, 1, "from-door")));
    CHECK(fault_of(world.dial(world.a_dial(ann, door, 2, "from-ann"))) == 1005);
    world.heard();
    // ann's program is dialling, so it answers the incoming call busy: both sides are free again.
    world.refuse(2, 1005);
    CHECK(world.heard(1)[0] == "1 busy");
    CHECK_FALSE(world.rooms.room_of(door));
    CHECK_FALSE(world.rooms.room_of(ann));
}

TEST_CASE("dial: the same callId of the same caller gives the same room, and one ringing", "[rooms][unit]") {
    World world;
    world.ringing();
    CHECK(*world.dial(world.a_dial()) == Dialled{"room-1", ChargeType::duration, true});
    CHECK(*world.rooms.repeated(door, 1, "call-1", world.now) ==
          Dialled{"room-1", ChargeType::duration, true});
    CHECK_FALSE(world.rooms.repeated(ann, 2, "call-1", world.now));
    CHECK_FALSE(world.rooms.repeated(door, 1, "call-2", world.now));
    CHECK_FALSE(world.rooms.repeated(door, 1, "", world.now));
    CHECK(world.heard().empty());
    CHECK(world.rooms.size() == 1);
}

TEST_CASE(
    "dial: an answer lost with its channel is asked for again from a new one, which then hears the room",
    "[rooms][unit]") {
    World world;
    world.ringing();
    world.close(1);
    world.pass(3s);
    world.open(door, 4);
    CHECK(world.dial(world.a_dial(door, ann, 4))->repeated);
    world.pass(30s);
    REQUIRE(world.join(ann, 2));
    CHECK(world.heard() == Story{"4 hangOnVoip", "2 hangOnVoip"});
}

TEST_CASE("dial: asked again from a second open channel the room stays with the first", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    world.open(ann, 3);
    REQUIRE(world.dial(world.a_dial(ann, door, 3)));
    world.heard();
    CHECK(world.dial(world.a_dial(ann, door, 2))->repeated);
    CHECK(world.heard().empty());
    REQUIRE(world.join(door, 1));
    CHECK(world.heard() == Story{"3 hangOnVoip", "1 hangOnVoip"});
}

TEST_CASE("dial: without a callId each request is a call of its own, with a callId that we made",
          "[rooms][unit]") {
    World world;
    world.open(door, 1);
    REQUIRE(world.dial(world.a_dial(door, ann, 1, "")));
    CHECK(world.rooms.find("room-1")->call_id == "room-2");
    CHECK(fault_of(world.dial(world.a_dial(door, ann, 1, ""))) == 1005);
}

TEST_CASE("dial: two callers may use the same callId", "[rooms][unit]") {
    World world;
    CHECK(world.dial(world.a_dial(door, ann, 1, "same"))->room_id == "room-1");
    CHECK(world.dial(world.a_dial(gate, ben, 2, "same"))->room_id == "room-2");
}

TEST_CASE("dial: oneself cannot be called", "[rooms][unit]") {
    World world;
    CHECK(fault_of(world.dial(world.a_dial(ann, ann, 2))) == 1004);
    CHECK(world.rooms.size() == 0);
}

TEST_CASE("dial: the room after the 3rd of 3 is refused with 5 until one ends", "[rooms][unit]") {
    RoomSettings settings;
    settings.max_rooms = 3;
    World world(settings);
    for (int i = 0; i < 3; ++i)
        REQUIRE(world.dial(
            world.a_dial(device("SN-" + std::to_string(i)), user("o" + std::to_string(i)), 0, "c")));
    CHECK(fault_of(world.dial(world.a_dial(door, ann, 0))) == 5);
    REQUIRE(world.hang_up(device("SN-0"), 0));
    CHECK(world.dial(world.a_dial(door, ann, 0)));
}

TEST_CASE("dial: of ended rooms no more than max_rooms are remembered", "[rooms][unit]") {
    RoomSettings settings;
    settings.max_rooms = 3;
    World world(settings);
    for (int i = 0; i < 5; ++i) {
        const auto made = world.dial(world.a_dial(door, ann, 0, "call-" + std::to_string(i)));
        REQUIRE(made);
        REQUIRE(world.hang_up(door, 0, HangUpReason::manual, {}, made->room_id));
    }
    CHECK(world.disk().size() == 3);
    CHECK_FALSE(world.rooms.repeated(door, 0, "call-1", world.now));
    CHECK(world.rooms.repeated(door, 0, "call-2", world.now));
}

TEST_CASE("dial: a made-up id that is taken is not used twice", "[rooms][unit]") {
    int count = 0;
    Rooms rooms({}, [&count] { return "id-" + std::to_string(count++ / 2); });
    World world;
    CHECK(rooms.dial(world.a_dial(door, ann, 0, "a"), world.now)->room_id == "id-0");
    CHECK(rooms.dial(world.a_dial(gate, ben, 0, "b"), world.now)->room_id == "id-1");
}

TEST_CASE("dial: ten a minute per member are admitted, the eleventh is 4290", "[rooms][unit]") {
    World world;
    for (int i = 0; i < 10; ++i) {
        CHECK(world.rooms.admit_dial(door, world.now));
        world.oversleep(1s);
    }
    CHECK(fault_of(world.rooms.admit_dial(door, world.now)) == 4290);
    CHECK(world.rooms.admit_dial(ann, world.now));
    world.oversleep(49999ms);
    CHECK(fault_of(world.rooms.admit_dial(door, world.now)) == 4290);
    world.oversleep(1ms);
    CHECK(world.rooms.admit_dial(door, world.now));
    CHECK(fault_of(world.rooms.admit_dial(door, world.now)) == 4290);

    RoomSettings unlimited;
    unlimited.dials_per_minute = 0;
    World other(unlimited);
    for (int i = 0; i < 1000; ++i) REQUIRE(other.rooms.admit_dial(door, other.now));
}

TEST_CASE("signals: fifty in any second pass, the 51st is 4290, 32 KiB pass, a byte more is 4130",
          "[rooms][unit]") {
    World world;
    world.ringing();
    for (int i = 0; i < 50; ++i) {
        REQUIRE(world.signal(door, 1, 32 * 1024));
        world.oversleep(10ms);
    }
    CHECK(fault_of(world.signal(door, 1)) == 4290);
    CHECK(world.signal(ann, 2));
    world.oversleep(499ms);
    CHECK(fault_of(world.signal(door, 1)) == 4290);
    world.oversleep(1ms);
    CHECK(world.signal(door, 1));
    CHECK(fault_of(world.signal(door, 1)) == 4290);
    world.oversleep(10ms);
    CHECK(fault_of(world.signal(door, 1, 32 * 1024 + 1)) == 4130);
    CHECK(world.signal(door, 1));
}

TEST_CASE("signals: pass from ringing to talking, not before and not after", "[rooms][unit]") {
    World world;
    world.talking();
    CHECK(*world.signal(door, 1) == std::vector<ChannelId>{2});
    REQUIRE(world.hang_up(door, 1));
    CHECK(fault_of(world.signal(door, 1)) == 1);
}

TEST_CASE("strangers: every method about a room of others is answered like an unknown room",
          "[rooms][unit]") {
    World world;
    world.talking();
    world.open(ben, 9);
    for (const std::string room_id : {"room-1", "room-77", ""}) {
        CHECK(fault_of(world.join(ben, 9, room_id)) == 1);
        CHECK(fault_of(world.resume(ben, 9, room_id)) == 1);
        CHECK(fault_of(world.hang_up(ben, 9, HangUpReason::manual, {}, room_id)) == 1);
        CHECK(fault_of(world.signal(ben, 9, 1, room_id)) == 1);
        CHECK(fault_of(world.rooms.check_member(ben, 9, room_id, world.now)) == 1);
    }
    // A device and a user of the same name are two.
    CHECK(fault_of(world.join(user(door.id), 9)) == 1);
    CHECK(world.rooms.check_member(ann, 2, "room-1", world.now));
    CHECK(fault_of(world.hang_up(door, 1, HangUpReason::manual, {}, "room-2")) == 1);
    world.acknowledge(9);
    world.refuse(9);
    world.refuse(2);
    world.refuse(1);
    world.refuse(2, 1005, "room-77");
    CHECK(world.heard().empty());
    CHECK(world.rooms.phase("room-1") == Phase::talking);
}

TEST_CASE("hang-up: `busy` from a caller or in talk is an ordinary one", "[rooms][unit]") {
    World world;
    SECTION("caller, ringing") {
        world.ringing();
        REQUIRE(world.hang_up(door, 1, HangUpReason::busy));
        CHECK(world.heard(1)[0] == "1 cancelVoip status=manual");
    }
    SECTION("listener, talking") {
        world.talking();
        REQUIRE(world.hang_up(ann, 2, HangUpReason::busy));
        CHECK(world.heard(2)[0] == "2 hangUpVoip keepTime=0 status=endByListener origin=manual");
    }
}

TEST_CASE("hang-up: from a channel that did not resume yet it works all the same", "[rooms][unit]") {
    World world;
    world.talking();
    world.close(2);
    world.open(ann, 3);
    CHECK(*world.hang_up(ann, 3) == "room-1");
    CHECK(world.heard(1)[0] == "1 hangUpVoip keepTime=0 status=endByListener origin=other");
}

TEST_CASE("join: a cameraStatus with it is what the room then knows", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.rooms.join(ann, 2, RoomJoin{"room-1", 1}, world.now));
    CHECK(world.rooms.find("room-1")->listener.camera_status == 1);
    CHECK(world.rooms.find("room-1")->caller.camera_status == 0);
}

TEST_CASE("records: a room is saved before anybody can know of it, and once per change", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    REQUIRE(world.dial(world.a_dial()));
    CHECK(world.records().size() == 1);
    world.acknowledge(2);
    REQUIRE(world.signal(door, 1));
    CHECK(world.records().empty());
    REQUIRE(world.join(door, 1));
    REQUIRE(world.join(door, 1));
    CHECK(world.records().size() == 1);
    REQUIRE(world.hang_up(door, 1));
    CHECK(std::get<Save>(world.records().at(0)).room.phase == Phase::ended);
    world.pass(60s);
    CHECK(world.records() == std::vector<Record>{Forget{"room-1"}});
}

}  // namespace voip::rooms
