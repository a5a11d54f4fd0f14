#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>

#include "core/tokens.hpp"
#include "protocol/transport/dial.hpp"
#include "protocol/transport/https_client.hpp"
#include "protocol/transport/tls_stream.hpp"
#include "tests/component/transport/tls_bench.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using asio::ip::tcp;
using boost::system::error_code;
using test::Handshake;
using test::Pki;
using test::Relay;
using test::SocketPair;
using test::TlsOutcome;
using test::verdict;
using transport::TlsStream;

namespace {

// CN and subjectAltName selfsigned.test, valid from 2026-11 for 100 years. Made for this test.
constexpr const char* self_signed_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBqDCCAU2gAwIBAgIUIGLgFk82AnAlKq2otdJ4yOnxDh4wCgYIKoZIzj0EAwIw\n"
    "GjEYMBYGA1UEAwwPc2VsZnNpZ25lZC50ZXN0MCAXDTI2MTEyMzE5MzkxMloYDzIx\n"
    "MjYxMDMwMTkzOTEyWjAaMRgwFgYDVQQDDA9zZWxmc2lnbmVkLnRlc3QwWTATBgcq\n"
    "hkjOPQIBBggqhkjOPQMBBwNCAARqYu91MK35uRjvi24SCETRNF4aXPSQssEvg4qT\n"
    "oSgfCGqlWVMtoPWI6c4CUpCxxoYvSN5mhu7RVP26+sQtfWJpo28wbTAdBgNVHQ4E\n"
    "FgQUJvi2fy7TsAHKkcaK8FlnxxhpoV0wHwYDVR0jBBgwFoAUJvi2fy7TsAHKkcaK\n"
    "8FlnxxhpoV0wDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg9zZWxmc2lnbmVk\n"
    "LnRlc3QwCgYIKoZIzj0EAwIDSQAwRgIhAJI94dhSMvYaLQYZlrIgl1c2aLlWoU8e\n"
    "p6QEHhfdxoapAiEA1T1aBreR/zL51oXlwiRjTO9JZahMxCU60UUNAdm/JXI=\n"
    "-----END CERTIFICATE-----\n";
constexpr const char* self_signed_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSW7YF93Ed7HhbTI3\n"
    "txvCVioCIXmzzyD9JvdqNs9UIAmhRANCAARqYu91MK35uRjvi24SCETRNF4aXPSQ\n"
    "ssEvg4qToSgfCGqlWVMtoPWI6c4CUpCxxoYvSN5mhu7RVP26+sQtfWJp\n"
    "-----END PRIVATE KEY-----\n";

std::string pattern(std::size_t size, std::uint32_t seed) {
    std::string text(size, '\0');
    for (char& c : text) {
        seed = seed * 1664525 + 1013904223;
        c = static_cast<char>(seed >> 24);
    }
    return text;
}

asio::awaitable<void> send_all(TlsStream stream, std::string text, TlsOutcome into) {
    const error_code ec = co_await transport::write_all(stream, std::move(text));
    into->emplace(ec);
}

/// Reads until `size` bytes or an error.
asio::awaitable<void> read_all(TlsStream stream, std::size_t size, std::shared_ptr<std::string> into,
                               TlsOutcome end) {
    std::array<char, 5000> buffer{};
    while (into->size() < size) {
        const auto space = asio::buffer(buffer);
        const auto [ec, count] = co_await stream.async_read_some(space, use_result);
        into->append(buffer.data(), count);
        if (ec) {
            end->emplace(ec);
            co_return;
        }
    }
    end->emplace(error_code());
}

struct Transfer {
    TlsOutcome sent = std::make_shared<std::optional<error_code>>();
    TlsOutcome read = std::make_shared<std::optional<error_code>>();
    std::shared_ptr<std::string> text = std::make_shared<std::string>();

    Transfer(test::Loop& loop, const TlsStream& from, const TlsStream& to, const std::string& what) {
        loop.spawn(send_all(from, what, sent));
        loop.spawn(read_all(to, what.size(), text, read));
    }
    [[nodiscard]] bool done() const { return sent->has_value() && read->has_value(); }
};

}  // namespace

