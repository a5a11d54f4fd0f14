#include "protocol/transport/websocket.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <optional>

#include "core/tokens.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/deadline.hpp"
#include "protocol/transport/dial.hpp"
#include "protocol/transport/http_wire.hpp"
#include "protocol/transport/https_client.hpp"

namespace voip::transport {

/// Found by Beast next to the stream: how a closed WebSocket ends the layer below it.
template <class Handler>
void async_teardown(boost::beast::role_type, TlsStream& stream, Handler&& handler) {
    stream.async_shutdown(std::forward<Handler>(handler));
}

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using WebSocket =
    websocket::stream<TlsStream, false>;  // no permessage-deflate: memory, and secrets beside text

constexpr Duration goodbye_time = 2s;
constexpr std::size_t kept_buffer_bytes = 16 * 1024;  // a larger buffer is given back after its message
constexpr std::uint16_t binary_refused = 1003, no_code = 1005;

/// The text, cut between characters so that it fits.
std::string shortened(std::string text) {
    if (text.size() <= limits::close_reason_bytes) return text;
    std::size_t size = limits::close_reason_bytes;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80) --size;
    text.resize(size);
    return text;
}

/// What the stream and a goodbye said from outside share.
struct Core : std::enable_shared_from_this<Core> {
    Core(TlsStream tls, Timers& clock, Duration ping, Duration dead)
        : ws(std::move(tls)), timers(clock), ping_after(ping), dead_after(dead) {
        error_code ignored;
        const auto remote = ws.next_layer().socket().remote_endpoint(ignored);
        if (!ignored) peer = remote.address().to_string() + ":" + std::to_string(remote.port());
        ws.read_message_max(limits::message_bytes);
        ws.auto_fragment(false);
        ws.text(true);
    }

    void start();
    void hear();
    void arm();
    void check();
    void cut() noexcept;
    Error reason(error_code ec);
    /// Takes the object along: a goodbye may outlive the stream.
    static asio::awaitable<void> close(std::shared_ptr<Core> self, std::uint16_t code, std::string text);

    WebSocket ws;
    Timers& timers;
    const Duration ping_after;
    const Duration dead_after;
    std::string peer = "unknown";
    beast::flat_buffer in;
    TimePoint heard;
    TimePoint listened;  // as heard, but no excuse moves it: proof that our own reader lives
    Timers::Id alarm = 0;
    bool pinged = false;
    bool receiving = false;
    bool sending = false;
    bool frozen = false;   // the peer: ended by the alarm
    bool closing = false;  // we said goodbye
    bool ended = false;
};

void Core::start() {
    ws.control_callback([this](websocket::frame_type, beast::string_view) { hear(); });
    heard = listened = timers.now();
    arm();
}

/// Any frame is a sign of life.
void Core::hear() {
    heard = listened = timers.now();
    if (!pinged) return;  // the alarm finds out by itself when it comes: one timer operation less a message
    pinged = false;
    arm();
}

void Core::arm() {
    timers.cancel(alarm);
    alarm = 0;
    if (ended) return;
    alarm = timers.call_at(heard + (pinged ? dead_after : ping_after), [weak = weak_from_this()] {
        const auto core = weak.lock();
        if (!core) return;
        core->alarm = 0;
        core->check();
    });
}

void Core::check() {
    if (ended) return;
    if (!receiving && !sending) heard = timers.now();  // we do not listen: his silence means nothing
    const Duration silent = timers.now() - heard;
    if (silent >= dead_after) {
        frozen = true;
        cut();
        return;
    }
    if (silent >= ping_after && !pinged) {
        pinged = true;
        ws.async_ping({}, [self = shared_from_this()](error_code) {});
    } else if (silent < ping_after) {
        pinged = false;
    }
    arm();
}

void Core::cut() noexcept {
    ended = true;
    timers.cancel(alarm);
    alarm = 0;
    ws.next_layer().cut();
}

