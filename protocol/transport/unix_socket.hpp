#pragma once
#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "protocol/transport/message_stream.hpp"

namespace voip::transport {

/// Who is at the other end, as the kernel says (SO_PEERCRED, SO_PEERGROUPS).
struct PeerCredentials {
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;  ///< supplementary groups at connect time
};

/// Newline-delimited messages on Unix stream sockets.
class UnixServer {
 public:
    using Serve = std::function<asio::awaitable<void>(std::unique_ptr<MessageStream>, PeerCredentials)>;

    UnixServer(asio::any_io_executor executor, Timers& timers, Serve serve, Log log);
    ~UnixServer();

    /// Binds (replacing a stale socket file: one that nobody answers on), sets the file's mode, listens.
    /// @errors io: "PATH: another daemon answers on it", path too long (107 bytes), permission
    [[nodiscard]] Result<void> start(const std::filesystem::path& path, unsigned mode);
    /// Takes a listening socket that systemd opened instead.
    [[nodiscard]] Result<void> adopt(int fd);
    /// Closes the listener and removes its file, aborts the clients, waits for them.
    asio::awaitable<void> stop();

 private:
    struct State;
    std::shared_ptr<State> state_;
};

/// Connects as a client. @errors unreachable with the system's words (no such file, permission, refused)
asio::awaitable<Result<std::unique_ptr<MessageStream>>> open_unix(Timers& timers, std::filesystem::path path,
                                                                  TimePoint deadline);

/// A connected socket (one end of a socketpair) as a message stream; takes the descriptor over.
[[nodiscard]] Result<std::unique_ptr<MessageStream>> adopt_stream(asio::any_io_executor executor,
                                                                  Timers& timers, int fd);

}  // namespace voip::transport
