// The measurement of the playout delay, in the simulated room and on the simulated board.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "hal/av.hpp"
#include "hal/sim/av_control.hpp"
#include "hal/voice/delay_probe.hpp"
#include "hal/voice/measure_delay.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/voice/acoustics.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::voice;
using namespace voip::hal::voice::test;

namespace {

constexpr TimePoint t0{1h};

std::vector<SoundFrame> all_chirps() {
    DelayProbe probe;
    std::vector<SoundFrame> made(400);  // 8 s
    for (SoundFrame& frame : made) probe.play(frame, t0);
    return made;
}

// What a probe says that plays into `answer` and hears it beside `others`, frame against frame.
Result<Duration> probe_in(const Samples& answer, const Samples& others) {
    static const Samples played = samples(all_chirps());
    const auto heard = frames(sum(convolve(played, answer), others));
    DelayProbe probe;
    for (std::size_t i = 0; i < heard.size(); ++i) {
        SoundFrame unused{};
        const TimePoint now = t0 + i * sound_frame_time;
        probe.play(unused, now);
        probe.hear(heard[i], now);
    }
    CHECK(probe.done());
    return probe.result();
}

Duration off(Result<Duration> measured, Duration truth) {
    REQUIRE(measured);
    return std::chrono::abs(*measured - truth);
}

struct Board {
    explicit Board(std::string heard) {
        AvSettings settings;
        settings.camera = false;
        settings.microphone_settings.device = std::move(heard);
        auto opened = open_av("sim", io.get_executor(), timers, settings);
        REQUIRE(opened);
        devices = *std::move(opened);
    }
    void measure(asio::cancellation_slot slot = {}) {
        asio::co_spawn(
            io, measure_delay(*devices.microphone, *devices.speaker, timers),
            asio::bind_cancellation_slot(slot, [this](std::exception_ptr bug, Result<Duration> result) {
                CHECK_FALSE(bug);
                measured = std::move(result);
            }));
    }
    void pass(Duration length) {
        timers.advance(length, [this] {
            io.restart();
            io.poll();
        });
    }
    asio::io_context io{1};
    ManualTimers timers;
    AvDevices devices;
    std::optional<Result<Duration>> measured;
};

}  // namespace

TEST_CASE("delay probe: delays of 20 to 950 ms are found within 1 ms, in an echoing room 6 dB down",
          "[voice]") {
    for (const int ms : {20, 63, 140, 333, 950}) {
        const Duration truth = std::chrono::milliseconds(ms);
        const auto room = room_answer(truth, 6, 200ms, 7);
        INFO(ms << " ms");
        CHECK(off(probe_in(room, noise(8, 3, -60)), truth) <= 1ms);
    }
}

TEST_CASE("delay probe: noise as loud as the chirps, and somebody talking, do no harm", "[voice]") {
    const auto room = room_answer(140ms, 20, 200ms, 7);
    CHECK(off(probe_in(room, noise(8, 3, -34)), 140ms) <= 1ms);
    CHECK(off(probe_in(room, speech(8, 3, -34)), 140ms) <= 1ms);
}

TEST_CASE("delay probe: a microphone that hears 0, only noise, or only speech is told in plain words",
          "[voice]") {
    const auto why = [](const Samples& heard) {
        const auto result = probe_in({0.0}, heard);
        REQUIRE_FALSE(result);
        CHECK(result.error().is(Errc::io));
        return result.error().context;
    };
    CHECK(why({}).find("hears nothing at all") != std::string::npos);
    CHECK(why(noise(8, 3, -40)).find("does not hear the speaker") != std::string::npos);
    CHECK(why(speech(8, 3, -25)).find("does not hear the speaker") != std::string::npos);
    Samples loud = noise(8, 3, -40);
    for (double& sample : loud) sample = sample > 0 ? 1 : -1;
    CHECK(why(loud).find("overdriven") != std::string::npos);
}

TEST_CASE("delay probe: a delay that jumps by 100 ms from chirp to chirp is no measurement", "[voice]") {
    const Samples played = samples(all_chirps());
    Samples heard(played.size() + sound_rate, 0.0);
    constexpr std::size_t spacing = sound_rate * 124 / 100;
    for (std::size_t i = 0; i < played.size(); ++i) {
        const std::size_t chirp = i < sound_rate / 2 ? 0 : (i - sound_rate / 2) / spacing;
        heard[i + 800 + chirp * 1600] += played[i];
    }
    DelayProbe probe;
    const auto near = frames(heard);
    for (std::size_t i = 0; i < near.size(); ++i) {
        SoundFrame unused{};
        probe.play(unused, t0 + i * sound_frame_time);
        probe.hear(near[i], t0 + i * sound_frame_time);
    }
    const auto result = probe.result();
    REQUIRE_FALSE(result);
    CHECK(result.error().context.find("jumps between 50 ms and 450 ms") != std::string::npos);
}

TEST_CASE(
    "measure delay: the simulated board with an echo of 100 ms has 40 + 100 + 20 ms, its devices are stopped",
    "[voice]") {
    Board board("tone:440+echo:100:12");
    board.measure();
    board.pass(10s);
    REQUIRE(board.measured);
    CHECK(off(*board.measured, 160ms) <= 1ms);
    CHECK(board.timers.pending() == 0);
}

TEST_CASE("measure delay: a board without an echo, and one whose microphone is gone, say so", "[voice]") {
    Board deaf("silence");
    deaf.measure();
    deaf.pass(10s);
    REQUIRE(deaf.measured);
    CHECK(deaf.measured->error().context.find("hears nothing at all") != std::string::npos);

    Board broken("echo:0:0");
    REQUIRE(broken.devices.sim->vanish("microphone"));
    broken.measure();
    broken.pass(1s);
    REQUIRE(broken.measured);
    CHECK(broken.measured->error().is(Errc::device_gone));
    CHECK(broken.measured->error().context.find("microphone") == 0);
    CHECK(broken.timers.pending() == 0);

    Board later("echo:0:0");
    later.measure();
    later.pass(2s);
    REQUIRE(later.devices.sim->vanish("speaker"));
    later.pass(1s);
    REQUIRE(later.measured);
    CHECK(later.measured->error().context.find("speaker") == 0);
}

TEST_CASE("measure delay: cancelled after 2 s it leaves 0 alarms and both devices stopped", "[voice]") {
    Board board("echo:0:0");
    asio::cancellation_signal signal;
    board.measure(signal.slot());
    board.pass(2s);
    CHECK_FALSE(board.measured);
    signal.emit(asio::cancellation_type::terminal);
    board.pass(0ms);
    REQUIRE(board.measured);
    CHECK(board.measured->error().is(Errc::cancelled));
    CHECK(board.timers.pending() == 0);
}
