#include "hal/press_detector.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using Outcome = PressDetector::Outcome;

namespace {
const TimePoint t0{1h};
const Outcome nothing{};
}  // namespace

TEST_CASE("press: released within 1.5 s it is short, at the release", "[hal][unit]") {
    PressDetector detector;
    CHECK_FALSE(detector.wake_at());
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.wake_at() == t0 + 1500ms);
    CHECK(detector.on_time(t0 + 1499ms) == nothing);
    CHECK(detector.on_position(false, t0 + 1499ms) == Outcome{Press::short_press, {}});
    CHECK_FALSE(detector.wake_at());
}

TEST_CASE("press: held for 1.5 s it is long at that moment, and nothing at the release", "[hal][unit]") {
    PressDetector detector;
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.on_time(t0 + 1500ms) == Outcome{Press::long_press, {}});
    CHECK(detector.on_time(t0 + 2s) == nothing);
    CHECK(detector.wake_at() == t0 + 30s);
    CHECK(detector.on_position(false, t0 + 3s) == nothing);
    CHECK_FALSE(detector.wake_at());
}

TEST_CASE("press: a release that arrives before its overdue alarm is still a long press", "[hal][unit]") {
    PressDetector detector;
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.on_position(false, t0 + 1500ms) == Outcome{Press::long_press, {}});
    CHECK(detector.on_time(t0 + 2s) == nothing);
}

TEST_CASE("press: held for 30 s it is stuck until it is released", "[hal][unit]") {
    PressDetector detector;
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.on_time(t0 + 1500ms) == Outcome{Press::long_press, {}});
    CHECK(detector.on_time(t0 + 30s - 1ns) == nothing);
    CHECK(detector.on_time(t0 + 30s) == Outcome{{}, true});
    CHECK_FALSE(detector.wake_at());
    CHECK(detector.on_time(t0 + 60s) == nothing);
    CHECK(detector.on_position(false, t0 + 61s) == Outcome{{}, false});
    CHECK(detector.on_position(true, t0 + 62s) == nothing);
    CHECK(detector.on_position(false, t0 + 63s) == Outcome{Press::short_press, {}});
}

TEST_CASE("press: a loop that slept 31 s reports the long press and the stuck button together",
          "[hal][unit]") {
    PressDetector detector;
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.on_time(t0 + 31s) == Outcome{Press::long_press, true});
    PressDetector released;
    CHECK(released.on_position(true, t0) == nothing);
    CHECK(released.on_position(false, t0 + 31s) == Outcome{Press::long_press, false});
}

TEST_CASE("press: the same position twice is 1 press", "[hal][unit]") {
    PressDetector detector;
    CHECK(detector.on_position(false, t0) == nothing);
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.on_position(true, t0 + 1s) == nothing);
    CHECK(detector.wake_at() == t0 + 1500ms);
    CHECK(detector.on_position(false, t0 + 1s) == Outcome{Press::short_press, {}});
    CHECK(detector.on_position(false, t0 + 1s) == nothing);
}

TEST_CASE("press: the long-press time is the configured one, 0.3 s here", "[hal][unit]") {
    PressDetector detector({.long_press = 300ms});
    CHECK(detector.on_position(true, t0) == nothing);
    CHECK(detector.on_time(t0 + 300ms) == Outcome{Press::long_press, {}});
}

TEST_CASE("press: a press that was forgotten gives 0 events", "[hal][unit]") {
    PressDetector detector;
    CHECK(detector.on_position(true, t0) == nothing);
    detector.reset();
    CHECK_FALSE(detector.wake_at());
    CHECK(detector.on_position(false, t0 + 1s) == nothing);
}

TEST_CASE("press: a button that was found held gives 0 presses, and is stuck 30 s after it was found",
          "[hal][unit]") {
    PressDetector detector;
    detector.found_down(t0);
    CHECK(detector.on_position(true, t0 + 1s) == nothing);
    CHECK(detector.on_time(t0 + 2s) == nothing);
    CHECK(detector.wake_at() == t0 + 30s);
    PressDetector stuck = detector;
    CHECK(stuck.on_time(t0 + 30s) == Outcome{{}, true});
    CHECK(detector.on_position(false, t0 + 3s) == nothing);
    CHECK(detector.on_position(true, t0 + 4s) == nothing);
    CHECK(detector.on_position(false, t0 + 5s) == Outcome{Press::short_press, {}});
}
