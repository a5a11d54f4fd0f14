#include "daemon/operation.hpp"

#include <unistd.h>

#include <charconv>

#include "core/file.hpp"
#include "daemon/log_areas.hpp"
#include "protocol/errors.hpp"

namespace voip::daemon {

Answer<std::string> Operation::set_log_levels(const std::string& levels) {
    if (const auto unknown = unknown_area(levels))
        return Fault{code::argument, "levels: " + *unknown, "levels", {}};
    if (!parts_.hub.set_levels(levels))
        return Fault{
            code::argument,
            "levels: expected \"info\" or \"call:debug,*:info\" of err, warning, notice, info, debug",
            "levels",
            {}};
    parts_.levels_changed();
    return parts_.hub.levels();
}

std::uint64_t resident_bytes(const std::string& process) {
    const auto text = read_file("/proc/" + process + "/statm", 4096);  // "size resident shared ..." in pages
    if (!text) return 0;
    const auto begin = text->find(' ');
    if (begin == std::string::npos) return 0;
    std::uint64_t pages = 0;
    std::from_chars(text->data() + begin + 1, text->data() + text->size(), pages);
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace voip::daemon
