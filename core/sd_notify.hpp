#pragma once
#include <string_view>

#include "core/error.hpp"

namespace voip {

/// One datagram to the service manager, on the socket that NOTIFY_SOCKET names (a path, or "@..." for an
/// abstract name). An empty name: nobody listens, nothing is sent, success.
/// @param lines  "READY=1\nSTATUS=serving" and the like
/// @errors bad_config (no such kind of name, longer than 107 bytes), else the system's own code
/// @thread any; does not block (a full socket is an error)
/// @source sd_notify(3)
[[nodiscard]] Result<void> sd_notify(std::string_view socket_name, std::string_view lines);

}  // namespace voip
