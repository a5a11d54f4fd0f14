#include "core/sd_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "tests/support/catch.hpp"

using namespace voip;

namespace {

/// A service manager's end of the socket.
class Manager {
 public:
    explicit Manager(const std::string& name)
        : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        if (name.front() == '/') path_ = name;
    }
    ~Manager() {
        ::close(fd_);
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    /// The next datagram; empty when there is none.
    std::string heard() const {
        char text[256];
        const auto n = ::recv(fd_, text, sizeof text, 0);
        return n < 0 ? std::string() : std::string(text, static_cast<std::size_t>(n));
    }

 private:
    int fd_;
    std::string path_;
};

std::string unique(const char* prefix) {
    return prefix + std::string("voip-notify-") + std::to_string(::getpid());
}

}  // namespace

TEST_CASE("sd_notify: one datagram reaches a path and an abstract name", "[core][unit]") {
    for (const std::string& name : {unique("/tmp/"), unique("@")}) {
        INFO(name);
        const Manager manager(name);
        REQUIRE(sd_notify(name, "READY=1\nSTATUS=serving"));
        CHECK(manager.heard() == "READY=1\nSTATUS=serving");
        CHECK(manager.heard().empty());
    }
}

TEST_CASE("sd_notify: without a manager nothing is sent, and that is no error", "[core][unit]") {
    CHECK(sd_notify("", "READY=1"));
}

TEST_CASE("sd_notify: names that are no sockets are told apart from managers that are gone", "[core][unit]") {
    for (const std::string& name :
         {std::string("relative"), "/" + std::string(107, 'x'), std::string("vsock:2:1")}) {
        const auto sent = sd_notify(name, "READY=1");
        REQUIRE_FALSE(sent);
        CHECK(sent.error().is(Errc::bad_config));
    }
    const auto gone = sd_notify(unique("/tmp/nobody-"), "READY=1");
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == boost::system::errc::no_such_file_or_directory);
}

TEST_CASE("sd_notify: a manager that does not read makes it fail, never wait", "[core][unit]") {
    const std::string name = unique("@");
    const Manager manager(name);
    int sent = 0;
    while (sent < 100000 && sd_notify(name, "WATCHDOG=1")) ++sent;
    CHECK(sent > 0);
    CHECK(sent < 100000);
}
