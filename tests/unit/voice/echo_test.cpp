// Hands-free in the simulated room, with every library of this build: what is left of the echo, and of the
// voice.
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>

#include "hal/voice/voice.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/voice/acoustics.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::voice;
using namespace voip::hal::voice::test;

namespace {

constexpr double length = 12;       // seconds
constexpr double echo_loss_db = 6;  // a speaker right beside the microphone
constexpr double floor_db = -75;    // the microphone's own noise
constexpr Duration reverberation = 200ms;
constexpr TimePoint t0{1h};

const Samples& far_voice() {
    static const Samples made = speech(length, 1, -20);
    return made;
}

// The sound at the microphone that `signal` from the speaker makes `delay` after it was handed over.
Samples echo_of(const Samples& signal, Duration delay) {
    return convolve(signal, room_answer(delay, echo_loss_db, reverberation, 7));
}
Samples at_microphone(const Samples& echo, const Samples& near = {}) {
    return sum(sum(echo, near), noise(length, 3, floor_db));
}

void mute(Samples& signal, double from, double to) {
    const auto begin = signal.begin() + static_cast<long>(from * sound_rate);
    std::fill(begin, std::min(signal.begin() + static_cast<long>(to * sound_rate), signal.end()), 0.0);
}

struct Times {
    Duration ahead{};   // plays_at after the pull
    Duration behind{};  // captured before the handler
};

Samples run(const VoiceBackend& backend, const VoiceSettings& settings, const Samples& far,
            const Samples& heard, Times times = {}) {
    const auto voice = backend.open(settings);
    const auto played = frames(far);
    auto near = frames(heard);
    TimePoint now = t0;
    for (std::size_t i = 0; i < near.size(); ++i, now += sound_frame_time) {
        voice->far(played[i], now + times.ahead, now);
        voice->near(near[i], now - times.behind, now);
    }
    return samples(near);
}

// How alike two signals are, 0 to 1, at the best shift up to 20 ms: libraries delay the voice by their
// filters.
double likeness(const Samples& clean, const Samples& processed, double from, double to) {
    double best = 0;
    const auto begin = static_cast<std::size_t>(from * sound_rate);
    const auto end = static_cast<std::size_t>(to * sound_rate);
    for (std::size_t shift = 0; shift < 320; shift += 2) {
        double both = 0;
        double one = 0;
        double other = 0;
        for (std::size_t i = begin; i < end; i += 2) {
            both += clean[i] * processed[i + shift];
            one += clean[i] * clean[i];
            other += processed[i + shift] * processed[i + shift];
        }
        best = std::max(best, both / std::sqrt(one * other + 1e-12));
    }
    return best;
}

double reduction(const Samples& before, const Samples& after, double from, double to) {
    return level_db(before, from, to) - level_db(after, from, to);
}

void on_each_backend(const std::function<void(const VoiceBackend&)>& check) {
    if (voice_backends().empty()) WARN("skipped: this build has no library for echo, noise and gain");
    for (const VoiceBackend& backend : voice_backends()) DYNAMIC_SECTION("library " << backend.name) {
            check(backend);
        }
}

// What each library is good for, in dB: soon (3 to 6 s into the call) and later (from 9 s on); and how like
// itself a near voice stays.
struct Promise {
    double soon, later, likeness;
};
Promise promise(const VoiceBackend& backend) {
    return backend.name == "webrtc" ? Promise{40, 40, 0.85} : Promise{25, 40, 0.8};
}

}  // namespace

