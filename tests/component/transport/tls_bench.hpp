#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/tokens.hpp"
#include "protocol/transport/tls_stream.hpp"
#include "tests/support/stream_loop.hpp"
#include "tests/support/tls_pki.hpp"

/// Both ends of a TLS handshake over loopback, and wires with faults between them.
namespace voip::test {

using asio::ip::tcp;
using boost::system::error_code;
using transport::TlsStream;

struct SocketPair {
    tcp::socket one, other;

    explicit SocketPair(Loop& loop) : one(loop.io), other(loop.io) {
        tcp::acceptor acceptor(loop.io, {asio::ip::address_v4::loopback(), 0});
        one.connect(acceptor.local_endpoint());
        acceptor.accept(other);
    }
};

using TlsOutcome = std::shared_ptr<std::optional<error_code>>;

inline asio::awaitable<void> shake(TlsStream stream, TlsOutcome into) {
    const auto [ec] = co_await stream.async_handshake(use_result);
    into->emplace(ec);
    if (ec) stream.cut();
}

/// Both ends of a handshake and what became of it.
struct Handshake {
    TlsStream client, server;
    TlsOutcome of_client = std::make_shared<std::optional<error_code>>();
    TlsOutcome of_server = std::make_shared<std::optional<error_code>>();

    Handshake(SocketPair pair, transport::TlsClientContext trust, transport::TlsServerContext own,
              const std::string& host)
        : client(std::move(pair.one), std::move(trust), host, 443),
          server(std::move(pair.other), std::move(own)) {}
    /// The client's verdict in words, empty when it is content.
    std::string run(Loop& loop) {
        begin(loop);
        return run_on(loop);
    }
    /// The same where a side may wait for ever: it is cut when nothing moves any more.
    std::string run_or_cut(Loop& loop) {
        begin(loop);
        loop.settle();
        if (!over()) {
            client.cut();
            server.cut();
        }
        return run_on(loop);
    }

 private:
    void begin(Loop& loop) {
        loop.spawn(shake(client, of_client));
        loop.spawn(shake(server, of_server));
    }
    std::string run_on(Loop& loop) {
        loop.until([&] { return over(); });
        return said();
    }
    [[nodiscard]] bool over() const { return of_client->has_value() && of_server->has_value(); }
    [[nodiscard]] std::string said() { return **of_client ? client.explain(**of_client).text() : ""; }
};

inline std::string verdict(const std::string& host, transport::TlsClientContext trust,
                           transport::TlsServerContext own) {
    Loop loop;
    Handshake handshake(SocketPair(loop), std::move(trust), std::move(own), host);
    return handshake.run(loop);
}

/// What happens to the bytes of one direction.
struct WireFault {
    std::size_t limit = SIZE_MAX;    ///< then both connections end
    bool reset = false;              ///< by RST
    std::size_t falsify = SIZE_MAX;  ///< the place of a byte whose bits are turned
    bool from_client = false;        ///< the direction; else what the server sends
};

/// Carries bytes from one socket to another in pieces of `piece` bytes.
inline asio::awaitable<void> carry(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to,
                                   std::size_t piece, WireFault fault) {
    std::vector<char> buffer(piece);
    for (std::size_t sent = 0; sent < fault.limit;) {
        const auto space = asio::buffer(buffer.data(), std::min(piece, fault.limit - sent));
        const auto [ec, count] = co_await from->async_read_some(space, use_result);
        if (ec) break;
        if (fault.falsify >= sent && fault.falsify - sent < count)
            buffer[fault.falsify - sent] = static_cast<char>(~buffer[fault.falsify - sent]);
        const auto bytes = asio::buffer(buffer.data(), count);
        const auto [unsent, written] = co_await asio::async_write(*to, bytes, use_result);
        if (unsent) break;
        sent += written;
    }
    error_code ignored;
    for (const auto& end : {to, from}) {
        if (fault.reset) end->set_option(asio::socket_base::linger(true, 0), ignored);
        if (fault.reset)
            end->close(ignored);
        else
            end->shutdown(tcp::socket::shutdown_both, ignored);
    }
}

/// A handshake over a wire with a fault.
struct Relay {
    std::shared_ptr<tcp::socket> client_side, server_side;
    std::optional<SocketPair> left, right;

    Relay(Loop& loop, std::size_t piece, const WireFault& fault) {
        left.emplace(loop);
        right.emplace(loop);
        client_side = std::make_shared<tcp::socket>(std::move(left->other));
        server_side = std::make_shared<tcp::socket>(std::move(right->one));
        client_side->set_option(tcp::no_delay(true));
        server_side->set_option(tcp::no_delay(true));
        loop.spawn(carry(client_side, server_side, piece, fault.from_client ? fault : WireFault()));
        loop.spawn(carry(server_side, client_side, piece, fault.from_client ? WireFault() : fault));
    }
    Handshake handshake(const Pki& pki) { return Handshake(ends(), pki.client(), pki.server(), "localhost"); }

 private:
    SocketPair ends() {
        left->other = std::move(right->other);
        return std::move(*left);
    }
};

}  // namespace voip::test
