#pragma once
#include "config/config.hpp"
#include "core/log.hpp"

namespace voip::daemon {

/// Opens the board's relays and darkens its lamp, for a daemon that ended without doing it: what a line or an
/// LED was told may outlive who told it. A device that is missing or taken is told in the log.
/// @return an exit code: stopped, or configuration
[[nodiscard]] int put_at_rest(const config::Board& board, const LogHub& hub);

}  // namespace voip::daemon
