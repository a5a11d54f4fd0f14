// What every board promises, board by board. A driver that passes these cases can carry a call.
#include "tests/contract/hal/bench.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::test;
using Presses = std::vector<Press>;
using Words = std::vector<std::string>;

namespace {

/// Runs the case once for each board, in a section of its own.
void on_each_board(const std::function<void(Bench&)>& check) {
    for (const BenchMaker& maker : benches()) {
        DYNAMIC_SECTION("board " << maker.board) {
            const auto bench = maker.make();
            check(*bench);
        }
    }
}

void click(Bench& bench, std::string_view button, Duration length) {
    bench.finger(button, true);
    bench.pass(length);
    bench.finger(button, false);
    bench.pass(0ms);
}

Button& button(Bench& bench, std::size_t index = 0) {
    return *bench.board().buttons.at(index);
}
Relay& door(Bench& bench) {
    return *bench.board().relays.at(0);
}

}  // namespace

TEST_CASE("hal: a board has the 2 buttons, 2 relays, lamp and ringer that were asked for",
          "[hal][contract]") {
    on_each_board([](Bench& bench) {
        REQUIRE(bench.board().buttons.size() == 2);
        CHECK(button(bench, 0).name() == "a");
        CHECK(button(bench, 1).name() == "b");
        REQUIRE(bench.board().relays.size() == 2);
        CHECK(bench.board().relays[0]->name() == "door");
        CHECK(bench.board().relays[1]->name() == "gate");
        CHECK(bench.board().lamp);
        CHECK((bench.board().ringer != nullptr) == bench.has("ringer"));
        CHECK_FALSE(bench.board().driver.empty());
    });
}

TEST_CASE("hal: 1 short press is 1 event, at the release and at that button only", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Presses a;
        Presses b;
        button(bench, 0).on_press([&](Press kind) { a.push_back(kind); });
        button(bench, 1).on_press([&](Press kind) { b.push_back(kind); });
        bench.finger("a", true);
        bench.pass(300ms);
        CHECK(a.empty());
        bench.finger("a", false);
        bench.pass(0ms);
        CHECK(a == Presses{Press::short_press});
        bench.pass(60s);
        CHECK(a.size() == 1);
        CHECK(b.empty());
    });
}

TEST_CASE("hal: a long press is 1 event after its time of 1.5 s or 0.5 s, and none at the release",
          "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Presses a;
        Presses b;
        button(bench, 0).on_press([&](Press kind) { a.push_back(kind); });
        button(bench, 1).on_press([&](Press kind) { b.push_back(kind); });
        bench.finger("a", true);
        bench.finger("b", true);
        bench.pass(499ms - bench.slack());
        CHECK(b.empty());
        bench.pass(1ms + bench.slack());
        CHECK(b == Presses{Press::long_press});
        bench.pass(999ms - bench.slack());
        CHECK(a.empty());
        bench.pass(1ms + bench.slack());
        CHECK(a == Presses{Press::long_press});
        bench.finger("a", false);
        bench.finger("b", false);
        bench.pass(1s);
        CHECK(a.size() == 1);
        CHECK(b.size() == 1);
    });
}

TEST_CASE("hal: 3 presses are 3 events in their order", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Presses seen;
        button(bench).on_press([&](Press kind) { seen.push_back(kind); });
        click(bench, "a", 200ms);
        click(bench, "a", 2s);
        click(bench, "a", 200ms);
        CHECK(seen == Presses{Press::short_press, Press::long_press, Press::short_press});
    });
}

TEST_CASE("hal: a handler replaces the one before, an empty one stops the events", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        int first = 0;
        int second = 0;
        button(bench).on_press([&](Press) { ++first; });
        click(bench, "a", 200ms);
        button(bench).on_press([&](Press) { ++second; });
        click(bench, "a", 200ms);
        button(bench).on_press({});
        click(bench, "a", 200ms);
        CHECK(first == 1);
        CHECK(second == 1);
    });
}

TEST_CASE("hal: a handler may replace itself and may give the board up", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Words seen;
        Button& a = button(bench);
        a.on_press([&](Press) {
            a.on_press([&](Press) {
                seen.push_back("second");
                bench.destroy_board();
            });
            seen.push_back("first");
        });
        click(bench, "a", 200ms);
        click(bench, "a", 200ms);
        bench.pass(10s);
        CHECK(seen == Words{"first", "second"});
    });
}

