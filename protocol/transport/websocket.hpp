#pragma once
// Private to protocol/transport: Beast's WebSocket over TLS as a MessageStream. Beast stays in the .cpp.
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/timers.hpp"
#include "protocol/transport/http.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/tls_stream.hpp"

namespace voip::transport {

struct WebSocketAcceptance {
    HttpRequest request;      ///< the upgrade as it was read
    std::string subprotocol;  ///< said back to the client
    UnixMillis date = 0;
    Duration ping_after{};
    Duration dead_after{};
};

struct AcceptedWebSocket {
    std::unique_ptr<MessageStream> stream;
    /// Says goodbye from outside; the stream may be destroyed meanwhile. Does nothing when it is gone.
    std::function<asio::awaitable<void>(std::uint16_t, std::string)> close;
};

/// Answers the upgrade. A request that is none gets its HTTP answer. @errors timeout, or as
/// TlsStream::explain()
asio::awaitable<Result<AcceptedWebSocket>> accept_websocket(Timers& timers, TlsStream tls,
                                                            WebSocketAcceptance acceptance,
                                                            TimePoint deadline);

}  // namespace voip::transport
