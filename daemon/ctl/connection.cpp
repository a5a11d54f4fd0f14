#include "daemon/ctl/connection.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/ctl/exit_code.hpp"

namespace voip::ctl {
namespace {

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::size_t longest_line = 1024 * 1024;  // no daemon of ours writes more than 64 KiB
constexpr std::size_t most_heard = 4096;           // notifications kept while an answer is waited for

Error system_error(int number, std::string context) {
    return fail(boost::system::error_code(number, boost::system::generic_category()), std::move(context));
}

/// Waits until the socket is ready. @errors timeout, or the system's code
Result<void> wait_for(int fd, short events, const Deadline* deadline) {
    std::array<pollfd, 2> watched{{{fd, events, 0}, {deadline != nullptr ? deadline->fd() : -1, POLLIN, 0}}};
    for (;;) {
        if (::poll(watched.data(), watched.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return system_error(errno, "waiting");
        }
        if (watched[0].revents != 0) return {};
        return fail(Errc::timeout, "no answer in time");
    }
}

/// A connected socket, or 0 - errno.
int connect_to(const std::string& path, const Deadline& deadline) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof(address.sun_path)) return -ENAMETOOLONG;
    std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    // Linux bounds connect() by the send timeout: it waits only while the daemon's queue of newcomers is
    // full.
    const timeval left = deadline.left();
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left));
    int result = 0;
    do result = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    while (result != 0 && errno == EINTR);
    if (result == 0 && ::fcntl(fd, F_SETFL, O_NONBLOCK) == 0) return fd;
    const int number = errno;
    ::close(fd);
    return -number;
}

}  // namespace

Result<Connection> Connection::open(const std::vector<std::filesystem::path>& places,
                                    const Deadline& deadline) {
    std::string tried;
    for (const auto& place : places) {
        const int fd = connect_to(place.native(), deadline);
        if (fd >= 0) return Connection(fd);
        if (fd == -EAGAIN) return fail(Errc::timeout, place.native());
        if (!tried.empty()) tried += "; ";
        tried += place.native() + ": " + std::generic_category().message(-fd);
    }
    return fail(Errc::unreachable, tried);
}

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      in_(std::move(other.in_)),
      searched_(other.searched_),
      last_id_(other.last_id_),
      heard_(std::move(other.heard_)),
      closing_(std::move(other.closing_)) {}

Connection::~Connection() {
    if (fd_ >= 0) ::close(fd_);
}

Error Connection::why_closed() const {
    if (closing_ == closed_not_allowed)
        return fail(Errc::refused, "neither the control nor the observe role is yours");
    return fail(Errc::closed, closing_.empty() ? "the daemon has gone" : closing_);
}

void Connection::note_closing(const rpc::Notification& heard) {
    if (heard.method != "api.closing") return;
    const json::Value* reason = heard.params.find("reason");
    closing_ = reason != nullptr && reason->as_string() != nullptr ? *reason->as_string() : "no reason given";
}

Result<void> Connection::send(std::string line, const Deadline& deadline) {
    line += '\n';
    for (std::size_t sent = 0; sent < line.size();) {
        const ssize_t count = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count > 0) {
            sent += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            if (auto ready = wait_for(fd_, POLLOUT, &deadline); !ready) return ready;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return {};  // what the daemon said before it closed is still to be read
        } else if (errno != EINTR) {
            return system_error(errno, "sending");
        }
    }
    return {};
}

Result<std::string> Connection::receive(const Deadline* deadline) {
    for (;;) {
        if (const std::size_t end = in_.find('\n', searched_); end != std::string::npos) {
            std::string line = in_.substr(0, end);
            in_.erase(0, end + 1);
            searched_ = 0;
            return line;
        }
        searched_ = in_.size();
        if (in_.size() > longest_line) return fail(Errc::bad_message, "an endless line");
        std::array<char, read_bytes> block{};
        const ssize_t count = ::recv(fd_, block.data(), block.size(), 0);
        if (count > 0) {
            in_.append(block.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || errno == ECONNRESET) {
            return why_closed();
        } else if (errno == EAGAIN) {
            if (auto ready = wait_for(fd_, POLLIN, deadline); !ready) return ready.error();
        } else if (errno != EINTR) {
            return system_error(errno, "receiving");
        }
    }
}

Result<rpc::Message> Connection::receive_message(const Deadline* deadline) {
    auto line = receive(deadline);
    if (!line) return line.error();
    auto message = rpc::decode(*line);
    if (!message) return fail(Errc::bad_message, "from the daemon: " + message.error().fault.err_msg);
    return std::move(*message);
}

Reply Connection::call(std::string_view method, const json::Value& params, const Deadline& deadline) {
    const std::int64_t id = ++last_id_;
    if (auto sent = send(rpc::write_request(id, method, params), deadline); !sent) return {sent.error()};
    for (;;) {
        auto message = receive_message(&deadline);
        if (!message) return {message.error()};
        if (auto* heard = std::get_if<rpc::Notification>(&message->what)) {
            note_closing(*heard);
            if (heard_.size() < most_heard) heard_.push_back(std::move(*heard));
        } else if (auto* success = std::get_if<rpc::Success>(&message->what);
                   success && success->id == rpc::Id(id)) {
            return {std::move(success->result)};
        } else if (auto* failure = std::get_if<rpc::Failure>(&message->what); failure != nullptr) {
            return {std::move(failure->fault)};  // without an id it is about what we sent last
        }
    }
}

Result<rpc::Notification> Connection::next(const Deadline* deadline) {
    if (!heard_.empty()) {
        rpc::Notification first = std::move(heard_.front());
        heard_.pop_front();
        return first;
    }
    for (;;) {
        auto message = receive_message(deadline);
        if (!message) return message.error();
        auto* heard = std::get_if<rpc::Notification>(&message->what);
        if (heard == nullptr) continue;
        note_closing(*heard);
        return std::move(*heard);
    }
}

}  // namespace voip::ctl
