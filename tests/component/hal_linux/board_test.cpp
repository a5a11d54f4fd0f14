// The board of a real machine on one that lacks everything it is told of.
#include "hal/boards.hpp"
#include "tests/component/hal_linux/world.hpp"

namespace voip::hal::linux::test {
namespace {

struct Opened {
    World world;
    Result<Board> board;
    explicit Opened(BoardSettings settings) : board(open(std::move(settings))) {}
    Result<Board> open(BoardSettings settings) {
        settings.log = world.around.log;
        return open_board("linux", world.io.get_executor(), world.timers, settings);
    }
};

const LineSettings nowhere{"no-such-chip", "BELL", true};

}  // namespace

TEST_CASE("linux board: without devices it opens and has 0 of each", "[hal][component]") {
    Opened opened({});
    REQUIRE(opened.board);
    CHECK(opened.board->driver == "linux");
    CHECK(opened.board->buttons.empty());
    CHECK(opened.board->relays.empty());
    CHECK_FALSE(opened.board->lamp);
    CHECK_FALSE(opened.board->sim);
}

TEST_CASE("linux board: 4 missing devices keep it from nothing; each says so and is looked for",
          "[hal][component]") {
    ButtonSettings bell{"bell"};
    bell.gpio = nowhere;
    ButtonSettings keypad{"keypad"};
    keypad.key = {"/dev/input/by-path/no-such-keypad", "KEY_ENTER"};
    Opened opened({.buttons = {bell, keypad},
                   .relays = {{"door", 5s, nowhere}},
                   .lamp_settings = {.led = "no-such-led"}});
    REQUIRE(opened.board);
    Board& board = *opened.board;
    std::vector<std::string> told;
    const auto listen = [&](std::string name) {
        return [&told, name = std::move(name)](const Result<void>& state) {
            CHECK(state.error().is(Errc::device_gone));
            told.push_back(name + ": " + state.error().context);
        };
    };
    for (const auto& button : board.buttons) button->on_health(listen(button->name()));
    board.relays.at(0)->on_health(listen("door"));
    REQUIRE(board.lamp);
    board.lamp->on_health(listen("lamp"));
    opened.world.pass(0ms);
    std::ranges::sort(told);
    CHECK(told == std::vector<std::string>{
                      "bell: no GPIO chip \"no-such-chip\": there is none",
                      "door: no GPIO chip \"no-such-chip\": there is none",
                      "keypad: /dev/input/by-path/no-such-keypad is not there",
                      "lamp: /sys/class/leds/no-such-led is not there",
                  });
    CHECK(board.relays[0]->pulse(1s).error().is(Errc::device_gone));
    CHECK_FALSE(board.relays[0]->active());
    CHECK(board.lamp->show(LampState::on).error().is(Errc::device_gone));
    opened.world.pass(60s);
    CHECK(told.size() == 4);
    CHECK(opened.world.timers.pending() == 4);  // each will be looked for again
    board = Board();
    CHECK(opened.world.timers.pending() == 0);
}

TEST_CASE("linux board: a device without a place, and a key that no kernel knows, are refused all at once",
          "[hal][component]") {
    ButtonSettings typo{"typo"};
    typo.key = {"/dev/input/event0", "KEY_ENTR"};
    const Opened opened({.buttons = {{"bare"}, typo}, .relays = {{"door"}}});
    REQUIRE_FALSE(opened.board);
    CHECK(opened.board.error().is(Errc::bad_config));
    CHECK(opened.board.error().context ==
          "board.buttons[0]: has neither gpio nor key: board linux needs one; "
          "board.buttons[1].key.code: \"KEY_ENTR\" is no key; did you mean \"KEY_ENTER\"?; "
          "board.relays[0]: has no gpio: board linux needs it");
    CHECK(opened.world.timers.pending() == 0);
}

}  // namespace voip::hal::linux::test