Error Core::reason(error_code ec) {
    const bool cancelled = ec == asio::error::operation_aborted && !ended;
    if (frozen) return fail(Errc::timeout, "the peer is silent");
    if (closing || ended) return fail(Errc::closed);
    if (cancelled) return fail(Errc::cancelled);
    // A browser that goes away says so and is gone before our own goodbye can be written.
    const bool was_said = ws.reason().code != 0 && ec.category() == boost::system::system_category();
    if (ec == websocket::error::closed || was_said) {
        const auto& said = ws.reason();
        if (said.code == 0 || said.code == no_code) return fail(Errc::closed);
        return closed_with(said.code, {said.reason.data(), said.reason.size()});
    }
    if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow)
        return fail(Errc::too_large, "a message of more than 64 KiB");
    if (ec.category() == make_error_code(websocket::error::closed).category())
        return fail(Errc::bad_message, ec.message());
    if (ec == asio::error::eof) return fail(ec, "connection ended without goodbye");
    return ws.next_layer().explain(ec);
}

asio::awaitable<void> Core::close(std::shared_ptr<Core> self, std::uint16_t code, std::string text) {
    if (self->ended || self->closing) co_return;
    self->closing = true;
    Deadline limit(self->timers, [weak = std::weak_ptr(self)] {
        if (const auto core = weak.lock()) core->cut();
    });
    limit.set(self->timers.now() + goodbye_time);
    const websocket::close_reason goodbye(static_cast<websocket::close_code>(code),
                                          beast::string_view(shortened(std::move(text))));
    co_await self->ws.async_close(goodbye, use_result);
    limit.clear();
    self->cut();
}

class WebSocketStream final : public MessageStream {
 public:
    explicit WebSocketStream(std::shared_ptr<Core> core) : core_(std::move(core)) {}
    ~WebSocketStream() override {
        if (!core_->closing) core_->cut();  // a goodbye under way from outside ends by itself
    }

    asio::awaitable<Result<std::string>> receive() override;
    asio::awaitable<Result<void>> send(std::vector<std::string> messages) override;
    asio::awaitable<void> close(std::uint16_t code, std::string reason) override {
        return Core::close(core_, code, std::move(reason));
    }
    void abort() noexcept override { core_->cut(); }
    std::optional<TimePoint> silence_ends() const override { return core_->listened + core_->dead_after; }
    std::string peer() const override { return core_->peer; }

 private:
    std::shared_ptr<Core> core_;
};

asio::awaitable<Result<std::string>> WebSocketStream::receive() {
    const auto core = core_;
    if (core->ended) co_return core->reason(asio::error::operation_aborted);
    core->heard = core->receiving ? core->heard : std::max(core->heard, core->timers.now());
    core->listened = std::max(core->listened, core->heard);
    core->receiving = true;
    const auto [ec, count] = co_await core->ws.async_read(core->in, use_result);
    core->receiving = false;
    if (ec) {
        const Error why = core->reason(ec);
        if (!core->closing) core->cut();
        co_return why;
    }
    core->hear();
    if (core->ws.got_binary()) {
        const auto state = co_await asio::this_coro::cancellation_state;
        if (!is_cancelled(state)) co_await Core::close(core, binary_refused, "text only");
        co_return fail(Errc::bad_message, "a binary message");
    }
    std::string text(static_cast<const char*>(core->in.data().data()), count);
    core->in.consume(core->in.size());
    if (core->in.capacity() > kept_buffer_bytes) core->in.shrink_to_fit();
    co_return text;
}

asio::awaitable<Result<void>> WebSocketStream::send(std::vector<std::string> messages) {
    const auto core = core_;
    const auto state = co_await asio::this_coro::cancellation_state;
    for (const std::string& message : messages) {
        if (is_cancelled(state)) co_return fail(Errc::cancelled);
        if (core->ended) co_return core->reason(asio::error::operation_aborted);
        const auto from = asio::buffer(message);
        core->sending = true;
        const auto [ec, count] = co_await core->ws.async_write(from, use_result);
        core->sending = false;
        if (ec) co_return core->reason(ec);
    }
    co_return Result<void>();
}

using Request = websocket::request_type;

}  // namespace

