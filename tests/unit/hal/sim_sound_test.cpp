// The air, the tone and the ear of the simulated room.
#include <cmath>
#include <numbers>

#include "core/manual_timers.hpp"
#include "hal/sim/listener.hpp"
#include "hal/sim/room.hpp"
#include "hal/sim/ticker.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::sim;

namespace {

constexpr TimePoint t0{1h};

SoundFrame sine(double hz, double amplitude, std::size_t number = 0) {
    SoundFrame frame{};
    for (std::size_t i = 0; i < frame.size(); ++i)
        frame[i] = static_cast<std::int16_t>(
            std::lround(32767 * amplitude *
                        std::sin(2 * std::numbers::pi * hz * static_cast<double>(number * 320 + i) / 16000)));
    return frame;
}

Heard heard(const std::vector<SoundFrame>& frames) {
    Listener listener;
    for (const SoundFrame& frame : frames) listener.hear(frame);
    return listener.report();
}

RoomSettings room(std::string_view words) {
    const auto parsed = parse_room(words);
    REQUIRE(parsed);
    return *parsed;
}

}  // namespace

TEST_CASE("room: the words of board.microphone.device", "[hal][unit]") {
    CHECK(room("") == RoomSettings{.tone_hz = 1000});
    CHECK(room("tone") == RoomSettings{.tone_hz = 1000});
    CHECK(room("tone:440") == RoomSettings{.tone_hz = 440});
    CHECK(room("silence") == RoomSettings{.tone_hz = 0});
    CHECK(room("echo:120:12") ==
          RoomSettings{.tone_hz = 0, .echo = true, .echo_delay = 120ms, .echo_loss_db = 12});
    CHECK(room("tone:50+echo:0:0") == RoomSettings{.tone_hz = 50, .echo = true});
    for (const char* bad : {"plughw:1", "tone:", "tone:49", "tone:7001", "tone:1x", "echo", "echo:1",
                            "echo:1:61", "echo:1001:1", "echo::1", "tone+", "+tone", "tone echo:1:1"}) {
        const auto parsed = parse_room(bad);
        INFO(bad);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().is(Errc::bad_config));
    }
}

TEST_CASE("room: the tone is 1000 Hz at -15 dB, 400 ms on and 600 ms off", "[hal][unit]") {
    Room air(room("tone"));
    air.begin_tone(t0);
    std::vector<SoundFrame> frames;
    for (int i = 0; i < 100; ++i) frames.push_back(air.pick_up(t0 + i * 20ms));
    const Heard report = heard(frames);
    CHECK(report.quiet == 60);
    CHECK(report.onsets == 2);
    CHECK(report.gaps == 0);
    CHECK(report.dominant_hz == 1000);
    CHECK(report.tone_percent >= 95);
    CHECK(report.level_db == -15);
}

TEST_CASE("room: what plays is picked up 120 ms later and 12 dB softer, sample by sample", "[hal][unit]") {
    Room air(room("echo:120:12"));
    const SoundFrame played = sine(700, 0.5);
    air.play(played, t0 + 5ms);
    const double loss = std::pow(10, -12.0 / 20);
    CHECK(air.pick_up(t0 + 100ms) == SoundFrame{});
    const SoundFrame back = air.pick_up(t0 + 125ms);
    for (std::size_t i = 0; i < back.size(); ++i) CHECK(back[i] == std::lround(loss * played[i]));
    const SoundFrame half = air.pick_up(t0 + 115ms);
    CHECK(half[159] == 0);
    for (std::size_t i = 160; i < 320; ++i) CHECK(half[i] == std::lround(loss * played[i - 160]));
}

TEST_CASE("room: a speaker that paused leaves silence, and sound of 10 s ago is not heard", "[hal][unit]") {
    Room air(room("echo:0:0"));
    SoundFrame loud{};
    loud.fill(1000);
    air.play(loud, t0);
    air.play(loud, t0 + 100ms);
    CHECK(air.pick_up(t0) == loud);
    CHECK(air.pick_up(t0 + 50ms) == SoundFrame{});
    CHECK(air.pick_up(t0 + 100ms) == loud);
    CHECK(air.pick_up(t0 + 120ms) == SoundFrame{});
    air.play(loud, t0 + 10s);
    CHECK(air.pick_up(t0 + 100ms) == SoundFrame{});
    CHECK(air.pick_up(t0 + 9990ms)[100] == 0);
    CHECK(air.pick_up(t0 + 10s) == loud);
    air.play(loud, t0);  // late: too old to be heard
    CHECK(air.pick_up(t0) == SoundFrame{});
}

TEST_CASE("room: tone and echo add up, and are clipped instead of wrapped", "[hal][unit]") {
    Room air(room("tone:1000+echo:0:0"));
    air.begin_tone(t0);
    SoundFrame loud{};
    loud.fill(32000);
    air.play(loud, t0 + 20ms);
    const SoundFrame sum = air.pick_up(t0 + 20ms);
    CHECK(*std::max_element(sum.begin(), sum.end()) == 32767);
    CHECK(*std::min_element(sum.begin(), sum.end()) > 20000);
}