TEST_CASE(
    "voice: with the measured delay of 20 to 200 ms the echo is reduced by 40 dB (speexdsp: from 9 s on)",
    "[voice]") {
    on_each_backend([](const VoiceBackend& backend) {
        std::printf("echo reduction in dB, 3 to 6 s / from 9 s on, by %.*s\n  delay ms   echo+noise   all\n",
                    static_cast<int>(backend.name.size()), backend.name.data());
        for (const int ms : {20, 40, 60, 80, 120, 160, 200}) {
            const Duration delay = std::chrono::milliseconds(ms);
            const Samples echo = echo_of(far_voice(), delay);
            const Samples heard = at_microphone(echo);
            const Samples plain = run(backend, {.gain = false, .playout_delay = delay}, far_voice(), heard);
            const Samples all = run(backend, {.playout_delay = delay}, far_voice(), heard);
            std::printf("  %8d   %4.0f / %2.0f    %2.0f / %2.0f\n", ms, reduction(echo, plain, 3, 6),
                        reduction(echo, plain, 9, 12), reduction(echo, all, 3, 6),
                        reduction(echo, all, 9, 12));
            CHECK(reduction(echo, plain, 3, 6) >= promise(backend).soon);
            CHECK(reduction(echo, plain, 9, 12) >= promise(backend).later);
        }
    });
}

TEST_CASE("voice: with no delay measured the drivers' times of 60 ms do as well, although they jump by 15 ms",
          "[voice]") {
    on_each_backend([](const VoiceBackend& backend) {
        const Samples echo = echo_of(far_voice(), 60ms);
        auto near = frames(at_microphone(echo));
        const auto played = frames(far_voice());
        const auto voice = backend.open({.gain = false});
        for (std::size_t i = 0; i < near.size(); ++i) {
            // The loop is late now and then, and then does two frames at once.
            const TimePoint due = t0 + i * sound_frame_time;
            const TimePoint now = due + (i % 7 == 0 ? 15ms : 0ms);
            voice->far(played[i], due + 40ms, now);
            voice->near(near[i], due - 20ms, now);
        }
        const Samples out = samples(near);
        CHECK(reduction(echo, out, 3, 6) >= promise(backend).soon);
        CHECK(reduction(echo, out, 9, 12) >= promise(backend).later);
    });
}

TEST_CASE("voice: frames that come in twos and threes, far and near out of step, cost at most 5 dB",
          "[voice]") {
    on_each_backend([](const VoiceBackend& backend) {
        const Samples echo = echo_of(far_voice(), 80ms);
        auto near = frames(at_microphone(echo));
        const auto played = frames(far_voice());
        const auto voice = backend.open({.gain = false, .playout_delay = 80ms});
        std::size_t far_done = 0;
        std::size_t near_done = 0;
        for (std::size_t i = 0; i < near.size(); ++i) {
            const TimePoint now = t0 + i * sound_frame_time;
            if (i % 3 != 1)
                for (; far_done <= i; ++far_done) voice->far(played[far_done], now, now);
            if (i % 2 != 0)
                for (; near_done <= i; ++near_done) voice->near(near[near_done], now, now);
        }
        const Samples out = samples(near);
        CHECK(reduction(echo, out, 3, 6) >= promise(backend).soon - 5);
        CHECK(reduction(echo, out, 9, 12) >= promise(backend).later - 5);
    });
}

TEST_CASE(
    "voice: a near voice alone keeps its level within 1.5 dB, and its sound; in double talk it loses 6 at "
    "most",
    "[voice]") {
    on_each_backend([](const VoiceBackend& backend) {
        Samples far = far_voice();
        mute(far, 5, 8);
        Samples near = speech(length, 9, -26);
        mute(near, 0, 5);
        const Samples heard = at_microphone(echo_of(far, 80ms), near);
        const Samples out = run(backend, {.gain = false, .playout_delay = 80ms}, far, heard);
        const double alone = level_db(out, 5.5, 8) - level_db(near, 5.5, 8);
        const double together = level_db(out, 8.5, 11.5) - level_db(near, 8.5, 11.5);
        std::printf("near voice by %.*s: alone %+.1f dB, likeness %.2f; in double talk %+.1f dB, %.2f\n",
                    static_cast<int>(backend.name.size()), backend.name.data(), alone,
                    likeness(near, out, 5.5, 7.5), together, likeness(near, out, 8.5, 11));
        CHECK(std::abs(alone) <= 1.5);
        CHECK(likeness(near, out, 5.5, 7.5) >= promise(backend).likeness);
        CHECK(std::abs(together) <= 6);
        CHECK(likeness(near, out, 8.5, 11) >= 0.7);
    });
}

