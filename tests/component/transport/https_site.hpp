#pragma once
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/tokens.hpp"
#include "core/wake.hpp"
#include "protocol/transport/https_client.hpp"
#include "protocol/transport/https_server.hpp"
#include "protocol/transport/tls_stream.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"
#include "tests/support/tls_pki.hpp"

/// An HTTPS server with an application that tests can look into, and clients that speak bytes.
namespace voip::test {

using asio::ip::tcp;
using boost::system::error_code;
using namespace transport;
/// A server on a free port with an application that tests can look into.
struct Site {
    test::Loop loop;
    Pki pki;
    std::vector<std::string> lines;  ///< of the log, warnings and above
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }, Level::warning};
    std::vector<HttpRequest> requests;
    std::unique_ptr<Wake> gate;  ///< present: answers wait for it
    std::string subprotocol = "wmpf-voip.v1";
    std::function<asio::awaitable<void>(std::unique_ptr<MessageStream>)> serve;
    std::optional<Error> websocket_end;
    std::unique_ptr<HttpsServer> server;

    explicit Site(HttpsServerSettings settings = {}) {
        settings.listen = {"127.0.0.1", 0};
        HttpsServer::Application application;
        application.answer = [this](HttpRequest request) { return answer(std::move(request)); };
        application.upgrade = [this](HttpRequest request) { return upgrade(std::move(request)); };
        serve = [this](std::unique_ptr<MessageStream> stream) { return echo(std::move(stream), this); };
        server = std::make_unique<HttpsServer>(loop.io.get_executor(), loop.timers, pki.server(), settings,
                                               std::move(application), Log(hub, "https"));
        REQUIRE(server->start());
    }
    ~Site() {
        if (gate) gate->notify();
        loop.spawn(server->stop());
        loop.settle();
        loop.advance(10s);
    }

    asio::awaitable<HttpResponse> answer(HttpRequest request) {
        requests.push_back(request);
        if (gate) co_await gate->wait();
        if (request.path() == "/throw") throw std::runtime_error("a bug");
        HttpResponse response;
        if (request.path() == "/empty") response.status = 204;
        response.headers.push_back({"Content-Type", "text/plain"});
        if (request.path() == "/inject") response.headers.push_back({"X-Bad", "a\r\nX-Worse: b"});
        response.body = request.method + " " + request.target + " " + request.body;
        co_return response;
    }
    asio::awaitable<UpgradeAnswer> upgrade(HttpRequest request) {
        requests.push_back(request);
        if (gate) co_await gate->wait();
        UpgradeAnswer said;
        if (request.path() == "/refused") {
            said.refusal.emplace();
            said.refusal->status = 401;
            said.refusal->body = "no token";
        }
        said.subprotocol = subprotocol;
        said.serve = serve;
        co_return said;
    }
    static asio::awaitable<void> echo(std::unique_ptr<MessageStream> stream, Site* self) {
        for (;;) {
            auto text = co_await stream->receive();
            if (!text) {
                self->websocket_end = text.error();
                co_return;
            }
            std::vector<std::string> answer{std::move(*text)};
            auto sent = co_await stream->send(std::move(answer));
            if (!sent) co_return;
        }
    }

    [[nodiscard]] Url url(std::string path = "/") const {
        Url made;
        made.host = "127.0.0.1";
        made.port = server->port();
        made.path = std::move(path);
        return made;
    }
    Result<HttpResponse> request(std::string method, std::string path, std::string body = {}) {
        HttpRequest made;
        made.method = std::move(method);
        made.target = std::move(path);
        made.body = std::move(body);
        return loop.run(https_request(loop.timers, pki.client(), url(), made, loop.timers.now() + 20s));
    }
    Result<OpenedWebSocket> open(WebSocketSettings settings = {}, std::string path = "/v1/channel",
                                 HttpResponse* refusal = nullptr) {
        if (settings.subprotocol.empty()) settings.subprotocol = "wmpf-voip.v1";
        return loop.run(open_websocket(loop.timers, pki.client(), url(std::move(path)), settings,
                                       loop.timers.now() + 20s, refusal));
    }
    [[nodiscard]] tcp::socket connect() {
        tcp::socket socket(loop.io);
        socket.connect({asio::ip::address_v4::loopback(), server->port()});
        return socket;
    }
};

