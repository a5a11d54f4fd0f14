#include "hal/linux/av/ringer.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cmath>
#include <fstream>

#include "hal/linux/av/microphone.hpp"
#include "tests/support/alsa_cards.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;
using voip::test::AlsaCards;

namespace {

/// A ringer, and an ear in front of it.
struct Bell {
    explicit Bell(std::string file = {})
        : hub([this](Level, std::string_view line) { lines.emplace_back(line); }) {
        AlsaCards::get().set("speaker", "");
        AlsaCards::get().set("microphone", "");
        ringer = std::make_unique<AlsaRinger>(
            io.get_executor(), RingerSettings{"speaker", std::move(file), 100, Log(hub, "board")});
        ringer->on_health(
            [this](const Result<void>& state) { health.push_back(state ? "well" : state.error().text()); });
        ear.start([](const Result<void>& started) { CHECK(started); },
                  [this](const SoundFrame& frame, TimePoint) {
                      for (const int sample : frame) peak = std::max(peak, std::abs(sample));
                  },
                  [](const Error&) { FAIL("the ear is gone"); });
    }
    ~Bell() {
        ear.stop();
        ringer.reset();
        CHECK(Worker::wait_all_ended(5s));
    }
    void pass(Duration length) {
        const auto guard = boost::asio::make_work_guard(io);
        io.restart();
        io.run_for(length);
    }
    /// The loudest sample of so long.
    int listen(Duration length) {
        peak = 0;
        pass(length);
        return peak;
    }

    boost::asio::io_context io{1};
    std::vector<std::string> lines, health;
    LogHub hub;
    int peak = 0;
    AlsaMicrophone ear{io.get_executor(), "microphone", {}};
    std::unique_ptr<AlsaRinger> ringer;
};

}  // namespace

TEST_CASE("ringer: each of 2 tones sounds until the next one or none, again after 4 s", "[hal][component]") {
    Bell bell;
    CHECK(bell.ringer->play(Tone::alerting));
    CHECK(bell.listen(1s) > 8000);
    (void)bell.listen(1s);
    CHECK(bell.listen(2s) > 8000);
    CHECK(bell.ringer->play(Tone::ring_back));
    CHECK(bell.listen(800ms) > 5000);
    CHECK(bell.ringer->play(Tone::none));
    (void)bell.listen(300ms);
    CHECK(bell.listen(1s) == 0);
    CHECK(bell.lines.empty());
}

TEST_CASE("ringer: a WAV file of 8000 Hz is played; one that cannot be read is logged and the own tone rings",
          "[hal][component]") {
    voip::test::TempDir folder;
    const std::string path = folder / "tone.wav";
    std::string wav("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data", 40);
    const std::uint32_t bytes = 16000;
    wav.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
    for (unsigned i = 0; i < bytes / 2; ++i)
        wav.append(i / 8 % 2 ? "\0\x10" : "\0\xf0", 2);  // 500 Hz at 4096
    std::ofstream(path, std::ios::binary) << wav;
    {
        Bell bell(path);
        CHECK(bell.ringer->play(Tone::alerting));
        const int peak = bell.listen(1500ms);
        CHECK(peak > 3500);
        CHECK(peak < 6000);  // the conversion's overshoot; the own tone is louder
        CHECK(bell.lines.empty());
    }
    std::filesystem::remove(path);
    Bell bell(path);
    CHECK(bell.ringer->play(Tone::alerting));
    CHECK(bell.listen(1s) > 8000);
    REQUIRE(bell.lines.size() == 1);
    CHECK(bell.lines[0].find("tone.wav") != std::string::npos);
}

TEST_CASE("ringer: a card that is not there is told 1 time, and again when it is back and rings",
          "[hal][component]") {
    Bell bell;
    AlsaCards::get().set("speaker", "gone");
    (void)bell.listen(300ms);  // what an earlier case left in the air
    CHECK(bell.ringer->play(Tone::alerting));
    CHECK(bell.listen(1500ms) == 0);
    CHECK(bell.lines.size() == 1);
    CHECK(bell.health == std::vector<std::string>{"sound device speaker is not there: device gone"});
    AlsaCards::get().set("speaker", "");
    CHECK(bell.listen(2500ms) > 8000);
    CHECK(bell.health.size() == 2);
    CHECK(bell.health.back() == "well");
    CHECK(bell.ringer->play(Tone::none));
}

TEST_CASE("ringer: play() and stopping take less than 50 ms while the card is stuck, destroying it 1.1 s",
          "[hal][component]") {
    boost::asio::io_context io{1};
    AlsaCards::get().set("speaker", "stuck");
    auto ringer = std::make_unique<AlsaRinger>(io.get_executor(), RingerSettings{.device = "speaker"});
    const TimePoint begin = Clock::now();
    for (const Tone tone : {Tone::alerting, Tone::none, Tone::ring_back}) CHECK(ringer->play(tone));
    CHECK(Clock::now() - begin < 150ms);
    ringer.reset();
    CHECK(Clock::now() - begin < 1500ms);
    AlsaCards::get().set("speaker", "");
    CHECK(Worker::wait_all_ended(5s));
}
