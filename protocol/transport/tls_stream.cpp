#include "protocol/transport/tls_stream.hpp"

#include <mbedtls/net_sockets.h>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

#include "core/tokens.hpp"
#include "protocol/transport/deadline.hpp"
#include "protocol/transport/tcp_options.hpp"
#include "protocol/transport/tls_state.hpp"

namespace voip::transport {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

/// Negative values: the library's; positive ones: ours.
enum TlsError : int { truncated = 1, no_name = 2, refused_certificate = 3, first_alert = 1000 };

std::string alert_words(int alert) {
    switch (alert) {
        case 10: return "unexpected message";
        case 20: return "bad record";
        case 40: return "handshake failure";
        case 42: return "bad certificate";
        case 43: return "unsupported certificate";
        case 44: return "certificate revoked";
        case 45: return "certificate expired";
        case 46: return "certificate unknown";
        case 47: return "illegal parameter";
        case 48: return "unknown CA";
        case 49: return "access denied";
        case 51: return "decrypt error";
        case 70: return "protocol version not supported";
        case 71: return "insufficient security";
        case 80: return "internal error";
        case 112: return "unrecognised name";
        case 116: return "certificate required";
        default: return "alert " + std::to_string(alert);
    }
}

class Category final : public boost::system::error_category {
 public:
    const char* name() const noexcept override { return "tls"; }
    std::string message(int value) const override {
        if (value < 0) return mbed::describe(value);
        if (value >= first_alert) return "the peer refused: " + alert_words(value - first_alert);
        if (value == truncated) return "connection cut without goodbye";
        if (value == no_name) return "no host name to check";
        return "certificate not accepted";
    }
};

error_code tls_code(int value) {
    static const Category category;
    return {value, category};
}

}  // namespace

struct TlsStream::Engine {
    explicit Engine(tcp::socket connected) : socket(std::move(connected)) {
        mbedtls_ssl_init(&ssl);
        error_code ignored;
        socket.non_blocking(true, ignored);
        set_for_messages(socket);
    }
    ~Engine() { mbedtls_ssl_free(&ssl); }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void set_up(const mbedtls_ssl_config& config) {
        const int code = mbedtls_ssl_setup(&ssl, &config);  // fails only without memory
        if (code != 0) failed = tls_code(code);
        mbedtls_ssl_set_bio(&ssl, this, send, receive, nullptr);
    }
    static int send(void* self, const unsigned char* data, std::size_t size);
    static int receive(void* self, unsigned char* data, std::size_t size);
    error_code code_of(int result);
    error_code fail_with(error_code ec) {
        failed = ec;
        return ec;
    }
    void handshake_done();
    /// True when the library only reports a new ticket (version 1.3); it is kept.
    bool took_ticket(int result) {
        if (!mbed::is_new_ticket(result)) return false;
        if (client) client->state().keep_session(ssl, session_key, *judge);
        return true;
    }

    tcp::socket socket;
    mbedtls_ssl_context ssl;
    std::optional<TlsClientContext> client;  // exactly one of the two
    std::optional<TlsServerContext> server;
    std::optional<TlsJudge> judge;  // clients with a name
    std::string session_key;
    std::string problem;  // why the certificate was refused
    std::string scratch;  // of the write under way
    error_code io_error;
    error_code failed;  // once set, the stream is of no more use
    bool peer_closed = false;
    bool close_sent = false;
    bool interrupted = false;
};

int TlsStream::Engine::send(void* self, const unsigned char* data, std::size_t size) {
    auto& engine = *static_cast<Engine*>(self);
    error_code ec;
    const std::size_t sent = engine.socket.write_some(asio::buffer(data, size), ec);
    if (ec == asio::error::would_block) return MBEDTLS_ERR_SSL_WANT_WRITE;
    if (ec) {
        engine.io_error = ec;
        return MBEDTLS_ERR_NET_SEND_FAILED;
    }
    return static_cast<int>(sent);
}

int TlsStream::Engine::receive(void* self, unsigned char* data, std::size_t size) {
    auto& engine = *static_cast<Engine*>(self);
    error_code ec;
    const std::size_t got = engine.socket.read_some(asio::buffer(data, size), ec);
    if (ec == asio::error::would_block) return MBEDTLS_ERR_SSL_WANT_READ;
    if (ec == asio::error::eof) return 0;
    if (ec) {
        engine.io_error = ec;
        return MBEDTLS_ERR_NET_RECV_FAILED;
    }
    return static_cast<int>(got);
}

