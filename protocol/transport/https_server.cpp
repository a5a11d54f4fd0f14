#include "protocol/transport/https_server.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <exception>
#include <set>
#include <utility>

#include "core/tokens.hpp"
#include "core/wake.hpp"
#include "protocol/transport/deadline.hpp"
#include "protocol/transport/http_wire.hpp"
#include "protocol/transport/tls_stream.hpp"
#include "protocol/transport/websocket.hpp"

namespace voip::transport {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

constexpr Duration accept_pause = 500ms;
constexpr Duration slot_time = 2s;  // a handshake counts no longer: silent peers must not take all places
constexpr Duration linger_time = 2s;
constexpr Duration goodbye_time = 4s;  // of stop(); then everything is cut
constexpr std::size_t linger_reads = 64;
constexpr std::uint16_t going_away = 1001;

HttpResponse plain(unsigned status) {
    HttpResponse response;
    response.status = status;
    return response;
}

bool offers(std::string_view list, std::string_view wanted) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view one = list.substr(0, comma);
        while (one.starts_with(' ')) one.remove_prefix(1);
        while (one.ends_with(' ')) one.remove_suffix(1);
        if (one == wanted) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

/// The peer's address; IPv4 in IPv6's clothes (a listener on "::") as IPv4, so that checks for loopback hold.
std::string address_of(const tcp::socket& socket) {
    error_code ec;
    const auto address = socket.remote_endpoint(ec).address();
    if (ec) return {};
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

/// Places for handshakes, given in the order of asking.
class Places {
 public:
    Places(Timers& timers, std::size_t count) : timers_(timers), free_(count) {}

    /// False at the deadline or when cancelled.
    asio::awaitable<bool> take(TimePoint deadline) {
        if (free_ > 0) {
            --free_;
            co_return true;
        }
        const auto mine = std::make_shared<Waiter>(timers_);
        waiting_.push_back(mine);
        co_await mine->wake.wait(deadline);
        if (!mine->given) std::erase(waiting_, mine);
        co_return mine->given;
    }
    void give() {
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        waiting_.front()->given = true;  // handed over, even if he is just giving up
        waiting_.front()->wake.notify();
        waiting_.pop_front();
    }

 private:
    struct Waiter {
        explicit Waiter(Timers& timers) : wake(timers) {}
        Wake wake;
        bool given = false;
    };
    Timers& timers_;
    std::size_t free_;
    std::deque<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace

struct HttpsServer::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor executor, Timers& clock, TlsServerContext context, HttpsServerSettings set,
          Application app, Log logger)
        : timers(clock),
          tls(std::move(context)),
          settings(std::move(set)),
          application(std::move(app)),
          log(std::move(logger)),
          acceptor(executor),
          room(clock),
          gone(clock),
          places(clock, settings.max_handshakes),
          tasks(executor, clock, [this](std::string_view task, std::string_view what) {
              log.err("task failed", kv("task", task), kv("what", what));
          }) {}

    struct Connection {
        Connection(TlsStream tls, std::string address) : stream(std::move(tls)), peer(std::move(address)) {}
        TlsStream stream;
        std::string peer;
        bool busy = false;  // answering a request, which stop() lets end
        std::function<asio::awaitable<void>(std::uint16_t, std::string)> goodbye;  // of a WebSocket
    };
    using Peer = std::shared_ptr<Connection>;

    /// What one turn of reading came to.
    enum class Got { request, problem, end };

    /// Runs a member coroutine of ours that may outlive the server object.
    static asio::awaitable<void> hold(std::shared_ptr<State>, asio::awaitable<void> work) {
        co_await std::move(work);
    }
    asio::awaitable<void> accept();
    asio::awaitable<void> run(Peer peer);
    asio::awaitable<bool> shake_hands(Peer peer);
    asio::awaitable<void> serve(Peer peer);
    asio::awaitable<Got> read(Peer peer, std::shared_ptr<RequestReader> reader, bool first);
    asio::awaitable<bool> answer(Peer peer, HttpRequest request, bool keep_alive);
    asio::awaitable<HttpResponse> ask(HttpRequest request);
    asio::awaitable<bool> upgrade(Peer peer, HttpRequest request, bool keep_alive);
    asio::awaitable<bool> write(Peer peer, HttpResponse response, ResponseForm form);
    asio::awaitable<void> linger(Peer peer);
    [[nodiscard]] TimePoint in(Duration length) const { return timers.now() + length; }
    [[nodiscard]] ResponseForm form(bool keep_alive, bool without_body = false) const {
        return {timers.wall_now(), keep_alive && !stopping, without_body};
    }

    Timers& timers;
    TlsServerContext tls;
    const HttpsServerSettings settings;
    Application application;
    Log log;
    tcp::acceptor acceptor;
    std::uint16_t port = 0;
    Wake room, gone;  // a connection has ended: for accept(), for stop()
    Places places;
    std::set<Peer> peers;
    bool stopping = false;
    TaskSet tasks;
};

asio::awaitable<void> HttpsServer::State::accept() {
    const auto state = co_await asio::this_coro::cancellation_state;
    while (acceptor.is_open() && !is_cancelled(state)) {
        if (peers.size() >= settings.max_connections) {
            co_await room.wait();
            continue;
        }
        auto [ec, socket] = co_await acceptor.async_accept(use_result);
        if (!acceptor.is_open() || is_cancelled(state)) co_return;
        if (ec == asio::error::connection_aborted) continue;
        if (ec) {  // out of descriptors or memory: the queue stays readable, so trying at once would spin
            log.warning("cannot accept", kv("error", ec.message()));
            co_await timers.wait_for(accept_pause);
            continue;
        }
        auto address = address_of(socket);
        const auto peer = std::make_shared<Connection>(TlsStream(std::move(socket), tls), std::move(address));
        peers.insert(peer);
        tasks.spawn("connection", hold(shared_from_this(), run(peer)));
    }
}

asio::awaitable<void> HttpsServer::State::run(Peer peer) {
    try {
        const bool secure = co_await shake_hands(peer);
        if (secure) co_await serve(peer);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) log.err("connection failed", kv("what", e.what()));
    } catch (const std::exception& e) {
        log.err("connection failed", kv("what", e.what()));
    }
    peer->stream.cut();
    peers.erase(peer);
    room.notify();
    gone.notify();
}

