#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/json.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "protocol/fault.hpp"
#include "protocol/rpc/codec.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/serving.hpp"

namespace voip::transport {

struct RpcPeerSettings {
    std::size_t queue_bytes = 256 * 1024;  ///< unsent bytes above which the peer is a slow reader and is cut
    std::size_t max_calls = 64;            ///< our requests in flight; further ones fail with Errc::full
    std::size_t max_serving = 32;          ///< the peer's requests being answered; reading pauses above it
    Duration send_time = 10s;              ///< one write may take this long before the peer counts as frozen
    Duration rest_time = 15s;              ///< for the answers to a peer that has said its last word
};

/// JSON-RPC 2.0 over one MessageStream, both directions at once, everything bounded.
/// The stream is read until it ends; a request that is not answered at once runs in a coroutine of its own;
/// messages go out in the order of the calls to notify(), call() and of finished answers.
/// @thread loop only.
class RpcPeer : public std::enable_shared_from_this<RpcPeer> {
 public:
    /// Answers a request. Runs inside the reader like the next one ...
    using OnRequest = std::function<Serving(std::string method, json::Value params)>;
    /// ... and hears a notification. Runs inside the reader: short, never blocking.
    using OnNotification = std::function<void(const std::string& method, const json::Value& params)>;

    [[nodiscard]] static std::shared_ptr<RpcPeer> make(std::unique_ptr<MessageStream> stream, Timers& timers,
                                                       RpcPeerSettings settings, OnRequest on_request,
                                                       OnNotification on_notification, Log log);

    /// Reads and writes until the stream ends, close() or cancellation; then every waiting call has failed
    /// with Errc::closed. Returns why it ended (Errc::closed for an orderly end). Unparsable or oversize
    /// input is answered -32700 and ends the peer, as the contract says. A peer that says its last word and
    /// still listens gets the answers to what it has asked.
    asio::awaitable<Error> run();

    /// A request. The reply is the peer's result, its Fault, or our Error (timeout, closed, full).
    asio::awaitable<Reply> call(std::string method, json::Value params, TimePoint deadline);
    /// Queues a notification. False: the queue is full (the peer is being cut) or the stream has ended.
    bool notify(std::string_view method, json::Value params);
    /// The same for a message already written by rpc::write_notification: shared between many peers.
    bool notify_written(std::shared_ptr<const std::string> message);
    /// Sends what is queued (1 s at most), then closes with code and reason. run() returns afterwards.
    void close(std::uint16_t code, std::string reason);
    /// Cuts at once.
    void abort() noexcept;

    [[nodiscard]] bool open() const noexcept;
    [[nodiscard]] std::size_t queued_bytes() const noexcept;
    /// MessageStream::silence_ends(); nothing when run() has ended.
    [[nodiscard]] std::optional<TimePoint> silence_ends() const;
    [[nodiscard]] std::string peer() const;

    struct State;
    explicit RpcPeer(std::unique_ptr<State> state);  ///< use make()
    ~RpcPeer();

 private:
    std::unique_ptr<State> state_;
};

}  // namespace voip::transport
