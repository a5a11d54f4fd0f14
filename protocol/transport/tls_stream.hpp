#pragma once
// Private to protocol/transport: mbedTLS as an Asio stream.
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "protocol/transport/tls_context.hpp"

namespace voip::transport {

namespace asio = boost::asio;

/// One TLS connection on a connected TCP socket. Fulfils Beast's AsyncStream. One read and one write at a
/// time.
///
/// The library reads and writes the non-blocking socket itself, so there is no buffer of ours: 46 KiB a
/// connection, all of it mbedTLS's. Reads can be cancelled without loss; a cancelled write or handshake ends
/// the stream. A handle: copies are the same connection. @thread loop only. Operations under way keep what
/// they need alive.
class TlsStream {
 public:
    using executor_type = asio::any_io_executor;
    using Done = asio::any_completion_handler<void(boost::system::error_code)>;
    using Moved = asio::any_completion_handler<void(boost::system::error_code, std::size_t)>;

    TlsStream(asio::ip::tcp::socket socket, TlsServerContext context);
    /// @param host  name or address that the certificate must carry; without one the handshake is refused
    TlsStream(asio::ip::tcp::socket socket, TlsClientContext context, const std::string& host,
              std::uint16_t port);

    [[nodiscard]] executor_type get_executor() const noexcept;
    [[nodiscard]] asio::ip::tcp::socket& socket() noexcept;

    template <class Token>
    auto async_handshake(Token&& token) {
        auto start = [](Done done, TlsStream* self) { self->start_handshake(std::move(done)); };
        return asio::async_initiate<Token, void(boost::system::error_code)>(std::move(start), token, this);
    }
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        auto start = [](Moved done, TlsStream* self, asio::mutable_buffer into) {
            self->start_read(into, std::move(done));
        };
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            std::move(start), token, this, first_of(buffers));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        auto start = [](Moved done, TlsStream* self, asio::const_buffer from) {
            self->start_write(from, std::move(done));
        };
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            std::move(start), token, this, gathered(buffers));
    }
    /// Sends close_notify and ends the sending half; does not wait for the peer.
    template <class Token>
    auto async_shutdown(Token&& token) {
        auto start = [](Done done, TlsStream* self) { self->start_shutdown(std::move(done)); };
        return asio::async_initiate<Token, void(boost::system::error_code)>(std::move(start), token, this);
    }

    /// Ends waiting operations with operation_aborted, and new ones too until resume(): how deadlines act.
    void interrupt() noexcept;
    void resume() noexcept;
    /// Closes the socket without goodbye; every operation ends.
    void cut() noexcept;
    /// A failed handshake or transfer in words: refused (verification, alert, no TLS), closed, unreachable.
    [[nodiscard]] Error explain(boost::system::error_code ec) const;

 private:
    struct Engine;

    template <class Buffers>
    static asio::mutable_buffer first_of(const Buffers& buffers) {
        for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it)
            if (const asio::mutable_buffer buffer(*it); buffer.size() > 0) return buffer;
        return {};
    }
    /// Small pieces (a frame's head and its body) go into one record; a single or large one is used in place.
    template <class Buffers>
    asio::const_buffer gathered(const Buffers& buffers) {
        asio::const_buffer first;
        std::size_t count = 0;
        for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it)
            if (const asio::const_buffer buffer(*it); buffer.size() > 0 && count++ == 0) first = buffer;
        if (count < 2 || first.size() >= record_bytes) return first;
        std::string& joined = scratch();
        joined.clear();
        for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers); ++it) {
            const asio::const_buffer buffer(*it);
            const std::size_t room = record_bytes - joined.size();
            joined.append(static_cast<const char*>(buffer.data()), std::min(room, buffer.size()));
        }
        return asio::buffer(joined);
    }
    static constexpr std::size_t record_bytes = 16 * 1024;

    std::string& scratch() noexcept;
    void start_handshake(Done done);
    void start_read(asio::mutable_buffer into, Moved done);
    void start_write(asio::const_buffer from, Moved done);
    void start_shutdown(Done done);

    std::shared_ptr<Engine> engine_;
};

/// Found by Beast next to the stream.
inline void beast_close_socket(TlsStream& stream) {
    stream.cut();
}

/// Sends all of the text. Bound it with a deadline.
asio::awaitable<boost::system::error_code> write_all(TlsStream stream, std::string text);

}  // namespace voip::transport
