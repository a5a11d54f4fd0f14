#include "hal/linux/linux_lamp.hpp"

#include "tests/component/hal_linux/world.hpp"

namespace voip::hal::linux::test {
namespace {

using Words = std::vector<std::string>;

/// What a lamp is told; outlives the output, which belongs to the lamp.
struct Told {
    bool can_blink = false;
    int settles = 0;  // how many more looks it takes until it can
    std::optional<Errc> refuses = {}, fails = {};
    Words words = {};
};

class ToldOutput final : public LampOutput {
 public:
    explicit ToldOutput(Told& told) : told_(told) {}
    Result<void> open() override { return say("open", told_.refuses); }
    Result<void> check() override { return {}; }
    void close() noexcept override { told_.words.emplace_back("close"); }
    std::vector<std::string> folders() const override { return {}; }
    Result<void> light(bool lit) override { return say(lit ? "lit" : "dark", told_.fails); }
    bool blinks() const noexcept override { return told_.can_blink; }
    Result<void> blink(const Pattern& pattern) override {
        const auto millis = [](Duration length) { return std::to_string(length / 1ms); };
        return say("blink " + millis(pattern.on) + " " + millis(pattern.off), told_.fails);
    }
    bool settling() override { return told_.settles > 0 && --told_.settles > 0; }

 private:
    Result<void> say(std::string word, const std::optional<Errc>& trouble) {
        if (trouble) return fail(*trouble, "lamp");
        told_.words.push_back(std::move(word));
        return {};
    }
    Told& told_;
};

struct LampBench {
    explicit LampBench(Told prepared = {}) : told(std::move(prepared)) {
        lamp = std::make_unique<LinuxLamp>(world.around, std::make_unique<ToldOutput>(told));
        lamp->on_health(
            [this](const Result<void>& state) { health.push_back(state ? "well" : state.error().text()); });
    }
    Words taken() { return std::exchange(told.words, {}); }
    World world;
    Told told;
    std::unique_ptr<LinuxLamp> lamp;
    Words health;
};

}  // namespace

TEST_CASE("linux lamp: dark from the start, and left dark", "[hal][component]") {
    LampBench bench;
    CHECK(bench.taken() == Words{"open", "dark"});
    REQUIRE(bench.lamp->show(LampState::on));
    CHECK(bench.taken() == Words{"lit"});
    bench.lamp.reset();
    CHECK(bench.taken() == Words{"dark", "close"});
    CHECK(bench.world.timers.pending() == 0);
}

TEST_CASE("linux lamp: an output that cannot blink is lit and darkened by us, 250 ms each while ringing",
          "[hal][component]") {
    LampBench bench;
    bench.taken();
    REQUIRE(bench.lamp->show(LampState::ringing));
    CHECK(bench.taken() == Words{"lit"});
    bench.world.pass(249ms);
    CHECK(bench.taken().empty());
    bench.world.pass(1ms);
    CHECK(bench.taken() == Words{"dark"});
    bench.world.pass(500ms);
    CHECK(bench.taken() == Words{"lit", "dark"});
    REQUIRE(bench.lamp->show(LampState::off));
    bench.taken();
    bench.world.pass(10s);
    CHECK(bench.taken().empty());
}

TEST_CASE("linux lamp: an output that blinks is told the pattern 1 time and we sleep", "[hal][component]") {
    LampBench bench({.can_blink = true});
    CHECK(bench.taken() == Words{"open", "blink 0 1000"});
    REQUIRE(bench.lamp->show(LampState::fault));
    CHECK(bench.taken() == Words{"blink 100 1900"});
    CHECK(bench.world.timers.pending() == 0);
    bench.lamp.reset();
    CHECK(bench.taken() == Words{"dark", "close"});
}

TEST_CASE("linux lamp: a state shown while the output settles is the one it shows then", "[hal][component]") {
    LampBench bench({.can_blink = true, .settles = 4});
    REQUIRE(bench.lamp->show(LampState::talking));
    CHECK(bench.taken() == Words{"open"});
    bench.world.pass(1s);
    CHECK(bench.taken() == Words{"blink 1800 200"});

    LampBench brief({.can_blink = true, .settles = 4});
    brief.taken();
    brief.lamp.reset();  // before it has settled
    CHECK(brief.taken() == Words{"dark", "close"});
}

TEST_CASE("linux lamp: a failure is told, and the next try is afresh with the state that was taken",
          "[hal][component]") {
    LampBench bench;
    REQUIRE(bench.lamp->show(LampState::on));
    bench.told.fails = Errc::io;
    CHECK(bench.lamp->show(LampState::talking).error().is(Errc::io));
    bench.told.fails.reset();
    bench.taken();
    bench.world.pass(50ms);
    CHECK(bench.taken() == Words{"open", "lit"});  // on, not talking
    CHECK(bench.health == Words{"lamp: input/output failed", "well"});
    CHECK(bench.lamp->show(LampState::off));
}

TEST_CASE("linux lamp: missing at the start it says device_gone and shows its state when it came",
          "[hal][component]") {
    LampBench bench({.refuses = Errc::device_gone});
    CHECK(bench.lamp->show(LampState::on).error().is(Errc::device_gone));
    bench.world.pass(0ms);
    CHECK(bench.health == Words{"lamp: device gone"});
    bench.told.refuses.reset();
    bench.taken();
    CHECK(bench.lamp->show(LampState::ringing));
    CHECK(bench.taken() == Words{"open", "dark", "lit"});
}

}  // namespace voip::hal::linux::test
