#pragma once
#include <chrono>
#include <cstdint>

namespace voip {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using namespace std::chrono_literals;

/// Wall clock as it stands on the wire and on disk: Unix milliseconds, UTC.
using UnixMillis = std::int64_t;

/// Seconds of a configuration (fractions allowed, so that tests can be short) as a duration.
[[nodiscard]] inline Duration from_seconds(double seconds) noexcept {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

/// Whole seconds, rounded down, for fields that the plugin states in seconds.
[[nodiscard]] inline std::int64_t whole_seconds(Duration duration) noexcept {
    return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace voip
