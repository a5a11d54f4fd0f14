// What travels while a media program runs: switches, signalling, new connections. Invariant 11.
#include "tests/unit/media_host/plan_world.hpp"

namespace voip::media::host::test {
namespace {

call::MediaRequest wish(std::optional<bool> camera, std::optional<bool> microphone = {},
                        std::optional<int> volume = {}) {
    return {std::nullopt, camera, microphone, volume};
}

event::Servers fresh(const PlanWorld& w, std::int64_t life_s) {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(w.now - TimePoint(1h)).count();
    return {turn(passed / 1000 + life_s), {w.now, 1767225600000 + passed}};
}

TEST_CASE("media plan: the camera is on only in a video call, with cameraStatus 0, on a board that has one",
          "[media][unit][INV-11]") {
    for (int how = 0; how < 8; ++how) {
        const bool video = (how & 1) != 0, status_on = (how & 2) != 0, has_one = (how & 4) != 0;
        CAPTURE(video, status_on, has_one);
        PlanSettings settings;
        settings.has_camera = has_one;
        settings.room_type = video ? RoomType::video : RoomType::voice;
        PlanWorld w(settings);
        w.to_starting(start_of(settings.room_type, status_on));
        CHECK(*w.asked(Request::start).find("camera") == json::Value(video && status_on && has_one));
        CHECK(*w.asked(Request::start).find("microphone") == json::Value(true));
        CHECK(*w.asked(Request::start).find("roomType") == json::Value(video ? "video" : "voice"));
        CHECK(w.asked(Request::start).find("volume") == nullptr);
    }
}

TEST_CASE("media plan: switches before the start are part of it, later ones are asked at once",
          "[media][unit]") {
    PlanSettings settings;
    settings.volume = 65;
    PlanWorld w(settings);
    w.to_ready();
    CHECK(w.plan.answer_set(wish({}))->volume == 65);
    CHECK(w.plan.answer_set(wish(false, {}, 30))->media.state == "none");
    CHECK(w.on(event::Set{false, {}, 30}).empty());
    CHECK(w.on(event::Set{{}, false, {}}).empty());
    w.on(event::Start{start_of()});
    const json::Value start = w.asked(Request::start);
    CHECK(*start.find("camera") == json::Value(false));
    CHECK(*start.find("microphone") == json::Value(false));
    CHECK(*start.find("volume") == json::Value(30));
    w.done(Request::start);
    w.told("flowing", false, false);
    CHECK(w.plan.answer_set(wish(true))->media == MediaState{"flowing", true, false});
    CHECK(w.on(event::Set{true, {}, {}}) == Words{"ask media.set"});
    CHECK(json::write(w.asked(Request::set)) == R"({"camera":true})");
    CHECK(w.refused(Request::set, 2007, "camera: busy") == Words{"note media could not be set"});
    CHECK(w.plan.phase() == Phase::running);
}

TEST_CASE("media plan: what the call or the board cannot have is refused with its field", "[media][unit]") {
    PlanSettings settings;
    settings.room_type = RoomType::voice;
    CHECK(PlanWorld(settings).plan.answer_set(wish(true)).error().field == "camera");
    CHECK(PlanWorld(settings).plan.answer_set(wish(false)));
    settings.room_type = RoomType::video;
    settings.has_camera = settings.has_microphone = false;
    CHECK(PlanWorld(settings).plan.answer_set(wish(true)).error().field == "camera");
    CHECK(PlanWorld(settings).plan.answer_set(wish({}, true)).error().field == "microphone");
    CHECK(PlanWorld(settings).plan.answer_set(wish({}, true)).error().err_code == 1004);
    PlanWorld w(settings);
    w.to_starting();
    CHECK(*w.asked(Request::start).find("microphone") == json::Value(false));
}

TEST_CASE("media plan: signals of the room wait for the start, in order, 40 at most", "[media][unit]") {
    PlanWorld w;
    w.to_launching();
    for (int i = 0; i < 40; ++i) CHECK(w.on(event::FromRoom{json::Value(i)}).empty());
    CHECK(w.on(event::FromRoom{json::Value(40)}) == Words{"note signal dropped"});
    w.done(Request::prepare);
    const Words start = w.on(event::Start{start_of()});
    REQUIRE(start.size() == 42);
    CHECK(start[1] == "ask media.start");
    CHECK(start[2] == "to program 0");
    CHECK(start[41] == "to program 39");
    CHECK(w.on(event::FromRoom{json::Value(41)}) == Words{"to program 41"});
    w.on(event::Stop{});
    CHECK(w.on(event::FromRoom{json::Value(42)}).empty());
}

TEST_CASE("media plan: while the road is broken signals wait; an offer replaces what was before it",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    CHECK(w.on(event::FromProgram{body("offer")}) == Words{R"(to room {"type":"offer"})"});
    w.on(event::Road{false});
    CHECK(w.on(event::FromProgram{body("candidate")}).empty());
    CHECK(w.on(event::FromProgram{body("offer")}).empty());
    CHECK(w.on(event::FromProgram{body("media")}).empty());
    CHECK(w.on(event::Road{true}) == Words{R"(to room {"type":"offer"})", R"(to room {"type":"media"})"});
    CHECK(w.on(event::Unsent{body("candidate")}).empty());
    CHECK(w.on(event::Road{true}) == Words{R"(to room {"type":"candidate"})"});
}

TEST_CASE("media plan: more than 40 signals on a broken road are made up for by a new connection",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    w.on(event::Road{false});
    for (int i = 0; i < 41; ++i) w.on(event::FromProgram{body("candidate")});
    CHECK(w.on(event::Road{true}) == Words{"ask media.restart"});
    CHECK(*w.asked(Request::restart).find("why") == json::Value("signals were lost"));
}

TEST_CASE("media plan: the network coming up leaves flowing media alone, unless an address has gone",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    CHECK(w.on(event::Network{false}).empty());
    CHECK(w.on(event::Network{true}) == Words{"ask media.restart"});
    CHECK(*w.asked(Request::restart).find("why") == json::Value("network"));
    CHECK(w.done(Request::restart).empty());
    CHECK(w.told("interrupted") == Words{"tell interrupted camera microphone"});
    CHECK(w.on(event::Network{false}) == Words{"ask media.restart"});
}

TEST_CASE("media plan: an interruption within 10 s of the network coming up is its doing", "[media][unit]") {
    for (const bool soon : {true, false}) {
        PlanWorld w;
        w.to_flowing();
        w.on(event::Network{false});
        w.pass(soon ? 9s : 5s);
        w.on(event::Measured{});
        if (!soon) w.pass(6s);
        const Words then = w.told("interrupted");
        CHECK((then.front() == "ask media.restart") == soon);
    }
}

TEST_CASE("media plan: a restart waits for the road and replaces what waited for it", "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    w.on(event::Road{false});
    w.on(event::FromProgram{body("offer")});
    CHECK(w.on(event::Network{true}).empty());
    CHECK(w.on(event::Road{true}) == Words{"ask media.restart"});
    CHECK(w.on(event::Road{true}).empty());
}

TEST_CASE("media plan: a road that comes back during 1 interruption begins a new connection",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    w.told("interrupted");
    CHECK(w.on(event::Road{true}).empty());  // it was open all the time
    w.on(event::Road{false});
    w.on(event::FromProgram{body("offer")});
    CHECK(w.on(event::Road{true}) == Words{"ask media.restart"});
    CHECK(*w.asked(Request::restart).find("why") == json::Value("road"));
    w.done(Request::restart);
    w.told("flowing");
    w.on(event::Road{false});
    CHECK(w.on(event::Road{true}).empty());
}

TEST_CASE("media plan: servers of 60 s are renewed after 45 s, when a connection is begun", "[media][unit]") {
    PlanWorld w;
    call::action::StartMedia start = start_of();
    start.ice_servers = turn(60);
    w.to_flowing(start);
    for (int i = 0; i < 11; ++i) {
        w.pass(4s);
        w.on(event::Measured{});
    }
    CHECK(w.on(event::FromRoom{body("want-offer")}) == Words{R"(to program {"type":"want-offer"})"});
    w.pass(1s);
    CHECK(w.on(event::FromRoom{body("want-offer")}) == Words{"fetch servers"});
    CHECK(w.on(event::FromRoom{body("want-offer")}).empty());  // one is on its way
    CHECK(w.on(event::FromRoom{body("candidate")}) == Words{R"(to program {"type":"candidate"})"});
    CHECK(w.on(fresh(w, 60)) == Words{"ask media.restart"});
    const json::Value params = w.asked(Request::restart);
    CHECK(*params.find("why") == json::Value("want-offer"));
    CHECK(json::write(*params.find("iceServers")).find("1767225705:R1") != std::string::npos);
    CHECK(w.on(event::FromRoom{body("want-offer")}) == Words{R"(to program {"type":"want-offer"})"});
}

TEST_CASE("media plan: an interruption with stale servers begins anew with fresh ones, or with the old",
          "[media][unit]") {
    for (const bool had : {true, false}) {
        PlanWorld w;
        call::action::StartMedia start = start_of();
        start.ice_servers = turn(60);
        w.to_flowing(start);
        for (int i = 0; i < 12; ++i) {
            w.pass(5s);
            w.on(event::Measured{});
        }
        CHECK(w.told("interrupted").front() == "fetch servers");
        CHECK(w.on(had ? fresh(w, 60) : event::Servers{}) == Words{"ask media.restart"});
        CHECK(w.on(event::Servers{}).empty());
    }
}

TEST_CASE("media plan: servers that are stale at the answer start the media and are renewed at once",
          "[media][unit]") {
    PlanWorld w;
    w.to_ready();
    w.pass(50s);
    call::action::StartMedia start = start_of();
    start.ice_servers = turn(60);
    CHECK(w.on(event::Start{start}) == Words{"tell starting", "ask media.start"});
    CHECK(w.done(Request::start) == Words{"fetch servers"});
    w.on(event::Road{false});
    CHECK(w.on(event::Road{true}) == Words{"fetch servers"});  // the first outcome may never come
}

TEST_CASE("media plan: a device that fails in a call makes the program ill until all is sent again",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    CHECK(w.on(event::Told{{"flowing", false, true, 2007, "camera: gone"}}) ==
          Words{"ill: camera: gone", "tell flowing microphone"});
    CHECK(w.told("flowing", false, false) == Words{"tell flowing"});
    CHECK(w.told("flowing", true, true) == Words{"well", "tell flowing camera microphone"});
    w.on(event::Set{false, {}, {}});
    CHECK(w.told("flowing", false, true) == Words{"tell flowing microphone"});
}

}  // namespace
}  // namespace voip::media::host::test
