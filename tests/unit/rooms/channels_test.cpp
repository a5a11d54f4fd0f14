// Users with several channels, devices whose channel is replaced, requests without a channel.
#include "tests/unit/rooms/world.hpp"

namespace voip::rooms {
namespace {

Story lost(ChannelId channel, bool caller = false) {
    return Story{std::to_string(channel) + " cancelVoip status=other"} + ends(channel, caller);
}

/// Every channel hears endVoip before any hears finishVoip.
Story all_end(const std::vector<ChannelId>& channels) {
    Story ended, finished;
    for (const ChannelId channel : channels) {
        ended.push_back(ends(channel, false)[0]);
        finished.push_back(ends(channel, false)[1]);
    }
    return ended + finished;
}

/// door on channel 1 calls ann on channels 2, 3 and 4.
void ringing_on_three(World& world) {
    world.open(door, 1);
    for (const ChannelId channel : {2U, 3U, 4U}) world.open(ann, channel);
    REQUIRE(world.dial(world.a_dial()));
    CHECK(world.heard() ==
          Story{"1 startVoip", "2 incoming room-1 60", "3 incoming room-1 60", "4 incoming room-1 60"});
}

}  // namespace

TEST_CASE("channels: all 3 of a user ring, the first join wins, the others hear cancelVoip other",
          "[rooms][unit]") {
    World world;
    ringing_on_three(world);
    REQUIRE(world.join(ann, 3));
    CHECK(world.heard() == lost(2) + lost(4) + Story{"1 hangOnVoip", "3 hangOnVoip"});

    SECTION("a loser can neither join, resume nor signal, and its hang-up is harmless") {
        CHECK(fault_of(world.join(ann, 2)) == 1);
        CHECK(fault_of(world.resume(ann, 4)) == 1);
        CHECK(fault_of(world.signal(ann, 2)) == 1);
        CHECK(*world.hang_up(ann, 2) == "room-1");
        world.refuse(4, 1005);
        CHECK(world.heard().empty());
        CHECK(world.rooms.phase("room-1") == Phase::joining);
    }
    SECTION("events go to the channel that joined alone; losers hear no second endVoip") {
        REQUIRE(world.join(door, 1));
        REQUIRE(world.hang_up(door, 1));
        const Story heard = world.heard();
        for (const std::string& line : heard) {
            CHECK(line.rfind("2 ", 0) != 0);
            CHECK(line.rfind("4 ", 0) != 0);
        }
    }
    SECTION("a new channel of the user is not asked") {
        world.open(ann, 5);
        CHECK(world.heard().empty());
    }
}

TEST_CASE("channels: one of 3 rejects for all", "[rooms][unit]") {
    World world;
    ringing_on_three(world);
    REQUIRE(world.hang_up(ann, 4, HangUpReason::unloadCallPage));
    CHECK(world.heard() == Story{"1 rejectVoip status=other", "2 rejectVoip status=unloadCallPage",
                                 "3 rejectVoip status=unloadCallPage", "4 rejectVoip status=unloadCallPage"} +
                               ends(1, true) + all_end({2, 3, 4}) + Story{"over room-1 rejectVoip 0"});
}

TEST_CASE("channels: one of 3 that answers 1005 leaves the other two ringing", "[rooms][unit]") {
    World world;
    ringing_on_three(world);
    world.refuse(2, 1005);
    CHECK(world.heard().empty());
    world.refuse(3, 1011);
    CHECK(world.heard().empty());
    SECTION("the third rings out: the two that refused hear nothing") {
        world.pass(60s);
        CHECK(world.heard() == Story{"1 timeout", "4 timeout"} + ends(1, true) + ends(4, false) +
                                   Story{"over room-1 timeout 0"});
    }
    SECTION("the third refuses too: busy, because one of them was") {
        world.refuse(4, 1011);
        CHECK(world.heard() == Story{"1 busy"} + ends(1, true) + Story{"over room-1 busy 0"});
    }
}

TEST_CASE("channels: signals go to all that ring, then to the one that joined; none when it has none",
          "[rooms][unit]") {
    World world;
    ringing_on_three(world);
    CHECK(*world.signal(door, 1) == std::vector<ChannelId>{2, 3, 4});
    CHECK(*world.signal(ann, 3) == std::vector<ChannelId>{1});
    REQUIRE(world.join(ann, 3));
    CHECK(*world.signal(door, 1) == std::vector<ChannelId>{3});
    world.close(3);
    CHECK(world.signal(door, 1)->empty());
}

TEST_CASE("channels: a resume from a new channel takes the room over from an open one", "[rooms][unit]") {
    World world;
    world.talking();
    world.open(ann, 5);
    CHECK(fault_of(world.resume(ann, 5, "room-1", "other-call")) == 1);
    CHECK(fault_of(world.signal(ann, 5)) == 1);
    world.pass(4s);
    CHECK(*world.resume(ann, 5) == RoomResumed{"room-1", Phase::talking, 4});
    CHECK(world.heard() == lost(2));
    CHECK(*world.signal(door, 1) == std::vector<ChannelId>{5});
    world.close(2);
    world.pass(120s);
    CHECK(world.rooms.phase("room-1") == Phase::talking);
    CHECK(world.resume(ann, 5));
    CHECK(world.heard().empty());
}

TEST_CASE("channels: a device whose channel is replaced resumes and the room goes on", "[rooms][unit]") {
    World world;
    world.talking();
    world.open(door, 7);
    world.close(1);
    world.pass(59s);
    CHECK(*world.resume(door, 7) == RoomResumed{"room-1", Phase::talking, 59});
    world.pass(3600s);
    REQUIRE(world.hang_up(ann, 2));
    CHECK(world.heard(7) ==
          Story{"7 hangUpVoip keepTime=3659 status=endByListener origin=other"} + ends(7, true, 3659));
}

TEST_CASE("channels: room.join twice is harmless and gives the same answer", "[rooms][unit]") {
    World world;
    world.ringing();
    const RoomJoined first = *world.join(ann, 2);
    world.heard();
    CHECK(*world.join(ann, 2) == first);
    CHECK(world.heard().empty());
    SECTION("also from a new channel, after the first was lost with the answer") {
        world.close(2);
        world.open(ann, 3);
        CHECK(*world.join(ann, 3) == first);
        CHECK(world.heard().empty());
        CHECK(*world.signal(door, 1) == std::vector<ChannelId>{3});
    }
}

TEST_CASE("channels: a caller's other channels hear nothing of its call", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    world.open(ann, 3);
    REQUIRE(world.dial(world.a_dial(ann, door, 3)));
    REQUIRE(world.join(ann, 3));
    CHECK(world.heard() == Story{"3 startVoip", "1 incoming room-1 60", "3 joinedRoomByCaller"});
}

TEST_CASE("channels: a caller that joins from another channel than it dialled from moves the room",
          "[rooms][unit]") {
    World world;
    world.open(door, 1);
    world.open(ann, 2);
    world.open(ann, 3);
    REQUIRE(world.dial(world.a_dial(ann, door, 3)));
    world.heard();
    REQUIRE(world.join(ann, 2));
    const Story heard = world.heard();
    REQUIRE(heard.size() == 4);
    CHECK(heard[0] == "3 cancelVoip status=other");
    CHECK(heard[3] == "2 joinedRoomByCaller");
}

TEST_CASE("channels: a dial without a channel counts as the newest one; without any the caller has 10 s",
          "[rooms][unit]") {
    World world;
    world.open(ann, 2);
    SECTION("newest") {
        world.open(door, 1);
        world.open(door, 5);
        REQUIRE(world.dial(world.a_dial(door, ann, 0)));
        CHECK(world.heard()[0] == "5 startVoip");
    }
    SECTION("none, then one within 10 s") {
        REQUIRE(world.dial(world.a_dial(door, ann, 0)));
        CHECK(world.heard() == Story{"2 incoming room-1 60"});
        world.pass(9s);
        world.open(door, 1);
        CHECK(world.resume(door, 1)->phase == Phase::ringing);
        world.pass(10s);
        CHECK(world.rooms.phase("room-1") == Phase::ringing);
    }
    SECTION("none") {
        REQUIRE(world.dial(world.a_dial(door, ann, 0)));
        world.pass(10s);
        CHECK(world.rooms.phase("room-1") == Phase::ended);
    }
}

TEST_CASE("channels: a join without any channel is in, and gone for 10 s at most", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    REQUIRE(world.dial(world.a_dial()));
    REQUIRE(world.join(door, 1));
    world.heard();
    CHECK(world.join(ann, 0)->phase == Phase::talking);
    CHECK(world.heard() == Story{"1 hangOnVoip", "1 calling keepTime=0"});
    world.pass(60s);
    CHECK(world.rooms.phase("room-1") == Phase::ended);
}

TEST_CASE("channels: opened twice, closed twice and unknown ones change nothing", "[rooms][unit]") {
    World world;
    world.ringing();
    world.open(ann, 2);
    world.open(ben, 2);
    world.close(99);
    CHECK(world.heard().empty());
    CHECK(world.rooms.channels(ann) == std::vector<ChannelId>{2});
    CHECK_FALSE(world.rooms.is_online(ben));
    world.close(2);
    world.close(2);
    CHECK_FALSE(world.rooms.is_online(ann));
    CHECK(*world.rooms.wake_at() == world.now.at + 10s);
}

}  // namespace voip::rooms
