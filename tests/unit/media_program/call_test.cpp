#include "tests/unit/media_program/scene.hpp"

namespace {

using namespace voip;
using namespace voip::media;
using namespace voip::media::test;
using In = Call::Phase;

/// A call brought into a phase.
Scene in(In phase) {
    Scene s;
    switch (phase) {
        case In::idle: break;
        case In::preparing: s.on(event::Prepare{}); break;
        case In::ready: s.prepare(); break;
        case In::starting: s.start(); break;
        case In::flowing: s.flow(); break;
        case In::interrupted:
            s.flow();
            s.on(event::Lost{1, fail(Errc::io)});
            break;
        case In::closing:
            s.flow();
            s.on(event::Stop{});
            break;
        case In::ended:
            s.flow();
            s.on(event::Stop{});
            s.on(event::SessionClosed{});
            break;
    }
    REQUIRE(s.call.phase() == phase);
    return s;
}

constexpr In phases[] = {In::idle,    In::preparing,   In::ready,   In::starting,
                         In::flowing, In::interrupted, In::closing, In::ended};

std::vector<Event> every_event() {
    const Error why = fail(Errc::io, "test");
    return {event::Prepare{},
            event::Start{},
            event::Set{},
            event::Restart{},
            event::Stop{},
            event::WireClosed{},
            event::FromPhone{{signal::Answer{1, "v=0"}}},
            event::FromPhone{{signal::Candidate{1, "c", "", 0}}},
            event::FromPhone{{signal::WantOffer{1}}},
            event::FromPhone{{signal::Offer{9, "v=0"}}},
            event::FromPhone{{signal::Media{}}},
            event::EngineReady{},
            event::KeyMade{},
            event::EngineFailed{why},
            event::OfferMade{1, "v=0"},
            event::CandidateFound{1, "c", "0", 0},
            event::Connected{1},
            event::Lost{1, why},
            event::Heard{1},
            event::SessionClosed{},
            event::DeviceStarted{Device::camera},
            event::DeviceFailed{Device::microphone, why},
            event::Tick{}};
}

}  // namespace

TEST_CASE("media call: prepare, start, flow, stop in order", "[media][unit]") {
    Scene s;
    CHECK(s.on(event::Prepare{}) == Story{"load"});
    CHECK(s.on(event::EngineReady{}) == Story{"reply media.prepare"});
    CHECK(s.on(event::KeyMade{}).empty());
    Start params;
    CHECK(s.on(event::Start{params}) == Story{"reply media.start", "state starting", "open 1", "volume 80",
                                              "unmute", "start speaker", "start microphone", "start camera"});
    s.devices_start();
    CHECK(s.on(event::OfferMade{1, "v=0"}) == Story{"phone offer 1", "phone media"});
    CHECK(s.on(event::FromPhone{{signal::Answer{1, "v=0"}}}) == Story{"take answer"});
    CHECK(s.on(event::Connected{1}) == Story{"flow", "state flowing cam mic"});
    CHECK(s.on(event::Stop{}) == Story{"stop camera", "stop microphone", "stop speaker", "hold", "close"});
    CHECK(s.on(event::SessionClosed{}) == Story{"reply media.stop", "end"});
    CHECK_FALSE(s.call.wake_at());
}

TEST_CASE("media call: in 8 phases each of 23 events keeps the rules", "[media][unit]") {
    for (const In phase : phases)
        for (const Event& event : every_event()) {
            INFO("phase " << static_cast<int>(phase) << ", event " << event.index());
            Scene s = in(phase);
            const Story told = s.on(event);
            const In then = s.call.phase();
            if (phase == In::ended) CHECK(then == In::ended);
            if (phase == In::closing) CHECK((then == In::closing || then == In::ended));
            CHECK(has(told, "end") == (then == In::ended && phase != In::ended));
            // Nothing is captured or sent before a start, nor while it ends.
            const bool may_capture = then == In::starting || then == In::flowing || then == In::interrupted;
            for (const char* device : {"start camera", "start microphone", "flow"})
                if (!may_capture) CHECK_FALSE(has(told, device));
            // Every phase that waits has its deadline.
            const bool waits = then == In::preparing || then == In::starting || then == In::interrupted ||
                               then == In::closing || then == In::flowing;
            if (waits) CHECK(s.call.wake_at());
        }
}

TEST_CASE("media call: a request out of place is refused with 2000", "[media][unit]") {
    CHECK(in(In::idle).on(event::Start{}) == Story{"reply media.start 2000"});
    CHECK(in(In::flowing).on(event::Start{}) == Story{"reply media.start 2000"});
    CHECK(in(In::flowing).on(event::Prepare{}) == Story{"reply media.prepare 2000"});
    CHECK(in(In::ready).on(event::Set{}) == Story{"reply media.set 2000"});
    CHECK(in(In::idle).on(event::Restart{}) == Story{"reply media.restart 2000"});
    CHECK(in(In::closing).on(event::Stop{}) == Story{"reply media.stop 2000"});
}

TEST_CASE("media call: libraries that do not load in 5 s are failure 2003", "[media][unit]") {
    Scene s = in(In::preparing);
    CHECK(s.after(4999ms).empty());
    CHECK(s.after(1ms) == Story{"reply media.prepare 2003", "state failed 2003", "end"});
    CHECK(in(In::preparing).on(event::EngineFailed{fail(Errc::io)}) ==
          Story{"reply media.prepare 2003", "state failed 2003", "end"});
}

