// What only the simulated board has: its control, its records, its script. What every board has is in
// tests/contract/hal.
#include <cstdio>
#include <filesystem>

#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include "core/file.hpp"
#include "core/manual_timers.hpp"
#include "hal/boards.hpp"
#include "hal/sim/sim_control.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::sim;

namespace {

struct Fixture {
    explicit Fixture(BoardSettings extra = {}) {
        extra.buttons = {{"bell"}, {"x"}};
        extra.relays = {{"door", 5s}};
        auto opened = open_board("sim", io.get_executor(), timers, extra);
        REQUIRE(opened);
        board = *std::move(opened);
    }
    asio::io_context io;
    ManualTimers timers;
    Board board;
};

struct ScriptFile {
    explicit ScriptFile(std::string_view text)
        : path(std::filesystem::temp_directory_path() /
               ("voip-sim-" + std::to_string(::getpid()) + ".json")) {
        REQUIRE(write_file(path, text, 0600));
    }
    ~ScriptFile() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

std::vector<std::pair<TimePoint, Press>> record_presses(Fixture& f, Button& button, Duration length) {
    std::vector<std::pair<TimePoint, Press>> seen;
    button.on_press([&](Press kind) { seen.emplace_back(f.timers.now(), kind); });
    f.timers.advance(length);
    button.on_press({});
    return seen;
}

}  // namespace

TEST_CASE("sim: a press by the program is delivered from the loop, 1 time, long or short as told",
          "[hal][unit]") {
    Fixture f;
    std::vector<Press> seen;
    f.board.buttons[0]->on_press([&](Press kind) { seen.push_back(kind); });
    REQUIRE(f.board.sim->press("bell", Press::short_press));
    CHECK(seen.empty());
    f.timers.advance(0ms);
    CHECK(seen == std::vector{Press::short_press});
    REQUIRE(f.board.sim->press("bell", Press::long_press));
    f.timers.advance(1h);
    CHECK(seen == std::vector{Press::short_press, Press::long_press});
    CHECK(f.timers.pending() == 0);
}

TEST_CASE("sim: devices that do not exist are not found, by 6 operations", "[hal][unit]") {
    Fixture f;
    CHECK(f.board.sim->press("y", Press::short_press).error().context == "no button \"y\"");
    CHECK(f.board.sim->press("button:x", Press::short_press).error().is(Errc::not_found));
    CHECK(f.board.sim->hold("y", true).error().is(Errc::not_found));
    CHECK(f.board.sim->fail_next("x", Errc::io).error().context == "no device \"x\"");
    CHECK(f.board.sim->vanish("camera").error().is(Errc::not_found));
    CHECK(f.board.sim->come_back("").error().is(Errc::not_found));
    CHECK(f.board.sim->devices() ==
          std::vector<std::string>{"button:bell", "button:x", "lamp", "relay:door", "ringer"});
}

TEST_CASE("sim: outputs are recorded with their time, in order", "[hal][unit]") {
    Fixture f;
    const TimePoint t0 = f.timers.now();
    REQUIRE(f.board.lamp->show(LampState::ringing));
    f.timers.advance(1s);
    REQUIRE(f.board.ringer->play(Tone::alerting));
    REQUIRE(f.board.relays[0]->pulse(2s));
    f.timers.advance(10s);
    const std::deque<Record> expected{{t0, LampShown{LampState::ringing}},
                                      {t0 + 1s, TonePlayed{Tone::alerting}},
                                      {t0 + 1s, RelayClosed{"door", 2s}},
                                      {t0 + 3s, RelayOpened{"door"}}};
    CHECK(f.board.sim->records() == expected);
    f.board.sim->forget_records();
    CHECK(f.board.sim->records().empty());
}

TEST_CASE("sim: 1000 records are kept, older ones forgotten", "[hal][unit]") {
    Fixture f;
    for (int i = 0; i < 1000; ++i) REQUIRE(f.board.lamp->show(LampState::on));
    REQUIRE(f.board.lamp->show(LampState::off));
    CHECK(f.board.sim->records().size() == max_records);
    CHECK(f.board.sim->records().back().output == Output(LampShown{LampState::off}));
}

TEST_CASE("sim: 2 failures that wait come one operation after the other", "[hal][unit]") {
    Fixture f;
    REQUIRE(f.board.sim->fail_next("lamp", Errc::io));
    REQUIRE(f.board.sim->fail_next("lamp", Errc::timeout));
    CHECK(f.board.lamp->show(LampState::on).error().is(Errc::io));
    CHECK(f.board.lamp->show(LampState::on).error().is(Errc::timeout));
    CHECK(f.board.lamp->show(LampState::on));
    CHECK(f.board.sim->records().size() == 1);
}

TEST_CASE(
    "sim: a button's failure is told as health instead of its next press, and is over with the one after",
    "[hal][unit]") {
    Fixture f;
    std::vector<std::string> seen;
    f.board.buttons[0]->on_press([&](Press) { seen.push_back("press"); });
    f.board.buttons[0]->on_health(
        [&](const Result<void>& health) { seen.push_back(health ? "well" : health.error().text()); });
    REQUIRE(f.board.sim->fail_next("button:bell", Errc::io));
    REQUIRE(f.board.sim->press("bell", Press::short_press));
    REQUIRE(f.board.sim->press("bell", Press::short_press));
    f.timers.advance(0ms);
    CHECK(seen == std::vector<std::string>{"button:bell: input/output failed", "well", "press"});
}

TEST_CASE("sim: a script acts at its times and begins again after each round", "[hal][unit]") {
    const ScriptFile script(R"({"repeatSeconds": 10, "steps": [
        {"at": 1, "press": "bell"}, {"at": 2, "press": "bell", "long": true},
        {"at": 3, "hold": "bell"}, {"at": 3.4, "release": "bell"}]})");
    Fixture f({.sim_script = script.path.string()});
    const TimePoint t0 = f.timers.now();
    const std::vector<std::pair<TimePoint, Press>> expected{
        {t0 + 1s, Press::short_press},  {t0 + 2s, Press::long_press},  {t0 + 3400ms, Press::short_press},
        {t0 + 11s, Press::short_press}, {t0 + 12s, Press::long_press}, {t0 + 13400ms, Press::short_press}};
    CHECK(record_presses(f, *f.board.buttons[0], 20s) == expected);
}

