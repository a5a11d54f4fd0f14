#include "protocol/transport/unix_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "core/task_set.hpp"
#include "core/tokens.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/deadline.hpp"
#include "protocol/transport/utf8.hpp"

namespace voip::transport {
namespace {

using asio::local::stream_protocol;

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t keep_bytes = 16 * 1024;  // a buffer that grew above this is given back when it is empty
constexpr std::size_t gathered_messages = 64;  // what one sendmsg takes (Asio's limit too)
constexpr Duration accept_pause = 500ms;
constexpr Duration connect_pause = 20ms;

std::string words(int number) {
    return std::error_code(number, std::generic_category()).message();
}

PeerCredentials credentials_of(int fd) {
    PeerCredentials found;
    ucred who{};
    socklen_t size = sizeof(who);
    // An unknown peer must not look like root.
    found.uid = static_cast<uid_t>(-1);
    found.gid = static_cast<gid_t>(-1);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
        found.pid = who.pid;
        found.uid = who.uid;
        found.gid = who.gid;
    }
    std::vector<gid_t> groups(64);
    for (int attempt = 0; attempt < 2; ++attempt) {
        size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        const int result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
        groups.resize(size / sizeof(gid_t));  // on ERANGE the kernel says how many there are
        if (result == 0) {
            found.groups = std::move(groups);
            break;
        }
        if (errno != ERANGE) break;
    }
    return found;
}

class UnixStream final : public MessageStream {
 public:
    explicit UnixStream(stream_protocol::socket socket)
        : socket_(std::move(socket)), uid_(credentials_of(socket_.native_handle()).uid) {
        boost::system::error_code ignored;
        socket_.non_blocking(true, ignored);
    }

    asio::awaitable<Result<std::string>> receive() override;
    asio::awaitable<Result<void>> send(std::vector<std::string> messages) override;
    bool try_send(const std::string& message) override;
    asio::awaitable<void> close(std::uint16_t, std::string) override {
        end();
        co_return;
    }
    void abort() noexcept override { end(); }
    bool still_listens() override {
        pollfd hang_up{.fd = socket_.native_handle(), .events = 0, .revents = 0};  // asked for or not
        return !ended_ && ::poll(&hang_up, 1, 0) == 0;
    }
    std::string peer() const override { return "uid " + std::to_string(uid_); }

