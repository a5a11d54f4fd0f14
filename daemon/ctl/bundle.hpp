#pragma once
#include <functional>
#include <string>
#include <vector>

#include "daemon/ctl/tar.hpp"
#include "protocol/fault.hpp"

namespace voip::ctl {

/// What a support archive is collected from.
struct BundleSources {
    /// One method of the local API without params; an error is kept as text.
    std::function<Reply(const std::string& method)> ask;
    /// A file, cut at a size that suits an archive. @errors as read_file()
    std::function<Result<std::string>(const std::string& path)> read;
    /// What a command prints, both streams; its end is waited for, ten seconds at most.
    std::function<std::string(const std::string& command)> run;
};

/// Everything that helps to see from afar what ails a device, without what opens something (redact()):
/// answers of the API, configuration, journal, units, system. Works without a daemon too: then the archive
/// says why there is none.
[[nodiscard]] std::vector<ArchiveFile> collect_bundle(const BundleSources& sources,
                                                      const std::string& config);

/// BundleSources::run of the real program.
[[nodiscard]] std::string run_command(const std::string& command);

}  // namespace voip::ctl
