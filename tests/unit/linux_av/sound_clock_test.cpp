#include "hal/linux/av/sound_clock.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;

namespace {
const TimePoint begin{10s};
}

TEST_CASE("sound clock: a thread that is 0 to 15 ms late gives frames 16 to 24 ms apart", "[hal][unit]") {
    SoundClock clock;
    TimePoint last = clock.next(begin);
    for (int i = 1; i < 500; ++i) {
        const Duration late = std::chrono::milliseconds(i * 7 % 16);
        const TimePoint at = clock.next(begin + i * sound_frame_time + late);
        CHECK(at - last >= 16ms);
        CHECK(at - last <= 24ms);
        CHECK(at - (begin + i * sound_frame_time) <= 16ms);
        last = at;
    }
}

TEST_CASE("sound clock: a card that is 1 % fast is followed, 30 ms behind at most", "[hal][unit]") {
    SoundClock clock;
    for (int i = 0; i < 3000; ++i) {
        const TimePoint measured = begin + i * sound_frame_time * 99 / 100;
        const Duration off = clock.next(measured) - measured;
        CHECK(off >= -1ms);
        CHECK(off <= 30ms);
    }
}

TEST_CASE("sound clock: a gap of 300 ms is taken over at once, and after reset() any time is",
          "[hal][unit]") {
    SoundClock clock;
    CHECK(clock.next(begin) == begin);
    CHECK(clock.next(begin + 320ms) == begin + 320ms);
    CHECK(clock.next(begin) == begin);
    clock.reset();
    CHECK(clock.next(begin + 50ms) == begin + 50ms);
}

TEST_CASE("pace: a PCM without a clock gets 50 frames a second after the first 100 ms", "[hal][unit]") {
    Pace pace(100ms);
    TimePoint now = begin;
    int frames = 0;
    while (now < begin + 10s) {
        const Duration wait = pace.wait(now);
        if (wait == Duration::zero()) pace.frame(now), ++frames;
        now += wait;
    }
    CHECK(frames >= 504);
    CHECK(frames <= 507);
}

TEST_CASE("pace: a card is never held up, be it 1 % fast or late by 3 s once", "[hal][unit]") {
    Pace pace(100ms);
    TimePoint now = begin;
    for (int i = 0; i < 5000; ++i) {
        now += i == 2000 ? Duration(3s) : sound_frame_time * 101 / 100;
        CHECK(pace.wait(now) == Duration::zero());
        pace.frame(now);
    }
}
