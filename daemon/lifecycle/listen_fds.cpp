#include "daemon/lifecycle/listen_fds.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

namespace voip::lifecycle {
namespace {

std::optional<long> number(const std::string& text) {
    long value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

int option(int fd, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

}  // namespace

Result<std::optional<int>> activated_socket(const Environment& environment, int first) {
    const auto none = std::optional<int>();
    const auto pid = number(variable(environment, "LISTEN_PID"));
    if (!pid || *pid != ::getpid()) return none;
    const auto count = number(variable(environment, "LISTEN_FDS"));
    if (!count || *count < 0) return fail(Errc::bad_config, "LISTEN_FDS: expected a number");
    if (*count == 0) return none;
    if (*count > 1) return fail(Errc::bad_config, "LISTEN_FDS: expected one socket, the local API's");
    if (option(first, SO_DOMAIN) != AF_UNIX || option(first, SO_TYPE) != SOCK_STREAM ||
        option(first, SO_ACCEPTCONN) != 1)
        return fail(Errc::bad_config, "LISTEN_FDS: descriptor " + std::to_string(first) +
                                          " is no listening Unix stream socket");
    ::fcntl(first, F_SETFD, FD_CLOEXEC);
    return std::optional<int>(first);
}

}  // namespace voip::lifecycle
