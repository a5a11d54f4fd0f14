// Microphone and speaker on ALSA's user-space PCMs; what they promise in general is in tests/contract/hal.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <numbers>

#include "hal/linux/av/microphone.hpp"
#include "hal/linux/av/speaker.hpp"
#include "tests/support/alsa_cards.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/run_until.hpp"

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
    bool until(const std::function<bool()>& so) { return voip::test::run_until(io, so); }
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
        const TimePoint begin = Clock::now();
        CHECK(loop.until([&] { return speaker.health().frames >= 30; }));
        CHECK(Clock::now() - begin > 400ms);  // paced, although this card would take any number
        CHECK(speaker.health().xruns == 0);
    }
    REQUIRE(Worker::wait_all_ended(5s));
    const auto samples = recorded();
    constexpr std::size_t heard = 2 * 24000;  // half a second
    REQUIRE(samples.size() >= heard);
    std::int32_t most = 0;
    int crossings = 0;
    for (std::size_t i = 2; i < heard; i += 2) {
        CHECK(samples[i] == samples[i + 1]);
        most = std::max(most, samples[i] >> 16);
        crossings += samples[i - 2] < 0 && samples[i] >= 0;
    }
    CHECK(most >= 7500);
    CHECK(most <= 8500);
    CHECK(crossings >= 490);
    CHECK(crossings <= 510);
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
    CHECK(loop.until([&] { return loud >= 20; }));
    speaker.stop();
    microphone.stop();
}

TEST_CASE("alsa: a loop that was away for 200 ms loses no frame of the microphone, one of 500 ms loses half",
          "[hal][component]") {
    Loop loop;
    AlsaMicrophone microphone(loop.io.get_executor(), "microphone", {});
    microphone.start(
        fine, [](const SoundFrame&, TimePoint) {}, stays);
    CHECK(loop.until([&] { return microphone.health().frames >= 5; }));
    loop.be_away(200ms);
    CHECK(loop.until([&] { return microphone.health().frames >= 15; }));
    CHECK(microphone.health().xruns == 0);
    const auto before = microphone.health().frames;
    const auto left = std::chrono::steady_clock::now();
    loop.be_away(500ms);
    CHECK(loop.until([&] { return microphone.health().frames >= before + 15; }));
    const auto due = (std::chrono::steady_clock::now() - left) / sound_frame_time;
    CHECK(microphone.health().xruns >= 10);  // 500 ms are 25 frames, of which 12 wait for the loop
    CHECK(microphone.health().xruns + 15 <= static_cast<std::uint64_t>(due) + 2);
    microphone.stop();
}

TEST_CASE("alsa: an underrun of the speaker is counted and survived", "[hal][component]") {
    Loop loop;
    AlsaSpeaker speaker(loop.io.get_executor(), "speaker", 100, {});
    speaker.start(
        fine, [](SoundFrame&, TimePoint) {}, stays);
    CHECK(loop.until([&] { return speaker.health().frames >= 10; }));
    CHECK(speaker.health().xruns == 0);
    loop.be_away(200ms);
    CHECK(loop.until([&] { return speaker.health().xruns == 1; }));
    const auto before = speaker.health().frames;
    CHECK(loop.until([&] { return speaker.health().frames >= before + 10; }));
    CHECK(speaker.health().xruns == 1);
    speaker.stop();
}

TEST_CASE("alsa: without a name the default is opened; a name that nobody knows is told with its name",
          "[hal][component]") {
    Loop loop;
    AlsaMicrophone usual(loop.io.get_executor(), "", {});
    int frames = 0;
    usual.start(
        fine, [&](const SoundFrame&, TimePoint) { ++frames; }, stays);
    CHECK(loop.until([&] { return frames > 2; }));
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
    CHECK(loop.until([&] { return !told.empty(); }));
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
    CHECK(loop.until([&] { return started == 1; }));
    speaker.stop();
}

TEST_CASE("alsa: a card whose opening hangs holds up neither the loop nor stop(), and works 1 start later",
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
    AlsaCards::get().set("microphone", "");
    REQUIRE(Worker::wait_all_ended(5s));
    int frames = 0;
    microphone.start(
        fine, [&](const SoundFrame&, TimePoint) { ++frames; }, stays);
    CHECK(loop.until([&] { return frames > 2; }));
    microphone.stop();
}
