#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/backoff.hpp"
#include "core/log.hpp"
#include "core/task_set.hpp"
#include "daemon/identity/identity.hpp"
#include "protocol/fault.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/message_stream.hpp"
#include "protocol/transport/tls_context.hpp"
#include "protocol/transport/url.hpp"

namespace voip::engine {

/// How the opening of a channel went.
struct OpenedChannel {
    std::unique_ptr<transport::MessageStream> stream;  ///< null: it was not opened, see below
    Error error;
    unsigned http_status = 0;  ///< set when the server answered HTTP instead of 101
    std::string date;          ///< the server's Date header: authenticated time
};
using ChannelOpener =
    std::function<asio::awaitable<OpenedChannel>(std::string device_token, TimePoint deadline)>;

/// The real one: WSS to `/v1/channel` below the base URL, subprotocol wmpf-voip.v1, the token as
/// Authorization. `timers` must outlive it.
[[nodiscard]] ChannelOpener websocket_opener(Timers& timers, transport::TlsClientContext tls,
                                             transport::Url base);

struct ChannelSettings {
    Duration open_time = 15s;  ///< resolve, connect, TLS, upgrade
    /// The same for 10 s after hurry(): what the kernel repeats ever more seldom begins anew with each
    /// attempt.
    Duration hurried_open_time = 8s;
    Duration request_time = limits::request_time;
    Duration proved_after = 10s;  ///< a channel that lived this long was a good one
    Backoff::Settings backoff{500ms, 30s};
    Duration probe_time = 5s;  ///< hurry() on an open channel asks whether it still lives, once in this time
    Duration moved_probe_time = 2s;                        ///< the same where an address of ours has gone
    Duration token_patience = 1h;                          ///< how long one wait for a deviceToken lasts
    Duration stand_back_min = 60s, stand_back_max = 120s;  ///< after 4409
};

/// One channel to the service, kept open for ever: token, connection, renewal, waiting, again.
/// @thread loop only. co_await stop() before destroying it.
class Channel {
 public:
    /// What the owner does; all from the loop.
    struct Owner {
        /// The first exchange on a new connection, and the question whether an old one still lives. False:
        /// there was no answer by the deadline (the connection is dropped and opened anew).
        std::function<asio::awaitable<bool>(identity::ChannelCall call, TimePoint deadline)> greet;
        std::function<void(bool online)> on_online;
        std::function<Answer<json::Value>(const std::string& method, const json::Value& params)> on_request;
        std::function<void(const std::string& method, const json::Value& params)> on_notification;
    };
    struct Parts {
        asio::any_io_executor executor;
        Timers& timers;
        identity::Identity& identity;
        ChannelOpener open;
        ChannelSettings settings;
        TaskSet::OnCrash on_crash;
        std::uint64_t seed = 0;
        Log log;
    };

    Channel(Parts parts, Owner owner);
    ~Channel();

    void start();
    /// Closes with 1000 (1 s at most), then ends everything. on_online is not called any more.
    asio::awaitable<void> stop();

    [[nodiscard]] bool online() const noexcept;
    /// Works from the opening on, before online() too. @errors wrong_state (no connection), timeout, full,
    /// closed (broken before the answer)
    asio::awaitable<Reply> call(std::string method, json::Value params, TimePoint deadline);
    /// False without a connection, and when its queue is full.
    bool notify(std::string_view method, json::Value params);
    /// Bytes that wait to be sent.
    [[nodiscard]] std::size_t queued_bytes() const noexcept;
    /// When the next step is due at the latest: a token, a connection, an answer, the next attempt; of an
    /// open connection the end of a silence, which moves as long as somebody reads. Nothing before start().
    [[nodiscard]] std::optional<TimePoint> due() const noexcept;
    /// Connects at once where it waits; asks whether the connection still lives where there is one.
    void hurry();
    /// The same, and asks whatever was asked before: an answer that came over another network says nothing.
    /// @param moved  an address of ours has gone, and maybe the connection with it
    void on_network(bool moved);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::engine
