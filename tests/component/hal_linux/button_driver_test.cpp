// A button over a source of positions that a test plays: what the kernel would say, when it would say it.
#include "hal/linux/button_driver.hpp"

#include <sys/eventfd.h>

#include "tests/component/hal_linux/world.hpp"

namespace voip::hal::linux::test {
namespace {

using Presses = std::vector<Press>;
using Words = std::vector<std::string>;

/// What the test plays; outlives the source, which belongs to the driver.
struct Played {
    Fd event{::eventfd(0, EFD_NONBLOCK)};
    std::optional<Errc> refuses, fails;
    bool down = false, debounced = true, reports = true;
    std::vector<Position> positions;
    std::chrono::nanoseconds now{1h};
    int opened = 0, read = 0;

    void move(bool to, std::chrono::nanoseconds at) {
        down = to;
        positions.push_back({to, at});
        ring();
    }
    void ring() const { REQUIRE(::eventfd_write(event.get(), 1) == 0); }
};

class PlayedSource final : public PositionSource {
 public:
    explicit PlayedSource(Played& played) : played_(played) {}
    Result<Opened> open() override {
        if (played_.refuses) return fail(*played_.refuses, "played");
        ++played_.opened;
        return Opened{played_.event.get(), played_.down, played_.debounced, played_.reports};
    }
    Result<Reading> read() override {
        ++played_.read;
        eventfd_t ignored = 0;
        (void)::eventfd_read(played_.event.get(), &ignored);
        if (played_.fails) return fail(*played_.fails, "played");
        if (!played_.reports) return Reading{{{played_.down, played_.now}}, played_.now};
        return Reading{std::exchange(played_.positions, {}), played_.now};
    }
    Result<void> check() override {
        return played_.fails ? Result<void>(fail(*played_.fails, "played")) : Result<void>();
    }
    void close() noexcept override {}
    std::vector<std::string> folders() const override { return {}; }

 private:
    Played& played_;
};

struct ButtonBench {
    explicit ButtonBench(const std::function<void(Played&)>& prepare = {},
                         ButtonSettings settings = {"bell"}) {
        if (prepare) prepare(played);
        driver =
            std::make_shared<ButtonDriver>(world.around, settings, std::make_unique<PlayedSource>(played));
        button = std::make_unique<LinuxButton>(driver);
        button->on_press([this](Press kind) { presses.push_back(kind); });
        button->on_health(
            [this](const Result<void>& state) { health.push_back(state ? "well" : state.error().text()); });
        driver->start();
    }
    /// The finger moves, `late` before the loop hears of it.
    void finger(bool down, Duration late = 0ms) {
        played.now += 1s;
        played.move(down, played.now - late);
        world.poll();
    }
    void pass(Duration length) {
        played.now += length;
        world.pass(length);
    }

