#include "daemon/storage.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <boost/system/error_code.hpp>

namespace voip::daemon {
namespace {

std::string words_of(int number) {
    return boost::system::error_code(number, boost::system::system_category()).message();
}

std::string full(const struct statvfs& system, std::uint64_t free, std::uint64_t least) {
    if (free < least) return "full, " + std::to_string(free / 1024) + " KiB free";
    // File systems that make inodes as they need them say 0 of 0.
    if (system.f_files > 0 && system.f_favail == 0) return "full, no further file can be made";
    return {};
}

}  // namespace

StorageFacts look_at_storage(const std::filesystem::path& folder, std::uint64_t least) {
    const std::string name = folder.string() + ": ";
    struct statvfs system {};
    if (::statvfs(folder.c_str(), &system) != 0) return {name + words_of(errno), 0};
    StorageFacts facts;
    facts.free_bytes = static_cast<std::uint64_t>(system.f_bavail) * system.f_frsize;
    // With the effective user, as the writing will be; EROFS comes before EACCES.
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        facts.trouble = name + words_of(errno);
    else if (const std::string why = full(system, facts.free_bytes, least); !why.empty())
        facts.trouble = name + why;
    return facts;
}

StorageWatch::StorageWatch(std::filesystem::path folder, std::function<std::string()> store,
                           HealthBook& health, Timers& timers, Log log)
    : folder_(std::move(folder)),
      store_(std::move(store)),
      health_(health),
      timers_(timers),
      log_(std::move(log)) {}

StorageFacts StorageWatch::check() {
    StorageFacts facts = look_at_storage(folder_, least_free);
    if (facts.trouble.empty()) facts.trouble = store_();  // room again: what was refused goes first
    const bool fine = facts.trouble.empty();
    health_.set("storage", fine ? PartState::ok : PartState::degraded, facts.trouble, timers_.wall_now());
    if (fine_ && !fine) log_.err("the state folder keeps nothing", kv("why", facts.trouble));
    if (!fine_ && fine) log_.notice("the state folder keeps what it is given again");
    fine_ = fine;
    return facts;
}

}  // namespace voip::daemon
