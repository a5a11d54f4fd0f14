#pragma once
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "hal/lamp.hpp"

namespace voip::hal::linux {

/// How a state looks: lit for `on`, dark for `off`, again and again. No `on`: dark; no `off`: lit.
struct Pattern {
    Duration on{}, off{};
    [[nodiscard]] bool blinks() const noexcept { return on > Duration{} && off > Duration{}; }
    friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// Ringing is quick, talking is lit with short gaps, a fault is dark with short flashes.
[[nodiscard]] constexpr Pattern pattern_of(LampState state) noexcept {
    switch (state) {
        case LampState::off: return {0ms, 1000ms};
        case LampState::on: return {1000ms, 0ms};
        case LampState::ringing: return {250ms, 250ms};
        case LampState::talking: return {1800ms, 200ms};
        case LampState::fault: return {100ms, 1900ms};
    }
    return {};
}

/// What a lamp is made of. @thread loop only
class LampOutput {
 public:
    virtual ~LampOutput() = default;
    [[nodiscard]] virtual Result<void> open() = 0;
    [[nodiscard]] virtual Result<void> check() = 0;
    virtual void close() noexcept = 0;
    /// Where its node appears, absolute.
    [[nodiscard]] virtual std::vector<std::string> folders() const = 0;

    /// Lit or dark for good; a device that blinks by itself stops it, and may not take it up again.
    [[nodiscard]] virtual Result<void> light(bool lit) = 0;
    /// Whether the device blinks by itself: blink() then, never light().
    [[nodiscard]] virtual bool blinks() const noexcept { return false; }
    [[nodiscard]] virtual Result<void> blink(const Pattern&) { return fail(Errc::wrong_state); }
    /// A device that may be able to blink in a moment. Asked again after settle_interval; false: it has made
    /// up its mind.
    [[nodiscard]] virtual bool settling() { return false; }
};

inline constexpr Duration settle_interval = 100ms;

}  // namespace voip::hal::linux
