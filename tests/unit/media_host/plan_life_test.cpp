// The life of a media program: launched, asked, ended, killed; what each failure becomes.
#include "tests/unit/media_host/plan_world.hpp"

namespace voip::media::host::test {
namespace {

std::optional<TimePoint> deadline_of(const Actions& actions, Request request) {
    for (const Action& each : actions)
        if (const auto* ask = std::get_if<action::Ask>(&each); ask && ask->request == request)
            return ask->deadline;
    return std::nullopt;
}

TEST_CASE("media plan: a whole call asks 3 requests and ends without a kill", "[media][unit]") {
    PlanWorld w;
    CHECK(w.on(event::Begin{}) == Words{"spawn", "ask media.prepare"});
    CHECK(*w.asked(Request::prepare).find("generation") == json::Value(7));
    CHECK(deadline_of(w.last, Request::prepare) == w.now + 5s);
    CHECK(w.done(Request::prepare).empty());
    CHECK(w.on(event::Start{start_of()}) == Words{"tell starting", "ask media.start"});
    CHECK(deadline_of(w.last, Request::start) == w.now + 2s);
    CHECK(w.done(Request::start).empty());
    CHECK(w.told("flowing") == Words{"well", "tell flowing camera microphone"});
    CHECK(w.on(event::Measured{}) == Words{"measure"});
    CHECK(w.on(event::Stop{}) == Words{"ask media.stop"});
    CHECK(deadline_of(w.last, Request::stop) == w.now + 2s);
    CHECK(w.done(Request::stop) == Words{"close wire"});
    CHECK(w.on(event::Exited{"ended"}) == Words{"gone"});
    CHECK(w.plan.phase() == Phase::gone);
    CHECK_FALSE(w.plan.wake_at());
}

TEST_CASE("media plan: start while it is being prepared waits for the answer", "[media][unit]") {
    PlanWorld w;
    w.to_launching();
    CHECK(w.on(event::Start{start_of()}) == Words{"tell starting"});
    CHECK(w.done(Request::prepare) == Words{"ask media.start"});
}

TEST_CASE("media plan: what fails while it rings is launched once more, and then missed at the answer",
          "[media][unit]") {
    for (int how = 0; how < 4; ++how) {
        CAPTURE(how);
        PlanWorld w;
        w.to_launching();
        for (int launch = 0; launch < 2; ++launch) {
            CAPTURE(launch);
            Words then;
            if (how == 0) then = w.lost(Request::prepare);
            if (how == 1) then = w.refused(Request::prepare, 2003, "no webrtcbin");
            if (how == 2) then = w.on(event::WireBroken{"not JSON-RPC"});
            if (how < 3) {
                REQUIRE(!then.empty());
                CHECK(then.back() == "kill");
            }
            then = w.on(event::Exited{"was killed by signal 9"});
            if (launch == 0) {
                REQUIRE(w.plan.phase() == Phase::launching);
                CHECK(then.back() == "ask media.prepare");
            }
        }
        CHECK(w.plan.phase() == Phase::broken);
        CHECK(w.count("spawn") == 2);
        CHECK(w.count("tell") == 0);
        const Words missed = w.on(event::Start{start_of()});
        REQUIRE(!missed.empty());
        CHECK(missed.front().starts_with("tell failed 2003 "));
        CHECK(missed.back() == "gone");
    }
}

TEST_CASE("media plan: a program that ends while ready is launched once more and the call goes on",
          "[media][unit]") {
    PlanWorld w;
    w.to_ready();
    CHECK(w.on(event::Exited{"was killed by signal 11"}) ==
          Words{"ill: the media program was killed by signal 11", "spawn", "ask media.prepare"});
    w.done(Request::prepare);
    CHECK(w.on(event::Start{start_of()}).back() == "ask media.start");
}

TEST_CASE("media plan: start between two launches waits for the second", "[media][unit]") {
    PlanWorld w;
    w.to_launching();
    w.lost(Request::prepare);
    CHECK(w.on(event::Start{start_of()}) == Words{"tell starting"});
    CHECK(w.on(event::Exited{"x"}) == Words{"spawn", "ask media.prepare"});
    CHECK(w.done(Request::prepare) == Words{"ask media.start"});
}

TEST_CASE("media plan: a missing program is not tried twice and costs the call only when it is needed",
          "[media][unit]") {
    PlanWorld w;
    w.to_launching();
    CHECK(w.on(event::SpawnFailed{"/x: No such file"}) == Words{"ill: /x: No such file"});
    CHECK(w.pass(10min).empty());
    CHECK(w.on(event::Stop{}) == Words{"gone"});

    PlanWorld needed;
    needed.to_broken();
    CHECK(needed.on(event::Start{start_of()}) == Words{"tell failed 2003 no such file", "gone"});

    PlanWorld late;  // answered before the process could be made
    late.to_launching();
    late.on(event::Start{start_of()});
    CHECK(late.on(event::SpawnFailed{"/x"}) == Words{"ill: /x", "tell failed 2003 /x", "gone"});
}

TEST_CASE("media plan: after start, each of 9 failures is told once with its code, and the process is killed",
          "[media][unit]") {
    struct Case {
        Event event;
        bool flowing;
        std::string told;
    };
    const auto answered = [](Request request, How how, int err_code) {
        return event::Answered{request, how, err_code, "why", {}};
    };
    const Case cases[] = {
        {event::Exited{"ended with status 1"}, false, "2003 the media program ended with status 1"},
        {event::Exited{"was killed by signal 11"}, true, "2005 the media program was killed by signal 11"},
        {event::WireBroken{"why"}, false, "2003 why"},
        {event::WireBroken{"why"}, true, "2005 why"},
        {answered(Request::start, How::lost, 0), false, "2002 why"},
        {answered(Request::start, How::refused, 2007), false, "2007 why"},
        {answered(Request::set, How::lost, 0), true, "2002 why"},
        {answered(Request::restart, How::refused, 2000), true, "2002 why"},
        {event::FromProgram{json::Value(std::string(33 * 1024, 'x'))}, true,
         "2002 the media program sent a signal above 32 KiB"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.told);
        PlanWorld w;
        if (each.flowing)
            w.to_flowing();
        else
            w.to_starting();
        w.on(each.event);
        CHECK(w.count("tell failed") == 1);
        CHECK(w.count("tell failed " + each.told) == 1);
        const bool alive = !std::holds_alternative<event::Exited>(each.event);
        CHECK(w.count("kill") == (alive ? 1 : 0));
        if (alive) CHECK(w.on(event::Exited{"was killed"}) == Words{"gone"});
        CHECK(w.plan.phase() == Phase::gone);
        CHECK(w.on(event::Stop{}).empty());
        CHECK(w.count("ill") == 1);
    }
}

TEST_CASE("media plan: the program's own failure is passed on; it has 2 s to end", "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    CHECK(w.failed(2005, "the connection was lost") == Words{"tell failed 2005 the connection was lost"});
    CHECK(w.on(event::Stop{}).empty());
    CHECK(w.pass(1999ms).empty());
    CHECK(w.pass(1ms) == Words{"note media program does not end", "kill"});
    CHECK(w.on(event::Exited{"was killed"}) == Words{"gone"});

    PlanWorld own_fault;
    own_fault.to_running();
    CHECK(own_fault.failed(2007, "camera: gone") ==
          Words{"ill: camera: gone", "tell failed 2007 camera: gone"});
    CHECK(own_fault.on(event::Exited{"ended"}) == Words{"gone"});
}

TEST_CASE("media plan: a program that does not stop is killed after 2 s, whichever way it does not",
          "[media][unit]") {
    for (int how = 0; how < 4; ++how) {
        CAPTURE(how);
        PlanWorld w;
        if (how == 3)
            w.to_launching();
        else
            w.to_flowing();
        CHECK(w.on(event::Stop{}) == Words{"ask media.stop"});
        if (how == 0) CHECK(w.done(Request::stop) == Words{"close wire"});  // but lives on
        if (how == 1) CHECK(w.refused(Request::stop, 2000, "no") == Words{"kill"});
        if (how == 2) CHECK(w.on(event::WireBroken{"garbage"}).empty());
        w.pass(2s);
        CHECK(w.count("kill") == 1);
        CHECK_FALSE(w.plan.wake_at());
        CHECK(w.on(event::Exited{"was killed"}) == Words{"gone"});
    }
}

TEST_CASE("media plan: the end of the call while it is launched anew waits for no second launch",
          "[media][unit]") {
    PlanWorld w;
    w.to_launching();
    w.lost(Request::prepare);
    CHECK(w.on(event::Stop{}).empty());
    CHECK(w.on(event::Exited{"was killed"}) == Words{"gone"});
    CHECK(w.count("spawn") == 1);
}

TEST_CASE("media plan: a program whose end is heard after its deadline is not killed, and not called late",
          "[media][unit]") {
    PlanWorld ending;
    ending.to_ending();
    ending.now += 3s;  // the loop was held up: the end is told before the clock is looked at
    CHECK(ending.on(event::Exited{"ended with status 0"}) == Words{"gone"});

    PlanWorld flowing;
    flowing.to_flowing();
    flowing.now += 11s;
    CHECK(flowing.on(event::Exited{"crashed"}) ==
          Words{"ill: the media program crashed", "tell failed 2005 the media program crashed", "gone"});
}

TEST_CASE("media plan: 10 s without a measurement while media flows is a program that hangs",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    for (int i = 0; i < 20; ++i) {
        CHECK(w.pass(9s).empty());
        w.on(event::Measured{});
    }
    const Words end = w.pass(10s);
    CHECK(end == Words{"ill: the media program does not move any more",
                       "tell failed 2005 the media program does not move any more", "kill"});

    PlanWorld mending;  // nothing is measured meanwhile
    mending.to_flowing();
    mending.told("interrupted");
    CHECK(mending.pass(44s).empty());
    mending.told("flowing");
    CHECK(mending.pass(9s).empty());
}

TEST_CASE("media plan: an interruption that the program does not give up in 40 s is given up 5 s later",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    w.told("interrupted");
    w.pass(20s);
    w.told("interrupted", false, true);  // still the same one
    CHECK(w.pass(24999ms).empty());
    CHECK(w.pass(1ms).at(1).starts_with("tell failed 2005"));
}

TEST_CASE("media plan: media.start waits for the programs of earlier calls, 3 s at most", "[media][unit]") {
    PlanSettings settings;
    settings.elders = true;
    PlanWorld w(settings);
    w.to_ready();
    CHECK(w.on(event::Start{start_of()}) == Words{"tell starting"});
    CHECK(w.on(event::EldersGone{}) == Words{"ask media.start"});

    PlanWorld stuck(settings);
    stuck.to_launching();
    stuck.on(event::Start{start_of()});
    stuck.pass(4s);
    CHECK(stuck.done(Request::prepare) == Words{"ask media.start"});

    PlanWorld waits(settings);
    waits.to_ready();
    waits.on(event::Start{start_of()});
    CHECK(waits.pass(2999ms).empty());
    CHECK(waits.pass(1ms) == Words{"ask media.start"});
}

TEST_CASE("media plan: words before it was asked are a breach; after the end they are nothing",
          "[media][unit]") {
    PlanWorld w;
    w.to_ready();
    CHECK(w.told("flowing") == Words{"ill: the media program spoke before it was asked", "kill"});

    PlanWorld ended;
    ended.to_ending();
    CHECK(ended.told("flowing").empty());
    CHECK(ended.failed(2004, "x").empty());
    CHECK(ended.on(event::Measured{}).empty());
    CHECK(ended.on(event::FromProgram{body("offer")}).empty());
}

TEST_CASE("media plan: the last numbers come with the end, those of media.stop first of all",
          "[media][unit]") {
    PlanWorld w;
    w.to_flowing();
    MediaQuality quality;
    quality.frames_sent = 10;
    w.on(event::Measured{quality});
    w.on(event::Stop{});
    quality.frames_sent = 12;
    w.on(event::Answered{Request::stop, How::done, 0, {}, quality});
    w.on(event::Exited{"ended"});
    CHECK(std::get<action::Gone>(w.last.back()).quality->frames_sent == 12);

    PlanWorld crashed;
    crashed.to_flowing();
    crashed.on(event::Measured{quality});
    crashed.on(event::Exited{"was killed by signal 11"});
    CHECK(std::get<action::Gone>(crashed.last.back()).quality->frames_sent == 12);
}

TEST_CASE("media plan: 200 words in a second are many, 201 are a flood", "[media][unit]") {
    PlanWorld w;
    w.to_running();
    w.pass(1s);
    for (int second = 0; second < 3; ++second) {
        for (int i = 0; i < 200; ++i) CHECK(w.on(event::Measured{}) == Words{"measure"});
        w.pass(1s);
    }
    for (int i = 0; i < 200; ++i) w.on(event::FromProgram{body("candidate")});
    CHECK(w.on(event::FromProgram{body("candidate")}) ==
          Words{"ill: the media program says too much", "tell failed 2002 the media program says too much",
                "kill"});
}

}  // namespace
}  // namespace voip::media::host::test
