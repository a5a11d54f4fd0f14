#pragma once
#include <optional>

#include "core/clock.hpp"

namespace voip::media {

/// Thins out requests for key pictures: at most two a second; one that comes too early is done later, and
/// further ones meanwhile are the same one. Pure.
class KeyRequests {
 public:
    static constexpr Duration gap = 500ms;

    /// @return true: ask the camera now. False: wake_at() says when to ask.
    [[nodiscard]] bool want(TimePoint now) noexcept {
        if (last_ && now < *last_ + gap) {
            due_ = *last_ + gap;
            return false;
        }
        last_ = now;
        due_.reset();
        return true;
    }
    /// A key picture came by itself: a request that waits has been fulfilled.
    void key_came(TimePoint now) noexcept {
        last_ = now;
        due_.reset();
    }
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept { return due_; }
    /// At wake_at(): true when the camera is to be asked now.
    [[nodiscard]] bool tick(TimePoint now) noexcept { return due_ && now >= *due_ && want(now); }

 private:
    std::optional<TimePoint> last_, due_;
};

}  // namespace voip::media
