#pragma once
#include <functional>
#include <optional>
#include <string>

#include "config/load.hpp"
#include "core/json.hpp"
#include "daemon/ctl/text.hpp"
#include "hal/boards.hpp"
#include "protocol/fault.hpp"

/// `selftest`: does each configured device work, and clock and network too? Pure but for its sources.
namespace voip::ctl {

/// Whether a line is active now. @errors as hal::linux::open_input()
using ReadLevel = std::function<Result<bool>(const hal::LineSettings& line, hal::Bias bias)>;

struct SelftestSources {
    /// One method of the local API without params; empty: no daemon runs.
    std::function<Reply(const std::string& method)> ask;
    /// Gives the media program the params of media.prepare and takes what it found.
    std::function<Result<std::string>(const std::string& input)> try_media;
    ReadLevel level;
};

/// Why it must not be done now: a call is up, or the daemon does not let us ask. Nothing: it may.
[[nodiscard]] std::optional<std::string> refuse_selftest(const SelftestSources& sources);

/// The findings for a configuration that has faults: nothing else can be tried.
[[nodiscard]] json::Value findings_of(const config::Problems& problems);
/// [{part, good, text, config?}], in the order in which they were tried.
[[nodiscard]] json::Value selftest(const config::Config& config, const SelftestSources& sources);
[[nodiscard]] bool all_good(const json::Value& findings);
/// A line each, and under it what to write into the configuration.
[[nodiscard]] std::string show_selftest(const json::Value& findings, const Look& look);

/// Whether the test may go on: asked five times a second.
using StillWanted = std::function<bool()>;
/// SelftestSources::try_media of the real program; its stderr is ours. It is killed after `longest` (timeout)
/// and when it is not wanted any more (cancelled). @errors also not_found, io
[[nodiscard]] Result<std::string> run_media_program(const std::string& program, const std::string& input,
                                                    Duration longest, const StillWanted& wanted);

}  // namespace voip::ctl
