#include "hal/linux/node.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace voip::hal::linux {

Error os_error(std::string what, int number) {
    switch (number) {
        case ENOENT:
        case ENOTDIR: return fail(Errc::device_gone, std::move(what) + " is not there");
        case ENODEV:
        case ENXIO: return fail(Errc::device_gone, std::move(what) + " has vanished");
        case EACCES:
        case EPERM: return fail(Errc::refused, std::move(what) + ": permission denied");
        case EBUSY: return fail(Errc::io, std::move(what) + " is in use by another program");
        case ENOTTY: return fail(Errc::io, std::move(what) + " is another kind of device");
        default: return fail(Errc::io, std::move(what) + ": " + std::generic_category().message(number));
    }
}

Result<Fd> open_node(const std::string& path, int flags) {
    for (;;) {
        const int fd = ::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (fd >= 0) return Fd(fd);
        if (errno != EINTR) return os_error(path, errno);
    }
}

std::chrono::nanoseconds kernel_now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

int control(int fd, unsigned long request, void* argument) noexcept {
    for (;;) {
        if (::ioctl(fd, request, argument) >= 0) return 0;
        if (errno != EINTR) return errno;
    }
}

}  // namespace voip::hal::linux
