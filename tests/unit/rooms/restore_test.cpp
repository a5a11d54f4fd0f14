// A service that comes back over its disk.
#include "core/json.hpp"
#include "service/rooms/saved_room.hpp"
#include "tests/unit/rooms/world.hpp"

namespace voip::rooms {

TEST_CASE("restart: a talking room goes on and keeps its time over 4 s of absence", "[rooms][unit]") {
    World world;
    world.talking();
    world.pass(20s);
    world.restart(4s);
    CHECK(world.heard().empty());
    world.open(door, 11);
    world.open(ann, 12);
    CHECK(*world.resume(door, 11) == RoomResumed{"room-1", Phase::talking, 24});
    CHECK(*world.resume(ann, 12) == RoomResumed{"room-1", Phase::talking, 24});
    world.pass(100s);
    CHECK(world.heard().empty());
    REQUIRE(world.hang_up(ann, 12));
    CHECK(world.heard(11) ==
          Story{"11 hangUpVoip keepTime=124 status=endByListener origin=other"} + ends(11, true, 124));
}

TEST_CASE("restart: signals pass from the resume on, fifty in a second and 32 KiB as ever", "[rooms][unit]") {
    World world;
    world.talking();
    world.restart(1s);
    world.open(door, 11);
    world.open(ann, 12);
    REQUIRE(world.resume(door, 11));
    CHECK(world.signal(door, 11)->empty());  // the other side has not returned: nobody to be told
    REQUIRE(world.resume(ann, 12));
    for (int i = 0; i < 49; ++i) REQUIRE(*world.signal(door, 11, 32 * 1024) == std::vector<ChannelId>{12});
    CHECK(fault_of(world.signal(door, 11)) == 4290);
    CHECK(fault_of(world.signal(ann, 12, 32 * 1024 + 1)) == 4130);
    CHECK(world.signal(ann, 12));
    world.pass(1s);
    CHECK(world.signal(door, 11));
}

TEST_CASE("signals: a resume from another channel does not begin the fifty of a second anew",
          "[rooms][unit]") {
    World world;
    world.talking();
    for (int i = 0; i < 50; ++i) REQUIRE(world.signal(ann, 2));
    world.open(ann, 5);
    REQUIRE(world.resume(ann, 5));
    CHECK(fault_of(world.signal(ann, 5)) == 4290);
    world.pass(1s);
    CHECK(world.signal(ann, 5));
}

TEST_CASE("restart: a talking room that nobody returns to ends after 10 s, one alone after 60 s",
          "[rooms][unit]") {
    World world;
    world.talking();
    world.restart(1s);
    SECTION("nobody") {
        world.pass(9999ms);
        CHECK(world.rooms.phase("room-1") == Phase::talking);
        world.pass(1ms);
        CHECK(world.heard() == Story{"over room-1 abortVoip 11"});
    }
    SECTION("one") {
        world.open(ann, 12);
        REQUIRE(world.resume(ann, 12));
        world.pass(60s);
        CHECK(world.heard(12) ==
              Story{"12 abortVoip keepTime=61 status=unknown errMsg=room status is abort"} +
                  ends(12, false, 61));
    }
}

TEST_CASE("restart: a ringing room waits 10 s for both, asks the listener again and rings its rest",
          "[rooms][unit]") {
    World world;
    world.ringing();
    world.pass(20s);
    world.restart(5s);
    SECTION("both return") {
        world.open(door, 11);
        world.open(ann, 12);
        CHECK(world.heard() == Story{"12 incoming room-1 35"});
        CHECK(world.resume(door, 11)->phase == Phase::ringing);
        CHECK(world.resume(ann, 12)->phase == Phase::ringing);
        REQUIRE(world.join(ann, 12));
        CHECK(world.join(door, 11)->phase == Phase::talking);
    }
    SECTION("the caller does not") {
        world.open(ann, 12);
        world.heard();
        world.pass(10s);
        CHECK(world.heard(12) ==
              Story{"12 abortVoip keepTime=0 status=unknown errMsg=room status is abort"} + ends(12, false));
    }
}

TEST_CASE("restart: a listener that never had a channel is still waited for", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    REQUIRE(world.dial(world.a_dial()));
    world.restart(5s);
    world.open(door, 11);
    REQUIRE(world.resume(door, 11));
    world.heard();
    world.pass(54999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard() == Story{"11 timeout"} + ends(11, true) + Story{"over room-1 timeout 0"});
}

TEST_CASE("restart: a room whose deadline passed meanwhile ends at once", "[rooms][unit]") {
    World world;
    world.ringing();
    world.restart(61s);
    world.pass(0s);
    CHECK(world.heard() == Story{"over room-1 timeout 0"});
    world.open(door, 11);
    CHECK(fault_of(world.resume(door, 11)) == 1);
}

TEST_CASE("restart: joining rooms keep the rest of their 20 s", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.join(ann, 2));
    world.pass(14s);
    world.restart(2s);
    world.open(door, 11);
    world.open(ann, 12);
    REQUIRE(world.resume(door, 11));
    CHECK(world.resume(ann, 12)->phase == Phase::joining);
    world.heard();
    world.pass(3999ms);
    CHECK(world.heard().empty());
    world.pass(1ms);
    CHECK(world.heard(11)[0] == "11 abortVoip keepTime=0 status=unknown errMsg=room status is abort");
}

