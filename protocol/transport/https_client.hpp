#pragma once
#include <boost/asio/awaitable.hpp>

#include "core/timers.hpp"
#include "protocol/transport/http.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/tls_context.hpp"
#include "protocol/transport/url.hpp"

namespace voip::transport {

/// One HTTPS request on a connection of its own: resolve, connect, TLS (SNI, host name checked), request,
/// answer. The target is request.target, or the URL's path when that is left at "/". Host and Content-Length
/// are filled in; an answer's body is limited to limits::http_body_bytes.
/// @errors timeout, unreachable (resolve, connect), refused (TLS verification; the reason in words),
/// bad_message
/// @thread loop only; cancellable. All arguments are taken by value and live as long as the coroutine;
///         `timers` must outlive it.
asio::awaitable<Result<HttpResponse>> https_request(Timers& timers, TlsClientContext tls, Url url,
                                                    HttpRequest request, TimePoint deadline);

struct WebSocketSettings {
    std::string subprotocol;
    std::vector<Header> headers;  ///< Authorization and the like
    Duration ping_after = 30s;    ///< silence after which the peer is asked: 2 wake-ups in 30 s when idle
    Duration dead_after = 42s;    ///< silence after which receive() gives timeout (below 45 s by default)
};

/// What the opening of a WebSocket found out.
struct OpenedWebSocket {
    std::unique_ptr<MessageStream> stream;
    std::string date;  ///< the server's Date header: authenticated time
};

/// Opens a WebSocket. `refusal`, when not null and when the server answered HTTP instead of 101, receives
/// that answer (the error is then Errc::refused, "HTTP 401").
asio::awaitable<Result<OpenedWebSocket>> open_websocket(Timers& timers, TlsClientContext tls, Url url,
                                                        WebSocketSettings settings, TimePoint deadline,
                                                        HttpResponse* refusal = nullptr);

}  // namespace voip::transport
