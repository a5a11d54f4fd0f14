#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace voip {
namespace {

Error from_errno(const std::filesystem::path& path) {
    const boost::system::error_code code(errno, boost::system::system_category());
    if (code == boost::system::errc::no_such_file_or_directory) return fail(Errc::not_found, path.string());
    return fail(Errc::io, path.string() + ": " + code.message());
}

class Fd {
 public:
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool ok() const noexcept { return fd_ >= 0; }

 private:
    int fd_;
};

bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        const auto n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

Result<void> sync_folder(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.ok() || ::fsync(fd.get()) != 0) return from_errno(folder);
    return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.ok()) return from_errno(path);
    std::string content;
    char block[16384];
    for (;;) {
        const auto n = ::read(fd.get(), block, sizeof block);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return from_errno(path);
        if (n == 0) return content;
        content.append(block, static_cast<std::size_t>(n));
        if (content.size() > limit)
            return fail(Errc::too_large, path.string() + ": above " + std::to_string(limit) + " bytes");
    }
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    std::string temporary = path.string() + ".XXXXXX";
    const Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd.ok()) return from_errno(path);
    const bool stored = write_all(fd.get(), content) && ::fchmod(fd.get(), mode) == 0 &&
                        ::fsync(fd.get()) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (stored) return sync_folder(path);
    Error error = from_errno(path);
    ::unlink(temporary.c_str());
    return error;
}

Result<void> append_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, static_cast<mode_t>(mode)));
    if (!fd.ok() || !write_all(fd.get(), content) || ::fdatasync(fd.get()) != 0) return from_errno(path);
    return {};
}

Result<std::filesystem::path> set_aside(const std::filesystem::path& path) {
    const std::filesystem::path aside = path.string() + ".damaged";
    if (::rename(path.c_str(), aside.c_str()) != 0) return from_errno(path);
    const auto synced = sync_folder(path);
    if (!synced) return synced.error();
    return aside;
}

}  // namespace voip
