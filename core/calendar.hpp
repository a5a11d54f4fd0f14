#pragma once
#include <ctime>
#include <optional>
#include <string>

#include "core/clock.hpp"

namespace voip {

/// The last moment that has a date here: 9999-12-31T23:59:59.999Z.
inline constexpr UnixMillis last_date = 253'402'300'799'999;

/// "2100-01-01T00:00:00Z", by calendar arithmetic of our own; "-" before 1970 and after `last_date`.
[[nodiscard]] std::string utc_text(UnixMillis at);

/// The date and time of the device's time zone. Nothing before 1970, after `last_date`, and beyond what
/// time_t can hold: where it has 32 bits (armhf of Debian 12) that is after 2038-01-19T03:14:07Z.
[[nodiscard]] std::optional<std::tm> local_time(UnixMillis at) noexcept;

}  // namespace voip
