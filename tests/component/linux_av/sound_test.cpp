// Microphone and speaker on ALSA's user-space PCMs; what they promise in general is in tests/contract/hal.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cmath>
#include <fstream>
#include <numbers>

#include "hal/linux/av/microphone.hpp"
#include "hal/linux/av/speaker.hpp"
#include "tests/support/alsa_cards.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;
using voip::test::AlsaCards;

namespace {

struct Loop {
    Loop() {
        AlsaCards::get().set("speaker", "");
        AlsaCards::get().set("microphone", "");
    }
    ~Loop() { CHECK(Worker::wait_all_ended(5s)); }
    void pass(Duration length) {
        const auto guard = boost::asio::make_work_guard(io);
        io.restart();
        io.run_for(length);
    }
    /// The loop does something else for so long.
    static void be_away(Duration length) {
        boost::asio::io_context elsewhere;
        boost::asio::steady_timer(elsewhere, length).wait();
    }
    boost::asio::io_context io{1};
};

const auto fine = [](const Result<void>& started) { CHECK(started); };
const auto stays = [](const Error& why) { FAIL("gone: " << why.text()); };

/// A sine of 1000 Hz, frame by frame.
class Sine {
 public:
    void fill(SoundFrame& frame) {
        for (std::int16_t& sample : frame)
            sample = static_cast<std::int16_t>(
                16000 * std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(at_++) / sound_rate));
    }

 private:
    std::uint64_t at_ = 0;
};

std::vector<std::int32_t> recorded() {
    std::ifstream file(AlsaCards::get().file(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::int32_t> samples(bytes.size() / sizeof(std::int32_t));
    std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(std::int32_t));
    return samples;
}

}  // namespace

TEST_CASE("alsa: a card of 48 kHz, 32 bits and 2 channels gets what is played, at 50 % volume",
          "[hal][component]") {
    Loop loop;
    Sine sine;
    {
        AlsaSpeaker speaker(loop.io.get_executor(), "recorder", 50, {});
        speaker.start(
            fine, [&](SoundFrame& frame, TimePoint) { sine.fill(frame); }, stays);
        loop.pass(1s);
        CHECK(speaker.health().frames >= 50);
        CHECK(speaker.health().frames <= 65);  // paced, although this card would take any number
        CHECK(speaker.health().xruns == 0);
    }
    REQUIRE(Worker::wait_all_ended(5s));
    const auto samples = recorded();
    REQUIRE(samples.size() >= 2u * 48000);
    std::int32_t most = 0;
    int crossings = 0;
    for (std::size_t i = 2; i < 2 * 48000; i += 2) {
        CHECK(samples[i] == samples[i + 1]);
        most = std::max(most, samples[i] >> 16);
        crossings += samples[i - 2] < 0 && samples[i] >= 0;
    }
    CHECK(most >= 7500);
    CHECK(most <= 8500);
    CHECK(crossings >= 990);
    CHECK(crossings <= 1010);
}

TEST_CASE("alsa: the microphone hears what the speaker plays on cards of 48 kHz", "[hal][component]") {
    Loop loop;
    Sine sine;
    AlsaSpeaker speaker(loop.io.get_executor(), "speaker", 100, {});
    AlsaMicrophone microphone(loop.io.get_executor(), "microphone", {});
    int loud = 0;
    speaker.start(
        fine, [&](SoundFrame& frame, TimePoint) { sine.fill(frame); }, stays);
    microphone.start(
        fine,
        [&](const SoundFrame& frame, TimePoint) {
            double energy = 0;
            for (const double sample : frame) energy += sample * sample;
            loud += std::sqrt(energy / sound_frame_samples) > 8000 ? 1 : 0;
        },
        stays);
    loop.pass(2s);
    CHECK(loud >= 80);
    speaker.stop();
    microphone.stop();
}

