// The media of a call: when it may start, what its states do to the call, invariants 10 and 11.
#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

using N = EventName;

SessionSettings with_media() {
    SessionSettings settings;
    settings.media_enabled = true;
    return settings;
}

/// A call that talks, its media flowing.
struct Talk : World {
    explicit Talk(bool caller = true) : World(with_media()) {
        to_talking(caller);
        media("flowing");
        REQUIRE(phase() == Phase::talking);
    }
    Actions media(const std::string& state, int err_code = 0, const std::string& why = {}) {
        return on(event::MediaChanged{session.generation(), {state, true, true}, err_code, why});
    }
    Actions measured(double kbps) {
        MediaQuality quality;
        quality.send_kbps = kbps;
        return on(event::MediaMeasured{session.generation(), quality});
    }
    [[nodiscard]] MediaState shown() const { return session.snapshot(now.at).media; }
};

std::size_t place_of(const Actions& actions, bool (*is)(const Action&)) {
    return static_cast<std::size_t>(std::find_if(actions.begin(), actions.end(), is) - actions.begin());
}

TEST_CASE("session media: prepared when the room is known, started when both sides join", "[call][unit]") {
    World w(with_media());
    w.start("C1");
    CHECK(count<action::PrepareMedia>(w.all) == 0);
    CHECK(count<action::PrepareMedia>(w.dial_done({success("R1")})) == 1);
    w.join_done({RoomJoined{"R1", Phase::ringing, {{{"turn:t"}, "1:R1", "c"}}}});
    CHECK(count<action::StartMedia>(w.all) == 0);
    w.wire(N::hangOnVoip);
    const auto* start = find<action::StartMedia>(w.last);
    REQUIRE(start);
    CHECK(start->room_id == "R1");
    CHECK(start->camera);
    CHECK(start->ice_servers == std::vector<IceServer>{{{"turn:t"}, "1:R1", "c"}});
    w.wire(N::calling);
    CHECK(w.phase() == Phase::joining);
    w.on(event::MediaChanged{w.session.generation(), {"starting", true, true}, 0, {}});
    CHECK(w.phase() == Phase::joining);
    w.on(event::MediaChanged{w.session.generation(), {"flowing", true, true}, 0, {}});
    CHECK(w.phase() == Phase::talking);
    CHECK(w.session.snapshot(w.now.at).media.state == "flowing");
}

TEST_CASE("session media: a phone without media is talked to all the same, once it says so", "[call][unit]") {
    World w(with_media());
    w.to_joining(true);
    w.join_done({RoomJoined{"R1", Phase::joining, {}}});
    REQUIRE(w.phase() == Phase::joining);
    const Generation generation = w.session.generation();
    w.wire(N::calling);
    CHECK(w.phase() == Phase::joining);
    const Actions declined = w.on(event::MediaChanged{generation, {}, 0, {}});
    CHECK(count<action::StopMedia>(declined) == 1);
    CHECK(w.phase() == Phase::talking);
    CHECK(w.session.snapshot(w.now.at).media.state == "none");
    // Whatever the program still says on its way out changes nothing.
    CHECK(w.on(event::MediaChanged{generation, {"failed", false, false}, 2004, "late"}).empty());
    CHECK(w.on(event::MediaChanged{generation, {}, 0, {}}).empty());
    CHECK(w.phase() == Phase::talking);
    w.wire(N::hangUpVoip);
    CHECK(count<action::StopMedia>(w.last) == 0);
}

TEST_CASE("session media: a listener's is prepared while it alerts and started by the answer",
          "[call][unit]") {
    World w(with_media());
    w.to_alerting();
    CHECK(count<action::PrepareMedia>(w.all) == 1);
    w.answer();
    CHECK(count<action::StartMedia>(w.all) == 0);
    w.join_done({RoomJoined{"R1", Phase::joining, {}}});
    CHECK(count<action::StartMedia>(w.last) == 1);
}

