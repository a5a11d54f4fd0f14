#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "core/timers.hpp"
#include "protocol/transport/http.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/tls_context.hpp"
#include "protocol/transport/url.hpp"

namespace voip::transport {

struct HttpsServerSettings {
    Endpoint listen;                     ///< port 0: any free one (see port())
    std::size_t max_connections = 1024;  ///< further ones wait in the kernel's queue
    std::size_t max_handshakes = 8;      ///< TLS handshakes at once: a reconnect storm must not starve calls
    Duration header_time = 10s;          ///< TLS handshake, and request line with headers
    Duration idle_time = 60s;            ///< keep-alive between two requests; body in between
    Duration ping_after = 33s;  ///< WebSockets, as in WebSocketSettings; later than a client of ours, so
    Duration dead_after = 43s;  ///< that only one end pings
};

/// What the application says to a WebSocket upgrade: take it (a coroutine that owns the stream until it ends)
/// or an HTTP answer that refuses it.
struct UpgradeAnswer {
    std::optional<HttpResponse> refusal;
    std::string subprotocol;
    std::function<asio::awaitable<void>(std::unique_ptr<MessageStream>)> serve;
};

/// HTTPS server with WebSocket upgrade. Limits, parse errors (400, 408, 413, 414/431, 417, 505) and the Date
/// header are its own; everything else is the application's.
/// @thread loop only. co_await stop() before destroying it.
class HttpsServer {
 public:
    struct Application {
        std::function<asio::awaitable<HttpResponse>(HttpRequest)> answer;
        std::function<asio::awaitable<UpgradeAnswer>(HttpRequest)> upgrade;
    };

    HttpsServer(asio::any_io_executor executor, Timers& timers, TlsServerContext tls,
                HttpsServerSettings settings, Application application, Log log);
    ~HttpsServer();

    /// Binds and listens; then accepts in the background. @errors io ("127.0.0.1:8443: address in use")
    [[nodiscard]] Result<void> start();
    /// The bound port, after start().
    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Certificates may be renewed while running; connections that exist keep the old one.
    void set_tls(TlsServerContext tls);
    /// Stops accepting, closes every connection (WebSockets with 1001), waits until all have ended (5 s at
    /// most).
    asio::awaitable<void> stop();
    [[nodiscard]] std::size_t connections() const noexcept;

 private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace voip::transport
