// Calls that a vendor's backend starts for a device.
#include "tests/unit/rooms/world.hpp"

namespace voip::rooms {
namespace {

void start(World& world, bool with_device = true) {
    if (with_device) world.open(door, 1);
    world.open(ann, 2);
    const auto answer = world.backend_call(world.a_dial(door, ann, 0, ""));
    REQUIRE(answer);
    CHECK(answer->room_id == "room-1");
}

}  // namespace

TEST_CASE("backend: the device acknowledges, the phone rings, the device joins as the caller",
          "[rooms][unit]") {
    World world;
    start(world);
    CHECK(world.heard() == Story{"1 incoming room-1 60"});
    CHECK(world.disk().empty());
    world.pass(2s);
    world.acknowledge(1);
    CHECK(world.heard() == Story{"backend room-1 0", "1 startVoip", "2 incoming room-1 60"});
    CHECK(world.disk().size() == 1);
    world.acknowledge(1);
    REQUIRE(world.join(door, 1));
    CHECK(world.join(ann, 2)->phase == Phase::talking);
    CHECK(world.heard() == Story{"1 joinedRoomByCaller", "1 hangOnVoip", "2 hangOnVoip",
                                 "1 calling keepTime=0", "2 calling keepTime=0"});
}

TEST_CASE("backend: a join that overtakes its acknowledgement counts as one", "[rooms][unit]") {
    World world;
    start(world);
    world.heard();
    CHECK(world.join(door, 1)->phase == Phase::ringing);
    CHECK(world.heard() ==
          Story{"backend room-1 0", "1 startVoip", "2 incoming room-1 60", "1 joinedRoomByCaller"});
    world.acknowledge(1);
    CHECK(world.heard().empty());
}

TEST_CASE("backend: a Fault of the device ends the room; the user never knows", "[rooms][unit]") {
    World world;
    start(world);
    world.heard();
    world.refuse(1, 1005);
    CHECK(world.heard() == Story{"backend room-1 1005", "over room-1 cancelVoip 0"});
    CHECK(world.disk().empty());
    CHECK_FALSE(world.rooms.room_of(door));
    CHECK_FALSE(world.rooms.room_of(ann));
}

TEST_CASE("backend: no acknowledgement in 5 s", "[rooms][unit]") {
    World world;
    SECTION("a device that says nothing is told of the end") {
        start(world);
        world.heard();
        world.pass(5s);
        CHECK(world.heard() == Story{"backend room-1 1002", "1 cancelVoip status=other"} + ends(1, true) +
                                   Story{"over room-1 cancelVoip 0"});
        world.acknowledge(1);
        CHECK(world.heard().empty());
    }
    SECTION("a device without a channel may connect meanwhile") {
        start(world, false);
        CHECK(world.heard().empty());
        world.pass(4999ms);
        world.open(door, 1);
        CHECK(world.heard() == Story{"1 incoming room-1 60"});
        world.acknowledge(1);
        CHECK(world.rooms.phase("room-1") == Phase::ringing);
    }
    SECTION("a device without a channel that stays away") {
        start(world, false);
        world.pass(5s);
        CHECK(world.heard() == Story{"backend room-1 1002", "over room-1 cancelVoip 0"});
    }
}

TEST_CASE("backend: the device hangs up before the phone rings", "[rooms][unit]") {
    World world;
    start(world);
    world.heard();
    REQUIRE(world.hang_up(door, 1));
    CHECK(world.heard() == Story{"backend room-1 1008", "1 cancelVoip status=manual"} + ends(1, true) +
                               Story{"over room-1 cancelVoip 0"});
}

TEST_CASE("backend: busy sides", "[rooms][unit]") {
    World world;
    SECTION("the device is in a room: 1005 at once") {
        world.ringing();
        CHECK(fault_of(world.backend_call(world.a_dial(door, ben, 0, ""))) == 1005);
        CHECK(world.heard().empty());
    }
    SECTION("the user is in a room when the device acknowledges: busy") {
        world.talking();
        world.open(gate, 3);
        REQUIRE(world.backend_call(world.a_dial(gate, ann, 0, "")));
        world.heard();
        world.acknowledge(3, "room-2");
        CHECK(world.heard(3)[1] == "3 busy room=room-2");
        CHECK(world.rooms.phase("room-1") == Phase::talking);
    }
    SECTION("until then the user is free to call and be called") {
        start(world);
        world.open(gate, 3);
        CHECK_FALSE(world.rooms.room_of(ann));
        CHECK(world.dial(world.a_dial(gate, ann, 3, "c"))->room_id == "room-3");
        CHECK(world.rooms.room_of(ann) == "room-3");
        CHECK(fault_of(world.join(ann, 2, "room-1")) == 1);
        CHECK(fault_of(world.signal(door, 1, 10, "room-1")) == 1);
    }
}

TEST_CASE("backend: a device replaced while it is asked is asked again", "[rooms][unit]") {
    World world;
    start(world);
    world.open(door, 4);
    world.close(1);
    CHECK(world.heard() == Story{"1 incoming room-1 60", "4 incoming room-1 60"});
    world.acknowledge(1);
    CHECK(world.heard().empty());
    world.acknowledge(4);
    CHECK(world.heard() == Story{"backend room-1 0", "4 startVoip", "2 incoming room-1 60"});
}

}  // namespace voip::rooms