TEST_CASE("session media: losing the service for 10 minutes ends no call whose media flows",
          "[call][unit][INV-10]") {
    Talk w;
    w.go_offline();
    w.pass(10min);
    CHECK(w.phase() == Phase::talking);
    w.media("interrupted");
    w.media("flowing");
    CHECK(w.phase() == Phase::talking);
}

TEST_CASE("session media: losing the media ends the call, on line and off line, with its code and words",
          "[call][unit][INV-10]") {
    for (const bool online : {true, false})
        for (const bool caller : {true, false}) {
            CAPTURE(online, caller);
            Talk w(caller);
            if (!online) w.go_offline();
            w.media("failed", 2005, "no packets for 40 s");
            const RoomEnd end = *w.session.snapshot(w.now.at).end;
            CHECK(end.event_name == N::abortVoip);
            CHECK(end.status == (caller ? "abortByCaller" : "abortByListener"));
            CHECK(end.err_code == 2005);
            CHECK(end.err_msg == "no packets for 40 s");
            CHECK(count<action::StopMedia>(w.all) == 1);
            CHECK(w.shown().state == "none");
            const auto* hang_up = find<action::HangUp>(w.last);
            REQUIRE(static_cast<bool>(hang_up) == online);
            if (hang_up) CHECK(hang_up->hang_up.reason == HangUpReason::abort);
        }
}

TEST_CASE("session media: failing before it flowed is a failed join of that side", "[call][unit]") {
    for (const bool caller : {true, false}) {
        World w(with_media());
        w.to_joining(caller);
        w.on(event::MediaChanged{w.session.generation(), {"failed", false, false}, 2007, "no camera"});
        const RoomEnd end = *w.session.snapshot(w.now.at).end;
        CHECK(end.event_name == (caller ? N::joinFailCaller : N::joinFailListener));
        CHECK(end.err_code == 2007);
        CHECK(end.err_msg == "no camera");
        REQUIRE(find<action::HangUp>(w.last));
        CHECK(find<action::HangUp>(w.last)->hang_up.err_msg == "no camera");
    }
}

TEST_CASE("session media: an interruption is shown and ends nothing, not in joining either", "[call][unit]") {
    Talk w;
    CHECK(count<action::Changed>(w.media("interrupted")) == 1);
    CHECK(w.shown().state == "interrupted");
    w.pass(5min);
    CHECK(w.phase() == Phase::talking);

    World early(with_media());
    early.to_joining(true);
    early.on(event::MediaChanged{early.session.generation(), {"flowing", true, true}, 0, {}});
    early.on(event::MediaChanged{early.session.generation(), {"interrupted", true, true}, 0, {}});
    early.wire(N::calling);
    CHECK(early.phase() == Phase::joining);
    early.on(event::MediaChanged{early.session.generation(), {"flowing", true, true}, 0, {}});
    CHECK(early.phase() == Phase::talking);
}

TEST_CASE("session media: no start outside joining; cameraStatus 1 and voice start without camera",
          "[call][unit][INV-11]") {
    for (int how = 0; how < 3; ++how) {
        CAPTURE(how);
        World w(with_media());
        InitByCaller dialled = request("C1");
        if (how == 1) dialled.caller.camera_status = 1;
        if (how == 2) dialled.room_type = RoomType::voice;
        w.on(event::StartCall{1, dialled, {}, false});
        w.dial_done({success("R1")});
        const auto* join = find<action::Join>(w.last);
        REQUIRE(join);
        CHECK(join->join.camera_status == (how == 2 ? std::nullopt : std::optional<int>(how)));
        w.join_ok();
        w.pass(30s);
        CHECK(count<action::StartMedia>(w.all) == 0);
        w.wire(N::hangOnVoip);
        REQUIRE(find<action::StartMedia>(w.last));
        CHECK(find<action::StartMedia>(w.last)->camera == (how == 0));
        w.hang_up();
        CHECK(find<action::StopMedia>(w.last));
    }
}

