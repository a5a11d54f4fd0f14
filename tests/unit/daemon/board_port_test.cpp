#include "daemon/board_port.hpp"

#include "core/manual_timers.hpp"
#include "protocol/errors.hpp"
#include "tests/support/catch.hpp"

namespace voip::daemon {
namespace {

struct FakeRelay final : hal::Relay {
    std::string called = "door";
    Duration last{};
    bool broken = false;
    const std::string& name() const noexcept override { return called; }
    Result<Duration> pulse(Duration length) override {
        if (broken) return fail(Errc::device_gone, "door");
        return last = std::min<Duration>(length, 30s);
    }
    bool active() const noexcept override { return last > Duration::zero(); }
    std::function<void(const Result<void>&)> health;
    void on_health(hal::OnHealth handler) override { health = std::move(handler); }
};
struct FakeButton final : hal::Button {
    std::string called = "call";
    std::function<void(const Result<void>&)> health;
    const std::string& name() const noexcept override { return called; }
    void on_press(std::function<void(hal::Press)>) override {}
    void on_health(std::function<void(const Result<void>&)> handler) override { health = std::move(handler); }
};
struct FakeLamp final : hal::Lamp {
    bool broken = false;
    Result<void> show(hal::LampState) override {
        if (broken) return fail(Errc::device_gone, "lamp");
        return {};
    }
    hal::OnHealth health;
    void on_health(hal::OnHealth handler) override { health = std::move(handler); }
};

struct Bench {
    Bench() {
        auto relay_owned = std::make_unique<FakeRelay>();
        auto button_owned = std::make_unique<FakeButton>();
        relay = relay_owned.get();
        button = button_owned.get();
        board.relays.push_back(std::move(relay_owned));
        board.buttons.push_back(std::move(button_owned));
        auto lamp_owned = std::make_unique<FakeLamp>();
        lamp = lamp_owned.get();
        board.lamp = std::make_unique<RememberingLamp>(std::move(lamp_owned));
        config.buttons.push_back({"call", "reception", "", config::RoomType::video, 1500ms});
    }
    std::vector<std::string> lines;
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }};
    ManualTimers timers;
    hal::Board board;
    config::Board config;
    FakeRelay* relay = nullptr;
    FakeButton* button = nullptr;
    FakeLamp* lamp = nullptr;
    std::vector<std::string> told;
    BoardPort port() {
        return BoardPort(
            board, config, timers,
            [this](const std::string& device, const std::string& why) { told.push_back(device + "|" + why); },
            Log(hub, "board"));
    }
};

TEST_CASE("board port: a relay opens for 3 s unless told otherwise, and says until when", "[daemon][unit]") {
    Bench bench;
    BoardPort port = bench.port();
    const auto pulse = port.relay("door", std::nullopt, {"uid:1000"});
    REQUIRE(pulse.has_value());
    CHECK(pulse->until == bench.timers.wall_now() + 3000);
    CHECK(port.facts().relays[0].active);
    CHECK(port.facts().relays[0].last->at == bench.timers.wall_now());
    CHECK(port.facts().relays[0].last->asker == control::RelayAsker{"uid:1000"});
    bench.timers.advance(1s);
    CHECK(port.relay("door", 60s, {"o-1", "r-1"})->until == bench.timers.wall_now() + 30000);
    CHECK(port.facts().relays[0].last->at == bench.timers.wall_now());
    CHECK(port.facts().relays[0].last->asker == control::RelayAsker{"o-1", "r-1"});
    CHECK(bench.lines ==
          std::vector<std::string>{"board: relay active relay=\"door\" ms=3000 by=\"uid:1000\" room=\"\"",
                                   "board: relay active relay=\"door\" ms=30000 by=\"o-1\" room=\"r-1\""});
}

TEST_CASE("board port: an unknown relay is 1004 with its field, a broken one 5030", "[daemon][unit]") {
    Bench bench;
    BoardPort port = bench.port();
    CHECK(port.relay("gate", std::nullopt, {"uid:0"}).error().field == "relay");
    bench.relay->broken = true;
    CHECK(port.relay("door", std::nullopt, {"uid:0"}).error().err_code == code::not_ready);
    CHECK_FALSE(port.facts().relays[0].last);
    CHECK(bench.lines ==
          std::vector<std::string>{
              "board: relay failed relay=\"door\" by=\"uid:0\" room=\"\" why=\"door: device gone\""});
}

TEST_CASE("board port: a button that vanishes and returns is told twice", "[daemon][unit]") {
    Bench bench;
    BoardPort port = bench.port();
    CHECK(port.facts().buttons[0].contact == "reception");
    bench.button->health(fail(Errc::device_gone, "unplugged"));
    CHECK(port.facts().buttons[0].state == "unplugged: device gone");
    bench.button->health(Result<void>());
    CHECK(port.facts().buttons[0].state == "ok");
    CHECK(bench.told == std::vector<std::string>{"button call|unplugged: device gone", "button call|"});
}

TEST_CASE("board port: a lamp and a relay that fail and recover are told by their names", "[daemon][unit]") {
    Bench bench;
    const BoardPort port = bench.port();
    bench.lamp->health(fail(Errc::refused, "brightness"));
    bench.relay->health(fail(Errc::io, "in use"));
    bench.lamp->health(Result<void>());
    CHECK(bench.told == std::vector<std::string>{"lamp|brightness: refused",
                                                 "relay door|in use: input/output failed", "lamp|"});
}

TEST_CASE("remembering lamp: a state that failed is not remembered as 1 that shows", "[daemon][unit]") {
    auto owned = std::make_unique<FakeLamp>();
    FakeLamp* lamp = owned.get();
    RememberingLamp remembering(std::move(owned));
    CHECK(remembering.show(hal::LampState::ringing).has_value());
    lamp->broken = true;
    CHECK(!remembering.show(hal::LampState::talking).has_value());
    CHECK(remembering.shown() == hal::LampState::ringing);
}

TEST_CASE("board port: camera, microphone and speaker are the configured ones, the driver's, or none",
          "[daemon][unit]") {
    Bench b;
    b.board.driver = "sim";
    b.config.camera.enabled = false;
    b.config.speaker.device = "hw:1";
    const BoardPort port(b.board, b.config, b.timers, [](const std::string&, const std::string&) {}, {});
    CHECK(port.facts().camera.empty());
    CHECK(port.facts().microphone == "tone");
    CHECK(port.facts().speaker == "hw:1");
    b.board.driver = "linux";
    CHECK(port.facts().microphone == "default");
}

}  // namespace
}  // namespace voip::daemon
