#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace voip {

/// Reads a whole file. @errors not_found, too_large (above `limit` bytes), io (with the system's words)
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

/// Replaces a file so that after a power loss either the old or the new content is there, whole: temporary
/// file in the same folder, fsync, rename, fsync of the folder. Blocks for the disk (0.4 ms on ext4, more on
/// eMMC): not on the path of a call. @param mode permissions of the file, 0600 for secrets
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view content,
                                      unsigned mode);

/// Appends and syncs the data. Creates the file with `mode`.
[[nodiscard]] Result<void> append_file(const std::filesystem::path& path, std::string_view content,
                                       unsigned mode);

/// Moves a damaged file out of the way as "<name>.damaged" (the newest one wins), so that the next start
/// works.
[[nodiscard]] Result<std::filesystem::path> set_aside(const std::filesystem::path& path);

}  // namespace voip
