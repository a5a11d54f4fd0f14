#include "daemon/ctl/found.hpp"

#include "daemon/ctl/values.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::ctl;
using namespace voip::hal::linux;

namespace {

SizeOffer size(unsigned width, unsigned height, std::vector<Interval> intervals) {
    return {width, height, width, height, 1, 1, std::move(intervals)};
}

Found machine() {
    Found found;
    found.chips = {{{"gpiochip0", "bell", 3},
                    {{"BUTTON", "", false, false, false}, {}, {"LED", "led1", true, true, false}}}};
    found.keys = {{"/dev/input/by-path/platform-gpio-keys-event", "gpio-keys", {"KEY_ENTER", "KEY_ESC"}}};
    found.cameras = {{"/dev/video0",
                      "Some\x1b[2Jcamera",
                      {{"BGR3", {size(1280, 720, {{1, 5}})}}, {"YUYV", {size(1280, 720, {{1, 10}})}}}},
                     {"/dev/video2", "thermal", {{"Y16", {}}}}};
    found.sound = {{"plughw:CARD=Loop,DEV=0", "Loopback, Loopback PCM", true, true},
                   {"plughw:CARD=HDMI,DEV=3", "HDMI, HDMI 0", false, true}};
    return found;
}

}  // namespace

TEST_CASE("found: each of 6 usable devices comes with the lines of the configuration for it", "[ctl][unit]") {
    const std::string text = show_found(encode(machine()), {});
    INFO(text);
    for (const char* line :
         {R"("gpio":{"chip":"bell","line":"BUTTON"})", R"("gpio":{"chip":"bell","line":"1"})",
          R"("key":{"device":"/dev/input/by-path/platform-gpio-keys-event","code":"KEY_ENTER"})",
          R"("camera":{"device":"/dev/video0","width":1280,"height":720,"fps":10})",
          R"("microphone":{"device":"plughw:CARD=Loop,DEV=0"},"speaker":{"device":"plughw:CARD=Loop,DEV=0"})",
          R"(    "speaker":{"device":"plughw:CARD=HDMI,DEV=3"})"})
        CHECK(text.find(line) != std::string::npos);
    CHECK(text.find("\"line\":\"2\"") == std::string::npos);  // used by somebody
    CHECK(text.find("LED (output) used by led1") != std::string::npos);
    CHECK(text.find("  not used: BGR3\n") != std::string::npos);
    CHECK(text.find("thermal") != std::string::npos);
    CHECK(text.find("/dev/video2\"}") == std::string::npos);
}

TEST_CASE("found: a name with control characters steers no terminal, 0 of them are shown", "[ctl][unit]") {
    CHECK(show_found(encode(machine()), {}).find('\x1b') == std::string::npos);
}

TEST_CASE("found: a camera of the usual 640x480 at 15 needs its device alone; 2 chips of a label go by name",
          "[ctl][unit]") {
    Found found = machine();
    found.cameras[0].offers[1].sizes.push_back(size(640, 480, {{1, 30}}));
    found.chips.push_back({{"gpiochip1", "bell", 1}, {{"DOOR", "", false, false, false}}});
    const std::string text = show_found(encode(found), {});
    INFO(text);
    CHECK(text.find(R"("camera":{"device":"/dev/video0"})") != std::string::npos);
    CHECK(text.find(R"("gpio":{"chip":"gpiochip1","line":"DOOR"})") != std::string::npos);
}

TEST_CASE("found: nothing is said in words, and 3 devices without permission too", "[ctl][unit]") {
    Found found;
    found.refused = 3;
    const json::Value value = encode(found);
    CHECK(number_of(value, "refused") == 3);
    const std::string text = show_found(value, {});
    CHECK(text.starts_with("no GPIO lines, keys, cameras or sound cards were found on this machine\n"));
    CHECK(text.find("3 devices may not be opened by this user") != std::string::npos);
}