TEST_CASE("session media: every end stops it first, before anybody hears of the end",
          "[call][unit][INV-11]") {
    const auto stops = [](const Action& each) { return std::holds_alternative<action::StopMedia>(each); };
    const auto tells = [](const Action& each) {
        return std::holds_alternative<action::Emit>(each) || std::holds_alternative<action::Changed>(each);
    };
    for (int how = 0; how < 5; ++how) {
        CAPTURE(how);
        World w(with_media());
        if (how < 2)
            w.to_alerting();
        else if (how < 4)
            w.to_joining(true);
        else
            w.to_talking(false);
        if (how == 0) w.wire(N::cancelVoip);
        if (how == 1) w.pass(63s);
        if (how == 2) w.hang_up();
        if (how == 3) w.pass(20s);
        if (how == 4) w.wire(N::hangUpVoip);
        REQUIRE(count<action::StopMedia>(w.last) == 1);
        CHECK(place_of(w.last, stops) < place_of(w.last, tells));
        CHECK(count<action::StopMedia>(w.all) == 1);
    }
}

TEST_CASE("session media: media that never flows ends joining after 20 s with code 2004", "[call][unit]") {
    World w(with_media());
    w.to_talking(true);
    CHECK(w.phase() == Phase::joining);
    w.pass(20s);
    CHECK(w.session.snapshot(w.now.at).end->event_name == N::joinFailCaller);
    CHECK(w.session.snapshot(w.now.at).end->err_code == 2004);
}

TEST_CASE("session media: measurements are shown, told apart from changes, and the last one is recorded",
          "[call][unit]") {
    Talk w;
    CHECK(!w.shown().quality);
    w.measured(100);
    CHECK(count<action::Changed>(w.last) == 0);
    REQUIRE(find<action::Measured>(w.last));
    CHECK(find<action::Measured>(w.last)->room_id == "R1");
    w.measured(200);
    CHECK(w.shown().quality->send_kbps == 200);
    w.media("interrupted");
    CHECK(find<action::Changed>(w.last)->snapshot.media.quality->send_kbps == 200);
    CHECK(w.media("interrupted").empty());
    w.hang_up();
    CHECK(find<action::Finished>(w.last)->record.quality->send_kbps == 200);
    CHECK(!w.shown().quality);
    w.measured(300);
    CHECK(w.last.empty());
}

TEST_CASE("session media: words of an earlier call change nothing", "[call][unit][INV-3]") {
    Talk w;
    const Generation old = w.session.generation() - 1;
    MediaQuality quality;
    quality.fps = 1;
    CHECK(w.on(event::MediaMeasured{old, quality}).empty());
    CHECK(w.on(event::MediaChanged{old, {"failed", false, false}, 2005, "x"}).empty());
    CHECK(w.phase() == Phase::talking);
}

TEST_CASE("session media: without it nothing is asked of it and its words are deaf", "[call][unit]") {
    World w;
    w.to_talking(true);
    w.on(event::MediaChanged{w.session.generation(), {"failed", false, false}, 2005, "x"});
    CHECK(w.on(event::MediaMeasured{w.session.generation(), {}}).empty());
    CHECK(w.phase() == Phase::talking);
    w.hang_up();
    CHECK(count<action::PrepareMedia>(w.all) + count<action::StartMedia>(w.all) +
              count<action::StopMedia>(w.all) ==
          0);
    CHECK(!find<action::Finished>(w.all)->record.quality);
}

TEST_CASE("session: without media, talking off line ends after 60 s", "[call][unit]") {
    World w;
    w.to_talking(true);
    w.go_offline();
    w.pass(59s);
    CHECK(w.phase() == Phase::talking);
    w.pass(1s);
    CHECK(w.session.snapshot(w.now.at).end->status == "abortByCaller");
}

}  // namespace
}  // namespace voip::call::test
