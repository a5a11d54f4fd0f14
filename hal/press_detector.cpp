#include "hal/press_detector.hpp"

namespace voip::hal {

PressDetector::Outcome PressDetector::on_position(bool down, TimePoint now) {
    Outcome outcome = on_time(now);  // what was due before this position
    const bool was_down = state_ != State::up;
    if (down == was_down) return outcome;
    if (down) {
        state_ = State::down;
        since_ = now;
        return outcome;
    }
    if (state_ == State::down) outcome.press = Press::short_press;
    if (state_ == State::stuck) outcome.stuck = false;
    state_ = State::up;
    return outcome;
}

PressDetector::Outcome PressDetector::on_time(TimePoint now) {
    Outcome outcome;
    if (state_ == State::down && now >= since_ + settings_.long_press) {
        state_ = State::held;
        outcome.press = Press::long_press;
    }
    if (state_ == State::held && now >= since_ + settings_.stuck_after) {
        state_ = State::stuck;
        outcome.stuck = true;
    }
    return outcome;
}

std::optional<TimePoint> PressDetector::wake_at() const noexcept {
    if (state_ == State::down) return since_ + settings_.long_press;
    if (state_ == State::held) return since_ + settings_.stuck_after;
    return std::nullopt;
}

}  // namespace voip::hal
