#include "service/admin/owner.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace voip::service::admin {

Result<void> become_owner_of(const std::filesystem::path& folder) {
    struct stat found {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &found) != 0 || found.st_uid == 0) return {};
    // The groups first: the user that comes then may not change them any more.
    if (::setgroups(0, nullptr) == 0 && ::setgid(found.st_gid) == 0 && ::setuid(found.st_uid) == 0) return {};
    const boost::system::error_code code(errno, boost::system::system_category());
    return fail(Errc::io, folder.string() + ": cannot become its owner, user " +
                              std::to_string(found.st_uid) + ": " + code.message());
}

}  // namespace voip::service::admin