asio::awaitable<bool> HttpsServer::State::shake_hands(Peer peer) {
    const TimePoint limit = in(settings.header_time);
    const auto state = co_await asio::this_coro::cancellation_state;
    Deadline deadline(timers, [peer] { peer->stream.cut(); });
    deadline.set(limit);
    // Who has not said a word yet takes no place.
    auto& socket = peer->stream.socket();
    auto [ec] = co_await socket.async_wait(tcp::socket::wait_read, use_result);
    if (!ec && !is_cancelled(state)) {
        const bool placed = co_await places.take(limit);
        // The place goes back once, after the handshake or after slot_time.
        const auto place = std::make_shared<bool>(placed);
        const auto give = [self = shared_from_this(), place] {
            if (std::exchange(*place, false)) self->places.give();
        };
        if (placed && !is_cancelled(state)) {
            const Timers::Id alarm = timers.call_at(in(slot_time), give);
            const auto [problem] = co_await peer->stream.async_handshake(use_result);
            timers.cancel(alarm);
            ec = problem;
        }
        give();
        if (!placed) ec = asio::error::timed_out;
    }
    deadline.clear();
    if (ec && !stopping) {
        const Error why = deadline.passed() ? fail(Errc::timeout) : peer->stream.explain(ec);
        log.debug("handshake failed", kv("peer", peer->peer), kv("why", why.text()));
    }
    co_return !ec && !is_cancelled(state);
}

asio::awaitable<void> HttpsServer::State::serve(Peer peer) {
    const auto reader = std::make_shared<RequestReader>();
    for (bool first = true; !stopping; first = false) {
        const Got got = co_await read(peer, reader, first);
        if (got == Got::end) co_return;
        peer->busy = true;
        if (got == Got::problem) {
            const unsigned status = reader->status() != 0 ? reader->status() : 408;
            co_await write(peer, plain(status), form(false));
            break;
        }
        bool keep_alive = reader->keeps_alive();
        const bool is_upgrade = reader->is_upgrade() && application.upgrade;
        HttpRequest request = reader->take();
        request.peer = peer->peer;
        if (is_upgrade && !reader->has_rest())
            keep_alive = co_await upgrade(peer, std::move(request), keep_alive);
        else
            keep_alive = co_await answer(peer, std::move(request), keep_alive);
        peer->busy = false;
        if (!keep_alive) break;
    }
    if (peer->stream.socket().is_open()) co_await linger(peer);
}

