#pragma once
// Private to service/registry: the tables, and how an older file becomes a new one.
#include <filesystem>

#include "core/error.hpp"
#include "service/registry/database.hpp"

namespace voip::registry {

/// Opens the file, checked and migrated; makes it when there is none. @errors as Registry::open
[[nodiscard]] Result<Database> open_database(const std::filesystem::path& file, Duration busy_timeout);

/// Says that every used nonce is on the disk. See Registry::use_nonce.
[[nodiscard]] std::filesystem::path nonce_marker(const std::filesystem::path& file);

}  // namespace voip::registry
