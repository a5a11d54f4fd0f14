// The real program, its wire, the simulated board, and a phone that measures.
#include "core/file.hpp"
#include "daemon/media/program/gst/library.hpp"
#include "tests/component/media_program/kernel_has.hpp"
#include "tests/component/media_program/program_bench.hpp"
#include "tests/support/source_dir.hpp"

using namespace voip;
using test::has_seccomp;
using test::ProgramBench;

namespace {

/// The phone's plugins, once in this process.
const bool library_started = [] {
    (void)media::gst::start_library();
    (void)media::gst::load_plugins(media::gst::call_plugins());
    test::load_phone_plugins();
    return true;
}();

double number(const json::Value& object, std::string_view name) {
    const json::Value* value = object.find(name);
    if (!value) return -1;
    if (const auto* integer = value->as_integer()) return static_cast<double>(*integer);
    return value->as_fraction() ? *value->as_fraction() : -1;
}

/// The params of media.prepare with members of the camera changed.
json::Value prepare_with_camera(std::initializer_list<std::pair<std::string, std::string>> members,
                                std::string_view driver = "sim") {
    json::Value params = ProgramBench::prepare_params();
    json::Value board = *params.find("board"), camera = *board.find("camera");
    for (const auto& [name, value] : members) camera.set(name, value);
    return params.set("board", board.set("driver", driver).set("camera", camera));
}

bool has_loaded(const ProgramBench& bench, std::string_view library) {
    const auto maps = read_file("/proc/" + std::to_string(bench.child) + "/maps", 4 * 1024 * 1024);
    REQUIRE(maps);
    CHECK(maps->find("libgstwebrtc.so") != std::string::npos);  // all that a call needs is there
    return maps->find(library) != std::string::npos;
}

}  // namespace

TEST_CASE("media program: of the encoders it loads those that the camera may need", "[media][component]") {
    struct Case {
        json::Value prepare;
        bool processor, machine;
    };
    const auto pattern = test::source_dir() + "/tests/data/h264/pattern.h264";
    const Case cases[] = {{prepare_with_camera({{"device", pattern}}), false, false},
                          {prepare_with_camera({}), true, false},
                          {prepare_with_camera({{"format", "h264"}}, "linux"), false, false},
                          {prepare_with_camera({{"format", "raw"}}, "linux"), true, false},
                          {prepare_with_camera({{"format", "auto"}}, "linux"), true, true}};
    for (const Case& each : cases) {
        INFO(json::write(each.prepare));
        ProgramBench bench;
        REQUIRE(bench.ask("media.prepare", each.prepare).result());
        CHECK(has_loaded(bench, "libgstopenh264.so") == each.processor);
        CHECK(has_loaded(bench, "libgstvideo4linux2.so") == each.machine);
    }
}

TEST_CASE("media program: a call is prepared, flows, is measured and ends in order", "[media][component]") {
    ProgramBench bench;
    const Reply prepared = bench.ask("media.prepare", ProgramBench::prepare_params());
    REQUIRE(prepared.result());
    CHECK(*prepared.result()->find("sandbox")->find("seccomp")->as_bool() == has_seccomp());
    CHECK(bench.signals.empty());
    REQUIRE(bench.ask("media.start", ProgramBench::start_params()).result());
    REQUIRE(bench.until([&] { return bench.state() == "flowing" && bench.camera_told(); }));
    CHECK(bench.states.front() == "starting");
    const auto& counters = bench.phone->counters();
    CHECK(bench.until([&] { return counters.pictures > 10 && counters.sound_packets > 50; }));
    CHECK(counters.width == 320);
    CHECK(bench.until([&] {
        return number(bench.quality, "framesSent") > 10 &&
               number(bench.quality, "soundFramesReceived") > 50 && number(bench.quality, "sendKbps") > 0;
    }));
    const Reply stopped = bench.ask("media.stop");
    REQUIRE(stopped.result());
    CHECK(number(*stopped.result()->find("quality"), "framesSent") > 10);
    REQUIRE(bench.until_gone());
    CHECK(bench.exit_status == 0);
}

TEST_CASE("media program: with the camera off no picture packet leaves; switched on it needs no new session",
          "[media][component]") {
    ProgramBench bench;
    bench.begin(ProgramBench::prepare_params(), ProgramBench::start_params("video", false));
    const auto& counters = bench.phone->counters();
    REQUIRE(bench.until([&] { return counters.sound_packets > 100; }));
    CHECK(counters.picture_packets == 0);
    CHECK_FALSE(bench.camera_told());
    json::Value on, off;
    REQUIRE(bench.ask("media.set", on.set("camera", true)).result());
    CHECK(bench.until([&] { return counters.pictures > 5 && bench.camera_told(); }));
    REQUIRE(bench.ask("media.set", off.set("camera", false)).result());
    REQUIRE(bench.until([&] { return !bench.camera_told(); }));
    const auto sound = counters.sound_packets.load();
    REQUIRE(bench.until([&] { return counters.sound_packets > sound + 10; }));  // what was under way has come
    const auto pictures = counters.picture_packets.load();
    REQUIRE(bench.until([&] { return counters.sound_packets > sound + 60; }));
    CHECK(counters.picture_packets == pictures);
    CHECK(bench.session == 1);
}

