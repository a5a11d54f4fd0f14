#pragma once
#include <span>
#include <string>

#include "core/error.hpp"
#include "service/service.hpp"

namespace voip::service {

/// The command line of wmpf-voip-service (without the admin orders). Empty strings: not given.
struct Options {
    std::string config;     ///< --config FILE; else the standard place, if there is such a file
    std::string state_dir;  ///< --state-dir DIR: instead of stateDir
    std::string listen;     ///< --listen HOST:PORT: instead of listen
    bool dev = false;
    bool dev_allow_lan = false;
    bool check_config = false;
    bool version = false;
    bool help = false;
};
inline constexpr const char* standard_config = "/etc/wmpf-voip-service/config.json";

/// @errors bad_config with a context that names the option; exit code 2 is the caller's
[[nodiscard]] Result<Options> parse_options(std::span<const char* const> arguments);
/// The text of --help.
[[nodiscard]] std::string options_usage();
[[nodiscard]] std::string version_text();

/// Options over a loaded configuration. @param state_directory  $STATE_DIRECTORY of systemd, may be empty
/// @errors bad_config: --listen is no HOST:PORT, --dev-allow-lan without --dev
[[nodiscard]] Result<ServiceSettings> settings_of(const Options& options, config::ServiceConfig config,
                                                  std::string_view state_directory);

}  // namespace voip::service