error_code TlsStream::Engine::code_of(int result) {
    if (result == MBEDTLS_ERR_NET_SEND_FAILED || result == MBEDTLS_ERR_NET_RECV_FAILED) return io_error;
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return asio::error::eof;
    if (result == 0 || result == MBEDTLS_ERR_SSL_CONN_EOF) return tls_code(truncated);
    if (const int alert = mbed::received_alert(ssl, result); alert >= 0) return tls_code(first_alert + alert);
    if (mbed::is_bad_certificate(result) && judge) {
        problem = judge->words(mbedtls_ssl_get_verify_result(&ssl));
        if (!problem.empty()) return tls_code(refused_certificate);
    }
    return tls_code(result);
}

void TlsStream::Engine::handshake_done() {
    if (!client) return;
    if (!judge->was_asked()) ++client->state().resumed;
    // Version 1.3 sends its tickets later.
    if (!mbed::is_tls13(ssl)) client->state().keep_session(ssl, session_key, *judge);
}

namespace {

/// What a step says: finished (with a code and a count), or wait for the socket.
struct Outcome {
    enum What { finished, wait_read, wait_write } what = finished;
    error_code ec = {};
    std::size_t count = 0;
};

std::optional<Outcome> waits(int result) {
    if (result == MBEDTLS_ERR_SSL_WANT_READ) return Outcome{Outcome::wait_read};
    if (result == MBEDTLS_ERR_SSL_WANT_WRITE) return Outcome{Outcome::wait_write};
    return std::nullopt;
}

// The steps: each is tried until it has finished. `loss` tells what a cancelled wait costs: the stream, or
// nothing.
struct HandshakeStep {
    static constexpr bool loss = true;
    template <class Engine>
    Outcome operator()(Engine& e) const {
        if (e.failed) return {Outcome::finished, e.failed};
        if (e.client && !e.judge) return {Outcome::finished, e.fail_with(tls_code(no_name))};
        const int result = mbedtls_ssl_handshake(&e.ssl);
        if (const auto wait = waits(result)) return *wait;
        if (result == 0) {
            e.handshake_done();
            return {};
        }
        if (e.client) e.client->state().forget_session(e.session_key);
        return {Outcome::finished, e.fail_with(e.code_of(result))};
    }
};

struct ReadStep {
    static constexpr bool loss = false;
    asio::mutable_buffer into;
    template <class Engine>
    Outcome operator()(Engine& e) const {
        if (e.failed) return {Outcome::finished, e.failed};
        if (into.size() == 0) return {};
        if (e.peer_closed) return {Outcome::finished, asio::error::eof};
        for (bool looked = false;;) {
            const int result =
                mbedtls_ssl_read(&e.ssl, static_cast<unsigned char*>(into.data()), into.size());
            if (result > 0) return {Outcome::finished, {}, static_cast<std::size_t>(result)};
            // Version 1.3 also says "read" with a ticket that it has read already: the socket would stay
            // silent.
            const bool held = mbed::is_tls13(e.ssl) && mbedtls_ssl_check_pending(&e.ssl) != 0;
            if (e.took_ticket(result) || (held && !std::exchange(looked, true))) continue;
            if (const auto wait = waits(result)) return *wait;
            const error_code ec = e.code_of(result);
            if (ec == asio::error::eof)
                e.peer_closed = true;
            else
                e.failed = ec;
            return {Outcome::finished, ec};
        }
    }
};

struct WriteStep {
    static constexpr bool loss = true;
    asio::const_buffer from;
    template <class Engine>
    Outcome operator()(Engine& e) const {
        if (e.failed) return {Outcome::finished, e.failed};
        if (from.size() == 0) return {};
        int result = 0;
        do result = mbedtls_ssl_write(&e.ssl, static_cast<const unsigned char*>(from.data()), from.size());
        while (e.took_ticket(result));
        if (result > 0) return {Outcome::finished, {}, static_cast<std::size_t>(result)};
        if (const auto wait = waits(result)) return *wait;
        return {Outcome::finished, e.fail_with(e.code_of(result))};
    }
};

struct ShutdownStep {
    static constexpr bool loss = true;
    template <class Engine>
    Outcome operator()(Engine& e) const {
        error_code ec = e.failed;
        if (!ec && !e.close_sent) {
            const int result = mbedtls_ssl_close_notify(&e.ssl);
            if (const auto wait = waits(result)) return *wait;
            e.close_sent = true;
            if (result != 0) ec = e.code_of(result);
        }
        error_code ignored;
        e.socket.shutdown(tcp::socket::shutdown_send, ignored);
        return {Outcome::finished, ec};
    }
};

void complete(TlsStream::Done& done, const Outcome& outcome) {
    std::move(done)(outcome.ec);
}
void complete(TlsStream::Moved& done, const Outcome& outcome) {
    std::move(done)(outcome.ec, outcome.ec ? 0 : outcome.count);
}

/// Tries the step; waits for the socket and tries again; completes, but never inside the initiating call.
template <class Engine, class Step, class Handler>
void run(std::shared_ptr<Engine> engine, Step step, Handler done, bool initiating) {
    Outcome outcome{Outcome::finished, asio::error::operation_aborted};
    if (!engine->interrupted) outcome = step(*engine);
    if (outcome.what == Outcome::finished) {
        if (!initiating) return complete(done, outcome);
        const auto executor = engine->socket.get_executor();
        asio::post(executor, [outcome, done = std::move(done)]() mutable { complete(done, outcome); });
        return;
    }
    const auto kind = outcome.what == Outcome::wait_read ? tcp::socket::wait_read : tcp::socket::wait_write;
    const auto slot = asio::get_associated_cancellation_slot(done);
    auto& socket = engine->socket;
    auto again = [engine = std::move(engine), step, done = std::move(done)](error_code ec) mutable {
        if (!ec) return run(std::move(engine), step, std::move(done), false);
        if (Step::loss && !engine->failed) engine->failed = ec;
        complete(done, Outcome{Outcome::finished, ec});
    };
    socket.async_wait(kind, asio::bind_cancellation_slot(slot, std::move(again)));
}

}  // namespace

