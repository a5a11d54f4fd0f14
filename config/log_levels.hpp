#pragma once
#include <string>
#include <vector>

#include "core/log.hpp"

namespace voip::config {

/// One area of the log with a level of its own.
struct AreaLevel {
    std::string area;  ///< [a-z0-9_-]{1,32}
    Level level = Level::info;
    friend bool operator==(const AreaLevel&, const AreaLevel&) = default;
};

/// Which lines the log keeps; both daemons have this section.
struct LogLevels {
    Level level = Level::info;
    std::vector<AreaLevel> areas;  ///< at most 64, in the order of the file

    /// As LogHub::set_levels and the local API's log.set take it: "call:debug,*:info".
    [[nodiscard]] std::string text() const;
    friend bool operator==(const LogLevels&, const LogLevels&) = default;
};

}  // namespace voip::config
