#include "tests/bench/lines.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace voip::bench {

double now_us() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::micro>(since).count();
}

void sample(std::string_view name, double value) {
    std::printf("%.*s %.3f\n", static_cast<int>(name.size()), name.data(), value);
}

void give_up(const std::string& why) {
    std::fprintf(stderr, "bench: %s\n", why.c_str());
    std::exit(1);
}

Lines::Lines(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        give_up(path + ": " + std::strerror(errno));
}

Lines::~Lines() {
    ::close(fd_);
}

void Lines::send(std::string_view line) {
    std::string text(line);
    text += '\n';
    if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
        give_up("send");
}

std::string Lines::receive() {
    for (;;) {
        const auto end = buffer_.find('\n');
        if (end != std::string::npos) {
            std::string line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return line;
        }
        char block[65536];
        const auto n = ::recv(fd_, block, sizeof block, 0);
        if (n <= 0) give_up("the daemon closed, or nothing came for 20 s");
        buffer_.append(block, static_cast<std::size_t>(n));
    }
}

std::string Lines::ask(std::string_view method, std::string_view params) {
    const std::string id = std::to_string(++last_id_);
    send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + std::string(method) +
         "\",\"params\":" + std::string(params) + "}");
    for (;;) {
        std::string line = receive();
        if (line.find("\"id\":" + id) != std::string::npos) return line;
    }
}

void Lines::wait_for(std::string_view text) {
    while (receive().find(text) == std::string::npos) {
    }
}

}  // namespace voip::bench
