#pragma once
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ctl/exit_code.hpp"
#include "daemon/ctl/plan.hpp"
#include "daemon/ctl/selftest.hpp"

namespace voip::ctl {

/// What the program reaches of its surroundings.
struct Surroundings {
    std::function<void(std::string_view text)> out,
        err;  ///< standard output (flushed at once) and standard error
    ReadFile read_file;
    /// Where to look for the daemon, given --socket (or nothing).
    std::function<std::vector<std::filesystem::path>(const std::string& from_command_line)> places;
    /// The hardware of this machine, as encode() of found.hpp has it.
    std::function<json::Value()> found;
    /// `selftest`: run_media_program() of that configuration's program, and the level of a line.
    std::function<Result<std::string>(const config::Media& media, const std::string& input,
                                      const StillWanted& wanted)>
        try_media;
    ReadLevel read_level;
    bool colour = false;
};

/// The whole program: plans, connects, asks, shows. Blocks until done, at most for the plan's timeout;
/// `watch` until the daemon goes.
[[nodiscard]] ExitCode run(std::span<const char* const> arguments, const Surroundings& surroundings);

}  // namespace voip::ctl
