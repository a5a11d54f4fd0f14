#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <list>
#include <memory>
#include <string>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "core/wake.hpp"
#include "daemon/control/client.hpp"
#include "daemon/control/commands.hpp"
#include "daemon/control/hub.hpp"
#include "daemon/control/roles.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/unix_socket.hpp"

namespace voip::control {

struct ServerSettings {
    Access access;                                         ///< from find_access()
    std::size_t max_clients = limits::local_clients;       ///< further ones are told so and closed
    std::size_t queue_bytes = limits::client_queue_bytes;  ///< per client
};

/// The local API: lets apps in by role and number, keeps their connections, tells them why when it ends.
/// @thread loop only. Await stop() before destroying it; ports, timers and what they refer to must outlive
/// it.
class Server {
 public:
    Server(asio::any_io_executor executor, Timers& timers, Ports ports, ServerSettings settings, Log log);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Anybody may connect (mode 0666): the role decides. @errors as UnixServer::start()
    [[nodiscard]] Result<void> start(const std::filesystem::path& path);
    /// Takes a listening socket that systemd opened. @errors as UnixServer::adopt()
    [[nodiscard]] Result<void> adopt(int fd);
    /// Tells every client, gives them 1 s to read what is queued, then cuts. None of the listener's clients
    /// is left when it returns.
    asio::awaitable<void> stop();

    /// One connection from its beginning to its end; what the listener calls for each client. Tests bring
    /// their own streams and credentials.
    asio::awaitable<void> serve(std::unique_ptr<transport::MessageStream> stream,
                                transport::PeerCredentials who);

    [[nodiscard]] std::size_t clients() const noexcept { return clients_.size(); }
    [[nodiscard]] std::size_t subscribers() const noexcept { return hub_.subscribers(); }
    [[nodiscard]] std::size_t queued_bytes() const noexcept;  ///< of the client that has most unread
    [[nodiscard]] const ServerStats& stats() const noexcept { return stats_; }

 private:
    /// Why the newcomer is not let in; empty when he is.
    [[nodiscard]] std::string_view refusal(Role role) const noexcept;
    /// One line a second at most: anybody may knock, and must not fill the log by it.
    void log_refusal(std::string_view reason, const transport::PeerCredentials& who);

    Timers& timers_;
    Ports ports_;
    ServerSettings settings_;
    Log log_;
    ServerStats stats_;
    Hub hub_;
    Wake empty_;  // the last client has gone
    std::list<Client> clients_;
    std::size_t refusing_ = 0;
    TimePoint next_refusal_line_ = TimePoint::min();
    std::uint64_t refusals_unsaid_ = 0;
    std::uint64_t last_number_ = 0;
    bool stopping_ = false;
    transport::UnixServer listener_;
};

}  // namespace voip::control