TEST_CASE("hal: a button held for 30 s is reported stuck with io, and well when it is released",
          "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Presses presses;
        Words health;
        button(bench).on_press([&](Press kind) { presses.push_back(kind); });
        button(bench).on_health([&](const Result<void>& state) {
            if (!state) CHECK(state.error().is(Errc::io));
            health.push_back(state ? "well" : "stuck");
        });
        bench.finger("a", true);
        bench.pass(30s - 1ms - bench.slack());
        CHECK(health.empty());
        bench.pass(1ms + bench.slack());
        CHECK(health == Words{"stuck"});
        bench.pass(60s);
        bench.finger("a", false);
        bench.pass(0ms);
        CHECK(health == Words{"stuck", "well"});
        CHECK(presses == Presses{Press::long_press});
        click(bench, "a", 200ms);
        CHECK(presses == Presses{Press::long_press, Press::short_press});
    });
}

TEST_CASE("hal: a button that vanishes says device_gone 1 time, then that it is back, and works",
          "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Presses presses;
        Words health;
        button(bench).on_press([&](Press kind) { presses.push_back(kind); });
        button(bench).on_health([&](const Result<void>& state) {
            if (!state) CHECK(state.error().is(Errc::device_gone));
            health.push_back(state ? "well" : "gone");
        });
        bench.unplug("button:a");
        bench.pass(0ms);
        bench.unplug("button:a");
        bench.pass(60s);
        CHECK(health == Words{"gone"});
        bench.plug_in("button:a");
        bench.pass(0ms);
        CHECK(health == Words{"gone", "well"});
        click(bench, "a", 200ms);
        CHECK(presses == Presses{Press::short_press});
        CHECK(health.size() == 2);
    });
}

TEST_CASE("hal: a press that was under way when the button vanished gives 0 events", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Presses presses;
        button(bench).on_press([&](Press kind) { presses.push_back(kind); });
        bench.finger("a", true);
        bench.pass(1s);
        bench.unplug("button:a");
        bench.pass(5s);
        bench.plug_in("button:a");
        bench.pass(5s);
        CHECK(presses.empty());
    });
}

TEST_CASE("hal: a lamp shows each of its 5 states", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        for (const LampState state :
             {LampState::on, LampState::ringing, LampState::talking, LampState::fault, LampState::off}) {
            CHECK(bench.board().lamp->show(state));
            CHECK(bench.lamp() == state);
        }
    });
}

TEST_CASE("hal: a ringer plays each of its 3 tones until told otherwise", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        if (!bench.has("ringer")) return;
        for (const Tone tone : {Tone::alerting, Tone::ring_back, Tone::none}) {
            CHECK(bench.board().ringer->play(tone));
            bench.pass(60s);
            CHECK(bench.tone() == tone);
        }
    });
}

TEST_CASE("hal: a pulse of 2 s closes the relay for 2 s", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        CHECK_FALSE(door(bench).active());
        CHECK_FALSE(bench.closed("door"));
        const auto used = door(bench).pulse(2s);
        REQUIRE(used);
        CHECK(*used == 2s);
        CHECK(door(bench).active());
        CHECK(bench.closed("door"));
        CHECK_FALSE(bench.closed("gate"));
        bench.pass(2s - 1ms);
        CHECK(door(bench).active());
        bench.pass(1ms);
        CHECK_FALSE(door(bench).active());
        CHECK_FALSE(bench.closed("door"));
    });
}

TEST_CASE("hal: a pulse is clamped to 0.1 s and to the relay's maximum of 5 s or 0.5 s", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        CHECK(*door(bench).pulse(1ms) == 100ms);
        CHECK(*door(bench).pulse(Duration(0)) == 100ms);
        CHECK(*door(bench).pulse(-1s) == 100ms);
        CHECK(*door(bench).pulse(1h) == 5s);
        CHECK(*bench.board().relays[1]->pulse(5s) == 500ms);
        bench.pass(5s - 1ms);
        CHECK(door(bench).active());
        CHECK_FALSE(bench.board().relays[1]->active());
        bench.pass(1ms);
        CHECK_FALSE(door(bench).active());
    });
}

TEST_CASE("hal: a pulse while active starts the time anew, longer or shorter", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        REQUIRE(door(bench).pulse(2s));
        bench.pass(1500ms);
        REQUIRE(door(bench).pulse(2s));
        bench.pass(1999ms);
        CHECK(bench.closed("door"));
        bench.pass(1ms);
        CHECK_FALSE(bench.closed("door"));
        REQUIRE(door(bench).pulse(5s));
        REQUIRE(door(bench).pulse(1s));
        bench.pass(1s);
        CHECK_FALSE(bench.closed("door"));
        CHECK_FALSE(door(bench).active());
    });
}