TEST_CASE("tls: 9 names of a server are accepted or refused by what its certificate says",
          "[transport][component]") {
    const Pki pki;
    const auto server = pki.server({"localhost", "*.example.test", "127.0.0.1", "2001:db8::1"});
    const char* const names = "certificate is for localhost, *.example.test, 127.0.0.1, ...";
    struct Case {
        const char* host;
        bool good;
    };
    for (const Case& c :
         {Case{"localhost", true}, Case{"LocalHost", true}, Case{"a.example.test", true},
          Case{"127.0.0.1", true}, Case{"2001:db8:0::1", true}, Case{"example.test", false},
          Case{"a.b.example.test", false}, Case{"127.0.0.2", false}, Case{"2001:db8::2", false}}) {
        INFO(c.host);
        const std::string said = verdict(c.host, pki.client(), server);
        if (c.good)
            CHECK(said.empty());
        else
            CHECK(said == std::string(names) + ", not for " + c.host + ": refused");
    }
}

TEST_CASE("tls: an address is matched with addresses only, a name with names only",
          "[transport][component]") {
    const Pki pki;
    CHECK_FALSE(verdict("127.0.0.1", pki.client(), pki.server({"localhost"})).empty());
    CHECK_FALSE(verdict("localhost", pki.client(), pki.server({"127.0.0.1"})).empty());
}

TEST_CASE("tls: validity is judged at the time that the caller says", "[transport][component]") {
    const Pki pki;
    const auto server =
        Pki::server_with(pki.issue({"localhost"}, Pki::now - 10 * Pki::day, Pki::now + 10 * Pki::day));
    CHECK(verdict("localhost", pki.client(Pki::now - 10 * Pki::day), server).empty());
    CHECK(verdict("localhost", pki.client(Pki::now + 10 * Pki::day), server).empty());
    CHECK(verdict("localhost", pki.client(Pki::now + 10 * Pki::day + 1000), server) ==
          "certificate expired on 2026-01-11: refused");
    CHECK(verdict("localhost", pki.client(Pki::now - 10 * Pki::day - 1), server) ==
          "certificate not valid before 2025-12-22: refused");
    // The authority is judged too: it began 1000 days before.
    CHECK(verdict("localhost", pki.client(0), server) ==
          "certificate not valid before 2023-04-07; certificate not valid before 2025-12-22: refused");
}

TEST_CASE("tls: a foreign CA, a self-signed certificate and 2 faults at once are told in words",
          "[transport][component]") {
    const Pki pki;
    const Pki foreign("Foreign authority");
    CHECK(verdict("localhost", pki.client(), foreign.server()) == "not signed by a trusted CA: refused");
    const auto self_signed = Pki::server_with({self_signed_certificate, self_signed_key});
    const UnixMillis later = Pki::now + 700 * Pki::day;
    CHECK(verdict("selfsigned.test", pki.client(later), self_signed) ==
          "not signed by a trusted CA: refused");
    CHECK(verdict("localhost", pki.client(later), self_signed) ==
          "certificate is for selfsigned.test, not for localhost; not signed by a trusted CA: refused");
    const auto late = verdict("localhost", pki.client(Pki::now + 1000 * Pki::day), foreign.server());
    CHECK(late.find("certificate expired on 2027-01-01") != std::string::npos);
    CHECK(late.find("not signed by a trusted CA") != std::string::npos);
}

TEST_CASE("tls: the server hears why it was refused", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    const Pki foreign;
    Handshake handshake(SocketPair(loop), pki.client(), foreign.server(), "localhost");
    CHECK_FALSE(handshake.run(loop).empty());
    const std::string heard = handshake.server.explain(**handshake.of_server).text();
    INFO(heard);
    CHECK(heard == "TLS: the peer refused: unknown CA: refused");
}

TEST_CASE("tls: a client without a name to check does not even start", "[transport][component]") {
    const Pki pki;
    CHECK(verdict("", pki.client(), pki.server()) == "TLS: no host name to check: refused");
}

TEST_CASE("tls: contexts are refused for 5 kinds of bad files", "[transport][component]") {
    const Pki pki;
    const auto good = pki.issue({"localhost"});
    const auto other = pki.issue({"localhost"});
    transport::TlsClientSettings settings;
    settings.ca_file = "/no/such/file";
    const auto none = transport::TlsClientContext::make(settings);
    REQUIRE_FALSE(none);
    CHECK(none.error().is(Errc::bad_config));
    CHECK(none.error().context.find("/no/such/file") != std::string::npos);
    settings.ca_file = "/proc/self/stat";
    CHECK_FALSE(transport::TlsClientContext::make(settings));
    CHECK_FALSE(transport::TlsServerContext::make("", good.key_pem));
    CHECK_FALSE(transport::TlsServerContext::make(good.certificate_pem, ""));
    CHECK_FALSE(transport::TlsServerContext::make(good.certificate_pem, other.key_pem));
    const auto made = transport::TlsServerContext::make(good.certificate_pem, good.key_pem);
    REQUIRE(made);
    CHECK(made->names() == std::vector<std::string>{"localhost"});
}

