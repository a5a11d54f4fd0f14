// Handshakes that must fail, and how: names, dates, authorities, wires that are cut, reset or falsified, and
// peers that do not speak TLS.
#include <array>
#include <utility>

#include "tests/component/transport/tls_bench.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using test::Handshake;
using test::Pki;
using test::Relay;
using test::SocketPair;
using test::verdict;

namespace {

using Names = std::vector<std::string>;

struct NameCase {
    Names certificate;
    const char* host;
    bool good;
};

const NameCase name_cases[] = {
    {{"a.test"}, "a.test", true},
    {{"a.test"}, "A.TEST", true},
    {{"A.Test"}, "a.test", true},
    {{"b.test", "a.test"}, "a.test", true},
    {{"a.test"}, "b.test", false},
    {{"a.test"}, "aa.test", false},
    {{"a.test"}, "a.test.b", false},
    {{"a.test"}, "x.a.test", false},
    {{"a.test"}, "test", false},
    {{"a.test"}, ".a.test", false},
    {{"a.test"}, "a-test", false},
    {{"a.test"}, "127.0.0.1", false},
    {{"a.test"}, "::1", false},
    {{"*.a.test"}, "x.a.test", true},
    {{"*.a.test"}, "X.A.test", true},
    {{"*.a.test"}, "a.test", false},
    {{"*.a.test"}, "x.y.a.test", false},
    {{"*.a.test"}, ".a.test", false},
    {{"*.a.test"}, "xa.test", false},
    {{"*.a.test"}, "x.b.test", false},
    {{"127.0.0.1"}, "127.0.0.1", true},
    {{"127.0.0.1"}, "127.0.0.2", false},
    {{"127.0.0.1"}, "127.0.0.10", false},
    {{"127.0.0.1"}, "localhost", false},
    {{"127.0.0.1"}, "::ffff:127.0.0.1", false},
    {{"127.0.0.1"}, "::1", false},
    {{"::1"}, "::1", true},
    {{"::1"}, "0:0:0:0:0:0:0:1", true},
    {{"::1"}, "::2", false},
    {{"::1"}, "127.0.0.1", false},
    {{"2001:db8::1"}, "2001:DB8:0::1", true},
    {{"2001:db8::1"}, "2001:db8::1:1", false},
    {{"localhost"}, "localhost", true},
    {{"localhost"}, "localhost.localdomain", false},
    {{"localhost"}, "127.0.0.1", false},
    {{"localhost", "127.0.0.1", "::1"}, "::1", true},
    {{"localhost", "127.0.0.1", "::1"}, "[::1]", false},
    {{"localhost", "127.0.0.1", "::1"}, "localhost:443", false},
    {{"xn--caf-dma.test"}, "xn--caf-dma.test", true},
    {{"xn--caf-dma.test"}, "caf.test", false},
};

}  // namespace

TEST_CASE("tls: 40 pairs of host and certificate, 13 fit", "[transport][component]") {
    const Pki pki;
    std::size_t fit = 0;
    for (const NameCase& c : name_cases) {
        INFO(c.certificate.front() << " for " << c.host);
        const std::string said = verdict(c.host, pki.client(), pki.server(c.certificate));
        CHECK(said.empty() == c.good);
        if (!c.good) CHECK(said.find(std::string("not for ") + c.host + ": refused") != std::string::npos);
        fit += c.good ? 1U : 0U;
    }
    CHECK(std::size(name_cases) == 40);
    CHECK(fit == 13);
}

TEST_CASE("tls: 16 pairs of validity and moment, by the second", "[transport][component]") {
    const Pki pki;
    constexpr UnixMillis second = 1000, day = Pki::day, now = Pki::now;
    struct Case {
        UnixMillis from, until, at;
        const char* problem;
    };
    const Case cases[] = {
        {now - day, now + day, now, ""},
        {now, now + day, now, ""},
        {now - day, now, now, ""},
        {now, now + second, now + second, ""},
        {now + second, now + day, now, "certificate not valid before"},
        {now + day, now + 2 * day, now, "certificate not valid before"},
        {now + 300 * day, now + 400 * day, now, "certificate not valid before"},
        {now - day, now - second, now, "certificate expired on 2025-12-31"},
        {now - 2 * day, now - day, now, "certificate expired on 2025-12-31"},
        {now - 900 * day, now - 800 * day, now, "certificate expired on 2023"},
        {now - day, now + day, now + day + second, "certificate expired on 2026-01-02"},
        {now - day, now + day, now - day - second, "certificate not valid before 2025-12-31"},
        {now - day, now + day, now + 3000 * day, "certificate expired on 2026-01-02"},
        {now - day, now + 3000 * day, now + 4001 * day, "certificate expired"},
        {now - day, now + day, 0, "certificate not valid before"},
        {now - day, now + day, now + 900000 * day, "certificate expired"},
    };
    for (const Case& c : cases) {
        INFO(c.from - now << " " << c.until - now << " " << c.at - now);
        const auto server = Pki::server_with(pki.issue({"localhost"}, c.from, c.until));
        const std::string said = verdict("localhost", pki.client(c.at), server);
        if (*c.problem == '\0')
            CHECK(said.empty());
        else
            CHECK(said.find(c.problem) != std::string::npos);
    }
}

