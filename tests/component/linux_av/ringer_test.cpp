#include "hal/linux/av/ringer.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <fstream>
#include <functional>

#include "hal/linux/av/microphone.hpp"
#include "tests/support/alsa_cards.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_until.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;
using voip::test::AlsaCards;

namespace {

/// A ringer, and an ear in front of it.
struct Bell {
    explicit Bell(std::string file = {}, std::string_view card = "")
        : hub([this](Level, std::string_view line) { lines.emplace_back(line); }) {
        AlsaCards::get().set("speaker", card);
        AlsaCards::get().set("microphone", "");
        ringer = std::make_unique<AlsaRinger>(
            io.get_executor(), RingerSettings{"speaker", std::move(file), 100, Log(hub, "board"), 50ms});
        ringer->on_health(
            [this](const Result<void>& state) { health.push_back(state ? "well" : state.error().text()); });
        ear.start([](const Result<void>& started) { CHECK(started); },
                  [this](const SoundFrame& frame, TimePoint) {
                      now = 0;
                      for (const int sample : frame) now = std::max(now, std::abs(sample));
                      peak = std::max(peak, now);
                      quiet = now == 0 ? quiet + 1 : 0;
                  },
                  [](const Error&) { FAIL("the ear is gone"); });
    }
    ~Bell() {
        ear.stop();
        ringer.reset();
        CHECK(Worker::wait_all_ended(5s));
    }
    bool until(const std::function<bool()>& so) { return voip::test::run_until(io, so); }
    bool hear(int at_least) {
        return until([&] { return now >= at_least; });
    }
    /// So many frames of 20 ms on end.
    bool hear_nothing(int frames) {
        quiet = 0;
        return until([&] { return quiet >= frames; });
    }

    boost::asio::io_context io{1};
    std::vector<std::string> lines, health;
    LogHub hub;
    int now = 0, peak = 0;  // the loudest sample of the frame heard last, and of all
    int quiet = 0;          // frames on end
    AlsaMicrophone ear{io.get_executor(), "microphone", {}};
    std::unique_ptr<AlsaRinger> ringer;
};

void add_number(std::string& text, std::uint32_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(number >> 8 * i & 0xff));
}

/// 500 Hz at 4096, then silence; 8000 Hz, 16 bits, mono.
void write_wav(const std::string& path, std::chrono::milliseconds loud, std::chrono::milliseconds silent) {
    const auto samples = [](std::chrono::milliseconds length) {
        return static_cast<unsigned>(length.count() * 8);
    };
    std::string wav("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data", 40);
    add_number(wav, 2 * (samples(loud) + samples(silent)), 4);
    for (unsigned i = 0; i < samples(loud); ++i) add_number(wav, i / 8 % 2 ? 0x1000 : 0xf000, 2);
    for (unsigned i = 0; i < samples(silent); ++i) add_number(wav, 0, 2);
    std::ofstream(path, std::ios::binary) << wav;
}

}  // namespace

TEST_CASE("ringer: each of 2 tones sounds until the next one or none, and then 10 frames are silent",
          "[hal][component]") {
    Bell bell;
    CHECK(bell.ringer->play(Tone::alerting));
    CHECK(bell.hear(8001));
    CHECK(bell.ringer->play(Tone::ring_back));
    CHECK(bell.until([&] { return bell.now > 5000 && bell.now < 8000; }));
    CHECK(bell.ringer->play(Tone::none));
    CHECK(bell.hear_nothing(10));
    CHECK(bell.lines.empty());
}

TEST_CASE(
    "ringer: a WAV file of 8000 Hz is played 3 times on end; the own tone rings for one that cannot be read",
    "[hal][component]") {
    voip::test::TempDir folder;
    const std::string path = folder / "tone.wav";
    write_wav(path, 100ms, 100ms);
    {
        Bell bell(path);
        CHECK(bell.ringer->play(Tone::alerting));
        for (int i = 0; i < 3; ++i) {
            CHECK(bell.hear(3501));
            CHECK(bell.hear_nothing(2));
        }
        CHECK(bell.peak < 6000);  // the conversion's overshoot; the own tone is louder
        CHECK(bell.lines.empty());
    }
    std::filesystem::remove(path);
    Bell bell(path);
    CHECK(bell.ringer->play(Tone::alerting));
    CHECK(bell.hear(8001));
    REQUIRE(bell.lines.size() == 1);
    CHECK(bell.lines[0].find("tone.wav") != std::string::npos);
}

TEST_CASE("ringer: a card that is not there is told 1 time, and again when it is back and rings",
          "[hal][component]") {
    Bell bell({}, "gone");
    CHECK(bell.hear_nothing(10));  // what an earlier case left in the air
    CHECK(bell.ringer->play(Tone::alerting));
    CHECK(bell.until([&] { return !bell.lines.empty(); }));
    CHECK(bell.hear_nothing(15));  // while it tries again and again
    CHECK(bell.lines.size() == 1);
    CHECK(bell.health == std::vector<std::string>{"sound device speaker is not there: device gone"});
    AlsaCards::get().set("speaker", "");
    CHECK(bell.hear(8001));
    REQUIRE(bell.until([&] { return bell.health.size() == 2; }));
    CHECK(bell.health.back() == "well");
    CHECK(bell.ringer->play(Tone::none));
}

TEST_CASE("ringer: play() and stopping take less than 50 ms while the card is stuck, destroying it 1.1 s",
          "[hal][component]") {
    boost::asio::io_context io{1};
    AlsaCards::get().set("speaker", "stuck");
    auto ringer = std::make_unique<AlsaRinger>(io.get_executor(), RingerSettings{.device = "speaker"});
    CHECK(ringer->play(Tone::alerting));
    const auto guard = boost::asio::make_work_guard(io);
    io.run_for(50ms);  // a thread is in the middle of opening by now
    const TimePoint begin = Clock::now();
    for (const Tone tone : {Tone::alerting, Tone::none, Tone::ring_back}) CHECK(ringer->play(tone));
    CHECK(Clock::now() - begin < 150ms);
    ringer.reset();
    CHECK(Clock::now() - begin < 1500ms);
    AlsaCards::get().set("speaker", "");
    CHECK(Worker::wait_all_ended(5s));
}
