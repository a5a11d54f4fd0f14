#include "core/sd_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace voip {
namespace {

Error system_error(const char* what) {
    return fail(boost::system::error_code(errno, boost::system::system_category()), what);
}

}  // namespace

Result<void> sd_notify(std::string_view socket_name, std::string_view lines) {
    if (socket_name.empty()) return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if ((socket_name.front() != '/' && socket_name.front() != '@') ||
        socket_name.size() >= sizeof address.sun_path)
        return fail(Errc::bad_config, "NOTIFY_SOCKET is no Unix socket's name");
    std::memcpy(address.sun_path, socket_name.data(), socket_name.size());
    if (socket_name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_name.size());

    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return system_error("socket for NOTIFY_SOCKET");
    const auto sent = ::sendto(fd, lines.data(), lines.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), length);
    const int problem = errno;
    ::close(fd);
    errno = problem;
    if (sent < 0) return system_error("NOTIFY_SOCKET");
    return {};
}

}  // namespace voip
