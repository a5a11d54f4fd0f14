#pragma once
#include <ctime>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace voip::ctl {

struct ArchiveFile {
    std::string name;  ///< 1 to 99 bytes, relative
    std::string text;
};

/// An archive that every tar reads: plain files, mode 0600. Pure. @source POSIX.1-1988 ustar
/// @errors bad_message: a name that does not fit
[[nodiscard]] Result<std::string> tar_archive(const std::vector<ArchiveFile>& files, std::time_t changed);

}  // namespace voip::ctl
