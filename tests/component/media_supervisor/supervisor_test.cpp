// Real processes: what becomes of each way in which a media program can go wrong.
#include <unistd.h>

#include <csignal>

#include "tests/component/media_supervisor/world.hpp"
#include "tests/support/printers.hpp"

namespace voip::media::host::test {
namespace {

const std::string no_servers = R"("iceServers":[]})";

/// The next call behaves by that plan; `change` shortens deadlines.
void behave(World& w, const std::string& plan, const std::function<void(PlanSettings&)>& change,
            const std::string& second = "") {
    SupervisorSettings settings = w.settings(plan, second);
    change(settings.plan);
    w.supervisor->reconfigure(std::move(settings));
}

void stops_quickly(PlanSettings& plan) {
    plan.stop_time = 300ms;
}
void is_watched_closely(PlanSettings& plan) {
    plan.silence_time = 400ms;
}

TEST_CASE("supervisor: one call from ringing to its end, asked in order, measured, left without a trace",
          "[media][component]") {
    World w;
    w.prepare();
    w.until_noted("media.prepare");
    CHECK(w.told.empty());
    w.start();
    w.until_told("measured");
    CHECK(Words(w.told.begin(), w.told.begin() + 4) ==
          Words{"1 starting", "1 starting", "well", "1 flowing camera microphone"});
    w.until_told(R"(measured {"fps":15,"framesSent":3})");
    const pid_t pid = w.pid();
    w.supervisor->stop(1);
    w.until_quiet();
    CHECK(w.noted("media.start") ==
          R"(media.start {"roomType":"video","camera":true,"microphone":true,)" + no_servers);
    CHECK(w.count_noted("media.stop") == 1);
    CHECK(w.count_noted("wire ended") == 1);
    CHECK_FALSE(exists(pid));
    CHECK(std::any_of(w.logged.begin(), w.logged.end(), [](const std::string& line) {
        return line.find("media over numbers=\"framesSent 77\"") != std::string::npos;
    }));
}

TEST_CASE("supervisor: flowing media owes a measurement every 10 s, without a program nothing is due",
          "[media][component]") {
    World w;
    CHECK_FALSE(w.supervisor->due());
    w.prepare();
    w.start();
    w.until_told("1 flowing");
    w.until([&] { return w.supervisor->due().has_value(); }, "media.start is answered");
    CHECK(*w.supervisor->due() > w.timers.now());
    CHECK(*w.supervisor->due() <= w.timers.now() + PlanSettings{}.silence_time);
    w.supervisor->stop(1);
    w.until_quiet();
    CHECK_FALSE(w.supervisor->due());
}

TEST_CASE("supervisor: the answer costs no start-up: the program is prepared while it rings",
          "[media][component]") {
    World w;
    w.prepare();
    w.until_noted("media.prepare");
    CHECK(w.count_noted("launch") == 1);
    w.start();
    w.until_told("1 flowing");
    CHECK(w.count_noted("launch") == 1);
}

TEST_CASE("supervisor: 6 ways of failing while it rings are made up for by a second launch",
          "[media][component]") {
    for (const char* plan : {"prepare=exit", "prepare=crash", "prepare=refuse", "prepare=garbage",
                             "early=exit", "early=wrong"}) {
        CAPTURE(plan);
        World w(plan, "prepare=ok");
        w.prepare();
        w.until([&] { return w.count_noted("launch") == 2; }, "launched twice");
        w.start();
        w.until_told("1 flowing");
        CHECK_FALSE(w.was_told("1 failed"));
        CHECK(w.was_told("ill: "));
        CHECK(w.was_told("well"));
    }
}

TEST_CASE("supervisor: a program that does not answer media.prepare in time is killed and launched anew",
          "[media][component]") {
    for (const char* plan : {"prepare=hang", "prepare=freeze"}) {
        CAPTURE(plan);
        World w;
        behave(
            w, plan, [](PlanSettings& settings) { settings.prepare_time = 1500ms; }, "prepare=ok");
        w.prepare();
        w.until_noted("media.prepare");
        const pid_t first = w.pid();
        w.until([&] { return w.count_noted("launch") == 2; }, "launched twice");
        CHECK_FALSE(exists(first));
        w.start();
        w.until_told("1 flowing");
    }
}

TEST_CASE("supervisor: two launches that fail end the call when it is answered, not before, with 2003",
          "[media][component]") {
    World w("prepare=exit");
    w.prepare();
    w.until([&] { return w.count_noted("launch") == 2 && w.noted("media.prepare") != ""; }, "launched twice");
    w.until(
        [&] {
            return std::count(w.told.begin(), w.told.end(), "ill: the media program ended with status 3") >=
                   1;
        },
        "told ill");
    CHECK_FALSE(w.was_told("1 failed"));
    w.start();
    w.until_told("1 failed 2003 the media program ended with status 3");
    w.until_quiet();
    CHECK(w.count_noted("launch") == 2);
}

TEST_CASE("supervisor: a missing program costs the call 2003 when it is answered and names the path",
          "[media][component]") {
    World w;
    SupervisorSettings settings = w.settings("");
    settings.child.program = "/no/such/program";
    w.supervisor->reconfigure(std::move(settings));
    w.prepare();
    CHECK(w.told == Words{"ill: /no/such/program: No such file or directory"});
    w.start();
    CHECK(w.told.back() == "1 failed 2003 /no/such/program: No such file or directory");
    CHECK(w.supervisor->programs() == 0);
}

TEST_CASE("supervisor: after the answer, 10 ways of going wrong end the media once, with code and reason",
          "[media][component]") {
    struct Case {
        const char* plan;
        const char* told;
    };
    const Case cases[] = {
        {"start=exit", "1 failed 2003 the media program ended with status 3"},
        {"start=crash", "1 failed 2003 the media program was killed by signal 6 (Aborted)"},
        {"start=refuse", "1 failed 2003 media.start: refused by plan"},
        {"start=hang", "1 failed 2002 media.start: "},
        {"start=freeze", "1 failed 2002 media.start: "},
        {"after=crash", "1 failed 2005 the media program was killed by signal 6 (Aborted)"},
        {"after=garbage", "1 failed 2005 the media program broke its contract: "},
        {"after=big", "1 failed 2005 the media program broke its contract: "},
        {"after=wrong", "1 failed 2005 the media program broke its contract: media.state: "},
        {"after=flood", "1 failed 2002 the media program says too much"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.plan);
        World w;
        behave(w, each.plan, [](PlanSettings& settings) { settings.answer_time = 1s; });
        w.prepare();
        w.start();
        w.until_told("1 failed");
        CAPTURE(w.told);
        CHECK(w.was_told(each.told));
        w.until_quiet();
        CHECK(std::count_if(w.told.begin(), w.told.end(),
                            [](const std::string& word) { return word.starts_with("1 failed"); }) == 1);
        CHECK_FALSE(exists(w.pid()));
        w.supervisor->stop(1);
    }
}

TEST_CASE("supervisor: the program's own failure is heard before its end", "[media][component]") {
    for (int round = 0; round < 20; ++round) {  // wire and death arrive in any order
        World w("after=failed");
        w.prepare();
        w.start();
        w.until_told("1 failed");
        CHECK(w.was_told("1 failed 2007 no camera"));
        w.until_quiet();
    }
}

TEST_CASE("supervisor: media that flows and is not measured any more is a program that hangs",
          "[media][component]") {
    World w;
    behave(w, "after=silent", is_watched_closely);
    w.to_flowing();
    w.until_told("1 failed 2005 the media program does not move any more");
    w.until_quiet();
}

TEST_CASE("supervisor: a stopped process (SIGSTOP) in a call is found and killed", "[media][component]") {
    World w;
    behave(w, "", is_watched_closely);
    w.to_flowing();
    const pid_t pid = w.pid();
    ::kill(pid, SIGSTOP);
    w.until_told("1 failed 2005");
    w.until_quiet();
    CHECK_FALSE(exists(pid));
}

TEST_CASE("supervisor: 4 ways of not stopping, SIGTERM ignored, end by SIGKILL in time",
          "[media][component]") {
    for (const char* plan : {"stop=hang", "stop=freeze", "stop=refuse", "stop=stay"}) {
        CAPTURE(plan);
        World w;
        behave(w, plan, stops_quickly);
        w.to_flowing();
        const TimePoint asked = w.timers.now();
        w.supervisor->stop(1);
        w.until_quiet();
        CHECK_FALSE(exists(w.pid()));
        CHECK(w.timers.now() - asked < 5s);
        CHECK_FALSE(w.was_told("1 failed"));
    }
}

TEST_CASE("supervisor: a call that ends while it rings leaves nothing, whenever that is",
          "[media][component]") {
    for (const char* plan : {"", "prepare=hang", "prepare=exit"}) {
        CAPTURE(plan);
        World w;
        behave(w, plan, stops_quickly);
        w.prepare();
        w.supervisor->stop(1);  // at once: the program has not even run
        w.until_quiet();
        CHECK(w.count_noted("launch") <= 1);
        CHECK(w.told.empty());
    }
}

TEST_CASE("supervisor: signals go both ways in order, those that come early wait", "[media][component]") {
    World w("after=offer");
    w.prepare();
    const auto body = [](int n) {
        json::Value made;
        return made.set("type", "candidate").set("n", n);
    };
    w.supervisor->on_signal({"R1", body(1)});
    w.supervisor->on_signal({"R9", body(9)});  // of another room
    w.start();
    w.until_told("signal R1 {\"type\":\"offer\"");
    w.supervisor->on_signal({"R1", body(2)});
    w.until_told(R"(signal R1 {"type":"echo","of":{"body":{"type":"candidate","n":2}}})");
    CHECK(w.was_told(R"(signal R1 {"type":"echo","of":{"body":{"type":"candidate","n":1}}})"));
    CHECK_FALSE(w.was_told(R"(signal R1 {"type":"echo","of":{"body":{"type":"candidate","n":9}}})"));
    CHECK(w.count_noted("media.signal") == 2);
}

TEST_CASE("supervisor: what the broken road did not take goes when it is open again", "[media][component]") {
    World w("after=offer");
    w.road = false;
    w.prepare();
    w.start();
    w.until_told("measured");
    w.told.clear();
    w.road = true;
    w.supervisor->on_road(true);
    CHECK(w.told == Words{R"(signal R1 {"type":"offer","session":1,"sdp":"v=0"})"});
}

TEST_CASE("supervisor: camera, microphone and volume before and during the call", "[media][component]") {
    World w;
    CHECK(w.supervisor->set({}).error().err_code == 1);
    w.prepare();
    call::MediaRequest request;
    request.camera = false;
    request.volume = 30;
    REQUIRE(w.supervisor->set(request));
    w.start();
    w.until_told("1 flowing");
    CHECK(w.noted("media.start") ==
          R"(media.start {"roomType":"video","camera":false,"microphone":true,"volume":30,)" + no_servers);
    request = {};
    request.camera = true;
    CHECK(w.supervisor->set(request)->media.camera);
    w.until_noted(R"(media.set {"camera":true})");
}

TEST_CASE(
    "supervisor: the network that moved begins a new connection with fresh servers where they are stale",
    "[media][component]") {
    World w;
    w.prepare();
    const auto expiry = w.timers.wall_now() / 1000 + 2;  // no sensible life: counts as a minute
    w.start(1, {{{"turn:t"}, std::to_string(expiry) + ":R1", "x"}});
    w.until_told("1 flowing");
    w.supervisor->on_network(true);
    w.until_noted("media.restart");
    CHECK(w.noted("media.restart").find(R"("why":"network")") != std::string::npos);
    CHECK(w.fetched == 0);

    World stale;
    stale.prepare();
    stale.supervisor->start(
        {1, "R1", RoomType::video, true, {{{"turn:t"}, "1:R1", "x"}}, {stale.timers.now() - 50s, 0}});
    stale.until_noted("media.restart");
    CHECK(stale.fetched == 1);
    CHECK(stale.noted("media.restart").find("turn:fresh") != std::string::npos);
}

TEST_CASE("supervisor: the next call's media starts when the last program has gone", "[media][component]") {
    World w;
    behave(w, "stop=stay", stops_quickly);
    w.to_flowing();
    const pid_t first = w.pid();
    w.supervisor->stop(1);
    w.prepare(2);
    w.start(2);
    CHECK(w.supervisor->programs() == 2);
    w.until([&] { return w.count_noted("media.start") == 2; }, "the second start");
    CHECK_FALSE(exists(first));
    w.until_told("2 flowing");
}

TEST_CASE("supervisor: 50 calls in a row leave no process, descriptor or alarm", "[media][component]") {
    World w;
    const auto open_fds = [] {
        return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                             std::filesystem::directory_iterator());
    };
    long before = 0;
    for (call::Generation call = 1; call <= 50; ++call) {
        w.prepare(call);
        w.start(call);
        w.until_told(std::to_string(call) + " flowing");
        w.supervisor->stop(call);
        w.until_quiet();
        if (call == 1) before = open_fds();
    }
    CHECK(open_fds() == before);
    CHECK(w.count_noted("launch") == 50);
    CHECK(w.count_noted("wire ended") == 50);
}

TEST_CASE("supervisor: stopping it ends what runs, a program that does not end too", "[media][component]") {
    for (const char* plan : {"", "stop=freeze", "prepare=freeze"}) {
        CAPTURE(plan);
        World w;
        behave(w, plan, stops_quickly);
        w.prepare();
        w.until_noted("media.prepare");
        const pid_t pid = w.pid();
        w.stop();
        CHECK_FALSE(exists(pid));
    }
}

}  // namespace
}  // namespace voip::media::host::test
