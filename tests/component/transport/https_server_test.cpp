#include "protocol/transport/https_server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/write.hpp>

#include "protocol/limits.hpp"
#include "tests/component/transport/https_site.hpp"

using namespace voip;
using namespace voip::transport;
using asio::ip::tcp;
using test::Pki;
using test::RawClient;
using test::Site;

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