TEST_CASE("tls: 2 MiB each way at once arrive whole", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    Handshake handshake(SocketPair(loop), pki.client(), pki.server(), "localhost");
    REQUIRE(handshake.run(loop).empty());
    const std::string there = pattern(2 << 20, 1);
    const std::string back = pattern(2 << 20, 2);
    const Transfer first(loop, handshake.client, handshake.server, there);
    const Transfer second(loop, handshake.server, handshake.client, back);
    loop.until([&] { return first.done() && second.done(); });
    CHECK(*first.text == there);
    CHECK(*second.text == back);
}

TEST_CASE("tls: a wire that gives 1 byte at a time only makes it slow", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    Relay relay(loop, 1, {});
    Handshake handshake = relay.handshake(pki);
    REQUIRE(handshake.run(loop).empty());
    const std::string text = pattern(3000, 3);
    const Transfer transfer(loop, handshake.server, handshake.client, text);
    loop.until([&] { return transfer.done(); });
    CHECK(*transfer.text == text);
    handshake.client.cut();
    handshake.server.cut();
}

TEST_CASE("tls: a server cut at 40 points of the handshake gives an error each time",
          "[transport][component]") {
    const Pki pki;
    std::size_t succeeded = 0;
    for (std::size_t limit = 0; limit < 1000; limit += 25) {
        INFO(limit);
        test::Loop loop;
        test::WireFault fault;
        fault.limit = limit;
        Relay relay(loop, 4096, fault);
        Handshake handshake = relay.handshake(pki);
        const std::string said = handshake.run(loop);
        if (said.empty()) ++succeeded;
        const bool plain = said.empty() || said.find("connection cut without goodbye") != std::string::npos ||
                           said.find("reset") != std::string::npos || said.find("pipe") != std::string::npos;
        CHECK(plain);
    }
    CHECK(succeeded < 10);  // the flights of the server are longer than 750 bytes
}

TEST_CASE("tls: an orderly end is eof, a cut connection and a reset are not", "[transport][component]") {
    const Pki pki;
    for (const int kind : {0, 1, 2}) {
        test::Loop loop;
        Handshake handshake(SocketPair(loop), pki.client(), pki.server(), "localhost");
        REQUIRE(handshake.run(loop).empty());
        const TlsOutcome end = std::make_shared<std::optional<error_code>>();
        const auto text = std::make_shared<std::string>();
        loop.spawn(read_all(handshake.client, SIZE_MAX, text, end));
        loop.settle();
        if (kind == 0) {
            const TlsOutcome sent = std::make_shared<std::optional<error_code>>();
            loop.spawn(send_all(handshake.server, "last words", sent));
            loop.settle();
            const auto shut = [](TlsStream stream) -> asio::awaitable<void> {
                co_await stream.async_shutdown(use_result);
            };
            loop.spawn(shut(handshake.server));
        } else {
            if (kind == 2) handshake.server.socket().set_option(asio::socket_base::linger(true, 0));
            handshake.server.cut();
        }
        loop.until([&] { return end->has_value(); });
        if (kind == 0) {
            CHECK(**end == asio::error::eof);
            CHECK(*text == "last words");
            const TlsOutcome again = std::make_shared<std::optional<error_code>>();
            loop.spawn(read_all(handshake.client, SIZE_MAX, text, again));
            loop.settle();
            CHECK(**again == asio::error::eof);  // also the second time
        } else if (kind == 1) {
            CHECK(handshake.client.explain(**end).is(Errc::closed));
            CHECK(**end != asio::error::eof);
        } else {
            CHECK(**end == asio::error::connection_reset);
        }
    }
}

TEST_CASE("tls: 100 cancelled reads lose nothing", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    Handshake handshake(SocketPair(loop), pki.client(), pki.server(), "localhost");
    REQUIRE(handshake.run(loop).empty());
    std::string wanted;
    const auto got = std::make_shared<std::string>();
    for (int i = 0; i < 100; ++i) {
        TaskSet reader(loop.io.get_executor(), loop.timers, {});
        reader.spawn(
            "read", read_all(handshake.client, SIZE_MAX, got, std::make_shared<std::optional<error_code>>()));
        loop.settle();
        const std::string piece = pattern(700, static_cast<std::uint32_t>(i));
        wanted += piece;
        const TlsOutcome sent = std::make_shared<std::optional<error_code>>();
        loop.spawn(send_all(handshake.server, piece, sent));
        if (i % 2 == 0) loop.settle();
        reader.cancel();
        loop.run(reader.stop());
    }
    const TlsOutcome end = std::make_shared<std::optional<error_code>>();
    loop.spawn(read_all(handshake.client, wanted.size(), got, end));
    loop.until([&] { return got->size() >= wanted.size(); });
    CHECK(*got == wanted);
}

