#include "protocol/transport/dial.hpp"

#include <netdb.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <cstring>
#include <optional>
#include <system_error>
#include <thread>

#include "core/tokens.hpp"
#include "protocol/transport/deadline.hpp"

namespace voip::transport {
namespace {

using asio::ip::tcp;
using asio::local::stream_protocol;

constexpr int max_lookups = 4;  // threads that hang in a dead name server
std::atomic<int> lookups = 0;

/// Shared by the loop and the thread; `done` hands it over.
struct Lookup {
    std::string host;
    std::string port;
    std::atomic<bool> done = false;
    int code = 0;
    std::vector<tcp::endpoint> found;
};

void look_up(Lookup& lookup) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* first = nullptr;
    lookup.code = getaddrinfo(lookup.host.c_str(), lookup.port.c_str(), &hints, &first);
    for (const addrinfo* it = lookup.code == 0 ? first : nullptr; it != nullptr; it = it->ai_next) {
        tcp::endpoint endpoint;
        if ((it->ai_family != AF_INET && it->ai_family != AF_INET6) || it->ai_addrlen > endpoint.capacity())
            continue;
        std::memcpy(endpoint.data(), it->ai_addr, it->ai_addrlen);
        endpoint.resize(it->ai_addrlen);
        lookup.found.push_back(endpoint);
    }
    if (lookup.code == 0) freeaddrinfo(first);
}

/// Signals are the main thread's.
class SignalsBlocked {
 public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
    sigset_t before_{};
};

/// Starts the thread; the end of `fd`'s other end says that the lookup is done.
bool start_thread(std::shared_ptr<Lookup> lookup, int fd) {
    const SignalsBlocked blocked;
    ++lookups;
    try {
        std::thread([lookup = std::move(lookup), fd] {
            look_up(*lookup);
            lookup->done.store(true, std::memory_order_release);
            --lookups;
            ::close(fd);
        }).detach();
        return true;
    } catch (const std::system_error&) {
        --lookups;
        ::close(fd);
        return false;
    }
}

/// What needs no looking up: an address, and this machine, which a bare system has no /etc/hosts to name.
/// @source RFC 6761 section 6.3
std::vector<tcp::endpoint> known_addresses(const std::string& host, std::uint16_t port) {
    if (host == "localhost")
        return {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (ec) return {};
    return {{address, port}};
}

}  // namespace

asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(Timers& timers, std::string host,
                                                            std::uint16_t port, TimePoint deadline) {
    if (auto known = known_addresses(host, port); !known.empty()) co_return std::move(known);
    int ends[2] = {-1, -1};
    if (lookups >= max_lookups || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        co_return fail(Errc::unreachable, host + ": too many names are being looked up");
    const auto executor = co_await asio::this_coro::executor;
    const auto state = co_await asio::this_coro::cancellation_state;
    boost::system::error_code ec;
    auto ready = std::make_shared<stream_protocol::socket>(executor, stream_protocol(), ends[0]);
    auto lookup = std::make_shared<Lookup>();
    lookup->host = host;
    lookup->port = std::to_string(port);
    if (!start_thread(lookup, ends[1]))
        co_return fail(Errc::unreachable, host + ": no thread to look the name up");
    Deadline limit(timers, [weak = std::weak_ptr(ready)] {
        if (const auto socket = weak.lock()) socket->close();
    });
    limit.set(deadline);
    // Asio may wake a wait for an event of a descriptor that is closed already: look whether it is done.
    while (!ec && !is_cancelled(state) && !lookup->done.load(std::memory_order_acquire)) {
        const auto [problem] = co_await ready->async_wait(stream_protocol::socket::wait_read, use_result);
        ec = problem;
    }
    limit.clear();
    if (is_cancelled(state)) co_return fail(Errc::cancelled);
    if (!lookup->done.load(std::memory_order_acquire))
        co_return fail(Errc::timeout, host + ": looking the name up");
    if (lookup->code != 0) co_return fail(Errc::unreachable, host + ": " + gai_strerror(lookup->code));
    if (lookup->found.empty()) co_return fail(Errc::unreachable, host + ": the name has no address");
    co_return std::move(lookup->found);
}

namespace {

/// The last error when none of the addresses answers.
asio::awaitable<Result<tcp::socket>> connect(Timers& timers, std::vector<tcp::endpoint> addresses,
                                             TimePoint deadline) {
    const auto executor = co_await asio::this_coro::executor;
    const auto state = co_await asio::this_coro::cancellation_state;
    Error last = fail(Errc::timeout, "connecting");
    for (std::size_t i = 0; i < addresses.size() && timers.now() < deadline; ++i) {
        auto socket = std::make_shared<tcp::socket>(executor);
        Deadline limit(timers, [weak = std::weak_ptr(socket)] {
            boost::system::error_code ignored;
            if (const auto alive = weak.lock()) alive->close(ignored);
        });
        const auto left = static_cast<Duration::rep>(addresses.size() - i);
        limit.set(timers.now() + (deadline - timers.now()) / left);
        const tcp::endpoint address = addresses[i];
        const auto [ec] = co_await socket->async_connect(address, use_result);
        limit.clear();
        if (is_cancelled(state)) co_return fail(Errc::cancelled);
        if (limit.passed()) continue;
        if (!ec) co_return std::move(*socket);
        last = fail(Errc::unreachable, ec.message());
    }
    co_return last;
}

}  // namespace

asio::awaitable<Result<TlsStream>> dial(Timers& timers, TlsClientContext tls, Url url, TimePoint deadline) {
    const auto state = co_await asio::this_coro::cancellation_state;
    auto resolving = resolve(timers, url.host, url.port, deadline);
    auto addresses = co_await std::move(resolving);
    if (!addresses) co_return addresses.error();
    auto connecting = connect(timers, std::move(*addresses), deadline);
    auto socket = co_await std::move(connecting);
    if (!socket) co_return within(url.authority(), socket.error());
    TlsStream stream(std::move(*socket), std::move(tls), url.host, url.port);
    Deadline limit(timers, [stream]() mutable { stream.cut(); });
    limit.set(deadline);
    const auto [ec] = co_await stream.async_handshake(use_result);
    limit.clear();
    if (!ec && !is_cancelled(state)) co_return stream;
    Error why = limit.passed() ? fail(Errc::timeout, "TLS handshake") : stream.explain(ec);
    stream.cut();
    if (why.is(Errc::closed)) why.code = make_error_code(Errc::unreachable);
    co_return within(url.authority(), std::move(why));
}

}  // namespace voip::transport