asio::awaitable<Result<AcceptedWebSocket>> accept_websocket(Timers& timers, TlsStream tls,
                                                            WebSocketAcceptance acceptance,
                                                            TimePoint deadline) {
    http::request<http::empty_body> request(http::string_to_verb(acceptance.request.method),
                                            acceptance.request.target, 11);
    for (const Header& header : acceptance.request.headers) request.insert(header.name, header.value);
    const auto core =
        std::make_shared<Core>(std::move(tls), timers, acceptance.ping_after, acceptance.dead_after);
    core->ws.set_option(websocket::stream_base::decorator(
        [date = http_date(acceptance.date),
         subprotocol = acceptance.subprotocol](websocket::response_type& response) {
            response.set(http::field::date, date);
            response.erase(http::field::server);
            if (!subprotocol.empty()) response.set(http::field::sec_websocket_protocol, subprotocol);
        }));
    Deadline limit(timers, [weak = std::weak_ptr(core)] {
        if (const auto alive = weak.lock()) alive->cut();
    });
    limit.set(deadline);
    const auto [ec] = co_await core->ws.async_accept(request, use_result);
    limit.clear();
    if (limit.passed()) co_return fail(Errc::timeout, "WebSocket handshake");
    if (ec) {
        Error why = core->reason(ec);
        core->cut();
        co_return why;
    }
    core->start();
    AcceptedWebSocket accepted;
    accepted.stream = std::make_unique<WebSocketStream>(core);
    // No coroutine lambda: its capture would have to outlive it.
    accepted.close = [weak = std::weak_ptr(core)](std::uint16_t code, std::string reason) {
        const auto alive = weak.lock();
        const auto nothing = []() -> asio::awaitable<void> { co_return; };
        return alive ? Core::close(alive, code, std::move(reason)) : nothing();
    };
    co_return accepted;
}

namespace {

HttpResponse to_response(const websocket::response_type& answer) {
    HttpResponse response;
    response.status = answer.result_int();
    for (const auto& field : answer)
        response.headers.push_back(Header{std::string(field.name_string().data(), field.name_string().size()),
                                          std::string(field.value().data(), field.value().size())});
    response.body = answer.body().substr(0, limits::http_body_bytes);
    return response;
}

void decorate(WebSocket& ws, const WebSocketSettings& settings) {
    ws.set_option(websocket::stream_base::decorator([settings](Request& request) {
        request.erase(http::field::user_agent);
        for (const Header& header : settings.headers) request.set(header.name, header.value);
        if (!settings.subprotocol.empty())
            request.set(http::field::sec_websocket_protocol, settings.subprotocol);
    }));
}

}  // namespace

asio::awaitable<Result<OpenedWebSocket>> open_websocket(Timers& timers, TlsClientContext tls, Url url,
                                                        WebSocketSettings settings, TimePoint deadline,
                                                        HttpResponse* refusal) {
    const std::string host = url.authority();
    const std::string path = url.path;
    if (!std::all_of(settings.headers.begin(), settings.headers.end(), is_header))
        co_return fail(Errc::bad_message, "a header holds a character that cannot stand there");
    auto dialling = dial(timers, std::move(tls), std::move(url), deadline);
    auto stream = co_await std::move(dialling);
    if (!stream) co_return stream.error();
    const auto core =
        std::make_shared<Core>(std::move(*stream), timers, settings.ping_after, settings.dead_after);
    decorate(core->ws, settings);
    Deadline limit(timers, [weak = std::weak_ptr(core)] {
        if (const auto alive = weak.lock()) alive->cut();
    });
    limit.set(deadline);
    websocket::response_type answer;
    const auto [ec] = co_await core->ws.async_handshake(answer, host, path, use_result);
    limit.clear();
    Error problem;
    if (limit.passed())
        problem = fail(Errc::timeout, "WebSocket handshake");
    else if (ec == websocket::error::upgrade_declined)
        problem = fail(Errc::refused, "HTTP " + std::to_string(answer.result_int()));
    else if (ec)
        problem = core->reason(ec);
    else if (answer[http::field::sec_websocket_protocol] != settings.subprotocol)
        problem = fail(Errc::refused, "the server does not speak " + settings.subprotocol);
    if (ec == websocket::error::upgrade_declined && refusal != nullptr) *refusal = to_response(answer);
    if (problem.code) {
        core->cut();
        co_return within(host, std::move(problem));
    }
    core->start();
    OpenedWebSocket opened;
    opened.stream = std::make_unique<WebSocketStream>(core);
    opened.date = std::string(answer[http::field::date]);
    co_return opened;
}

}  // namespace voip::transport
