#pragma once
#include <optional>

#include "core/clock.hpp"
#include "hal/button.hpp"

namespace voip::hal {

/// Turns the position of one button into presses and health, for every driver alike. Pure: positions (already
/// debounced) and time in, outcomes out.
class PressDetector {
 public:
    struct Settings {
        Duration long_press = 1500ms;
        Duration stuck_after = 30s;  ///< held for longer than any finger holds
    };
    struct Outcome {
        std::optional<Press> press;
        std::optional<bool> stuck;  ///< true: it is stuck; false: it is free again
        friend bool operator==(const Outcome&, const Outcome&) = default;
    };

    PressDetector() = default;
    explicit PressDetector(Settings settings) : settings_(settings) {}

    /// Held already when the driver began to look: nobody knows since when, so that no press comes of it.
    void found_down(TimePoint now) noexcept {
        state_ = State::held;
        since_ = now;
    }
    /// The same position again changes nothing.
    [[nodiscard]] Outcome on_position(bool down, TimePoint now);
    [[nodiscard]] Outcome on_time(TimePoint now);
    /// When on_time() has something to say; nothing: not before the next position.
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept;
    /// Forgets a press that has begun: the device vanished, nobody knows what the finger does.
    void reset() noexcept { state_ = State::up; }

 private:
    enum class State { up, down, held, stuck };

    Settings settings_;
    State state_ = State::up;
    TimePoint since_;  // of the press
};

}  // namespace voip::hal
