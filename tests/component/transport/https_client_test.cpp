#include "protocol/transport/https_client.hpp"

#include "protocol/limits.hpp"
#include "tests/component/transport/https_site.hpp"

using namespace voip;
using namespace voip::transport;
using asio::ip::tcp;
using test::Pki;
using test::Site;

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
