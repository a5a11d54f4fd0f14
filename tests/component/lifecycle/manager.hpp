#pragma once
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "daemon/lifecycle/notify.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/lifecycle/fake_environment.hpp"

namespace voip::lifecycle::test {

using Lines = std::vector<std::string>;
using voip::test::TempDir;

/// What systemd does: receives datagrams under the name that it tells.
class Manager {
 public:
    explicit Manager(const std::string& name)
        : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        environment.set("NOTIFY_SOCKET", name);
    }
    ~Manager() { ::close(fd_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    /// Every datagram since the last call. (Sending to a local datagram socket delivers before it returns.)
    Lines heard() const {
        Lines all;
        char text[512];
        for (;;) {
            const auto n = ::recv(fd_, text, sizeof text, 0);
            if (n < 0) return all;
            all.emplace_back(text, static_cast<std::size_t>(n));
        }
    }

    FakeEnvironment environment{};

 private:
    int fd_;
};

inline Notifier opened(const FakeEnvironment& environment) {
    auto notifier = Notifier::open(environment);
    REQUIRE(notifier);
    return *std::move(notifier);
}

}  // namespace voip::lifecycle::test
