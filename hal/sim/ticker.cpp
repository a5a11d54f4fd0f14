#include "hal/sim/ticker.hpp"

namespace voip::hal::sim {

void Ticker::start(TimePoint first, unsigned per_second, Duration patience, Action action) {
    stop();
    action_ = std::move(action);
    patience_ = patience;
    base_ = first;
    number_ = 0;
    per_second_ = per_second;
    arm();
}

void Ticker::stop() noexcept {
    timers_.cancel(alarm_);
    alarm_ = 0;
}

void Ticker::set_rate(unsigned per_second) {
    if (alarm_ == 0 || per_second == per_second_) return;
    const TimePoint next = due();
    // The next tick is a new period after the last one; the first of all stays where it is.
    base_ = number_ == 0 ? next : next - period() + Duration(1s) / per_second;
    number_ = 0;
    per_second_ = per_second;
    timers_.cancel(alarm_);
    arm();
}

TimePoint Ticker::due() const noexcept {
    return base_ + std::chrono::nanoseconds(number_ * 1'000'000'000ull / per_second_);
}

void Ticker::arm() {
    alarm_ = timers_.call_at(due(), [this] { run(); });
}

void Ticker::run() {
    std::uint64_t skipped = 0;
    for (const TimePoint now = timers_.now(); due() + patience_ < now; ++number_) ++skipped;
    const TimePoint nominal = due();
    ++number_;
    arm();
    const Action action = action_;  // it may destroy us: nothing of ours is touched after it
    action(nominal, skipped);
}

}  // namespace voip::hal::sim
