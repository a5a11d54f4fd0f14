#include "protocol/transport/https_server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "core/tokens.hpp"
#include "core/wake.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/https_client.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "protocol/transport/tls_stream.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"
#include "tests/support/tls_pki.hpp"

using namespace voip;
using asio::ip::tcp;
using boost::system::error_code;
using test::Pki;
using namespace voip::transport;

namespace {

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
std::string frame(unsigned char opcode, std::string_view payload) {
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

const std::string upgrade_head =
    "GET /v1/channel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
const std::string upgrade_request =
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

}  // namespace

// --- requests

TEST_CASE("https: GET, POST, HEAD and an unknown method reach the application", "[transport][component]") {
    Site site;
    const auto get = site.request("GET", "/a?b=c");
    REQUIRE(get);
    CHECK(get->status == 200);
    CHECK(get->body == "GET /a?b=c ");
    CHECK(get->header("content-type") == "text/plain");
    CHECK(get->header("Date") == "Thu, 01 Jan 2026 00:00:00 GMT");
    CHECK(site.requests.back().peer == "127.0.0.1");
    CHECK(site.requests.back().header("host") == "127.0.0.1:" + std::to_string(site.server->port()));
    const std::string large(limits::http_body_bytes, 'x');
    HttpRequest echo;
    const auto post = site.request("POST", "/p", large.substr(0, 60000));
    REQUIRE(post);
    CHECK(post->body == "POST /p " + large.substr(0, 60000));
    const auto head = site.request("HEAD", "/h");
    REQUIRE(head);
    CHECK(head->body.empty());
    CHECK(head->header("Content-Length") == std::to_string(std::string("GET /h ").size()));
    CHECK(site.requests.back().method == "GET");
    const auto brew = site.request("BREW", "/pot");
    REQUIRE(brew);
    CHECK(site.requests.back().method == "BREW");
    const auto empty = site.request("GET", "/empty");
    REQUIRE(empty);
    CHECK(empty->status == 204);
    CHECK(empty->body.empty());
    const auto too_large = site.request("POST", "/p", large + "x");
    REQUIRE_FALSE(too_large);
    CHECK(too_large.error().is(Errc::too_large));
    site.loop.until([&] { return site.server->connections() == 0; });
}

TEST_CASE("https: the path of the URL is the target when the request names none", "[transport][component]") {
    Site site;
    const auto answer = site.loop.run(https_request(site.loop.timers, site.pki.client(), site.url("/base?x"),
                                                    {}, site.loop.timers.now() + 5s));
    REQUIRE(answer);
    CHECK(answer->body == "GET /base?x ");
}

TEST_CASE("https: a request that would break the wire apart is not sent", "[transport][component]") {
    Site site;
    const auto refused = [&](HttpRequest request) {
        const auto answer = site.loop.run(https_request(site.loop.timers, site.pki.client(), site.url(),
                                                        request, site.loop.timers.now() + 5s));
        return !answer && answer.error().is(Errc::bad_message);
    };
    HttpRequest request;
    request.target = "/a b";
    CHECK(refused(request));
    request.target = "/a\r\nX: y";
    CHECK(refused(request));
    request = {};
    request.method = "GET /";
    CHECK(refused(request));
    request = {};
    request.headers = {{"X", "a\r\nY: b"}};
    CHECK(refused(request));
    request.headers = {{"X Y", "a"}};
    CHECK(refused(request));
    CHECK(site.requests.empty());
}

TEST_CASE("https: 18 bad requests get the status that names the fault, and the end",
          "[transport][component]") {
    struct Case {
        std::string wire;
        const char* status;
    };
    const std::string host = "Host: a\r\n";
    const Case table[] = {
        {"GET / HTTP/1.1\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + host + "\r\n", "400"},
        {"G@T / HTTP/1.1\r\n" + host + "\r\n", "400"},
        {std::string("\0\1\2\3\r\n\r\n", 8), "400"},
        {"GET / HTTP/1.1\r\n" + host + "no colon\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "400"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
        {"POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
        {"GET / HTTP/2.0\r\n" + host + "\r\n", "505"},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
        {"GET /" + std::string(17000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", "414"},
        {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(17000, 'x') + "\r\n\r\n", "431"},
        {"POST / HTTP/1.1\r\n" + host + "Content-Length: 65537\r\n\r\n", "413"},
        {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n10001\r\n", "413"},
        {"POST / HTTP/1.1\r\n" + host + "Expect: wonders\r\nContent-Length: 1\r\n\r\nx", "417"},
    };
    Site site;
    for (const Case& c : table) {
        INFO(c.wire.substr(0, 60));
        RawClient client(site);
        client.send(c.wire);
        client.wait_for_end();
        CHECK(client.status() == std::string("HTTP/1.1 ") + c.status);
        CHECK(client.text->find("Connection: close") != std::string::npos);
        CHECK(**client.end == asio::error::eof);
    }
    CHECK(site.requests.empty());
    CHECK(site.loop.crashes.empty());
}

TEST_CASE("https: two requests on one connection, also when both come at once", "[transport][component]") {
    Site site;
    const std::string one = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string two = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    RawClient client(site);
    client.send(one);
    client.wait_for("GET /1 ");
    client.send(two);
    client.wait_for("POST /2 hi");
    CHECK_FALSE(client.end->has_value());
    client.send(one + two + one + "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    client.wait_for("GET /last ");
    client.wait_for_end();
    CHECK(**client.end == asio::error::eof);
    CHECK(site.requests.size() == 6);
    RawClient old(site);
    old.send("GET /old HTTP/1.0\r\n\r\n");
    old.wait_for_end();
    CHECK(old.text->find("GET /old ") != std::string::npos);
}

TEST_CASE("https: a chunked request may come in pieces of any size", "[transport][component]") {
    const std::string head = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const auto& [body, text] :
         {std::pair{std::string("0\r\n\r\n"), std::string()},
          std::pair{std::string("3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailer: t\r\n\r\n"), std::string("abcd")}})
        for (const std::size_t piece : std::initializer_list<std::size_t>{1, 2, 3, 4, 5, 7, 100}) {
            INFO(piece);
            Site site;
            RawClient client(site);
            client.send(head);
            for (std::size_t at = 0; at < body.size(); at += piece) client.send(body.substr(at, piece));
            client.wait_for("POST /c " + text);
            CHECK(site.requests.back().body == text);
        }
}

TEST_CASE("https: 100 Continue is said once, before the body", "[transport][component]") {
    Site site;
    RawClient client(site);
    client.send("POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    client.wait_for("HTTP/1.1 100 Continue\r\n\r\n");
    CHECK(site.requests.empty());
    client.send("bo");
    client.send("dy");
    client.wait_for("POST /c body");
    CHECK(client.text->find("100 Continue", 20) == std::string::npos);
}

TEST_CASE("https: slow headers get 408 after 10 s, a slow body after 60 s, silence only the end",
          "[transport][component]") {
    Site site;
    {
        RawClient client(site);
        client.send("GET / HTTP/1.1\r\nHo");
        site.loop.advance(9999ms);
        CHECK_FALSE(client.end->has_value());
        site.loop.advance(1ms);
        client.wait_for_end();
        CHECK(client.status() == "HTTP/1.1 408");
    }
    {
        RawClient client(site);
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
        site.loop.advance(59s);
        CHECK_FALSE(client.end->has_value());
        site.loop.advance(1s);
        client.wait_for_end();
        CHECK(client.status() == "HTTP/1.1 408");
    }
    {
        RawClient client(site);
        site.loop.advance(10s);
        client.wait_for_end();
        CHECK(client.text->empty());
    }
    {
        RawClient client(site);
        client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        client.wait_for("GET /1 ");
        site.loop.advance(59s);
        CHECK_FALSE(client.end->has_value());
        const std::size_t before = client.text->size();
        site.loop.advance(1s);
        client.wait_for_end();
        CHECK(client.text->size() == before);
    }
    CHECK(site.requests.size() == 1);
}

TEST_CASE("https: who says nothing is cut after 10 s, who speaks plain HTTP at once",
          "[transport][component]") {
    Site site;
    tcp::socket silent = site.connect();
    tcp::socket plain = site.connect();
    const std::string hello = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    asio::write(plain, asio::buffer(hello));
    site.loop.until([&] { return site.server->connections() == 1; });
    site.loop.advance(9s);
    CHECK(site.server->connections() == 1);
    site.loop.advance(1s);
    CHECK(site.server->connections() == 0);
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("https: 200 kinds of noise instead of a ClientHello leave nothing behind",
          "[transport][component]") {
    Site site;
    std::uint32_t seed = 7;
    for (int i = 0; i < 200; ++i) {
        tcp::socket socket = site.connect();
        std::string noise(static_cast<std::size_t>(i * 3), '\0');
        for (char& c : noise) {
            seed = seed * 1664525 + 1013904223;
            c = static_cast<char>(seed >> 24);
        }
        // Half of them look like a TLS record at first.
        if (i % 2 == 0 && noise.size() > 5) noise.replace(0, 5, std::string("\x16\x03\x01\x01\x00", 5));
        error_code ignored;
        asio::write(socket, asio::buffer(noise), ignored);
        socket.close(ignored);
        site.loop.settle();
    }
    site.loop.until([&] { return site.server->connections() == 0; });
    CHECK(site.request("GET", "/fine"));
    CHECK(site.loop.crashes.empty());
}

TEST_CASE("https: the third connection waits while 2 are allowed", "[transport][component]") {
    HttpsServerSettings settings;
    settings.max_connections = 2;
    Site site(settings);
    auto first = std::make_unique<RawClient>(site);
    const RawClient second(site);
    tcp::socket third = site.connect();  // the kernel takes it
    site.loop.settle();
    CHECK(site.server->connections() == 2);
    first.reset();
    site.loop.until([&] { return site.server->connections() == 2 && site.loop.io.poll() == 0; });
    third.close();
    const RawClient fourth(site);
    CHECK(site.server->connections() == 2);
}

TEST_CASE("https: a half ClientHello holds its place among the handshakes for 2 s only",
          "[transport][component]") {
    HttpsServerSettings settings;
    settings.max_handshakes = 1;
    Site site(settings);
    tcp::socket stalled = site.connect();
    const std::string half("\x16\x03\x01\x02\x00\x01", 6);
    asio::write(stalled, asio::buffer(half));
    site.loop.until([&] { return site.server->connections() == 1; });
    site.loop.settle();
    TlsStream stream(site.connect(), site.pki.client(), "127.0.0.1", site.server->port());
    bool secure = false;
    const auto shake = [](TlsStream client, bool* done) -> asio::awaitable<void> {
        const auto [ec] = co_await client.async_handshake(use_result);
        *done = !ec;
    };
    site.loop.spawn(shake(stream, &secure));
    site.loop.until([&] { return site.server->connections() == 2; });
    for (int i = 0; i < 20; ++i) site.loop.settle();
    CHECK_FALSE(secure);
    site.loop.advance(2s);
    site.loop.until([&] { return secure; });
    stream.cut();
}

TEST_CASE("https: out of descriptors it pauses 500 ms and then goes on", "[transport][component]") {
    Site site;
    site.loop.settle();
    tcp::socket waiting(site.loop.io);
    waiting.open(tcp::v4());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const int highest = ::dup(0);
    ::close(highest);
    rlimit none = before;
    none.rlim_cur = static_cast<rlim_t>(highest);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    waiting.connect({asio::ip::address_v4::loopback(), site.server->port()});
    for (int i = 0; i < 50; ++i) site.loop.settle();
    CHECK(site.lines.size() == 1);  // and not 50
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    site.loop.advance(500ms);
    site.loop.until([&] { return site.server->connections() == 1; });
}

TEST_CASE("https: a bug of the application is 500 and a line in the log", "[transport][component]") {
    Site site;
    const auto thrown = site.request("GET", "/throw");
    REQUIRE(thrown);
    CHECK(thrown->status == 500);
    REQUIRE(site.lines.size() == 1);
    CHECK(site.lines.front().find("a bug") != std::string::npos);
    const auto injected = site.request("GET", "/inject");
    REQUIRE(injected);
    CHECK(injected->header("X-Worse").empty());
    CHECK(injected->header("X-Bad").empty());
}

TEST_CASE("https: stop lets an answer under way go out and ends the idle ones at once",
          "[transport][component]") {
    Site site;
    site.gate = std::make_unique<Wake>(site.loop.timers);
    RawClient busy(site);
    busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    RawClient idle(site);
    site.loop.until([&] { return site.requests.size() == 1; });
    bool stopped = false;
    const auto stop = [](HttpsServer* server, bool* done) -> asio::awaitable<void> {
        co_await server->stop();
        *done = true;
    };
    site.loop.spawn(stop(site.server.get(), &stopped));
    idle.wait_for_end();
    CHECK_FALSE(stopped);
    site.gate->notify();
    busy.wait_for("GET /slow ");
    busy.wait_for_end();
    CHECK(busy.text->find("Connection: close") != std::string::npos);
    site.loop.until([&] { return stopped; });
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("https: stop waits no more than 5 s for an application that hangs", "[transport][component]") {
    Site site;
    site.gate = std::make_unique<Wake>(site.loop.timers);
    RawClient busy(site);
    busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    site.loop.until([&] { return site.requests.size() == 1; });
    bool stopped = false;
    const auto stop = [](HttpsServer* server, bool* done) -> asio::awaitable<void> {
        co_await server->stop();
        *done = true;
    };
    site.loop.spawn(stop(site.server.get(), &stopped));
    site.loop.settle();
    site.loop.advance(5s);
    CHECK(stopped);
    CHECK(site.server->connections() == 0);
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("https: a renewed certificate is shown to new connections", "[transport][component]") {
    Site site;
    RawClient before(site);
    site.server->set_tls(Pki::server_with(site.pki.issue({"renewed.test"})));
    const auto refused = site.request("GET", "/");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(Errc::refused));
    CHECK(refused.error().context.find("certificate is for renewed.test, not for 127.0.0.1") !=
          std::string::npos);
    before.send("GET /old HTTP/1.1\r\nHost: a\r\n\r\n");
    before.wait_for("GET /old ");
}

TEST_CASE("https: an address that is taken or none is refused at the start", "[transport][component]") {
    Site site;
    const auto start = [&](Endpoint endpoint) {
        HttpsServerSettings settings;
        settings.listen = std::move(endpoint);
        HttpsServer other(site.loop.io.get_executor(), site.loop.timers, site.pki.server(), settings, {},
                          Log());
        return other.start();
    };
    const auto taken = start({"127.0.0.1", site.server->port()});
    REQUIRE_FALSE(taken);
    CHECK(taken.error().is(Errc::io));
    CHECK(taken.error().context ==
          "127.0.0.1:" + std::to_string(site.server->port()) + ": Address already in use");
    CHECK_FALSE(start({"no address", 0}));
}

// --- client

namespace {

/// A TLS server with one scripted answer for each connection.
struct Scripted {
    tcp::acceptor acceptor;
    Scripted(test::Loop& loop, const Pki& pki, std::string answer, bool orderly = true)
        : acceptor(loop.io, {asio::ip::address_v4::loopback(), 0}) {
        loop.spawn(run(this, pki.server(), std::move(answer), orderly));
    }
    static asio::awaitable<void> run(Scripted* self, TlsServerContext tls, std::string answer, bool orderly) {
        auto [ec, socket] = co_await self->acceptor.async_accept(use_result);
        if (ec) co_return;
        TlsStream stream(std::move(socket), std::move(tls));
        const auto [failed] = co_await stream.async_handshake(use_result);
        if (failed) co_return;
        std::array<char, 4096> buffer{};
        const auto space = asio::buffer(buffer);
        co_await stream.async_read_some(space, use_result);
        co_await write_all(stream, std::move(answer));
        if (orderly) co_await stream.async_shutdown(use_result);
        stream.cut();
    }
};

Result<HttpResponse> answer_to(std::string wire, bool orderly = true) {
    test::Loop loop;
    const Pki pki;
    const Scripted server(loop, pki, std::move(wire), orderly);
    Url url;
    url.host = "localhost";
    url.port = server.acceptor.local_endpoint().port();
    return loop.run(https_request(loop.timers, pki.client(), url, {}, loop.timers.now() + 5s));
}

}  // namespace

TEST_CASE("https client: 4 forms of an answer's body are read", "[transport][component]") {
    CHECK(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")->body == "hi");
    CHECK(answer_to("HTTP/1.1 200 OK\r\n\r\nto the end")->body == "to the end");
    CHECK(answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")->body ==
          "hi");
    const auto interim =
        answer_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(interim);
    CHECK(interim->status == 404);
    // A body with a length is whole even when the peer then cuts the wire.
    CHECK(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", false)->body == "hi");
}

TEST_CASE("https client: 7 bad answers are errors", "[transport][component]") {
    const auto code = [](std::string wire, bool orderly = true) {
        const auto answer = answer_to(std::move(wire), orderly);
        return answer ? fail(Errc::wrong_state) : answer.error();
    };
    CHECK(code("").is(Errc::bad_message));
    CHECK(code("SSH-2.0-OpenSSH\r\n\r\n").is(Errc::bad_message));
    CHECK(code("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").is(Errc::bad_message));
    CHECK(code("HTTP/1.1 200 OK\r\n\r\ncut off", false).is(Errc::closed));
    CHECK(code("HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n").is(Errc::too_large));
    CHECK(code("HTTP/1.1 200 OK\r\n\r\n" + std::string(70000, 'x')).is(Errc::too_large));
    CHECK(code("HTTP/1.1 200 OK\r\nX: " + std::string(17000, 'x') + "\r\n\r\n").is(Errc::too_large));
}

TEST_CASE("https client: the deadline of 5 s holds over an answer that does not come",
          "[transport][component]") {
    Site site;
    site.gate = std::make_unique<Wake>(site.loop.timers);
    std::optional<Error> error;
    const auto ask = [](Site* s, std::optional<Error>* into) -> asio::awaitable<void> {
        const TimePoint deadline = s->loop.timers.now() + 5s;
        HttpRequest request;
        auto asking = https_request(s->loop.timers, s->pki.client(), s->url(), request, deadline);
        auto answer = co_await std::move(asking);
        *into = answer ? fail(Errc::wrong_state) : answer.error();
    };
    site.loop.spawn(ask(&site, &error));
    site.loop.until([&] { return site.requests.size() == 1; });
    site.loop.advance(4999ms);
    CHECK_FALSE(error);
    site.loop.advance(1ms);
    REQUIRE(error);
    CHECK(error->is(Errc::timeout));
}

// --- WebSockets

TEST_CASE("websocket: texts go both ways, up to 64 KiB", "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    CHECK(opened->date == "Thu, 01 Jan 2026 00:00:00 GMT");
    CHECK(opened->stream->peer() == "127.0.0.1:" + std::to_string(site.server->port()));
    const Reader reader(site.loop, opened->stream.get());
    const std::vector<std::string> texts = {"one", "", "\xe2\x82\xac",
                                            std::string(limits::message_bytes, 'x')};
    REQUIRE(site.loop.run(opened->stream->send(texts)));
    site.loop.until([&] { return reader.texts->size() == 4; });
    CHECK(*reader.texts == texts);
    site.loop.run(opened->stream->close(4000, "bye"));
    site.loop.until([&] { return site.websocket_end && reader.end->has_value(); });
    CHECK(close_code(*site.websocket_end) == 4000);
    CHECK(site.websocket_end->context == "4000 bye");
    CHECK((*reader.end)->is(Errc::closed));
    site.loop.until([&] { return site.server->connections() == 0; });
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("websocket: the server's close code and reason arrive", "[transport][component]") {
    Site site;
    site.serve = [](std::unique_ptr<MessageStream> stream) -> asio::awaitable<void> {
        const auto mine = std::move(stream);
        std::string reason = "token expired " + std::string(200, 'x');
        co_await mine->close(4401, std::move(reason));
    };
    auto opened = site.open();
    REQUIRE(opened);
    const auto end = site.loop.run(opened->stream->receive());
    REQUIRE_FALSE(end);
    CHECK(close_code(end.error()) == 4401);
    CHECK(end.error().context.size() == 5 + limits::close_reason_bytes);
}

TEST_CASE("websocket: a refusal is a plain HTTP answer with its date", "[transport][component]") {
    Site site;
    HttpResponse refusal;
    const auto refused = site.open({}, "/refused", &refusal);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(Errc::refused));
    CHECK(refused.error().context.find("HTTP 401") != std::string::npos);
    CHECK(refusal.status == 401);
    CHECK(refusal.body == "no token");
    CHECK(refusal.header("date") == "Thu, 01 Jan 2026 00:00:00 GMT");
    site.loop.until([&] { return site.server->connections() == 0; });
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("websocket: both sides must name the same subprotocol", "[transport][component]") {
    Site site;
    WebSocketSettings other;
    other.subprotocol = "other.v1";
    HttpResponse refusal;
    const auto unknown = site.open(other, "/", &refusal);
    REQUIRE_FALSE(unknown);
    CHECK(refusal.status == 400);
    site.subprotocol.clear();  // the server takes the upgrade but names none
    const auto silent = site.open();
    REQUIRE_FALSE(silent);
    CHECK(silent.error().is(Errc::refused));
    CHECK(silent.error().context.find("does not speak wmpf-voip.v1") != std::string::npos);
}

TEST_CASE("websocket: headers of the client reach the application, broken ones are not sent",
          "[transport][component]") {
    Site site;
    WebSocketSettings settings;
    settings.headers = {{"Authorization", "Bearer x"}};
    const auto opened = site.open(settings);
    REQUIRE(opened);
    CHECK(site.requests.back().header("authorization") == "Bearer x");
    settings.headers = {{"Authorization", "Bearer x\r\nX: y"}};
    CHECK_FALSE(site.open(settings));
}

TEST_CASE("websocket: a damaged upgrade is answered and closed", "[transport][component]") {
    Site site;
    for (const std::string& rest :
         {std::string("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: wmpf-voip.v1\r\n\r\n"),
          std::string("Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Sec-WebSocket-Protocol: wmpf-voip.v1\r\n\r\n")}) {
        RawClient client(site);
        client.send(upgrade_head + rest);
        client.wait_for_end();
        CHECK(client.text->substr(0, 10) == "HTTP/1.1 4");
    }
}

TEST_CASE("websocket: 5 kinds of bad frames are closed with the code that names the fault",
          "[transport][component]") {
    struct Case {
        std::string wire;
        unsigned code;
        Errc error;
    };
    const Case table[] = {
        {frame(2, "binary"), 1003, Errc::bad_message},
        {frame(1, "\xff\xfe"), 1007, Errc::bad_message},
        {frame(1, std::string(65537, 'x')), 1009, Errc::too_large},
        {std::string("\x81\x03"
                     "abc",
                     5),
         1002, Errc::bad_message},                                      // no mask
        {std::string("\xf1\x80\0\0\0\0", 6), 1002, Errc::bad_message},  // reserved bits
    };
    for (const Case& c : table) {
        INFO(c.code);
        Site site;
        RawClient client(site);
        client.send(upgrade_request);
        client.wait_for("101 Switching Protocols");
        CHECK(client.text->find("Sec-WebSocket-Protocol: wmpf-voip.v1") != std::string::npos);
        client.wait_for("\r\n\r\n");
        client.text->clear();
        client.send(c.wire);
        site.loop.until([&] { return client.text->size() >= 4; });
        CHECK(static_cast<unsigned char>(client.text->at(0)) == 0x88);
        const unsigned code = static_cast<unsigned char>(client.text->at(2)) * 256U +
                              static_cast<unsigned char>(client.text->at(3));
        CHECK(code == c.code);
        client.send(frame(8, {}));
        site.loop.until([&] { return site.websocket_end.has_value(); });
        CHECK(site.websocket_end->is(c.error));
    }
}

TEST_CASE("websocket: an idle pair pings once in 30 s and wakes each process at most 0.1 times a second",
          "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    std::size_t alarms = 0;
    site.loop.timers.advance(600s, [&] {
        ++alarms;
        for (int i = 0; i < 5; ++i) site.loop.settle();
    });
    CHECK(alarms <= 60);  // of both ends together; a ping or pong beside each
    CHECK(alarms >= 20);
    CHECK_FALSE(reader.end->has_value());
    CHECK_FALSE(site.websocket_end);
    REQUIRE(site.loop.run(opened->stream->send({"alive"})));
    site.loop.until([&] { return reader.texts->size() == 1; });
}

TEST_CASE("websocket: a frozen client is found within 45 s", "[transport][component]") {
    Site site;
    RawClient client(site);
    client.send(upgrade_request);
    client.wait_for("\r\n\r\n");
    client.text->clear();
    site.loop.advance(32s);
    CHECK(client.text->empty());
    site.loop.advance(1s);
    site.loop.until([&] { return client.text->size() >= 2; });
    CHECK(static_cast<unsigned char>(client.text->at(0)) == 0x89);  // a ping, which he does not answer
    site.loop.advance(9s);
    CHECK_FALSE(site.websocket_end);
    site.loop.advance(3s);
    REQUIRE(site.websocket_end);
    CHECK(site.websocket_end->is(Errc::timeout));
    client.wait_for_end();
}

TEST_CASE("websocket: a frozen server is found within 45 s, one that answers pings is not",
          "[transport][component]") {
    for (const bool listens : {false, true}) {
        Site site;
        const auto hold = std::make_shared<Wake>(site.loop.timers);
        if (!listens)
            site.serve = [hold](std::unique_ptr<MessageStream> stream) {
                const auto wait = [](std::unique_ptr<MessageStream> mine,
                                     std::shared_ptr<Wake> wake) -> asio::awaitable<void> {
                    const auto kept = std::move(mine);
                    co_await wake->wait();  // does not read, so nobody answers a ping
                };
                return wait(std::move(stream), hold);
            };
        auto opened = site.open();
        REQUIRE(opened);
        const Reader reader(site.loop, opened->stream.get());
        site.loop.settle();
        for (int i = 0; i < 450; ++i) {
            site.loop.advance(100ms);
            site.loop.settle();
        }
        CHECK(reader.end->has_value() == !listens);
        if (!listens) CHECK((*reader.end)->is(Errc::timeout));
        hold->notify();
    }
}

TEST_CASE("websocket: the end of a silence of 42 s moves with what is read, and with nothing else",
          "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    MessageStream& stream = *opened->stream;
    REQUIRE(stream.silence_ends() == site.loop.timers.now() + 42s);
    const auto before = stream.silence_ends();
    site.loop.advance(20s);  // nobody reads
    CHECK(stream.silence_ends() == before);
    REQUIRE(site.loop.run(stream.send({"alive"})));
    CHECK(stream.silence_ends() == before);
    const Reader reader(site.loop, &stream);
    site.loop.until([&] { return reader.texts->size() == 1; });
    CHECK(stream.silence_ends() == site.loop.timers.now() + 42s);
    for (int i = 0; i < 600; ++i) {
        site.loop.advance(100ms);
        site.loop.settle();
    }
    REQUIRE_FALSE(reader.end->has_value());
    CHECK(*stream.silence_ends() >= site.loop.timers.now() + 10s);  // pongs were read
}

TEST_CASE("websocket: close returns within 2 s from a peer that does not answer", "[transport][component]") {
    Site site;
    const auto hold = std::make_shared<Wake>(site.loop.timers);
    site.serve = [hold](std::unique_ptr<MessageStream> stream) {
        const auto wait = [](std::unique_ptr<MessageStream> mine,
                             std::shared_ptr<Wake> wake) -> asio::awaitable<void> {
            const auto kept = std::move(mine);
            co_await wake->wait();
        };
        return wait(std::move(stream), hold);
    };
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    bool closed = false;
    const auto close = [](MessageStream* stream, bool* done) -> asio::awaitable<void> {
        std::string reason;
        co_await stream->close(1000, std::move(reason));
        *done = true;
    };
    site.loop.spawn(close(opened->stream.get(), &closed));
    site.loop.settle();
    CHECK_FALSE(closed);
    site.loop.advance(2s);
    CHECK(closed);
    CHECK((*reader.end)->is(Errc::closed));
    hold->notify();
}

TEST_CASE("websocket: abort and cancellation end a waiting receive", "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    site.loop.settle();
    opened->stream->abort();
    site.loop.settle();
    REQUIRE(reader.end->has_value());
    CHECK((*reader.end)->is(Errc::closed));
    auto second = site.open();
    REQUIRE(second);
    TaskSet tasks(site.loop.io.get_executor(), site.loop.timers, {});
    const auto end = std::make_shared<std::optional<Error>>();
    tasks.spawn("read",
                Reader::read(second->stream.get(), std::make_shared<std::vector<std::string>>(), end));
    site.loop.settle();
    site.loop.run(tasks.stop());
    REQUIRE(end->has_value());
    CHECK((*end)->is(Errc::cancelled));
}

TEST_CASE("websocket: cancelled while it opens it ends at once", "[transport][component]") {
    Site site;
    site.gate = std::make_unique<Wake>(site.loop.timers);
    TaskSet tasks(site.loop.io.get_executor(), site.loop.timers, {});
    std::optional<Error> error;
    const auto open = [](Site* s, std::optional<Error>* into) -> asio::awaitable<void> {
        const TimePoint deadline = s->loop.timers.now() + 5s;
        WebSocketSettings settings;
        auto opening = open_websocket(s->loop.timers, s->pki.client(), s->url(), settings, deadline);
        auto opened = co_await std::move(opening);
        *into = opened ? fail(Errc::wrong_state) : opened.error();
    };
    tasks.spawn("open", open(&site, &error));
    site.loop.until([&] { return site.requests.size() == 1; });
    site.loop.run(tasks.stop());
    REQUIRE(error);
    CHECK(error->is(Errc::cancelled));
}

TEST_CASE("websocket: a send that is stuck ends by cancellation and by abort", "[transport][component]") {
    for (const bool cancelled : {true, false}) {
        Site site;
        const auto hold = std::make_shared<Wake>(site.loop.timers);
        site.serve = [hold](std::unique_ptr<MessageStream> stream) {
            const auto wait = [](std::unique_ptr<MessageStream> mine,
                                 std::shared_ptr<Wake> wake) -> asio::awaitable<void> {
                const auto kept = std::move(mine);
                co_await wake->wait();
            };
            return wait(std::move(stream), hold);
        };
        auto opened = site.open();
        REQUIRE(opened);
        std::optional<Error> error;
        const auto send = [](MessageStream* stream, std::optional<Error>* into) -> asio::awaitable<void> {
            std::vector<std::string> texts(500, std::string(60000, 'x'));
            auto sent = co_await stream->send(std::move(texts));
            *into = sent ? fail(Errc::wrong_state) : sent.error();
        };
        TaskSet tasks(site.loop.io.get_executor(), site.loop.timers, {});
        tasks.spawn("send", send(opened->stream.get(), &error));
        for (int i = 0; i < 100; ++i) site.loop.settle();
        REQUIRE_FALSE(error);
        if (!cancelled) opened->stream->abort();
        site.loop.settle();
        site.loop.run(tasks.stop());
        REQUIRE(error);
        CHECK(error->is(cancelled ? Errc::cancelled : Errc::closed));
        hold->notify();
    }
}

TEST_CASE("websocket: stop says 1001 to a client", "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    site.loop.settle();
    site.loop.run(site.server->stop());
    site.loop.until([&] { return reader.end->has_value(); });
    CHECK(close_code(**reader.end) == 1001);
    REQUIRE(site.websocket_end);
    CHECK(site.websocket_end->is(Errc::closed));
}

TEST_CASE("websocket: two RPC peers make 200 calls each way and see the close code",
          "[transport][component]") {
    Site site;
    const auto echo = [](std::string, json::Value params) -> asio::awaitable<Answer<json::Value>> {
        co_return params;
    };
    const auto run = [](std::shared_ptr<RpcPeer> peer,
                        std::shared_ptr<std::optional<Error>> end) -> asio::awaitable<void> {
        const Error why = co_await peer->run();
        *end = why;
    };
    std::shared_ptr<RpcPeer> there;
    const auto there_end = std::make_shared<std::optional<Error>>();
    site.serve = [&](std::unique_ptr<MessageStream> stream) {
        there = RpcPeer::make(std::move(stream), site.loop.timers, {}, echo, nullptr, Log());
        return run(there, there_end);
    };
    auto opened = site.open();
    REQUIRE(opened);
    const auto here = RpcPeer::make(std::move(opened->stream), site.loop.timers, {}, echo, nullptr, Log());
    const auto here_end = std::make_shared<std::optional<Error>>();
    site.loop.spawn(run(here, here_end));
    site.loop.until([&] { return there != nullptr; });
    const auto calls = [](std::shared_ptr<RpcPeer> peer, Timers* timers, int* good) -> asio::awaitable<void> {
        for (int i = 0; i < 200; ++i) {
            json::Value params;
            params.set("i", i);
            const TimePoint deadline = timers->now() + 5s;
            const Reply reply = co_await peer->call("m", params, deadline);
            if (reply.result() != nullptr && *reply.result() == params) ++*good;
        }
    };
    int from_here = 0;
    int from_there = 0;
    site.loop.spawn(calls(here, &site.loop.timers, &from_here));
    site.loop.spawn(calls(there, &site.loop.timers, &from_there));
    site.loop.until([&] { return from_here == 200 && from_there == 200; });
    there->close(4409, "replaced");
    site.loop.until([&] { return here_end->has_value() && there_end->has_value(); });
    CHECK(close_code(**here_end) == 4409);
    CHECK((*there_end)->is(Errc::closed));
}
