#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"

/// Who may do what on the local API. The decision is pure; only find_access() asks the system.
namespace voip::control {

/// In order of power: each includes the ones before it.
enum class Role { none, observe, control };
[[nodiscard]] std::string_view to_string(Role role) noexcept;

/// A client as the kernel describes it at connect time (SO_PEERCRED, SO_PEERGROUPS).
struct Identity {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  ///< supplementary
};

/// The rules with names already turned into numbers. A group that does not exist lets nobody in.
struct Access {
    uid_t own_uid = 0;  ///< the daemon's user
    std::optional<gid_t> control_group;
    std::optional<gid_t> observe_group;
};

/// Root, the daemon's own user and members of the control group: control; members of the observe group:
/// observe.
[[nodiscard]] Role role_of(const Identity& who, const Access& access) noexcept;

/// Looks the groups up once, at start (blocks for the system's databases). A group that is missing, or whose
/// look-up fails, is a warning; an empty name means that there is none.
[[nodiscard]] Access find_access(const std::string& control_group, const std::string& observe_group,
                                 const Log& log);

}  // namespace voip::control
