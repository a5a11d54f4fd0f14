#include "daemon/engine/network_watch.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "core/tokens.hpp"

namespace voip::engine {
namespace {

using Bytes = std::span<const std::byte>;
constexpr Duration at_most_each = 1s;
constexpr std::size_t buffer_bytes = 16 * 1024;

template <class T>
std::optional<T> read_front(Bytes bytes) {
    if (bytes.size() < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof(T));  // what the kernel sends is aligned for itself, not for us
    return value;
}

Bytes after(Bytes bytes, std::size_t count) {
    const std::size_t aligned = (count + 3U) & ~std::size_t{3};
    return bytes.subspan(std::min(aligned, bytes.size()));
}

/// The interface's own address: IFA_LOCAL where there is one (point to point), else IFA_ADDRESS.
std::string address_of(Bytes attributes) {
    std::string address, local;
    while (const auto attribute = read_front<rtattr>(attributes)) {
        if (attribute->rta_len < sizeof(rtattr) || attribute->rta_len > attributes.size()) break;
        const Bytes value = attributes.subspan(sizeof(rtattr), attribute->rta_len - sizeof(rtattr));
        std::string text(value.size(), '\0');
        std::memcpy(text.data(), value.data(), value.size());
        if (attribute->rta_type == IFA_ADDRESS) address = text;
        if (attribute->rta_type == IFA_LOCAL) local = text;
        attributes = after(attributes, attribute->rta_len);
    }
    return local.empty() ? address : local;
}

class Fd {
 public:
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
    int fd_;
};

}  // namespace

bool NetworkEvents::link(Bytes body, bool gone) {
    const auto info = read_front<ifinfomsg>(body);
    if (!info || (info->ifi_flags & IFF_LOOPBACK) != 0) return false;
    const bool runs = !gone && (info->ifi_flags & IFF_RUNNING) != 0;
    if (!runs) {
        running_.erase(info->ifi_index);
        return false;
    }
    return running_.insert(info->ifi_index).second;
}

bool NetworkEvents::address(Bytes body, bool gone) {
    const auto info = read_front<ifaddrmsg>(body);
    if (!info || info->ifa_scope >= RT_SCOPE_HOST) return false;
    std::string key(1, static_cast<char>(info->ifa_family));
    key += std::to_string(info->ifa_index) + '/' + address_of(after(body, sizeof(ifaddrmsg)));
    if (gone) {
        addresses_.erase(key);
        moved_ = moved_ || info->ifa_scope < RT_SCOPE_LINK;
        return false;
    }
    constexpr std::size_t sane = 1024;
    if (addresses_.size() >= sane) addresses_.clear();  // a machine with this many may be told once too often
    return addresses_.insert(std::move(key)).second;
}

bool NetworkEvents::read(Bytes datagram) {
    bool up = false;
    while (const auto header = read_front<nlmsghdr>(datagram)) {
        if (header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > datagram.size()) break;
        const Bytes body = datagram.subspan(sizeof(nlmsghdr), header->nlmsg_len - sizeof(nlmsghdr));
        switch (header->nlmsg_type) {
            case RTM_NEWLINK: up = link(body, false) || up; break;
            case RTM_DELLINK: up = link(body, true) || up; break;
            case RTM_NEWADDR: up = address(body, false) || up; break;
            case RTM_DELADDR: up = address(body, true) || up; break;
            case RTM_NEWROUTE: {
                const auto route = read_front<rtmsg>(body);
                up = up || (route && route->rtm_dst_len == 0 && route->rtm_type == RTN_UNICAST &&
                            route->rtm_table == RT_TABLE_MAIN);
                break;
            }
            default: break;
        }
        datagram = after(datagram, header->nlmsg_len);
    }
    return up;
}

Throttle::Throttle(Timers& timers, Duration gap, std::function<void()> action)
    : timers_(timers), gap_(gap), action_(std::move(action)) {}

Throttle::~Throttle() {
    cancel();
}

void Throttle::cancel() noexcept {
    timers_.cancel(std::exchange(alarm_, 0));
}

void Throttle::call() {
    const TimePoint now = timers_.now();
    if (!last_ || now >= *last_ + gap_) {
        cancel();
        last_ = now;
        action_();
    } else if (alarm_ == 0) {
        alarm_ = timers_.call_at(*last_ + gap_, [this] {
            alarm_ = 0;
            call();
        });
    }
}

struct NetworkWatch::State {
    State(asio::any_io_executor ex, Timers& timers, std::function<void(bool)> on_up,
          TaskSet::OnCrash on_crash, Log l)
        : log(std::move(l)),
          socket(ex),
          up(timers, at_most_each, [this, told = std::move(on_up)] { told(events.moved()); }),
          tasks(std::move(ex), timers, std::move(on_crash)) {}

    asio::awaitable<void> run();
    void read_all();

    Log log;
    asio::posix::stream_descriptor socket;
    NetworkEvents events;
    Throttle up;
    TaskSet tasks;
};

asio::awaitable<void> NetworkWatch::State::run() {
    for (;;) {
        const auto [ec] = co_await socket.async_wait(asio::posix::stream_descriptor::wait_read, use_result);
        if (ec) co_return;
        read_all();
    }
}

void NetworkWatch::State::read_all() {
    std::array<std::byte, buffer_bytes> buffer;
    bool came_up = false;
    for (;;) {
        const auto n = ::recv(socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n > 0) {
            came_up = events.read(Bytes(buffer).first(static_cast<std::size_t>(n))) || came_up;
        } else if (n < 0 && errno == ENOBUFS) {
            came_up = true;  // news was lost: it may have been this
        } else if (n == 0 || errno != EINTR) {
            break;
        }
    }
    if (!came_up) return;
    log.debug("the network came up");
    up.call();
}

NetworkWatch::NetworkWatch(asio::any_io_executor executor, Timers& timers, std::function<void(bool)> on_up,
                           TaskSet::OnCrash on_crash, Log log)
    : state_(std::make_unique<State>(std::move(executor), timers, std::move(on_up), std::move(on_crash),
                                     std::move(log))) {}
NetworkWatch::~NetworkWatch() = default;

void NetworkWatch::start() {
    State& s = *state_;
    Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups =
        RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
    sockaddr raw{};
    static_assert(sizeof raw >= sizeof address);
    std::memcpy(&raw, &address, sizeof address);
    raw.sa_family = AF_NETLINK;
    if (fd.get() < 0 || ::bind(fd.get(), &raw, sizeof address) != 0) {
        s.log.debug("no news from the network", kv("why", std::strerror(errno)));
        return;
    }
    boost::system::error_code ec;
    s.socket.assign(fd.get(), ec);
    if (ec) {
        s.log.debug("no news from the network", kv("why", ec.message()));
        return;
    }
    (void)fd.release();
    s.tasks.spawn("network.watch", s.run());
}

asio::awaitable<void> NetworkWatch::stop() {
    co_await state_->tasks.stop();
    state_->up.cancel();
    boost::system::error_code ignored;
    state_->socket.close(ignored);
}

}  // namespace voip::engine
