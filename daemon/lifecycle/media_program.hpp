#pragma once
#include <filesystem>

#include "config/config.hpp"
#include "core/json.hpp"

/// The media program as daemon and wmpf-voipctl find it and what both tell it of the configuration.
namespace voip::lifecycle {

/// Where it is: as configured, else beside our own program (a build's folder), else in ../libexec from there
/// (installed).
[[nodiscard]] std::filesystem::path media_program(const config::Media& media,
                                                  const std::filesystem::path& own_program);
/// {board, media}: members of the params of media.prepare. @source daemon/media/README.md
[[nodiscard]] json::Value media_params(const config::Config& config);

}  // namespace voip::lifecycle