TEST_CASE("media call: a key that takes 15 s delays the first session alone", "[media][unit]") {
    Scene s;
    s.on(event::Prepare{});
    CHECK(s.on(event::EngineReady{}) == Story{"reply media.prepare"});
    CHECK(s.after(5s).empty());
    CHECK(s.on(event::Start{}) == Story{"reply media.start", "state starting", "volume 80", "unmute",
                                        "start speaker", "start microphone", "start camera"});
    s.devices_start();
    CHECK(s.on(event::FromPhone{{signal::WantOffer{3}}}).empty());  // it waits for the same
    CHECK_FALSE(has(s.after(10s), "open 1"));
    CHECK(s.on(event::KeyMade{}) == Story{"open 4"});
    CHECK(s.call.session() == 4);
}

TEST_CASE("media call: a key that cannot be made is failure 2003, also after the answer of media.prepare",
          "[media][unit]") {
    for (const bool started : {false, true}) {
        Scene s;
        s.on(event::Prepare{});
        s.on(event::EngineReady{});
        if (started) s.on(event::Start{});
        const Story told = s.on(event::EngineFailed{fail(Errc::io)});
        CHECK(has(told, "state failed 2003"));
        CHECK_FALSE(has(told, "reply media.prepare 2003"));
    }
}

TEST_CASE("media call: a session that does not connect in 10 s is replaced, with a higher number",
          "[media][unit]") {
    Scene s = in(In::starting);
    s.devices_start();
    CHECK(has(s.after(10s), "open 2"));
    CHECK(s.on(event::Connected{1}).empty());  // late
    CHECK(has(s.on(event::Connected{2}), "flow"));
}

TEST_CASE("media call: a connection that is lost is replaced; 40 s without one are failure 2005",
          "[media][unit]") {
    Scene s = in(In::flowing);
    s.now += 2s;
    CHECK(s.on(event::Lost{1, fail(Errc::io)}) == Story{"hold", "state interrupted cam mic", "open 2"});
    TimePoint until = s.now + 40s;
    while (s.now < until - 1s) CHECK_FALSE(has(s.after(1s), "close"));
    const Story last = s.after(1s);
    CHECK(has(last, "state failed 2005"));
    CHECK(has(last, "close"));
}

TEST_CASE("media call: nothing heard for 8 s is a lost connection", "[media][unit]") {
    Scene s = in(In::flowing);
    s.now += 5s;
    s.on(event::Heard{1});
    CHECK_FALSE(has(s.after(7s), "hold"));
    CHECK(has(s.after(1s), "hold"));
}

TEST_CASE("media call: a page that was loaded anew gets a session above what it knows", "[media][unit]") {
    Scene s = in(In::flowing);
    s.now += 2s;
    CHECK(has(s.on(event::FromPhone{{signal::WantOffer{7}}}), "open 8"));
    SECTION("asked again at once: not before 1 s") {
        CHECK_FALSE(has(s.on(event::FromPhone{{signal::WantOffer{8}}}), "open 9"));
        CHECK(has(s.after(1s), "open 9"));
    }
    SECTION("answered meanwhile: that one serves") {
        s.on(event::FromPhone{{signal::WantOffer{8}}});
        s.on(event::FromPhone{{signal::Answer{8, "v=0"}}});
        CHECK_FALSE(has(s.after(1s), "open 9"));
    }
}

TEST_CASE("media call: an answer counts once, and for its session alone", "[media][unit]") {
    Scene s = in(In::starting);
    s.on(event::OfferMade{1, "v=0"});
    CHECK(s.on(event::FromPhone{{signal::Answer{2, "v=0"}}}).empty());
    CHECK(s.on(event::FromPhone{{signal::Answer{1, "v=0"}}}) == Story{"take answer"});
    CHECK(s.on(event::FromPhone{{signal::Answer{1, "v=0"}}}).empty());
    CHECK(s.on(event::FromPhone{{signal::Candidate{2, "c", "", 0}}}).empty());
}

TEST_CASE("media call: with the camera off it is not opened; switched on it is, without a new session",
          "[media][unit]") {
    Scene s;
    CHECK_FALSE(has(s.start(false), "start camera"));
    s.on(event::DeviceStarted{Device::microphone});
    Set on;
    on.camera = true;
    const Story told = s.on(event::Set{on});
    CHECK(has(told, "start camera"));
    CHECK_FALSE(has(told, "open 2"));
    CHECK(has(s.on(event::DeviceStarted{Device::camera}), "state starting cam mic"));
    Set off;
    off.camera = false;
    CHECK(has(s.on(event::Set{off}), "stop camera"));
    CHECK_FALSE(s.call.sends_camera());
}

TEST_CASE("media call: a voice room and a board without camera never open one", "[media][unit]") {
    Scene s;
    s.prepare();
    Start params;
    params.room_type = RoomType::voice;
    CHECK_FALSE(has(s.on(event::Start{params}), "start camera"));
    Set on;
    on.camera = true;
    CHECK_FALSE(has(s.on(event::Set{on}), "start camera"));
}

TEST_CASE("media call: one device less is told, all dead from the start is failure 2007", "[media][unit]") {
    Scene s;
    s.start(false);
    s.on(event::DeviceStarted{Device::speaker});
    CHECK(s.on(event::DeviceFailed{Device::microphone, fail(Errc::io)}) == Story{"state starting 2007"});
    Scene dead;
    dead.start(false);
    dead.on(event::DeviceFailed{Device::speaker, fail(Errc::io)});
    CHECK(has(dead.on(event::DeviceFailed{Device::microphone, fail(Errc::refused)}), "state failed 2102"));
}

TEST_CASE("media call: the wire's end ends it, without an answer", "[media][unit]") {
    CHECK(in(In::ready).on(event::WireClosed{}) == Story{"end"});
    Scene s = in(In::flowing);
    CHECK(has(s.on(event::WireClosed{}), "close"));
    CHECK(s.after(1500ms) == Story{"end"});  // also when the connection does not close
}
