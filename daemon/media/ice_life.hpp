#pragma once
#include <vector>

#include "daemon/call/session_event.hpp"
#include "protocol/room.hpp"

namespace voip::media::host {

/// Until when a new connection may still be begun with these servers: three quarters of the life that their
/// user names tell ("expiry:roomId", Unix seconds, as time-limited credentials of TURN servers have it), at
/// least 15 s from `received` on. Servers without a user name never age; names that tell no sensible expiry
/// (another scheme, or our clock is wrong) count as living one minute, the shortest the service gives. Pure.
[[nodiscard]] TimePoint fresh_until(const std::vector<IceServer>& servers, call::Moment received);

}  // namespace voip::media::host