TEST_CASE("hal: an error of a relay is told and does not stick", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        REQUIRE(bench.fail_next("relay:door"));
        CHECK(door(bench).pulse(1s).error().is(Errc::io));
        CHECK_FALSE(bench.closed("door"));
        bench.heal("relay:door");
        CHECK(door(bench).pulse(1s));
        CHECK(bench.closed("door"));
    });
}

TEST_CASE("hal: an error of a lamp is told and does not stick", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        if (!bench.fail_next("lamp")) return;
        CHECK(bench.board().lamp->show(LampState::on).error().is(Errc::io));
        CHECK(bench.lamp() == LampState::off);
        bench.heal("lamp");
        CHECK(bench.board().lamp->show(LampState::on));
        CHECK(bench.lamp() == LampState::on);
    });
}

TEST_CASE("hal: an error of a ringer is told and does not stick", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        if (!bench.has("ringer")) return;
        REQUIRE(bench.fail_next("ringer"));
        CHECK(bench.board().ringer->play(Tone::alerting).error().is(Errc::io));
        CHECK(bench.tone() == Tone::none);
        bench.heal("ringer");
        CHECK(bench.board().ringer->play(Tone::alerting));
    });
}

TEST_CASE("hal: 3 devices that vanished say device_gone until they are back", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        std::vector<std::pair<std::string, std::function<Result<void>()>>> devices{
            {"lamp", [&] { return bench.board().lamp->show(LampState::on); }},
            {"relay:door", [&]() -> Result<void> {
                 const auto pulse = door(bench).pulse(1s);
                 return pulse ? Result<void>() : Result<void>(pulse.error());
             }}};
        if (bench.has("ringer"))
            devices.emplace_back("ringer", [&] { return bench.board().ringer->play(Tone::alerting); });
        for (const auto& [name, operation] : devices) bench.unplug(name);
        for (int i = 0; i < 2; ++i)
            for (const auto& [name, operation] : devices) CHECK(operation().error().is(Errc::device_gone));
        CHECK(bench.board().relays[1]->pulse(200ms));
        for (const auto& [name, operation] : devices) bench.plug_in(name);
        for (const auto& [name, operation] : devices) CHECK(operation());
    });
}

TEST_CASE("hal: lamp and relay tell 1 time that they are gone and 1 time that they are back",
          "[hal][contract]") {
    on_each_board([](Bench& bench) {
        Words lamp;
        Words relay;
        const auto into = [](Words& words) {
            return [&words](const Result<void>& state) {
                if (!state) CHECK(state.error().is(Errc::device_gone));
                words.push_back(state ? "well" : "gone");
            };
        };
        bench.board().lamp->on_health(into(lamp));
        door(bench).on_health(into(relay));
        bench.unplug("lamp");
        bench.unplug("relay:door");
        for (int i = 0; i < 2; ++i) {
            CHECK_FALSE(bench.board().lamp->show(LampState::on));
            CHECK_FALSE(door(bench).pulse(1s));
            bench.pass(1s);
        }
        CHECK(lamp == Words{"gone"});
        CHECK(relay == Words{"gone"});
        bench.plug_in("lamp");
        bench.plug_in("relay:door");
        bench.pass(10s);
        CHECK(lamp == Words{"gone", "well"});
        CHECK(relay == Words{"gone", "well"});
    });
}

TEST_CASE("hal: a relay is at rest after a failed pulse and after it vanished", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        REQUIRE(door(bench).pulse(5s));
        REQUIRE(bench.fail_next("relay:door"));
        CHECK_FALSE(door(bench).pulse(5s));
        CHECK_FALSE(door(bench).active());
        CHECK_FALSE(bench.closed("door"));
        bench.heal("relay:door");
        REQUIRE(door(bench).pulse(5s));
        bench.unplug("relay:door");
        CHECK_FALSE(door(bench).active());
        bench.plug_in("relay:door");
        bench.pass(10s);
        CHECK_FALSE(door(bench).active());
        CHECK_FALSE(bench.closed("door"));
    });
}

TEST_CASE("hal: a relay is at rest when the board goes away", "[hal][contract]") {
    on_each_board([](Bench& bench) {
        REQUIRE(door(bench).pulse(5s));
        CHECK(bench.closed("door"));
        bench.destroy_board();
        CHECK_FALSE(bench.closed("door"));
        bench.pass(10s);
    });
}
