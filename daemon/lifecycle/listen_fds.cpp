#include "daemon/lifecycle/listen_fds.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/lifecycle/numbers.hpp"

namespace voip::lifecycle {
namespace {

bool has_option(int fd, int option, int wanted) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 && value == wanted;
}

bool is_listening_unix_stream(int fd) {
    return has_option(fd, SO_DOMAIN, AF_UNIX) && has_option(fd, SO_TYPE, SOCK_STREAM) &&
           has_option(fd, SO_ACCEPTCONN, 1);
}

}  // namespace

Result<std::optional<int>> activated_socket(const Environment& environment, int first) {
    const std::string pid = variable(environment, "LISTEN_PID");
    if (pid.empty() || whole_number<pid_t>(pid) != ::getpid()) return std::optional<int>{};
    const std::string count = variable(environment, "LISTEN_FDS");
    const auto sockets = whole_number<int>(count);
    if (!sockets || *sockets < 0) return fail(Errc::bad_config, "LISTEN_FDS: \"" + count + "\" is no number");
    if (*sockets == 0) return std::optional<int>{};
    if (*sockets > 1) return fail(Errc::bad_config, "LISTEN_FDS: " + count + " sockets, 1 is expected");
    if (!is_listening_unix_stream(first))
        return fail(Errc::bad_config, "LISTEN_FDS: descriptor " + std::to_string(first) +
                                          " is no listening Unix stream socket");
    if (::fcntl(first, F_SETFD, FD_CLOEXEC) != 0) return fail(Errc::io, "LISTEN_FDS: FD_CLOEXEC");
    return std::optional<int>{first};
}

}  // namespace voip::lifecycle