TEST_CASE("voice: steady noise of -50 dB is lowered by 6 dB at least, the voice above it stays within 3",
          "[voice]") {
    on_each_backend([](const VoiceBackend& backend) {
        Samples voice = speech(length, 9, -22);
        mute(voice, 0, 6);
        const Samples heard = sum(voice, noise(length, 3, -50));
        const Samples out = run(backend, {.gain = false}, Samples(heard.size()), heard);
        CHECK(reduction(heard, out, 3, 6) >= 6);
        CHECK(std::abs(reduction(heard, out, 7, 11)) <= 3);
        const Samples kept = run(backend, {.noise = false, .gain = false}, Samples(heard.size()), heard);
        CHECK(std::abs(reduction(heard, kept, 3, 6)) <= 2);
    });
}

TEST_CASE("voice: gain raises a quiet voice of -40 dB by 6 dB, and a loud one of -14 by 4 at most",
          "[voice]") {
    on_each_backend([](const VoiceBackend& backend) {
        for (const double level : {-40.0, -14.0}) {
            const Samples heard = sum(speech(length, 9, level), noise(length, 3, floor_db));
            const Samples out = run(backend, {.echo = false, .noise = false}, Samples(heard.size()), heard);
            const double raised = -reduction(heard, out, 6, 11);
            INFO("raised by " << raised);
            if (level < -30) CHECK(raised >= 6);
            if (level > -30) CHECK(raised <= 4);
        }
    });
}

TEST_CASE("voice: with all 3 switched off a frame stays as it is, bit by bit", "[voice]") {
    const auto voice = open_voice({.echo = false, .noise = false, .gain = false});
    REQUIRE(voice);
    CHECK((*voice)->name() == "off");
    const auto before = frames(speech(0.1, 5, -20));
    auto after = before;
    for (SoundFrame& frame : after) {
        (*voice)->far(frame, t0, t0);
        (*voice)->near(frame, t0, t0);
    }
    CHECK(after == before);
}

TEST_CASE("voice: the best library is opened; with none at all it is not_found", "[voice]") {
    const auto voice = open_voice({});
    if (voice_backends().empty()) {
        REQUIRE_FALSE(voice);
        CHECK(voice.error().is(Errc::not_found));
        return;
    }
    REQUIRE(voice);
    CHECK((*voice)->name() == voice_backends().front().name);
}

TEST_CASE("echo lag: what was measured is told, less 10 ms, whatever the drivers say", "[voice]") {
    EchoLag lag(120ms);
    lag.far(t0 + 500ms, t0);
    CHECK(lag.near(t0 - 20ms, t0) == 110ms);
    CHECK(EchoLag(5ms).near(t0, t0) == 0ms);
}

TEST_CASE("echo lag: without a measurement it is the least of the drivers' times within 50 frames",
          "[voice]") {
    EchoLag lag(0ms);
    const auto frame = [&](Duration ahead) {
        lag.far(t0 + ahead, t0);
        return lag.near(t0 - 20ms, t0);
    };
    CHECK(frame(60ms) == 70ms);
    CHECK(frame(90ms) == 70ms);
    CHECK(frame(40ms) == 50ms);  // at once: more than the truth does harm
    for (int i = 3; i < 50; ++i) CHECK(frame(90ms) == 50ms);
    for (int i = 0; i < 49; ++i) CHECK(frame(90ms) == 50ms);
    CHECK(frame(90ms) == 100ms);
    CHECK(frame(-100ms) == 0ms);
}