 private:
    /// A whole line of the buffer, or why there will be none; empty: read on.
    std::optional<Result<std::string>> take_line();
    Error read_error(boost::system::error_code ec, bool cancelled) const;
    /// Sends from the first unsent byte on; moves `first` and `offset_` on.
    boost::system::error_code write_some(const std::vector<std::string>& lines, std::size_t& first);
    void end() noexcept {
        ended_ = true;
        boost::system::error_code ignored;
        socket_.shutdown(stream_protocol::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    stream_protocol::socket socket_;
    uid_t uid_;
    std::string in_;
    std::size_t at_ = 0;        // start of the line being read
    std::size_t searched_ = 0;  // no line break before this place
    std::size_t offset_ = 0;    // bytes of the first message to send that are on the wire already
    bool ended_ = false;
};

std::optional<Result<std::string>> UnixStream::take_line() {
    for (;;) {
        const std::size_t end = in_.find('\n', searched_);
        const std::size_t size = (end == std::string::npos ? in_.size() : end) - at_;
        if (size > limits::message_bytes + 1)  // with a possible '\r'
            return fail(Errc::too_large, "a line of more than 64 KiB");
        if (end == std::string::npos) {
            in_.erase(0, at_);
            searched_ = in_.size();
            at_ = 0;
            if (in_.empty() && in_.capacity() > keep_bytes) std::string().swap(in_);
            return std::nullopt;
        }
        std::string_view line(in_.data() + at_, size);
        at_ = searched_ = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.size() > limits::message_bytes) return fail(Errc::too_large, "a line of more than 64 KiB");
        if (!is_utf8(line)) return fail(Errc::bad_message, "not UTF-8");
        return Result<std::string>(std::string(line));
    }
}

Error UnixStream::read_error(boost::system::error_code ec, bool cancelled) const {
    if (ended_) return fail(Errc::closed);
    if (cancelled || ec == asio::error::operation_aborted) return fail(Errc::cancelled);
    if (ec == asio::error::eof)
        return in_.empty() ? fail(Errc::closed) : fail(Errc::bad_message, "the stream ended inside a line");
    return fail(ec, "receiving");
}

asio::awaitable<Result<std::string>> UnixStream::receive() {
    for (;;) {
        if (auto line = take_line()) co_return std::move(*line);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (ended_ || is_cancelled(state))
            co_return read_error(asio::error::operation_aborted, is_cancelled(state));
        const std::size_t old = in_.size();
        in_.resize(old + read_bytes);
        const auto space = asio::buffer(in_.data() + old, read_bytes);
        const auto [ec, count] = co_await socket_.async_read_some(space, use_result);
        in_.resize(old + count);
        if (ec) co_return read_error(ec, is_cancelled(state));
    }
}

boost::system::error_code UnixStream::write_some(const std::vector<std::string>& lines, std::size_t& first) {
    std::array<asio::const_buffer, gathered_messages> buffers;
    std::size_t count = 0;
    for (std::size_t i = first; i < lines.size() && count < buffers.size(); ++i)
        buffers[count++] = asio::buffer(lines[i]);
    buffers[0] += offset_;
    boost::system::error_code ec;
    // Left-over places are empty buffers, which cost nothing on the wire.
    std::size_t sent = socket_.write_some(buffers, ec);
    if (ec) return ec;
    for (; first < lines.size() && sent >= lines[first].size() - offset_; ++first) {
        sent -= lines[first].size() - offset_;
        offset_ = 0;
    }
    offset_ += sent;
    return {};
}

asio::awaitable<Result<void>> UnixStream::send(std::vector<std::string> messages) {
    for (std::string& message : messages) message += '\n';
    std::size_t first = 0;
    while (first < messages.size()) {
        if (ended_) co_return fail(Errc::closed);
        const auto ec = write_some(messages, first);
        if (!ec || ec == asio::error::interrupted) continue;
        if (ec != asio::error::would_block) co_return fail(ec, "sending");
        const auto state = co_await asio::this_coro::cancellation_state;
        if (is_cancelled(state)) co_return fail(Errc::cancelled);
        const auto [wait_error] =
            co_await socket_.async_wait(stream_protocol::socket::wait_write, use_result);
        if (ended_) co_return fail(Errc::closed);
        if (wait_error) co_return fail(Errc::cancelled);
    }
    co_return Result<void>();
}

bool UnixStream::try_send(const std::string& message) {
    if (ended_ || offset_ != 0) return false;
    const std::array<asio::const_buffer, 2> line = {asio::buffer(message), asio::buffer("\n", 1)};
    boost::system::error_code ec;
    const std::size_t sent = socket_.write_some(line, ec);
    if (!ec && sent == message.size() + 1) return true;
    offset_ = sent;
    return false;
}

/// Waits while the listener's queue is full, which the kernel reports but cannot be asked to wait for.
asio::awaitable<int> connect_to(Timers& timers, int fd, sockaddr_un address, TimePoint deadline) {
    const auto state = co_await asio::this_coro::cancellation_state;
    for (;;) {
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) co_return 0;
        const int number = errno;
        if (number == EINTR) continue;
        if (number != EAGAIN) co_return number;
        if (timers.now() >= deadline) co_return ETIMEDOUT;
        const TimePoint next = std::min(deadline, timers.now() + connect_pause);
        co_await timers.wait_until(next);
        if (is_cancelled(state)) co_return ECANCELED;
    }
}

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& text = path.native();
    if (text.empty() || text.size() >= sizeof(address.sun_path))
        return fail(Errc::io, text + ": a socket's path has 1 to 107 bytes");
    std::memcpy(static_cast<char*>(address.sun_path), text.data(), text.size());
    return address;
}

/// True when somebody accepts (or would, had he the time): then the file is not stale.
bool is_answered(const sockaddr_un& address) {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return true;  // cannot tell: leave the file alone
    const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    const int number = errno;
    ::close(fd);
    return result == 0 || number != ECONNREFUSED;
}

Result<void> remove_stale(const std::filesystem::path& path, const sockaddr_un& address) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) {
        if (errno == ENOENT) return {};
        return fail(Errc::io, path.native() + ": " + words(errno));
    }
    if (!S_ISSOCK(info.st_mode)) return fail(Errc::io, path.native() + ": is there and is no socket");
    if (is_answered(address)) return fail(Errc::io, path.native() + ": another daemon answers on it");
    if (::unlink(path.c_str()) != 0) return fail(Errc::io, path.native() + ": " + words(errno));
    return {};
}

}  // namespace

struct UnixServer::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor executor, Timers& clock, Serve handler, Log logger)
        : timers(clock),
          serve(std::move(handler)),
          log(std::move(logger)),
          acceptor(executor),
          tasks(executor, clock, [this](std::string_view task, std::string_view what) {
              log.err("task failed", kv("task", task), kv("what", what));
          }) {}

    asio::awaitable<void> accept();
    Result<void> listen(int fd);
    void close() noexcept {
        boost::system::error_code ignored;
        acceptor.close(ignored);
        if (path.empty()) return;
        struct stat now {};
        // Only the file that is ours: another daemon may have replaced it.
        if (::lstat(path.c_str(), &now) == 0 && now.st_dev == file.st_dev && now.st_ino == file.st_ino)
            ::unlink(path.c_str());
        path.clear();
    }

    Timers& timers;
    Serve serve;
    Log log;
    stream_protocol::acceptor acceptor;
    std::filesystem::path path;  // empty: no file of ours
    struct stat file {};
    TaskSet tasks;
};

