#include "daemon/lifecycle/listen_fds.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/catch.hpp"
#include "tests/unit/lifecycle/fake_environment.hpp"

using namespace voip;
using namespace voip::lifecycle;
using namespace voip::lifecycle::test;

namespace {

class Socket {
 public:
    Socket(int family, int type) : fd_(::socket(family, type, 0)) { REQUIRE(fd_ >= 0); }
    ~Socket() { ::close(fd_); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    [[nodiscard]] int fd() const noexcept { return fd_; }
    /// Listens on a name that the kernel chooses.
    void listen() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(sa_family_t)) == 0);
        REQUIRE(::listen(fd_, 1) == 0);
    }

 private:
    int fd_;
};

FakeEnvironment activated(const std::string& count) {
    return {{"LISTEN_PID", std::to_string(::getpid())}, {"LISTEN_FDS", count}};
}

std::string fault(const Result<std::optional<int>>& result) {
    REQUIRE_FALSE(result);
    CHECK(result.error().is(Errc::bad_config));
    return result.error().context;
}

}  // namespace

TEST_CASE("listen_fds: without activation, or with somebody else's, there is no socket",
          "[lifecycle][unit]") {
    const Socket socket(AF_UNIX, SOCK_STREAM);
    socket.listen();
    const std::vector<FakeEnvironment> environments{
        {},
        {{"LISTEN_FDS", "1"}},
        {{"LISTEN_PID", "1"}, {"LISTEN_FDS", "1"}},
        {{"LISTEN_PID", "x"}, {"LISTEN_FDS", "1"}},
        activated("0"),
    };
    for (const FakeEnvironment& environment : environments) {
        const auto none = activated_socket(environment, socket.fd());
        REQUIRE(none);
        CHECK_FALSE(none->has_value());
    }
}

TEST_CASE("listen_fds: the 1 listening socket is taken and closed on exec", "[lifecycle][unit]") {
    const Socket socket(AF_UNIX, SOCK_STREAM);
    socket.listen();
    REQUIRE(::fcntl(socket.fd(), F_SETFD, 0) == 0);
    const auto taken = activated_socket(activated("1"), socket.fd());
    REQUIRE(taken);
    CHECK(*taken == socket.fd());
    CHECK(::fcntl(socket.fd(), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("listen_fds: 7 handovers that are not one listening Unix stream socket are refused",
          "[lifecycle][unit]") {
    const Socket idle(AF_UNIX, SOCK_STREAM);
    const Socket datagrams(AF_UNIX, SOCK_DGRAM);
    const Socket internet(AF_INET, SOCK_STREAM);
    REQUIRE(::listen(internet.fd(), 1) == 0);
    for (const int fd : {idle.fd(), datagrams.fd(), internet.fd(), 1'000'000})
        CHECK(fault(activated_socket(activated("1"), fd)) ==
              "LISTEN_FDS: descriptor " + std::to_string(fd) + " is no listening Unix stream socket");
    CHECK(fault(activated_socket(activated("2"), idle.fd())) == "LISTEN_FDS: 2 sockets, 1 is expected");
    CHECK(fault(activated_socket(activated("1 "), idle.fd())) == "LISTEN_FDS: \"1 \" is no number");
    CHECK(fault(activated_socket(activated(""), idle.fd())) == "LISTEN_FDS: \"\" is no number");
}