TlsStream::TlsStream(tcp::socket socket, TlsServerContext context)
    : engine_(std::make_shared<Engine>(std::move(socket))) {
    engine_->server.emplace(std::move(context));
    engine_->set_up(engine_->server->state().config);
}

TlsStream::TlsStream(tcp::socket socket, TlsClientContext context, const std::string& host,
                     std::uint16_t port)
    : engine_(std::make_shared<Engine>(std::move(socket))) {
    Engine& e = *engine_;
    e.client.emplace(std::move(context));
    TlsClientContext::State& state = e.client->state();
    e.set_up(state.config);
    if (host.empty()) return;  // the handshake then refuses to start
    e.judge.emplace(host, state.now());
    e.session_key = host + ":" + std::to_string(port);
    mbedtls_ssl_set_verify(&e.ssl, TlsJudge::callback, &*e.judge);
    // An address is no server name (RFC 6066); the judge looks for it in the certificate.
    if (!e.failed &&
        mbedtls_ssl_set_hostname(&e.ssl, e.judge->host_is_address() ? nullptr : host.c_str()) != 0)
        e.failed = tls_code(no_name);
    if (!e.failed) state.offer_session(e.ssl, e.session_key);
}

TlsStream::executor_type TlsStream::get_executor() const noexcept {
    return engine_->socket.get_executor();
}

tcp::socket& TlsStream::socket() noexcept {
    return engine_->socket;
}

void TlsStream::start_handshake(Done done) {
    run(engine_, HandshakeStep{}, std::move(done), true);
}

void TlsStream::start_read(asio::mutable_buffer into, Moved done) {
    run(engine_, ReadStep{into}, std::move(done), true);
}

void TlsStream::start_write(asio::const_buffer from, Moved done) {
    run(engine_, WriteStep{from}, std::move(done), true);
}

void TlsStream::start_shutdown(Done done) {
    run(engine_, ShutdownStep{}, std::move(done), true);
}

std::string& TlsStream::scratch() noexcept {
    return engine_->scratch;
}

void TlsStream::interrupt() noexcept {
    engine_->interrupted = true;
    error_code ignored;
    engine_->socket.cancel(ignored);
}

void TlsStream::resume() noexcept {
    engine_->interrupted = false;
}

void TlsStream::cut() noexcept {
    if (!engine_->failed) engine_->failed = asio::error::operation_aborted;
    error_code ignored;
    engine_->socket.close(ignored);
}

Error TlsStream::explain(error_code ec) const {
    if (!engine_->problem.empty()) return fail(Errc::refused, engine_->problem);
    if (ec == asio::error::operation_aborted) return fail(Errc::cancelled);
    if (ec == asio::error::eof || ec == tls_code(truncated))
        return fail(Errc::closed, tls_code(truncated).message());
    if (ec.category() == tls_code(truncated).category()) return fail(Errc::refused, "TLS: " + ec.message());
    return fail(Errc::unreachable, ec.message());
}

asio::awaitable<error_code> write_all(TlsStream stream, std::string text) {
    const auto state = co_await asio::this_coro::cancellation_state;
    asio::const_buffer rest = asio::buffer(text);
    while (rest.size() > 0) {
        if (is_cancelled(state)) co_return asio::error::operation_aborted;
        const auto [ec, count] = co_await stream.async_write_some(rest, use_result);
        if (ec) co_return ec;
        rest += count;
    }
    co_return error_code();
}

}  // namespace voip::transport