TEST_CASE("restart: an ended callId is remembered for the rest of its 60 s", "[rooms][unit]") {
    World world;
    world.ringing();
    REQUIRE(world.hang_up(ann, 2));
    world.heard();
    world.pass(30s);
    world.restart(10s);
    world.open(door, 11);
    world.open(ann, 12);
    CHECK(*world.dial(world.a_dial(door, ann, 11)) == Dialled{"room-1", ChargeType::duration, true});
    CHECK(*world.hang_up(ann, 12) == "room-1");
    CHECK(world.heard().empty());
    world.pass(20s);
    CHECK(world.disk().empty());
    CHECK(world.dial(world.a_dial(door, ann, 11))->room_id == "room-1001");
}

TEST_CASE("restart: a wall clock set back by a day neither ends nor prolongs by more than the whole",
          "[rooms][unit]") {
    World world;
    world.ringing();
    world.pass(30s);
    world.now.wall -= 86400000;
    world.restart(1s);
    world.open(door, 11);
    world.open(ann, 12);
    REQUIRE(world.resume(door, 11));
    world.heard();
    world.pass(59s);
    CHECK(world.heard().empty());
    world.pass(1s);
    CHECK(world.rooms.phase("room-1") == Phase::ended);
}

TEST_CASE("restart: a disk with two rooms of one member gives it one, and forgets the other",
          "[rooms][unit]") {
    World world;
    world.ringing();
    std::vector<SavedRoom> saved = world.disk();
    saved.push_back(saved[0]);
    saved[1].facts.room_id = "room-x";
    saved.push_back(saved[0]);
    Rooms rooms({}, [] { return std::string("id"); });
    rooms.restore(saved, world.now);
    CHECK(rooms.size() == 1);
    CHECK(rooms.take_records() == std::vector<Record>{Forget{"room-x"}});
}

TEST_CASE("saved rooms: what is written is read back the same, in every phase", "[rooms][unit]") {
    World world;
    world.open(door, 1);
    Dial dial = world.a_dial();
    dial.facts.time_limit_s = 600;
    dial.facts.custom_query = "a=1&b=%20";
    dial.facts.state = MiniprogramState::trial;
    dial.facts.caller.camera_status = 1;
    REQUIRE(world.dial(dial));
    world.open(ann, 2);
    REQUIRE(world.join(ann, 2));
    REQUIRE(world.join(door, 1));
    REQUIRE(world.hang_up(ann, 2));
    const std::vector<Record> records = world.records();
    REQUIRE(records.size() == 5);  // ringing, listener told, joining, talking, ended
    for (const Record& record : records) {
        const SavedRoom& room = std::get<Save>(record).room;
        const auto text = json::write(encode(room));
        const auto parsed = json::parse(text);
        REQUIRE(parsed);
        const auto back = decode_saved_room(*parsed);
        REQUIRE(back);
        CHECK(*back == room);
    }
}

TEST_CASE("saved rooms: every member is needed and judged; faults name it", "[rooms][unit]") {
    World world;
    world.talking();
    const json::Value good = encode(world.disk()[0]);
    REQUIRE(decode_saved_room(good));
    for (const json::Member& member : *good.as_object()) {
        json::Value bad = good;
        bad.set(member.name, json::Value(json::Array{}));
        const auto read = decode_saved_room(bad);
        REQUIRE_FALSE(read);
        CHECK(read.error().is(Errc::bad_message));
        CHECK(read.error().context.find(member.name) != std::string::npos);
    }
    json::Value ringing = good;
    ringing.set("phase", "ringing");
    CHECK_FALSE(decode_saved_room(ringing));
    json::Value alerting = good;
    alerting.set("phase", "alerting");
    CHECK_FALSE(decode_saved_room(alerting));
    CHECK_FALSE(decode_saved_room(json::Value("text")));
}

}  // namespace voip::rooms