TEST_CASE("alsa: a loop that was away for 200 ms loses no frame of the microphone, one of 1 s loses some",
          "[hal][component]") {
    Loop loop;
    AlsaMicrophone microphone(loop.io.get_executor(), "microphone", {});
    microphone.start(
        fine, [](const SoundFrame&, TimePoint) {}, stays);
    loop.pass(500ms);
    loop.be_away(200ms);
    loop.pass(300ms);
    CHECK(microphone.health().xruns == 0);
    loop.be_away(1s);
    loop.pass(300ms);
    CHECK(microphone.health().xruns > 10);
    CHECK(microphone.health().frames + microphone.health().xruns >= 100);
    microphone.stop();
}

TEST_CASE("alsa: an underrun of the speaker is counted and survived", "[hal][component]") {
    Loop loop;
    AlsaSpeaker speaker(loop.io.get_executor(), "speaker", 100, {});
    speaker.start(
        fine, [](SoundFrame&, TimePoint) {}, stays);
    loop.pass(500ms);
    CHECK(speaker.health().xruns == 0);
    loop.be_away(400ms);
    loop.pass(500ms);
    CHECK(speaker.health().xruns == 1);
    CHECK(speaker.health().frames >= 40);
    speaker.stop();
}

TEST_CASE("alsa: without a name the default is opened; a name that nobody knows is told with its name",
          "[hal][component]") {
    Loop loop;
    AlsaMicrophone usual(loop.io.get_executor(), "", {});
    int frames = 0;
    usual.start(
        fine, [&](const SoundFrame&, TimePoint) { ++frames; }, stays);
    loop.pass(500ms);
    CHECK(frames > 10);
    usual.stop();

    AlsaMicrophone wrong(loop.io.get_executor(), "plughw:Nobody", {});
    std::string told;
    wrong.start(
        [&](const Result<void>& started) {
            REQUIRE_FALSE(started);
            CHECK(started.error().is(Errc::device_gone));
            told = started.error().context;
        },
        [](const SoundFrame&, TimePoint) { FAIL("frame"); }, stays);
    loop.pass(500ms);
    CHECK(told.starts_with("sound device plughw:Nobody is not there"));
}

TEST_CASE("alsa: a card that is busy for 0.3 s is waited for", "[hal][component]") {
    Loop loop;
    AlsaCards::get().set("speaker", "busy");
    AlsaSpeaker speaker(loop.io.get_executor(), "speaker", 100, {});
    int started = 0;
    speaker.start([&](const Result<void>& result) { started += result ? 1 : 0; },
                  [](SoundFrame&, TimePoint) {}, stays);
    loop.pass(300ms);
    CHECK(started == 0);
    AlsaCards::get().set("speaker", "");
    loop.pass(300ms);
    CHECK(started == 1);
    speaker.stop();
}

TEST_CASE(
    "alsa: a card whose opening hangs holds up neither the loop nor stop(), and a start says so after 2 s",
    "[hal][component]") {
    Loop loop;
    AlsaCards::get().set("microphone", "stuck");
    AlsaMicrophone microphone(loop.io.get_executor(), "microphone", {});
    const auto no_frame = [](const SoundFrame&, TimePoint) { FAIL("frame"); };
    microphone.start([](const Result<void>&) { FAIL("started"); }, no_frame, stays);
    loop.pass(200ms);
    const TimePoint before = Clock::now();
    microphone.stop();
    CHECK(Clock::now() - before < 100ms);
    std::vector<Error> told;
    microphone.start([&](const Result<void>& started) { told.push_back(started.error()); }, no_frame, stays);
    loop.pass(2500ms);
    REQUIRE(told.size() == 1);
    CHECK(told[0].is(Errc::timeout));
    AlsaCards::get().set("microphone", "");
    REQUIRE(Worker::wait_all_ended(5s));
    int frames = 0;
    microphone.start(
        fine, [&](const SoundFrame&, TimePoint) { ++frames; }, stays);
    loop.pass(500ms);
    CHECK(frames > 10);
    microphone.stop();
}
