#pragma once
#include <filesystem>
#include <functional>

#include "core/log.hpp"
#include "protocol/transport/unix_socket.hpp"
#include "service/admin/verbs.hpp"

namespace voip::service::admin {

/// The running service's ear for the operator: STATE/admin.sock (0600), JSON-RPC, one method
/// `admin.run {arguments: [...]}` -> `{exitCode, out, err}`. Only root and the service's own user are served.
/// @thread loop only. co_await stop() before destroying it.
class Server {
 public:
    using Run = std::function<Outcome(std::vector<std::string> arguments)>;
    Server(asio::any_io_executor executor, Timers& timers, Run run, Log log);

    /// @errors io: another service runs on this state folder, or the folder's permissions
    [[nodiscard]] Result<void> start(const std::filesystem::path& socket) {
        return server_.start(socket, 0600);
    }
    asio::awaitable<void> stop() { return server_.stop(); }

 private:
    asio::awaitable<void> serve(std::unique_ptr<transport::MessageStream> stream,
                                transport::PeerCredentials credentials);
    asio::awaitable<Answer<json::Value>> answer(std::string method, json::Value params);

    Timers& timers_;
    Run run_;
    Log log_;
    transport::UnixServer server_;
};

inline constexpr const char* socket_name = "admin.sock";
inline constexpr const char* database_name = "registry.sqlite";

}  // namespace voip::service::admin
