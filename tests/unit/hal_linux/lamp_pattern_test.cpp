#include "hal/linux/lamp_output.hpp"
#include "hal/linux/led_output.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;

TEST_CASE("lamp pattern: off is dark, on is lit, the other 3 states blink and differ", "[hal][unit]") {
    CHECK_FALSE(pattern_of(LampState::off).blinks());
    CHECK(pattern_of(LampState::off).on == 0ms);
    CHECK_FALSE(pattern_of(LampState::on).blinks());
    CHECK(pattern_of(LampState::on).on > 0ms);
    std::vector<Pattern> blinking;
    for (const LampState state : {LampState::ringing, LampState::talking, LampState::fault}) {
        const Pattern pattern = pattern_of(state);
        CHECK(pattern.blinks());
        CHECK(std::ranges::count(blinking, pattern) == 0);
        blinking.push_back(pattern);
    }
}

TEST_CASE("led triggers: the timer is seen wherever it stands, and whether a trigger is at work",
          "[hal][unit]") {
    const auto check = [](std::string_view text, bool timer, bool none) {
        CAPTURE(text);
        CHECK(triggers_of(text).timer == timer);
        CHECK(triggers_of(text).none == none);
    };
    check("[none] kbd-scrolllock timer heartbeat\n", true, true);
    check("none [timer]\n", true, false);
    check("none [heartbeat] timer", true, false);
    check("[none] oneshot-timer timers\n", false, true);
    check("none [mmc0]\n", false, false);
    check("", false, true);
}
