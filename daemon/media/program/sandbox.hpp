#pragma once
#include <string>

#include "core/log.hpp"

namespace voip::media {

/// What stays reachable besides the system's libraries and devices; empty: nothing.
struct SandboxNeeds {
    std::string readable_file;
    std::string writable_folder;
    /// Servers on Unix sockets: a display's, a sound server's. Without them the daemon's own is out of reach.
    bool unix_sockets = false;
};
/// What was really locked; an older kernel has less.
struct Sandbox {
    bool landlock = false, seccomp = false;
};

/// Locks the process up for good: no new privileges, no core dumps, files only of the system (so neither the
/// daemon's state nor its configuration), no programs, no other processes and no signals to them, no
/// listening, no Unix sockets unless needed. What the kernel lacks is logged and done without. Call it while
/// there is one thread: threads made later inherit it.
/// @source landlock(7), seccomp(2)
[[nodiscard]] Sandbox lock_up(const SandboxNeeds& needs, const Log& log);

}  // namespace voip::media