TEST_CASE("listener: tones of 100, 440, 1000 and 3900 Hz are told apart within 50 Hz", "[hal][unit]") {
    for (const unsigned hz : {100u, 440u, 1000u, 3900u}) {
        std::vector<SoundFrame> frames;
        for (std::size_t i = 0; i < 50; ++i) frames.push_back(sine(hz, 0.1, i));
        const Heard report = heard(frames);
        INFO(hz);
        CHECK(report.dominant_hz + 50 > hz);
        CHECK(report.dominant_hz < hz + 50);
        CHECK(report.level_db == -23);
        CHECK(report.tone_percent > 80);
        CHECK(report.quiet == 0);
    }
}

TEST_CASE("listener: noise is no tone, silence is nothing", "[hal][unit]") {
    std::uint32_t seed = 1;
    std::vector<SoundFrame> frames(50);
    for (SoundFrame& frame : frames)
        for (std::int16_t& sample : frame) {
            seed = seed * 1664525u + 1013904223u;
            sample = static_cast<std::int16_t>(static_cast<int>(seed >> 20) - 2048);
        }
    CHECK(heard(frames).tone_percent < 20);
    const Heard none = heard(std::vector<SoundFrame>(50));
    CHECK(none == Heard{.frames = 50, .quiet = 50});
}

TEST_CASE("listener: silence of 40 ms inside a tone is a gap, of 200 ms a pause", "[hal][unit]") {
    std::vector<SoundFrame> frames(50, sine(500, 0.2));
    frames[0] = {};
    frames[10] = frames[11] = {};
    for (std::size_t i = 20; i < 30; ++i) frames[i] = {};
    frames[49] = {};
    const Heard report = heard(frames);
    CHECK(report.gaps == 1);
    CHECK(report.onsets == 2);
    CHECK(report.quiet == 14);
}

TEST_CASE("ticker: the 150th tick of 15 a second is exactly 10 s after the first", "[hal][unit]") {
    ManualTimers timers;
    Ticker ticker(timers);
    std::vector<TimePoint> ticks;
    const TimePoint begin = timers.now() + 5ms;
    ticker.start(begin, 15, 10ms, [&](TimePoint nominal, std::uint64_t) { ticks.push_back(nominal); });
    timers.advance(10005ms);
    REQUIRE(ticks.size() == 151);
    CHECK(ticks[0] == begin);
    CHECK(ticks[150] == begin + 10s);
    ticker.stop();
    CHECK(timers.pending() == 0);
}

TEST_CASE("ticker: a new rate of 5 holds from the tick after the last one on", "[hal][unit]") {
    ManualTimers timers;
    Ticker ticker(timers);
    std::vector<Duration> ticks;
    const TimePoint begin = timers.now();
    ticker.start(begin, 10, 10ms,
                 [&](TimePoint nominal, std::uint64_t) { ticks.push_back(nominal - begin); });
    timers.advance(250ms);
    ticker.set_rate(5);
    ticker.set_rate(5);
    timers.advance(650ms);
    CHECK(ticks == std::vector<Duration>{0ms, 100ms, 200ms, 400ms, 600ms, 800ms});
    CHECK(ticker.period() == 200ms);
}

TEST_CASE("ticker: ticks within its patience of 200 ms are made up for, older ones are skipped and counted",
          "[hal][unit]") {
    // A clock that jumps: its alarms come when they come.
    struct Late final : Timers {
        TimePoint now() const noexcept override { return time; }
        UnixMillis wall_now() const noexcept override { return 0; }
        Id call_at(TimePoint at, std::function<void()> action) override {
            due = at;
            next = std::move(action);
            return 1;
        }
        void cancel(Id) noexcept override { next = nullptr; }
        std::size_t pending() const noexcept override { return next ? 1 : 0; }
        void run() {
            while (next && due <= time) std::exchange(next, nullptr)();
        }
        TimePoint time{1h}, due;
        std::function<void()> next;
    } timers;
    Ticker ticker(timers);
    std::vector<std::pair<Duration, std::uint64_t>> ticks;
    ticker.start(timers.time, 50, 200ms, [&](TimePoint nominal, std::uint64_t skipped) {
        ticks.emplace_back(nominal - TimePoint(1h), skipped);
    });
    timers.run();
    timers.time += 60ms;
    timers.run();
    timers.time += 1s;
    timers.run();
    REQUIRE(ticks.size() == 15);
    for (std::size_t i = 0; i < 4; ++i) CHECK(ticks[i] == std::pair{Duration(i * 20ms), std::uint64_t{0}});
    CHECK(ticks[4] == std::pair{Duration(860ms), std::uint64_t{39}});
    for (std::size_t i = 5; i < 15; ++i)
        CHECK(ticks[i] == std::pair{Duration(860ms + (i - 4) * 20ms), std::uint64_t{0}});
}

TEST_CASE("ticker: its action may destroy it", "[hal][unit]") {
    ManualTimers timers;
    auto ticker = std::make_unique<Ticker>(timers);
    int ticks = 0;
    ticker->start(timers.now(), 50, 0ms, [&](TimePoint, std::uint64_t) {
        ++ticks;
        ticker.reset();
    });
    timers.advance(1s);
    CHECK(ticks == 1);
    CHECK(timers.pending() == 0);
}
