#pragma once
#include <optional>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::media {

/// Keeps one device of a call open while it is wanted: opens it, tries again when it fails or vanishes (a USB
/// camera that is plugged in again goes on), and gives a start that never answers up. Pure.
class DeviceKeeper {
 public:
    enum class State { off, starting, on, waiting };  ///< waiting: failed, tried again at wake_at()
    enum class Command { none, start, stop };

    static constexpr Duration start_time = 5s;   ///< a start() that has not answered by then has failed
    static constexpr Duration first_retry = 1s;  ///< doubled with each failure in a row
    static constexpr Duration last_retry = 8s;

    /// @param present  false: the board has none, and nothing is ever done
    explicit DeviceKeeper(bool present) noexcept : present_(present) {}

    [[nodiscard]] Command want(bool wanted, TimePoint now);
    void started();
    /// It did not start, or it vanished: the device is closed by now.
    void failed(Error why, TimePoint now);
    [[nodiscard]] Command tick(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept { return due_; }

    [[nodiscard]] bool present() const noexcept { return present_; }
    [[nodiscard]] bool wanted() const noexcept { return wanted_; }
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] bool is_on() const noexcept { return state_ == State::on; }
    /// The newest failure since the device was last on; nothing otherwise.
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

 private:
    bool present_;
    bool wanted_ = false;
    State state_ = State::off;
    std::optional<TimePoint> due_;
    Duration retry_ = first_retry;
    std::optional<Error> error_;
};

}  // namespace voip::media
