#pragma once
#include <optional>

#include "core/error.hpp"
#include "daemon/lifecycle/environment.hpp"

namespace voip::lifecycle {

/// The first descriptor that a service manager hands over. @source sd_listen_fds(3)
inline constexpr int first_listen_fd = 3;

/// The one listening Unix stream socket that systemd opened for us, closed on exec; nothing when we were not
/// started by socket activation (LISTEN_PID names another process or is absent). The caller owns it.
/// @errors bad_config: LISTEN_FDS is no number, more than one socket, or it is no listening Unix stream
/// socket
[[nodiscard]] Result<std::optional<int>> activated_socket(const Environment& environment,
                                                          int first = first_listen_fd);

}  // namespace voip::lifecycle