TEST_CASE("tls: interrupt ends a waiting read, resume lets the stream go on", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    Handshake handshake(SocketPair(loop), pki.client(), pki.server(), "localhost");
    REQUIRE(handshake.run(loop).empty());
    const TlsOutcome end = std::make_shared<std::optional<error_code>>();
    const auto text = std::make_shared<std::string>();
    loop.spawn(read_all(handshake.client, SIZE_MAX, text, end));
    loop.settle();
    handshake.client.interrupt();
    loop.settle();
    REQUIRE(*end);
    CHECK(**end == asio::error::operation_aborted);
    loop.spawn(read_all(handshake.client, SIZE_MAX, text, end));
    end->reset();
    loop.settle();
    CHECK(**end == asio::error::operation_aborted);  // until resume()
    handshake.client.resume();
    const Transfer there(loop, handshake.client, handshake.server, "still here");
    const Transfer back(loop, handshake.server, handshake.client, "so am I");
    loop.until([&] { return there.done() && back.done(); });
    CHECK(*there.text == "still here");
    CHECK(*back.text == "so am I");
}

namespace {

/// A handshake, and one byte to the client: version 1.3 sends its tickets with the data.
std::string visit(const std::string& host, transport::TlsClientContext trust,
                  transport::TlsServerContext own) {
    test::Loop loop;
    Handshake handshake(SocketPair(loop), std::move(trust), std::move(own), host);
    std::string said = handshake.run(loop);
    if (!said.empty()) return said;
    const Transfer transfer(loop, handshake.server, handshake.client, "x");
    loop.until([&] { return transfer.done(); });
    return *transfer.text == "x" ? "" : "no byte";
}

}  // namespace

TEST_CASE("tls: the second connection takes up the session, an expired certificate ends that",
          "[transport][component]") {
    const Pki pki;
    const auto server = Pki::server_with(pki.issue({"localhost"}, Pki::now - Pki::day, Pki::now + Pki::day));
    UnixMillis now = Pki::now;
    const auto client = pki.client_at([&] { return now; });
    CHECK(visit("localhost", client, server).empty());
    CHECK(client.resumptions() == 0);
    for (std::size_t i = 1; i <= 3; ++i) {
        REQUIRE(visit("localhost", client, server).empty());
        CHECK(client.resumptions() == i);
        CHECK(server.resumptions() == i);
    }
    // Another server, which knows no such ticket: a full handshake.
    CHECK(visit("localhost", client, pki.server()).empty());
    CHECK(client.resumptions() == 3);
    // Back to the first; then the time passes.
    CHECK(visit("localhost", client, server).empty());
    CHECK(visit("localhost", client, server).empty());
    CHECK(client.resumptions() == 4);
    now = Pki::now + 2 * Pki::day;
    CHECK(visit("localhost", client, server) == "certificate expired on 2026-01-02: refused");
    CHECK(client.resumptions() == 4);
    // Under another name nothing is remembered.
    now = Pki::now;
    CHECK(visit("127.0.0.1", client, server).find("not for 127.0.0.1") != std::string::npos);
}

// --- dial

namespace {

/// A listener that takes connections and does what a script says with the raw socket.
struct Listener {
    tcp::acceptor acceptor;
    std::vector<std::shared_ptr<tcp::socket>> accepted;

    explicit Listener(test::Loop& loop) : acceptor(loop.io, {asio::ip::address_v4::loopback(), 0}) {
        loop.spawn(accept(this));
    }
    static asio::awaitable<void> accept(Listener* self) {
        for (;;) {
            auto [ec, socket] = co_await self->acceptor.async_accept(use_result);
            if (ec) co_return;
            self->accepted.push_back(std::make_shared<tcp::socket>(std::move(socket)));
        }
    }
    [[nodiscard]] transport::Url url(const std::string& host = "127.0.0.1") const {
        transport::Url made;
        made.host = host;
        made.port = acceptor.local_endpoint().port();
        return made;
    }
};

struct Dialling {
    std::shared_ptr<std::optional<Error>> error = std::make_shared<std::optional<Error>>();
    std::shared_ptr<bool> connected = std::make_shared<bool>(false);

