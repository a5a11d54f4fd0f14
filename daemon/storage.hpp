#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/health.hpp"

namespace voip::daemon {

/// What the state folder takes at the moment.
struct StorageFacts {
    std::string trouble;           ///< why nothing can be kept there; empty: it can
    std::uint64_t free_bytes = 0;  ///< for the daemon's user; 0 where the kernel does not tell
};

/// Looks at a folder without writing to it, so that who asks often wears out no flash.
/// @param least  bytes free, below which the folder counts as full
[[nodiscard]] StorageFacts look_at_storage(const std::filesystem::path& folder, std::uint64_t least);

/// The part `storage` of the health: whether what happens now is still there after a restart. Calls work
/// without it, so it is never worse than degraded.
/// @thread loop only; the references must outlive it
class StorageWatch {
 public:
    /// What the next contact list, identity or clock file and a line of the history need, with room to spare.
    static constexpr std::uint64_t least_free = 64 * 1024;

    /// @param store  writes what waits to be written, and says why it could not; empty when nothing waits
    StorageWatch(std::filesystem::path folder, std::function<std::string()> store, HealthBook& health,
                 Timers& timers, Log log);

    /// Looks again and brings the health up to date; a change is logged.
    StorageFacts check();

 private:
    std::filesystem::path folder_;
    std::function<std::string()> store_;
    HealthBook& health_;
    Timers& timers_;
    Log log_;
    bool fine_ = true;
};

}  // namespace voip::daemon
