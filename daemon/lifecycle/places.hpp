#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "daemon/lifecycle/environment.hpp"

namespace voip::lifecycle {

inline constexpr const char* standard_state_dir = "/var/lib/wmpf-voipd";
inline constexpr const char* standard_config = "/etc/wmpf-voipd/config.json";
inline constexpr const char* standard_socket = "/run/wmpf-voipd/api.sock";

/// Where the demo keeps its state and socket: $XDG_RUNTIME_DIR/wmpf-voipd, else wmpf-voipd-UID in $TMPDIR or
/// /tmp.
[[nodiscard]] std::filesystem::path demo_dir(const Environment& environment);

/// --state-dir, else the demo's, else the first of $STATE_DIRECTORY (set by systemd), else the standard one.
[[nodiscard]] std::filesystem::path state_dir(const Environment& environment,
                                              const std::string& from_command_line, bool demo);

/// --socket, else the demo's, else `from_config`.
[[nodiscard]] std::filesystem::path socket_path(const Environment& environment,
                                                const std::string& from_command_line, bool demo,
                                                const std::string& from_config);

/// Where a client looks for the daemon, in order: --socket alone when given; else $WMPF_VOIPD_SOCKET alone;
/// else the standard place and the demo's (the latter only while its folder is private to this user).
[[nodiscard]] std::vector<std::filesystem::path> socket_candidates(const Environment& environment,
                                                                   const std::string& from_command_line);

/// Makes the folder with mode 0700 when it is absent. An existing one must be ours and closed to the writing
/// of others; its mode is left alone (it may be somebody's /tmp, given by mistake).
/// @errors io (no parent, no permission, not a folder), refused ("PATH: belongs to user 1000", "PATH: is a
/// link", "PATH: others may write to it")
[[nodiscard]] Result<void> make_private_dir(const std::filesystem::path& path);

/// Succeeds when the path is a folder of ours (no link) that nobody else may enter. @errors as above
[[nodiscard]] Result<void> check_private_dir(const std::filesystem::path& path);

}  // namespace voip::lifecycle