    Dialling(test::Loop& loop, const transport::TlsClientContext& tls, transport::Url url,
             Duration time = 5s) {
        loop.spawn(dial(&loop.timers, tls, std::move(url), loop.timers.now() + time, error, connected));
    }
    static asio::awaitable<void> dial(Timers* timers, transport::TlsClientContext tls, transport::Url url,
                                      TimePoint deadline, std::shared_ptr<std::optional<Error>> error,
                                      std::shared_ptr<bool> connected) {
        auto dialling = transport::dial(*timers, std::move(tls), std::move(url), deadline);
        auto stream = co_await std::move(dialling);
        if (stream)
            *connected = true;
        else
            *error = stream.error();
    }
};

}  // namespace

TEST_CASE("dial: a silent server hits the deadline of 5 s", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    Listener listener(loop);
    const Dialling dialling(loop, pki.client(), listener.url());
    loop.until([&] { return !listener.accepted.empty(); });
    loop.settle();
    loop.advance(4999ms);
    CHECK_FALSE(*dialling.error);
    loop.advance(1ms);
    REQUIRE(*dialling.error);
    CHECK((*dialling.error)->is(Errc::timeout));
    CHECK((*dialling.error)->context.find("127.0.0.1:") != std::string::npos);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("dial: nobody listens, the peer hangs up, the peer speaks HTTP", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    {
        transport::Url nobody;
        {
            Listener gone(loop);
            nobody = gone.url();
            gone.acceptor.close();
            loop.settle();
        }
        const Dialling dialling(loop, pki.client(), nobody);
        loop.until([&] { return dialling.error->has_value(); });
        CHECK((*dialling.error)->is(Errc::unreachable));
        CHECK((*dialling.error)->context.find("Connection refused") != std::string::npos);
    }
    Listener listener(loop);
    const Dialling cut(loop, pki.client(), listener.url());
    loop.until([&] { return !listener.accepted.empty(); });
    listener.accepted.clear();
    loop.until([&] { return cut.error->has_value(); });
    CHECK((*cut.error)->is(Errc::unreachable));
    const Dialling plain(loop, pki.client(), listener.url());
    loop.until([&] { return !listener.accepted.empty(); });
    const std::string http = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    asio::write(*listener.accepted.front(), asio::buffer(http));
    loop.until([&] { return plain.error->has_value(); });
    CHECK((*plain.error)->is(Errc::refused));
    CHECK((*plain.error)->context.find("TLS: ") != std::string::npos);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("dial: a name is looked up, a dead one costs no more than the deadline", "[transport][component]") {
    test::Loop loop;
    const auto local = loop.run(transport::resolve(loop.timers, "localhost", 8443, loop.timers.now() + 5s));
    REQUIRE(local);
    CHECK_FALSE(local->empty());
    CHECK(local->front().port() == 8443);
    CHECK(local->front().address().is_loopback());
    const auto literal = loop.run(transport::resolve(loop.timers, "::1", 1, loop.timers.now() + 5s));
    REQUIRE(literal);
    CHECK(literal->front() == tcp::endpoint(asio::ip::make_address("::1"), 1));
    std::optional<Error> error;
    const auto look = [](Timers* timers, std::optional<Error>* into) -> asio::awaitable<void> {
        const TimePoint deadline = timers->now() + 5s;
        auto resolving = transport::resolve(*timers, "no-such-host.invalid", 1, deadline);
        auto found = co_await std::move(resolving);
        *into = found ? fail(Errc::wrong_state) : found.error();
    };
    loop.spawn(look(&loop.timers, &error));
    loop.settle();
    loop.advance(5s);
    REQUIRE(error);
    CHECK((error->is(Errc::unreachable) || error->is(Errc::timeout)));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("dial: cancelled in the handshake it ends at once", "[transport][component]") {
    test::Loop loop;
    const Pki pki;
    Listener listener(loop);
    TaskSet tasks(loop.io.get_executor(), loop.timers, {});
    const auto error = std::make_shared<std::optional<Error>>();
    tasks.spawn("dial", Dialling::dial(&loop.timers, pki.client(), listener.url(), loop.timers.now() + 5s,
                                       error, std::make_shared<bool>()));
    loop.until([&] { return !listener.accepted.empty(); });
    loop.settle();
    loop.run(tasks.stop());
    REQUIRE(*error);
    CHECK((*error)->is(Errc::cancelled));
    CHECK(loop.timers.pending() == 0);
}