asio::awaitable<HttpsServer::State::Got> HttpsServer::State::read(Peer peer,
                                                                  std::shared_ptr<RequestReader> reader,
                                                                  bool first) {
    const auto state = co_await asio::this_coro::cancellation_state;
    enum Phase { nothing, idle, header, body } phase = nothing;
    Deadline deadline(timers, [peer] { peer->stream.interrupt(); });
    std::array<char, 2048> buffer;  // NOLINT: filled by the read
    Reading reading = first ? Reading::more : reader->next();
    while (reading == Reading::more) {
        const Phase now = !reader->started() ? idle : !reader->header_done() ? header : body;
        if (now != phase) {
            phase = now;
            const bool soon = now == header || (now == idle && first);
            deadline.set(in(soon ? settings.header_time : settings.idle_time));
        }
        if (reader->wants_continue()) {
            const error_code unsent = co_await write_all(peer->stream, "HTTP/1.1 100 Continue\r\n\r\n");
            if (unsent || is_cancelled(state)) break;
        }
        const auto space = asio::buffer(buffer);
        const auto [ec, count] = co_await peer->stream.async_read_some(space, use_result);
        if (ec || is_cancelled(state)) break;
        reading = reader->add({buffer.data(), count});
    }
    deadline.clear();
    if (is_cancelled(state)) co_return Got::end;
    if (reading == Reading::complete) co_return Got::request;
    if (reading == Reading::failed) co_return Got::problem;
    if (!deadline.passed() || !reader->started()) co_return Got::end;
    peer->stream.resume();  // a slow request is told so
    co_return Got::problem;
}

asio::awaitable<HttpResponse> HttpsServer::State::ask(HttpRequest request) {
    if (!application.answer) co_return plain(404);
    try {
        auto answering = application.answer(std::move(request));
        co_return co_await std::move(answering);
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted) throw;
        log.err("request failed", kv("what", e.what()));
    } catch (const std::exception& e) {
        log.err("request failed", kv("what", e.what()));
    }
    co_return plain(500);
}

asio::awaitable<bool> HttpsServer::State::answer(Peer peer, HttpRequest request, bool keep_alive) {
    const auto state = co_await asio::this_coro::cancellation_state;
    const bool is_head = request.method == "HEAD";
    if (is_head) request.method = "GET";
    auto asking = ask(std::move(request));
    HttpResponse response = co_await std::move(asking);
    if (is_cancelled(state)) co_return false;
    const ResponseForm how = form(keep_alive, is_head);
    co_return co_await write(std::move(peer), std::move(response), how);
}

asio::awaitable<bool> HttpsServer::State::upgrade(Peer peer, HttpRequest request, bool keep_alive) {
    const auto state = co_await asio::this_coro::cancellation_state;
    WebSocketAcceptance acceptance;
    acceptance.request = request;
    UpgradeAnswer said;
    try {
        auto asking = application.upgrade(std::move(request));
        said = co_await std::move(asking);
    } catch (const boost::system::system_error& e) {
        if (e.code() == asio::error::operation_aborted) throw;
        log.err("upgrade failed", kv("what", e.what()));
        said.refusal = plain(500);
    } catch (const std::exception& e) {
        log.err("upgrade failed", kv("what", e.what()));
        said.refusal = plain(500);
    }
    if (is_cancelled(state)) co_return false;
    const bool unknown = !said.subprotocol.empty() &&
                         !offers(acceptance.request.header("Sec-WebSocket-Protocol"), said.subprotocol);
    if (!said.refusal && (unknown || !said.serve)) said.refusal = plain(unknown ? 400 : 404);
    if (said.refusal) {
        const ResponseForm how = form(keep_alive);
        co_return co_await write(std::move(peer), std::move(*said.refusal), how);
    }
    acceptance.subprotocol = said.subprotocol;
    acceptance.date = timers.wall_now();
    acceptance.ping_after = settings.ping_after;
    acceptance.dead_after = settings.dead_after;
    const TimePoint limit = in(settings.header_time);
    auto accepting = accept_websocket(timers, peer->stream, std::move(acceptance), limit);
    auto accepted = co_await std::move(accepting);
    if (!accepted || is_cancelled(state)) co_return false;
    peer->goodbye = std::move(accepted->close);
    peer->busy = false;
    if (stopping) tasks.spawn("goodbye", peer->goodbye(going_away, "the server stops"));
    auto serving = said.serve(std::move(accepted->stream));
    co_await std::move(serving);
    co_return false;
}

