#pragma once
#include <span>
#include <string>

#include "core/command_line.hpp"

namespace voip::lifecycle {

/// The command line of wmpf-voipd. Empty strings: not given.
struct Options {
    std::string config;     ///< --config FILE; the standard place unless given (or --demo)
    std::string state_dir;  ///< --state-dir DIR
    std::string socket;     ///< --socket PATH
    std::string board;      ///< --board NAME: instead of board.driver
    std::string listen;     ///< --listen HOST:PORT: of the demo's service
    bool check_config = false;
    bool put_at_rest = false;
    bool demo = false;
    bool version = false;
    bool help = false;
};

/// @errors bad_config with a context that names the option. Exit code 2 is the caller's.
[[nodiscard]] Result<Options> parse_options(std::span<const char* const> arguments);
/// The text of --help.
[[nodiscard]] std::string options_usage();

}  // namespace voip::lifecycle
