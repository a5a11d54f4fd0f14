#pragma once
#include <filesystem>
#include <span>

#include "service/admin/verbs.hpp"

namespace voip::service::admin {

/// `wmpf-voip-service admin [--state-dir DIR] ORDER...`: asks the running service (STATE/admin.sock), else
/// works on the database itself. Blocks until done; runs a loop of its own.
/// @param arguments  what follows "admin" on the command line
/// @param state_dir_from_environment  $STATE_DIRECTORY; may be empty
[[nodiscard]] Outcome command(std::span<const char* const> arguments, std::string state_dir_from_environment);

/// The same with the folder known. Public for tests.
[[nodiscard]] Outcome execute(const std::filesystem::path& state_dir, const std::vector<std::string>& order);

}  // namespace voip::service::admin
