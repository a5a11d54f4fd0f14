#pragma once
#include <boost/asio/awaitable.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::transport {

namespace asio = boost::asio;

/// Whole text messages, both ways, over whatever lies below: WebSocket over TLS, lines on a Unix socket, a
/// pair in memory for tests. One coroutine reads, one writes; they may do so at the same time.
/// @thread loop only. End both coroutines before destroying the stream.
class MessageStream {
 public:
    MessageStream() = default;
    MessageStream(const MessageStream&) = delete;
    MessageStream& operator=(const MessageStream&) = delete;
    virtual ~MessageStream() = default;

    /// The next message, checked for size (limits::message_bytes) and UTF-8.
    /// @errors closed (orderly end; context: "4401 the reason" if the peer gave them: close_code()),
    /// too_large,
    ///         bad_message, timeout (the peer froze), or a transport code. After an error the stream is of no
    ///         more use.
    virtual asio::awaitable<Result<std::string>> receive() = 0;
    /// Sends messages in one go (several become one write where the wire allows it). Returns when the kernel
    /// has taken them; a peer that does not read makes it wait: bound it with a deadline.
    virtual asio::awaitable<Result<void>> send(std::vector<std::string> messages) = 0;
    /// Sends one message at once if the wire takes it whole without waiting: the short way for answers.
    /// Only while no send() is under way. After false the message must be the first one of the next send()
    /// (a part of it may be on the wire already).
    [[nodiscard]] virtual bool try_send(const std::string& message) {
        (void)message;
        return false;
    }
    /// Says goodbye (WebSocket close code; ignored where the wire has none), ends receive() and a stuck
    /// send(). Returns within 2 s, whatever the peer does.
    virtual asio::awaitable<void> close(std::uint16_t code, std::string reason) = 0;
    /// Cuts the connection at once, without goodbye: for slow readers and deadlines.
    virtual void abort() noexcept = 0;
    /// Once receive() has said closed: whether the other side has only said its last word, and still listens.
    [[nodiscard]] virtual bool still_listens() { return false; }
    /// When the silence of the other side ends this stream at the latest; it moves with everything that is
    /// read. A stream that is still there long after that proves that nobody reads it any more. Nothing where
    /// the wire has no such rule.
    [[nodiscard]] virtual std::optional<TimePoint> silence_ends() const { return std::nullopt; }
    /// For logs: "127.0.0.1:4711" or "uid 1000".
    [[nodiscard]] virtual std::string peer() const = 0;
};

/// The context of Errc::closed for a goodbye with a code, and the code found in it again (0: none).
[[nodiscard]] inline Error closed_with(std::uint16_t code, std::string_view reason) {
    std::string context = std::to_string(code);
    if (!reason.empty()) context.append(" ").append(reason);
    return fail(Errc::closed, std::move(context));
}
[[nodiscard]] inline std::uint16_t close_code(const Error& error) noexcept {
    std::uint16_t code = 0;
    if (error.is(Errc::closed))
        std::from_chars(error.context.data(), error.context.data() + error.context.size(), code);
    return code;
}

}  // namespace voip::transport
