#include "hal/boards.hpp"

#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;

namespace {

std::string refusal(std::string_view name, const BoardSettings& settings = {}) {
    asio::io_context io;
    ManualTimers timers;
    const auto board = open_board(name, io.get_executor(), timers, settings);
    REQUIRE_FALSE(board);
    CHECK(board.error().is(Errc::bad_config));
    CHECK(timers.pending() == 0);
    return board.error().context;
}

}  // namespace

TEST_CASE("boards: this build has 2, linux and sim", "[hal][unit]") {
    REQUIRE(boards().size() == 2);
    CHECK(boards()[0].name == "linux");
    CHECK(boards()[1].name == "sim");
}

TEST_CASE("boards: another name is refused with the list of boards", "[hal][unit]") {
    CHECK(refusal("rev_c") == "board.driver: \"rev_c\": this build has the boards: linux, sim");
    CHECK(refusal("") == "board.driver: \"\": this build has the boards: linux, sim");
    CHECK(refusal("SIM") == "board.driver: \"SIM\": this build has the boards: linux, sim");
}

TEST_CASE("boards: 2 devices of one kind with one name are refused", "[hal][unit]") {
    CHECK(refusal("sim", {.buttons = {{"a"}, {"b"}, {"a"}}}) == "board.buttons: two have the name \"a\"");
    CHECK(refusal("sim", {.relays = {{"r"}, {"r"}}}) == "board.relays: two have the name \"r\"");
}

TEST_CASE("boards: a script that cannot be read or has faults is refused", "[hal][unit]") {
    CHECK(refusal("sim", {.sim_script = "/nonexistent.json"}) ==
          "board.sim.script: /nonexistent.json: not found");
}

TEST_CASE("boards: what a driver lacks is found without opening it, 3 faults for linux, 1 for sim",
          "[hal][unit]") {
    const BoardSettings settings{
        .buttons = {{.name = "bell"}, {.name = "key", .key = {"/dev/input/event0", "ENTER"}}},
        .relays = {{.name = "door"}},
        .sim_script = "/nonexistent.json"};
    CHECK(check_board("linux", settings) ==
          std::vector<std::string>{"board.buttons[0]: has neither gpio nor key: board linux needs one",
                                   "board.buttons[1].key.code: \"ENTER\" is no key",
                                   "board.relays[0]: has no gpio: board linux needs it"});
    CHECK(check_board("sim", settings) ==
          std::vector<std::string>{"board.sim.script: /nonexistent.json: not found"});
    CHECK(check_board("linux", {}).empty());
    CHECK(check_board("sim", {}).empty());
    CHECK(check_board("rev_c", settings).empty());
}

TEST_CASE("boards: a board has the devices of its settings, in their order", "[hal][unit]") {
    asio::io_context io;
    ManualTimers timers;
    const BoardSettings settings{.buttons = {{"a"}, {"b"}}, .relays = {{"a"}}};
    const auto board = open_board("sim", io.get_executor(), timers, settings);
    REQUIRE(board);
    CHECK(board->driver == "sim");
    REQUIRE(board->buttons.size() == 2);
    CHECK(board->buttons[0]->name() == "a");
    CHECK(board->buttons[1]->name() == "b");
    REQUIRE(board->relays.size() == 1);
    CHECK(board->relays[0]->name() == "a");
    CHECK(board->lamp);
    CHECK(board->ringer);
    CHECK(board->sim);
    const auto bare = open_board("sim", io.get_executor(), timers, {.lamp = false, .ringer = false});
    REQUIRE(bare);
    CHECK_FALSE(bare->lamp);
    CHECK_FALSE(bare->ringer);
}
