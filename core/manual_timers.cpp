#include "core/manual_timers.hpp"

#include <algorithm>

namespace voip {

Timers::Id ManualTimers::call_at(TimePoint at, std::function<void()> action) {
    const Id id = ++last_id_;
    due_.emplace(std::pair{at, id}, std::move(action));
    return id;
}

void ManualTimers::cancel(Id alarm) noexcept {
    const auto found = std::find_if(due_.begin(), due_.end(),
                                    [&](const auto& entry) { return entry.first.second == alarm; });
    if (found != due_.end()) due_.erase(found);
}

TimePoint ManualTimers::next() const noexcept {
    return due_.empty() ? TimePoint::max() : due_.begin()->first.first;
}

void ManualTimers::advance(Duration length, const std::function<void()>& settle) {
    const TimePoint end = now_ + length;
    if (settle) settle();
    while (next() <= end) {
        auto first = due_.extract(due_.begin());
        move_to(std::max(now_, first.key().first));
        first.mapped()();
        if (settle) settle();
    }
    move_to(end);
}

void ManualTimers::move_to(TimePoint at) noexcept {
    wall_rest_ += at - now_;
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(wall_rest_);
    wall_ += whole.count();
    wall_rest_ -= whole;
    now_ = at;
}

}  // namespace voip
