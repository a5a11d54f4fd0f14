#include "protocol/transport/tcp_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace voip::transport {

void set_for_messages(boost::asio::ip::tcp::socket& socket) noexcept {
    constexpr int on = 1;
    for (const int option : {TCP_NODELAY, TCP_THIN_LINEAR_TIMEOUTS})
        (void)::setsockopt(socket.native_handle(), IPPROTO_TCP, option, &on, sizeof on);
}

}  // namespace voip::transport