Result<void> UnixServer::State::listen(int fd) {
    boost::system::error_code ec;
    acceptor.assign(stream_protocol(), fd, ec);
    if (ec) {
        ::close(fd);
        return fail(Errc::io, ec.message());
    }
    const auto self = shared_from_this();
    auto loop = [](std::shared_ptr<State> state) -> asio::awaitable<void> { co_await state->accept(); };
    tasks.spawn("accept", loop(self));
    return {};
}

asio::awaitable<void> UnixServer::State::accept() {
    const auto state = co_await asio::this_coro::cancellation_state;
    while (acceptor.is_open() && !is_cancelled(state)) {
        auto [ec, socket] = co_await acceptor.async_accept(use_result);
        if (!acceptor.is_open() || is_cancelled(state)) co_return;
        if (ec == asio::error::connection_aborted) continue;
        if (ec) {  // out of descriptors or memory: the queue stays readable, so trying at once would spin
            log.warning("cannot accept", kv("error", ec.message()));
            co_await timers.wait_for(accept_pause);
            continue;
        }
        PeerCredentials who = credentials_of(socket.native_handle());
        auto stream = std::make_unique<UnixStream>(std::move(socket));
        auto client = serve(std::move(stream), std::move(who));
        tasks.spawn("client", std::move(client));
    }
}

UnixServer::UnixServer(asio::any_io_executor executor, Timers& timers, Serve serve, Log log)
    : state_(std::make_shared<State>(std::move(executor), timers, std::move(serve), std::move(log))) {}

UnixServer::~UnixServer() {
    state_->close();
}

Result<void> UnixServer::start(const std::filesystem::path& path, unsigned mode) {
    const auto address = address_of(path);
    if (!address) return address.error();
    if (auto removed = remove_stale(path, *address); !removed) return removed.error();
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(Errc::io, path.native() + ": " + words(errno));
    // Before listen() nobody can connect, so the mode is in force for the first client.
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0 ||
        ::chmod(path.c_str(), mode) != 0 || ::listen(fd, SOMAXCONN) != 0) {
        const int number = errno;
        ::close(fd);
        return fail(Errc::io, path.native() + ": " + words(number));
    }
    state_->path = path;
    ::lstat(path.c_str(), &state_->file);
    return state_->listen(fd);
}

Result<void> UnixServer::adopt(int fd) {
    int listening = 0;
    int domain = 0;
    socklen_t size = sizeof(listening);
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || listening == 0 || domain != AF_UNIX) {
        ::close(fd);
        return fail(Errc::io, "the passed descriptor is no listening Unix socket");
    }
    return state_->listen(fd);
}

asio::awaitable<void> UnixServer::stop() {
    const auto state = state_;
    state->close();
    co_await state->tasks.stop();
}

asio::awaitable<Result<std::unique_ptr<MessageStream>>> open_unix(Timers& timers, std::filesystem::path path,
                                                                  TimePoint deadline) {
    const auto executor = co_await asio::this_coro::executor;
    const auto address = address_of(path);
    if (!address) co_return fail(Errc::unreachable, address.error().context);
    stream_protocol::socket socket(executor);
    boost::system::error_code ec;
    socket.open(stream_protocol(), ec);
    if (!ec) socket.native_non_blocking(true, ec);
    if (ec) co_return fail(Errc::unreachable, path.native() + ": " + ec.message());
    const int number = co_await connect_to(timers, socket.native_handle(), *address, deadline);
    if (number == ECANCELED) co_return fail(Errc::cancelled);
    if (number == ETIMEDOUT) co_return fail(Errc::timeout, path.native());
    if (number != 0) co_return fail(Errc::unreachable, path.native() + ": " + words(number));
    std::unique_ptr<MessageStream> stream = std::make_unique<UnixStream>(std::move(socket));
    co_return stream;
}

Result<std::unique_ptr<MessageStream>> adopt_stream(asio::any_io_executor executor, Timers& timers, int fd) {
    (void)timers;  // lines need no pings: the kernel tells when the peer is gone
    int type = 0;
    int domain = 0;
    socklen_t size = sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || type != SOCK_STREAM ||
        domain != AF_UNIX) {
        ::close(fd);
        return fail(Errc::io, "the descriptor is no connected Unix stream socket");
    }
    stream_protocol::socket socket(executor);
    boost::system::error_code ec;
    socket.assign(stream_protocol(), fd, ec);
    if (ec) {
        ::close(fd);
        return fail(Errc::io, ec.message());
    }
    std::unique_ptr<MessageStream> stream = std::make_unique<UnixStream>(std::move(socket));
    return stream;
}

}  // namespace voip::transport
