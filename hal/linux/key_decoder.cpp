#include "hal/linux/key_decoder.hpp"

namespace voip::hal::linux {
namespace {

constexpr int released = 0, pressed = 1;  // 2 is the repetition of a key that is held

std::chrono::nanoseconds stamp_of(const input_event& event) {
    return std::chrono::seconds(event.input_event_sec) + std::chrono::microseconds(event.input_event_usec);
}

}  // namespace

std::vector<Position> KeyDecoder::take(std::span<const input_event> events) {
    std::vector<Position> positions;
    for (const input_event& event : events) {
        if (event.type == EV_SYN && event.code == SYN_DROPPED) {
            dropping_ = true;
        } else if (event.type == EV_SYN && event.code == SYN_REPORT) {
            lost_ = lost_ || dropping_;
            dropping_ = false;
        } else if (!dropping_ && event.type == EV_KEY && event.code == key_ &&
                   (event.value == pressed || event.value == released)) {
            positions.push_back({event.value == pressed, stamp_of(event)});
        }
    }
    return positions;
}

}  // namespace voip::hal::linux
