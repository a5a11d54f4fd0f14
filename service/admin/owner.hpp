#pragma once
#include <filesystem>

#include "core/error.hpp"

namespace voip::service::admin {

/// Before root touches the files of a service that runs as somebody else: makes this process that user for
/// good, so that no file comes to be that the service could not open. Does nothing for others than root, nor
/// where the folder is root's or not there yet.
/// @errors io: the user could not be changed
[[nodiscard]] Result<void> become_owner_of(const std::filesystem::path& folder);

}  // namespace voip::service::admin