/// A TLS client that speaks bytes.
struct RawClient {
    Site& site;
    TlsStream stream;
    std::shared_ptr<std::string> text = std::make_shared<std::string>();
    std::shared_ptr<std::optional<error_code>> end = std::make_shared<std::optional<error_code>>();

    explicit RawClient(Site& s)
        : site(s), stream(s.connect(), s.pki.client(), "127.0.0.1", s.server->port()) {
        const auto secure = std::make_shared<bool>(false);
        site.loop.spawn(run(stream, secure, text, end));
        site.loop.until([&] { return *secure || end->has_value(); });
        REQUIRE(*secure);
    }
    ~RawClient() {
        stream.cut();
        site.loop.settle();
    }
    static asio::awaitable<void> run(TlsStream stream, std::shared_ptr<bool> secure,
                                     std::shared_ptr<std::string> text,
                                     std::shared_ptr<std::optional<error_code>> end) {
        const auto [failed] = co_await stream.async_handshake(use_result);
        if (failed) {
            end->emplace(failed);
            co_return;
        }
        *secure = true;
        std::array<char, 4096> buffer{};
        for (;;) {
            const auto space = asio::buffer(buffer);
            const auto [ec, count] = co_await stream.async_read_some(space, use_result);
            text->append(buffer.data(), count);
            if (ec) {
                end->emplace(ec);
                co_return;
            }
        }
    }
    void send(std::string bytes) {
        const auto write = [](TlsStream to, std::string what) -> asio::awaitable<void> {
            co_await write_all(to, std::move(what));
        };
        site.loop.spawn(write(stream, std::move(bytes)));
        site.loop.settle();
    }
    void wait_for(std::string_view what) {
        site.loop.until([&] { return text->find(what) != std::string::npos || end->has_value(); });
        REQUIRE(text->find(what) != std::string::npos);
    }
    void wait_for_end() {
        site.loop.until([&] { return end->has_value(); });
    }
    [[nodiscard]] std::string status() const {
        return text->substr(0, std::min<std::size_t>(12, text->size()));
    }
};

/// A client's frame with a mask of zeros.
inline std::string frame(unsigned char opcode, std::string_view payload) {
    std::string bytes(1, static_cast<char>(0x80U | opcode));
    if (payload.size() < 126) {
        bytes += static_cast<char>(0x80U | payload.size());
    } else if (payload.size() < 65536) {
        bytes += static_cast<char>(0xfe);
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    } else {
        bytes += static_cast<char>(0xff);
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes += static_cast<char>(payload.size() >> shift & 0xff);
    }
    return bytes.append(4, '\0').append(payload);
}

inline const std::string upgrade_head =
    "GET /v1/channel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
inline const std::string upgrade_request =
    upgrade_head +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: other, wmpf-voip.v1\r\n\r\n";

/// What a message stream gives until its end.
struct Reader {
    std::shared_ptr<std::vector<std::string>> texts = std::make_shared<std::vector<std::string>>();
    std::shared_ptr<std::optional<Error>> end = std::make_shared<std::optional<Error>>();

    Reader(test::Loop& loop, MessageStream* stream) { loop.spawn(read(stream, texts, end)); }
    static asio::awaitable<void> read(MessageStream* stream, std::shared_ptr<std::vector<std::string>> into,
                                      std::shared_ptr<std::optional<Error>> end) {
        for (;;) {
            auto text = co_await stream->receive();
            if (!text) {
                *end = text.error();
                co_return;
            }
            into->push_back(std::move(*text));
        }
    }
};

}  // namespace voip::test
