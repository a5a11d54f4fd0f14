#include "hal/linux/key_decoder.hpp"

#include "core/clock.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::linux;

namespace {

input_event event(unsigned type, unsigned code, int value, int millis = 0) {
    input_event made{};
    made.input_event_sec = millis / 1000;
    made.input_event_usec = millis % 1000 * 1000;
    made.type = static_cast<__u16>(type);
    made.code = static_cast<__u16>(code);
    made.value = value;
    return made;
}
input_event key(unsigned code, int value, int millis = 0) {
    return event(EV_KEY, code, value, millis);
}
input_event report(int millis = 0) {
    return event(EV_SYN, SYN_REPORT, 0, millis);
}
const input_event dropped = event(EV_SYN, SYN_DROPPED, 0);

using Positions = std::vector<Position>;

}  // namespace

TEST_CASE("key decoder: a press and a release are 2 positions with the kernel's times", "[hal][unit]") {
    KeyDecoder decoder(KEY_ENTER);
    const std::vector<input_event> events{key(KEY_ENTER, 1, 1500), report(1500), key(KEY_ENTER, 0, 1620),
                                          report(1620)};
    CHECK(decoder.take(events) == Positions{{true, 1500ms}, {false, 1620ms}});
    CHECK_FALSE(decoder.take_lost());
}

TEST_CASE("key decoder: repetitions, other keys and other events are nothing", "[hal][unit]") {
    KeyDecoder decoder(KEY_ENTER);
    const std::vector<input_event> events{
        key(KEY_ENTER, 2),           report(), key(KEY_A, 1), report(), event(EV_MSC, KEY_ENTER, 1),
        event(EV_LED, KEY_ENTER, 1), report()};
    CHECK(decoder.take(events).empty());
}

TEST_CASE("key decoder: events that come one by one are the same as all at once", "[hal][unit]") {
    KeyDecoder decoder(KEY_ENTER);
    Positions seen;
    for (const input_event& one : {key(KEY_ENTER, 1, 10), report(10), key(KEY_ENTER, 0, 20), report(20)})
        for (const Position& position : decoder.take(std::span(&one, 1))) seen.push_back(position);
    CHECK(seen == Positions{{true, 10ms}, {false, 20ms}});
}

TEST_CASE("key decoder: after SYN_DROPPED the rest of the torn report is left out, and the loss told 1 time",
          "[hal][unit]") {
    KeyDecoder decoder(KEY_ENTER);
    const std::vector<input_event> torn{key(KEY_ENTER, 1, 10), report(10), dropped, key(KEY_ENTER, 0, 20)};
    CHECK(decoder.take(torn) == Positions{{true, 10ms}});
    CHECK_FALSE(decoder.take_lost());  // the device is asked when the report has ended, else it says less
    const std::vector<input_event> rest{report(20), key(KEY_ENTER, 1, 30), report(30)};
    CHECK(decoder.take(rest) == Positions{{true, 30ms}});
    CHECK(decoder.take_lost());
    CHECK_FALSE(decoder.take_lost());
}
