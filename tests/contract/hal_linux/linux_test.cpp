// What the board "linux" promises beyond what every board does.
#include <linux/input-event-codes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/contract/hal_linux/linux_bench.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::test;
using Presses = std::vector<Press>;
using Words = std::vector<std::string>;
using Kind = LinuxBench::Kind;

namespace {

/// A board of one button, whose health is listened to before anything is told.
struct OneButton {
    explicit OneButton(ButtonSettings settings) {
        settings.name = "x";
        auto opened =
            open_board("linux", io.get_executor(), timers, {.buttons = {std::move(settings)}, .log = log});
        REQUIRE(opened);
        board = *std::move(opened);
        board.buttons[0]->on_health(
            [this](const Result<void>& state) { health.push_back(state ? "well" : state.error().text()); });
        board.buttons[0]->on_press([this](Press kind) { presses.push_back(kind); });
        pass(0ms);
    }
    void pass(Duration length) {
        const auto poll = [this] {
            io.restart();
            io.poll();
        };
        poll();
        timers.advance(length, poll);
    }
    asio::io_context io;
    ManualTimers timers;
    std::size_t moves = 0;  // that the driver has heard of
    LogHub hub{[this](Level, std::string_view line) {
                   if (line.find("button moves") != std::string_view::npos) ++moves;
               },
               Level::debug};
    Log log{hub, "board"};
    Board board;
    Words health;
    Presses presses;
};

ButtonSettings on_line(const std::string& chip, const std::string& line, bool active_low = false) {
    ButtonSettings settings;
    settings.gpio = {chip, line, active_low};
    return settings;
}
ButtonSettings on_key(const std::string& node, const std::string& code) {
    ButtonSettings settings;
    settings.key = {node, code};
    return settings;
}

/// Another user than root, without root's ways round permissions.
class AsNobody {
 public:
    AsNobody() {
        REQUIRE(::setegid(65534) == 0);
        REQUIRE(::seteuid(65534) == 0);
    }
    ~AsNobody() {
        (void)!::seteuid(0);
        (void)!::setegid(0);
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;
};

}  // namespace

TEST_CASE("linux: a line stuck at its active level is reported after 30 s, and gives 0 presses", "[vm]") {
    SimChip chip("stuck");  // low from the start
    OneButton one(on_line("stuck", "1", true));
    CHECK(one.health.empty());
    one.pass(30s);
    CHECK(one.health == Words{"held for 30 s: input/output failed"});
    CHECK(one.presses.empty());
}

TEST_CASE("linux: a line that another program has is io with its name, and taken over when it is free",
          "[vm]") {
    SimChip chip("busy");
    auto thief = std::make_unique<Thief>(chip.node(), 1);
    OneButton one(on_line("busy", "1"));
    const std::string name = chip.node().filename();
    CHECK(one.health == Words{name + " line 1 is in use by \"thief\": input/output failed"});
    thief.reset();
    one.pass(10s);
    CHECK(one.health.back() == "well");
}

TEST_CASE("linux: 5 wrong places are told in plain words", "[vm]") {
    SimChip chip("right");
    voip::test::TempDir folder;
    const Keypad keypad(folder / "keypad", {KEY_A});
    const std::string name = chip.node().filename();
    const auto why = [](ButtonSettings settings) {
        const OneButton one(std::move(settings));
        REQUIRE(one.health.size() == 1);
        return one.health[0];
    };
    CHECK(why(on_line("wrong", "1")).starts_with("no GPIO chip \"wrong\": there are gpiochip"));
    CHECK(why(on_line("null", "1")) == "/dev/null is no GPIO chip: input/output failed");
    CHECK(why(on_line("right", "2")) == name + ": no line 2: the chip's last one is 1: device gone");
    CHECK(why(on_key("/dev/null", "KEY_A")) == "/dev/null is no input device: input/output failed");
    CHECK(why(on_key(keypad.link(), "KEY_B")) ==
          keypad.link().string() + " has no key KEY_B: input/output failed");
}

TEST_CASE("linux: a chip and an input device without permission are refused, and used as soon as it is given",
          "[vm]") {
    SimChip chip("closed");
    voip::test::TempDir folder;
    ::chmod(folder.path().c_str(), 0755);
    const Keypad keypad(folder / "keypad", {KEY_A});
    ::chmod(chip.node().c_str(), 0600);
    ::chmod(keypad.link().c_str(), 0600);
    const AsNobody nobody;
    OneButton line(on_line(chip.node().filename(), "1"));
    REQUIRE(line.health.size() == 1);
    CHECK(line.health[0].ends_with("permission denied: refused"));
    OneButton key(on_key(keypad.link(), "KEY_A"));
    CHECK(key.health == Words{keypad.link().string() + ": permission denied: refused"});
    REQUIRE(::seteuid(0) == 0);
    ::chmod(chip.node().c_str(), 0666);
    ::chmod(keypad.link().c_str(), 0666);
    REQUIRE(::seteuid(65534) == 0);
    line.pass(50ms);  // the news of the permissions, long before the next look
    key.pass(50ms);
    CHECK(line.health.back() == "well");
    CHECK(key.health.back() == "well");
}

TEST_CASE("linux: a chip that comes back under another number is found by its label", "[vm]") {
    LinuxBench bench(Kind::lines);
    const auto before = bench.chip("button:a").node();
    bench.unplug("button:a");
    const SimChip other("other");  // takes the number that is free
    bench.plug_in("button:a");
    CHECK(bench.chip("button:a").node() != before);
    Presses seen;
    bench.board().buttons[0]->on_press([&](Press kind) { seen.push_back(kind); });
    bench.finger("a", true);
    bench.finger("a", false);
    CHECK(seen == Presses{Press::short_press});
}

TEST_CASE("linux: a device that is missing at the start works when it comes", "[vm]") {
    for (const Kind kind : {Kind::lines, Kind::keys}) {
        LinuxBench bench(kind);
        bench.destroy_board();
        bench.unplug("button:a");
        bench.unplug("lamp");
        bench.open();
        bench.plug_in("button:a");
        bench.plug_in("lamp");
        bench.pass(10s);
        Presses seen;
        bench.board().buttons[0]->on_press([&](Press kind_of) { seen.push_back(kind_of); });
        bench.finger("a", true);
        bench.finger("a", false);
        CHECK(seen == Presses{Press::short_press});
        CHECK(bench.board().lamp->show(LampState::ringing));
        CHECK(bench.lamp() == LampState::ringing);
    }
}

TEST_CASE("linux: an LED whose kernel blinks it does so without us, and is dark when the board goes",
          "[vm]") {
    LinuxBench bench(Kind::keys);
    SimLed led("own::led");
    bench.destroy_board();
    bench.settings.lamp_settings.led = led.name();
    bench.open();
    REQUIRE(bench.board().lamp->show(LampState::ringing));
    (void)led.shown();
    std::vector<int> values;
    const auto deadline = Clock::now() + 30s;
    while (values.size() < 6 && Clock::now() < deadline) {
        ::usleep(10'000);
        for (const int value : led.shown()) values.push_back(value);
    }
    REQUIRE(values.size() >= 6);
    for (std::size_t i = 1; i < values.size(); ++i) CHECK((values[i - 1] == 0) != (values[i] == 0));
    bench.destroy_board();
    (void)led.shown();
    ::usleep(600'000);
    CHECK(led.shown().empty());
    CHECK(led.attribute("brightness") == "0");
}

TEST_CASE("linux: a relay that a crash left closed is opened by the next start, before anything else",
          "[vm]") {
    LinuxBench bench(Kind::lines);
    bench.destroy_board();
    SimChip& chip = bench.chip("relay:door");
    chip.pull(1, true);  // what a chip that keeps its levels looks like after a crash
    CHECK(bench.closed("door"));
    bench.open();
    CHECK_FALSE(bench.closed("door"));
}

namespace {

/// Presses of a contact that moves between its places `bounces` times, each held until the driver has heard
/// of it.
void press_often(std::size_t presses, int bounces, Duration debounce) {
    SimChip chip("bell");
    ButtonSettings settings = on_line("bell", "1");
    settings.debounce = debounce;
    OneButton one(std::move(settings));
    const auto move = [&](bool down) {
        const auto before = one.moves;
        for (int bounce = 0; bounce < bounces; ++bounce) {
            chip.pull(1, down);
            chip.pull(1, !down);
        }
        chip.pull(1, down);
        const auto deadline = Clock::now() + 60s;
        while (one.moves == before && Clock::now() < deadline) {
            one.io.restart();
            one.io.run_one_for(100ms);
        }
    };
    for (std::size_t press = 1; press <= presses && one.presses.size() == press - 1; ++press) {
        move(true);
        move(false);
    }
    one.pass(1s);
    CHECK(one.presses.size() == presses);
    CHECK(std::ranges::count(one.presses, Press::long_press) == 0);
    CHECK(one.moves == 2 * presses);
    CHECK(one.health.empty());
}

}  // namespace

TEST_CASE("linux: 10000 presses are 10000 presses", "[vm]") {
    press_often(10000, 0, 0ms);
}

TEST_CASE("linux: 300 presses of a contact that bounces 3 times are 300 presses", "[vm]") {
    press_often(300, 3, 5ms);
}

TEST_CASE("linux: 10000 presses of a contact that bounces 3 times are 10000 presses", "[.long]") {
    press_often(10000, 3, 5ms);
}

TEST_CASE("linux: 20 presses that waited while the loop was away are 20 presses", "[vm]") {
    SimChip chip("burst");
    ButtonSettings settings = on_line("burst", "1");
    settings.debounce = 0ms;
    OneButton one(std::move(settings));
    for (int press = 0; press < 20; ++press) {
        chip.pull(1, true);
        chip.pull(1, false);
    }
    one.pass(0ms);
    CHECK(one.presses == Presses(20, Press::short_press));
    for (int press = 0; press < 100;
         ++press) {  // more edges than the kernel keeps: none is made up, none sticks
        chip.pull(1, true);
        chip.pull(1, false);
    }
    one.pass(0ms);
    CHECK(one.presses.size() > 20);
    CHECK(one.presses.size() <= 120);
    one.pass(60s);
    CHECK(one.health.empty());
}
