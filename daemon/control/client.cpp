#include "daemon/control/client.hpp"

#include "daemon/control/closing.hpp"
#include "protocol/errors.hpp"

namespace voip::control {
namespace {

using transport::RpcPeer;
using transport::RpcPeerSettings;

constexpr std::uint16_t policy_close =
    1008;  // as the WebSocket's close codes have it; nothing on a Unix socket
constexpr std::size_t farewell_bytes = 256;  // place kept in the queue for api.closing

void say_why(RpcPeer& peer, std::string_view reason) {
    json::Value params;
    params.set("reason", reason);
    peer.notify("api.closing", std::move(params));
    peer.close(policy_close, std::string(reason));
}

}  // namespace

Client::Client(Ports& ports, Hub& hub, ServerStats& stats, Timers& timers, Settings settings,
               std::unique_ptr<transport::MessageStream> stream, Log log)
    : ports_(ports), hub_(hub), stats_(stats), settings_(std::move(settings)), log_(std::move(log)) {
    RpcPeerSettings limits;
    limits.queue_bytes = settings_.queue_bytes + farewell_bytes;
    auto on_request = [this](std::string method, json::Value params) {
        return serve(std::move(method), std::move(params));
    };
    auto on_notification = [](const std::string&, const json::Value&) {};  // apps have nothing to tell
    peer_ = RpcPeer::make(std::move(stream), timers, limits, std::move(on_request), on_notification, log_);
}

Client::~Client() {
    hub_.unsubscribe(*this);
}

asio::awaitable<void> Client::run() {
    const Error why = co_await peer_->run();
    hub_.unsubscribe(*this);
    log_.debug("client gone", kv("why", why.text()));
}

transport::Serving Client::serve(std::string method, json::Value params) {
    const Context context{ports_, hub_, *this, settings_.who};
    ++stats_.requests;
    auto serving = perform(context, settings_.role, method, std::move(params));
    if (serving.later) return finish(std::move(method), std::move(*serving.later));
    note(method, *serving.now);
    return serving;
}

asio::awaitable<Answer<json::Value>> Client::finish(std::string method,
                                                    asio::awaitable<Answer<json::Value>> work) {
    auto answer = co_await std::move(work);
    note(method, answer);
    co_return answer;
}

void Client::note(std::string_view method, const Answer<json::Value>& answer) {
    if (answer) return;
    ++stats_.faults;
    log_.debug("request refused", kv("method", method), kv("code", answer.error().err_code));
}

void Client::close(std::string_view reason) {
    if (closing_) return;
    closing_ = true;
    say_why(*peer_, reason);
}

void Client::abort() noexcept {
    closing_ = true;
    peer_->abort();
}

void Client::deliver(const std::shared_ptr<const std::string>& message) {
    if (closing_) return;
    if (peer_->queued_bytes() + message->size() <= settings_.queue_bytes) {
        peer_->notify_written(message);
        return;
    }
    ++stats_.dropped;
    log_.warning("client dropped", kv("reason", closing::too_slow),
                 kv("queued_bytes", peer_->queued_bytes()));
    close(closing::too_slow);
}

asio::awaitable<void> refuse(std::unique_ptr<transport::MessageStream> stream, Timers& timers,
                             std::string reason) {
    auto on_request = [](std::string, json::Value) -> asio::awaitable<Answer<json::Value>> {
        co_return Fault{code::forbidden, "not allowed", {}, {}};
    };
    const auto peer = RpcPeer::make(
        std::move(stream), timers, RpcPeerSettings(), on_request,
        [](const std::string&, const json::Value&) {}, Log());
    say_why(*peer, reason);
    co_await peer->run();
}

}  // namespace voip::control