asio::awaitable<bool> HttpsServer::State::write(Peer peer, HttpResponse response, ResponseForm how) {
    Deadline deadline(timers, [peer] { peer->stream.cut(); });
    deadline.set(in(settings.idle_time));
    auto writing = write_all(peer->stream, write_response(response, how));
    const error_code ec = co_await std::move(writing);
    deadline.clear();
    co_return !ec && how.keep_alive;
}

/// Ends in order: what the peer still sends is read away, or the kernel's reset would overtake our answer.
asio::awaitable<void> HttpsServer::State::linger(Peer peer) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (is_cancelled(state)) co_return;
    Deadline deadline(timers, [peer] { peer->stream.cut(); });
    deadline.set(in(linger_time));
    auto [ec] = co_await peer->stream.async_shutdown(use_result);
    std::array<char, 2048> buffer;  // NOLINT: thrown away
    for (std::size_t i = 0; i < linger_reads && !ec && !stopping && !is_cancelled(state); ++i) {
        const auto space = asio::buffer(buffer);
        const auto [end, count] = co_await peer->stream.async_read_some(space, use_result);
        ec = end;
    }
    deadline.clear();
}

HttpsServer::HttpsServer(asio::any_io_executor executor, Timers& timers, TlsServerContext tls,
                         HttpsServerSettings settings, Application application, Log log)
    : state_(std::make_shared<State>(std::move(executor), timers, std::move(tls), std::move(settings),
                                     std::move(application), std::move(log))) {}

HttpsServer::~HttpsServer() {
    error_code ignored;
    state_->acceptor.close(ignored);
}

Result<void> HttpsServer::start() {
    const Endpoint& listen = state_->settings.listen;
    const std::string where = listen.host + ":" + std::to_string(listen.port);
    error_code ec;
    const auto address = asio::ip::make_address(listen.host == "localhost" ? "127.0.0.1" : listen.host, ec);
    if (ec) return fail(Errc::io, where + ": not an address to listen on");
    const tcp::endpoint endpoint(address, listen.port);
    auto& acceptor = state_->acceptor;
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (!ec) state_->port = acceptor.local_endpoint(ec).port();
    if (ec) {
        error_code ignored;
        acceptor.close(ignored);
        return fail(Errc::io, where + ": " + ec.message());
    }
    state_->tasks.spawn("accept", State::hold(state_, state_->accept()));
    return {};
}

std::uint16_t HttpsServer::port() const noexcept {
    return state_->port;
}

void HttpsServer::set_tls(TlsServerContext tls) {
    state_->tls = std::move(tls);
}

asio::awaitable<void> HttpsServer::stop() {
    const auto state = state_;
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    state->stopping = true;
    error_code ignored;
    state->acceptor.close(ignored);
    state->room.notify();
    const std::set<State::Peer> peers = state->peers;  // goodbyes may end them at once
    for (const auto& peer : peers) {
        if (peer->goodbye)
            state->tasks.spawn("goodbye", peer->goodbye(going_away, "the server stops"));
        else if (!peer->busy)
            peer->stream.cut();
    }
    const TimePoint limit = state->in(goodbye_time);
    WakeReason reason = WakeReason::notified;
    while (!state->peers.empty() && reason == WakeReason::notified) reason = co_await state->gone.wait(limit);
    for (const auto& peer : state->peers) peer->stream.cut();
    co_await state->tasks.stop();
    co_await asio::this_coro::throw_if_cancelled(throws);
}

std::size_t HttpsServer::connections() const noexcept {
    return state_->peers.size();
}

}  // namespace voip::transport