namespace {

/// What the client says of a wire with that fault; a handshake that waits for more is cut.
std::string over(const Pki& pki, const test::WireFault& fault) {
    test::Loop loop;
    Relay relay(loop, 4096, fault);
    Handshake handshake = relay.handshake(pki);
    return handshake.run_or_cut(loop);
}

}  // namespace

TEST_CASE("tls: the server's flight cut after 60 lengths, orderly and by reset", "[transport][component]") {
    const Pki pki;
    for (const bool reset : {false, true}) {
        for (std::size_t limit = 0; limit < 600; limit += 10) {
            INFO(limit << (reset ? " reset" : " cut"));
            test::WireFault fault;
            fault.limit = limit;
            fault.reset = reset;
            CHECK_FALSE(over(pki, fault).empty());
        }
    }
}

TEST_CASE("tls: of 60 falsified bytes of the server's flight none goes unnoticed", "[transport][component]") {
    const Pki pki;
    for (std::size_t place = 0; place < 600; place += 10) {
        INFO(place);
        test::WireFault fault;
        fault.falsify = place;
        CHECK_FALSE(over(pki, fault).empty());
    }
}

TEST_CASE("tls: 24 peers that speak something else are errors, and none hangs the client",
          "[transport][component]") {
    const auto bytes = [](std::initializer_list<int> list) {
        std::string text;
        for (const int byte : list) text += static_cast<char>(byte);
        return text;
    };
    const std::string answers[] = {
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example ESMTP\r\n",
        "* OK IMAP4rev1\r\n",
        "-ERR unknown command\r\n",
        std::string(1, '\0'),
        std::string(600, '\0'),
        std::string(600, '\xff'),
        std::string(70000, 'x'),
        bytes({0x15, 3, 3, 0, 2, 2, 40}),         // alert: handshake failure
        bytes({0x15, 3, 3, 0, 2, 2, 70}),         // protocol version
        bytes({0x15, 3, 3, 0, 2, 1, 0}),          // close notify instead of an answer
        bytes({0x15, 3, 3, 0, 0}),                // an empty alert
        bytes({0x15, 3, 3, 0, 3, 2, 40, 0}),      // one of 3 bytes
        bytes({0x16, 3, 3, 0xff, 0xff, 2}),       // a record above 16 KiB
        bytes({0x16, 3, 3, 0, 0}),                // an empty handshake record
        bytes({0x16, 3, 3, 0, 4, 0, 0, 0, 0}),    // a HelloRequest
        bytes({0x16, 3, 3, 0, 4, 2, 0, 0, 0}),    // a ServerHello without a body
        bytes({0x16, 3, 3, 0, 4, 2, 255, 0, 0}),  // one that promises too much
        bytes({0x16, 3, 0, 0, 4, 2, 0, 0, 0}),    // SSL 3.0
        bytes({0x16, 2, 0, 0, 4, 2, 0, 0, 0}),    // SSL 2.0
        bytes({0x17, 3, 3, 0, 4, 1, 2, 3, 4}),    // data before the handshake
        bytes({0x14, 3, 3, 0, 1, 1}),             // ChangeCipherSpec first
        bytes({0x18, 3, 3, 0, 3, 1, 0x40, 0}),    // a heartbeat that asks for too much
    };
    const Pki pki;
    for (const std::string& answer : answers) {
        INFO(answer.substr(0, 9));
        test::Loop loop;
        SocketPair pair(loop);
        test::TlsStream client(std::move(pair.one), pki.client(), "localhost", 443);
        const auto outcome = std::make_shared<std::optional<test::error_code>>();
        loop.spawn(test::shake(client, outcome));
        loop.settle();
        asio::write(pair.other, asio::buffer(answer.substr(0, 4000)));
        loop.settle();
        test::error_code ignored;
        pair.other.close(ignored);
        loop.until([&] { return outcome->has_value(); });
        CHECK(**outcome);
        CHECK_FALSE(client.explain(**outcome).text().empty());
    }
}

TEST_CASE("tls: a server survives 60 cut and 60 falsified hellos and serves the next client",
          "[transport][component]") {
    const Pki pki;
    for (std::size_t place = 0; place < 180; place += 3) {
        for (const bool falsify : {false, true}) {
            INFO(place << (falsify ? " falsified" : " cut"));
            test::Loop loop;
            test::WireFault fault;
            fault.from_client = true;
            (falsify ? fault.falsify : fault.limit) = place;
            Relay relay(loop, 4096, fault);
            Handshake handshake = relay.handshake(pki);
            CHECK_FALSE(handshake.run_or_cut(loop).empty());
        }
    }
    CHECK(verdict("localhost", pki.client(), pki.server()).empty());
}