    World world;
    Played played;
    std::shared_ptr<ButtonDriver> driver;
    std::unique_ptr<LinuxButton> button;
    Presses presses;
    Words health;
};

}  // namespace

TEST_CASE("linux button: a press of 0.2 s is short, one of 1.5 s is long", "[hal][component]") {
    ButtonBench bench;
    bench.finger(true);
    bench.pass(200ms);
    bench.finger(false);
    CHECK(bench.presses == Presses{Press::short_press});
    bench.finger(true);
    bench.pass(1500ms);
    CHECK(bench.presses == Presses{Press::short_press, Press::long_press});
    bench.finger(false);
    CHECK(bench.presses.size() == 2);
}

TEST_CASE("linux button: a loop that was 1.9 s late counts from the kernel's stamp", "[hal][component]") {
    ButtonBench bench;
    bench.finger(true, 1900ms);
    bench.pass(0ms);
    CHECK(bench.presses == Presses{Press::long_press});
    bench.finger(false);

    ButtonBench both;  // press and release wait to be read together: 0.3 s apart, both 5 s old
    both.played.now += 10s;
    both.played.move(true, both.played.now - 5300ms);
    both.played.move(false, both.played.now - 5s);
    both.world.poll();
    CHECK(both.presses == Presses{Press::short_press});
}

TEST_CASE("linux button: a release that waits to be read when 1.5 s are over comes first",
          "[hal][component]") {
    ButtonBench bench;
    bench.finger(true);
    bench.played.now += 1500ms;
    bench.played.move(false, bench.played.now - 100ms);
    bench.world.timers.advance(1500ms);  // the alarm runs before the loop has seen the descriptor
    CHECK(bench.presses == Presses{Press::short_press});
}

TEST_CASE("linux button: where the kernel cannot debounce, 7 bounces of 2 ms are 1 press",
          "[hal][component]") {
    ButtonBench bench([](Played& played) { played.debounced = false; });
    for (int edge = 0; edge < 7; ++edge) {
        bench.played.move(edge % 2 == 0, bench.played.now);
        bench.pass(2ms);
    }
    bench.pass(200ms);
    CHECK(bench.presses.empty());
    for (int edge = 0; edge < 7; ++edge) {
        bench.played.move(edge % 2 != 0, bench.played.now);
        bench.pass(2ms);
    }
    bench.pass(200ms);
    CHECK(bench.presses == Presses{Press::short_press});
}

TEST_CASE("linux button: a line that cannot tell is looked at every 20 ms and still sees a press of 80 ms",
          "[hal][component]") {
    ButtonBench bench([](Played& played) { played.reports = played.debounced = false; });
    CHECK(bench.world.logged("button needs help"));
    const int before = bench.played.read;
    bench.pass(1s);
    CHECK(bench.played.read - before == 50);
    bench.played.down = true;
    bench.pass(80ms);
    bench.played.down = false;
    bench.pass(80ms);
    CHECK(bench.presses == Presses{Press::short_press});
}

TEST_CASE("linux button: found held it gives 0 presses, and is stuck after 30 s", "[hal][component]") {
    ButtonBench bench([](Played& played) { played.down = true; });
    bench.pass(30s - 1ms);
    CHECK(bench.health.empty());
    bench.pass(1ms);
    CHECK(bench.health == Words{"held for 30 s: input/output failed"});
    bench.finger(false);
    CHECK(bench.health == Words{"held for 30 s: input/output failed", "well"});
    CHECK(bench.presses.empty());
}

TEST_CASE("linux button: missing at the start it is told 1 time, looked for, and works when it came",
          "[hal][component]") {
    ButtonBench bench([](Played& played) { played.refuses = Errc::device_gone; });
    bench.pass(60s);
    CHECK(bench.health == Words{"played: device gone"});
    CHECK(bench.played.opened == 0);
    bench.played.refuses.reset();
    bench.pass(10s);
    CHECK(bench.health == Words{"played: device gone", "well"});
    CHECK(bench.played.opened == 1);
    bench.finger(true);
    bench.pass(200ms);
    bench.finger(false);
    CHECK(bench.presses == Presses{Press::short_press});
}

TEST_CASE("linux button: lost in the middle of a press it gives 0 events, then comes back",
          "[hal][component]") {
    ButtonBench bench;
    bench.finger(true);
    bench.played.fails = bench.played.refuses = Errc::device_gone;
    bench.played.ring();
    bench.pass(5s);
    CHECK(bench.health == Words{"played: device gone"});
    bench.played.fails.reset();
    bench.played.refuses.reset();
    bench.played.down = false;
    bench.pass(10s);
    CHECK(bench.health == Words{"played: device gone", "well"});
    CHECK(bench.presses.empty());
    CHECK(bench.played.opened == 2);
}

TEST_CASE("linux button: a handler may give the button up, and nothing is pending after that",
          "[hal][component]") {
    for (const Duration held : {200ms, 1500ms}) {
        ButtonBench bench;
        bench.button->on_press([&](Press) {
            bench.button.reset();
            bench.driver.reset();
        });
        bench.finger(true);
        bench.pass(held);
        if (bench.button) bench.finger(false);
        CHECK_FALSE(bench.button);
        CHECK(bench.world.timers.pending() == 0);
    }
}

}  // namespace voip::hal::linux::test
