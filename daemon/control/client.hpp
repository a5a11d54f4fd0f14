#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/control/commands.hpp"
#include "daemon/control/hub.hpp"
#include "daemon/control/roles.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/rpc_peer.hpp"

namespace voip::control {

/// What has happened since the start, for the metrics.
struct ServerStats {
    std::uint64_t accepted = 0;  ///< clients that were let in
    std::uint64_t refused = 0;   ///< by role, number or shutdown
    std::uint64_t dropped = 0;   ///< slow readers
    std::uint64_t requests = 0;
    std::uint64_t faults = 0;  ///< requests answered with an error
};

/// One connection of an app: answers its requests and passes events on to it while it subscribes.
/// @thread loop only. The object must outlive run().
class Client final : public Subscriber {
 public:
    struct Settings {
        Role role = Role::none;
        std::size_t queue_bytes = 0;  ///< unsent bytes above which the client is a slow reader
        std::string who = {};         ///< "uid:1000"
    };

    Client(Ports& ports, Hub& hub, ServerStats& stats, Timers& timers, Settings settings,
           std::unique_ptr<transport::MessageStream> stream, Log log);
    ~Client() override;
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Until the connection ends, close() or cancellation. No handler runs any more when it returns.
    asio::awaitable<void> run();
    /// Tells why (`api.closing`), sends what is queued (1 s at most) and closes. Idempotent.
    void close(std::string_view reason);
    /// Cuts the connection.
    void abort() noexcept;
    /// Bytes that it has not read yet.
    [[nodiscard]] std::size_t queued_bytes() const noexcept { return peer_->queued_bytes(); }
    /// Drops the client instead when it does not read: with `api.closing` as its last message, if it reads on
    /// then.
    void deliver(const std::shared_ptr<const std::string>& message) override;

 private:
    transport::Serving serve(std::string method, json::Value params);
    /// Work that ends later, noted when it has.
    asio::awaitable<Answer<json::Value>> finish(std::string method,
                                                asio::awaitable<Answer<json::Value>> work);
    void note(std::string_view method, const Answer<json::Value>& answer);

    Ports& ports_;
    Hub& hub_;
    ServerStats& stats_;
    Settings settings_;
    Log log_;
    std::shared_ptr<transport::RpcPeer> peer_;
    bool closing_ = false;
};

/// `api.closing {reason}` and nothing else, to one who is not let in. Bounded as Client::close() is.
asio::awaitable<void> refuse(std::unique_ptr<transport::MessageStream> stream, Timers& timers,
                             std::string reason);

}  // namespace voip::control
