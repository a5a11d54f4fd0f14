#include "protocol/transport/tcp_options.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>

#include "tests/support/catch.hpp"

namespace {

using boost::asio::ip::tcp;

int option(tcp::socket& socket, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(socket.native_handle(), IPPROTO_TCP, name, &value, &size) == 0);
    return value;
}

}  // namespace

TEST_CASE("tcp options: 2 are off by themselves and on where messages travel", "[transport][component]") {
    boost::asio::io_context io;
    tcp::socket socket(io, tcp::v4());
    CHECK(option(socket, TCP_NODELAY) == 0);
    CHECK(option(socket, TCP_THIN_LINEAR_TIMEOUTS) == 0);
    voip::transport::set_for_messages(socket);
    CHECK(option(socket, TCP_NODELAY) == 1);
    CHECK(option(socket, TCP_THIN_LINEAR_TIMEOUTS) == 1);
}

TEST_CASE("tcp options: a closed socket does no harm", "[transport][component]") {
    boost::asio::io_context io;
    tcp::socket socket(io);
    voip::transport::set_for_messages(socket);
    CHECK_FALSE(socket.is_open());
}