TEST_CASE("media program: a voice room has no line for pictures", "[media][component]") {
    ProgramBench bench;
    bench.begin(ProgramBench::prepare_params(), ProgramBench::start_params("voice"));
    for (const json::Value& body : bench.signals)
        if (const auto* sdp = body.find("sdp")) CHECK(sdp->as_string()->find("m=video") == std::string::npos);
    CHECK(bench.until([&] { return bench.phone->counters().sound_packets > 50; }));
}

TEST_CASE("media program: a page that was loaded anew gets another session and media again",
          "[media][component]") {
    ProgramBench bench;
    bench.begin();
    bench.phone->hang_up();
    json::Value want;
    bench.signal(want.set("type", "want-offer").set("session", 0));
    REQUIRE(bench.until([&] { return bench.session == 2 && bench.state() == "flowing"; }));
    const auto pictures = bench.phone->counters().pictures.load();
    CHECK(bench.until([&] { return bench.phone->counters().pictures > pictures + 5; }));
    json::Value network;
    REQUIRE(bench.ask("media.restart", network.set("iceServers", json::Array{}).set("why", "test")).result());
    CHECK(bench.until([&] { return bench.session == 3 && bench.state() == "flowing"; }));
}

TEST_CASE("media program: a phone that falls silent is missed, asked anew, and given up",
          "[media][component]") {
    ProgramBench bench;
    json::Value prepare = ProgramBench::prepare_params();
    json::Value media = *prepare.find("media");
    prepare.set("media", media.set("reconnectSeconds", 3));
    bench.begin(prepare);
    bench.answers_offers = false;
    bench.phone->hang_up();
    REQUIRE(bench.until([&] { return bench.state() == "interrupted"; }));
    CHECK(bench.until([&] { return bench.session == 2; }));
    REQUIRE(bench.until([&] { return bench.state() == "failed"; }));
    CHECK(number(bench.last_state, "errCode") == 2005);
    CHECK(bench.until_gone());
}

TEST_CASE("media program: the daemon's end of the wire closes, and the program ends", "[media][component]") {
    ProgramBench bench;
    bench.begin();
    bench.peer->abort();
    CHECK(bench.until_gone());
}

TEST_CASE("media program: requests out of place or out of shape get a fault that says so",
          "[media][component]") {
    ProgramBench bench;
    REQUIRE(bench.ask("media.start", ProgramBench::start_params()).fault());
    json::Value bad = ProgramBench::prepare_params();
    bad.set("generation", "one");
    const Reply refused = bench.ask("media.prepare", bad);
    REQUIRE(refused.fault());
    CHECK(refused.fault()->err_code == 1004);
    CHECK(refused.fault()->field == "generation");
    CHECK(bench.ask("media.dance").fault()->err_code == -32601);
    REQUIRE(bench.ask("media.prepare", ProgramBench::prepare_params()).result());
    CHECK(bench.ask("media.prepare", ProgramBench::prepare_params()).fault());
    json::Value body, params;
    body.set("type", "answer").set("session", 1).set("sdp", std::string(40000, 'x'));
    const Reply oversize = bench.ask("media.signal", params.set("body", body));
    REQUIRE(oversize.fault());
    CHECK(oversize.fault()->err_code == 1004);
    CHECK(oversize.fault()->field == "sdp");
    CHECK(bench.ask("media.stop").result());
    CHECK(bench.until_gone());
}

TEST_CASE("media program: rubbish from the phone neither ends nor moves the call", "[media][component]") {
    ProgramBench bench;
    bench.begin();
    json::Value old_answer, candidate, odd;
    bench.signal("text");
    bench.signal(odd.set("type", "dance"));
    bench.signal(old_answer.set("type", "answer").set("session", 9).set("sdp", "v=0"));
    candidate.set("type", "candidate").set("session", 1).set("candidate", "candidate:nonsense");
    bench.signal(candidate.set("sdpMLineIndex", 0));
    const auto sound = bench.phone->counters().sound_packets.load();
    CHECK(bench.until([&] { return bench.phone->counters().sound_packets > sound + 50; }));
    CHECK(bench.state() == "flowing");
    CHECK(bench.session == 1);
}