TEST_CASE("sim: a script breaks and mends devices; a step without effect is no fault", "[hal][unit]") {
    const ScriptFile script(R"({"steps": [
        {"at": 1, "vanish": "lamp"}, {"at": 2, "return": "lamp"}, {"at": 3, "fail": "ringer", "error": "timeout"},
        {"at": 4, "vanish": "button:x"}, {"at": 5, "press": "x"}]})");
    Fixture f({.sim_script = script.path.string()});
    CHECK(f.board.lamp->show(LampState::on));
    f.timers.advance(1s);
    CHECK(f.board.lamp->show(LampState::on).error().is(Errc::device_gone));
    f.timers.advance(1s);
    CHECK(f.board.lamp->show(LampState::on));
    f.timers.advance(1s);
    CHECK(f.board.ringer->play(Tone::none).error().is(Errc::timeout));
    CHECK(record_presses(f, *f.board.buttons[1], 5s).empty());
    CHECK(f.timers.pending() == 0);
}

TEST_CASE("sim: a script with faults keeps the board from opening", "[hal][unit]") {
    const ScriptFile script(R"({"steps": [{"at": 1, "press": "nobody"}]})");
    asio::io_context io;
    ManualTimers timers;
    const auto board = open_board("sim", io.get_executor(), timers, {.sim_script = script.path.string()});
    REQUIRE_FALSE(board);
    CHECK(board.error().context == "board.sim.script: steps[0].press: names no button of the board");
}

TEST_CASE("sim: what it does is in the log, 1 line each", "[hal][unit]") {
    std::vector<std::string> lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    Fixture f({.log = Log(hub, "board")});
    REQUIRE(f.board.lamp->show(LampState::talking));
    REQUIRE(f.board.ringer->play(Tone::ring_back));
    REQUIRE(f.board.relays[0]->pulse(1500ms));
    f.timers.advance(2s);
    REQUIRE(f.board.sim->press("bell", Press::short_press));
    REQUIRE(f.board.sim->vanish("button:x"));
    REQUIRE(f.board.sim->come_back("button:x"));
    CHECK(lines == std::vector<std::string>{
                       "board: lamp shows state=\"talking\"",
                       "board: ringer plays tone=\"ring_back\"",
                       "board: relay closes relay=\"door\" ms=1500",
                       "board: relay opens relay=\"door\"",
                       "board: button pressed button=\"bell\" long=false",
                       "board: device fails device=\"button:x\" why=\"button:x: device gone\"",
                       "board: device is well device=\"button:x\"",
                   });
}

TEST_CASE("sim: a board that goes away with events and a script under way leaves 0 alarms", "[hal][unit]") {
    const ScriptFile script(R"({"repeatSeconds": 1, "steps": [{"at": 1, "press": "bell"}]})");
    ManualTimers timers;
    {
        asio::io_context io;
        auto board =
            open_board("sim", io.get_executor(), timers,
                       {.buttons = {{"bell"}}, .relays = {{"door"}}, .sim_script = script.path.string()});
        REQUIRE(board);
        REQUIRE(board->relays[0]->pulse(5s));
        REQUIRE(board->sim->press("bell", Press::short_press));
        REQUIRE(board->sim->hold("bell", true));
        CHECK(timers.pending() == 4);
    }
    CHECK(timers.pending() == 0);
    timers.advance(10s);
}
