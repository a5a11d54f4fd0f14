#include "daemon/engine/service_engine.hpp"

#include <utility>

#include "protocol/errors.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"

namespace voip::engine {
namespace {

/// The answer of the service as `T`; one that is not as the contract says is a bad answer (1003), whatever
/// the decoder would tell a client about it.
template <class T>
Outcome<T> decoded(Reply reply, Answer<T> (*decode)(const json::Value&)) {
    Outcome<T> outcome{fail(Errc::closed)};
    if (auto* value = std::get_if<json::Value>(&reply.what)) {
        auto answer = decode(*value);
        if (answer)
            outcome.what = std::move(*answer);
        else
            outcome.what = Fault{code::bad_answer, answer.error().err_msg, answer.error().field, {}};
    } else if (auto* fault = std::get_if<Fault>(&reply.what)) {
        outcome.what = std::move(*fault);
    } else {
        outcome.what = std::get<Error>(std::move(reply.what));
    }
    return outcome;
}

Answer<std::monostate> nothing_more(const json::Value&) {
    return std::monostate{};
}

}  // namespace

struct ServiceEngine::State {
    explicit State(ServiceEngineParts p)
        : parts(std::move(p)),
          channel(channel_parts(), owner()),
          tasks(parts.executor, parts.timers, parts.on_crash) {}

    [[nodiscard]] Channel::Parts channel_parts() const {
        return {parts.executor, parts.timers,   parts.identity, parts.open,
                parts.channel,  parts.on_crash, parts.seed,     parts.log};
    }
    Channel::Owner owner();
    asio::awaitable<bool> greet(identity::ChannelCall call, TimePoint deadline);
    asio::awaitable<void> refresh();
    void take_profile(const json::Value& result);
    Answer<json::Value> answer(const std::string& method, const json::Value& params);
    Answer<json::Value> incoming(const json::Value& params);
    void heard(const std::string& method, const json::Value& params);

    const ServiceEngineParts parts;
    Listener* listener = nullptr;  // from start() to stop()
    bool refreshing = false, refresh_again = false;
    Channel channel;
    TaskSet tasks;
};

Channel::Owner ServiceEngine::State::owner() {
    Channel::Owner owner;
    owner.greet = [this](identity::ChannelCall call, TimePoint deadline) {
        return greet(std::move(call), deadline);
    };
    owner.on_online = [this](bool online) {
        if (listener) listener->on_online(online);
    };
    owner.on_request = [this](const std::string& method, const json::Value& params) {
        return answer(method, params);
    };
    owner.on_notification = [this](const std::string& method, const json::Value& params) {
        heard(method, params);
    };
    return owner;
}

asio::awaitable<bool> ServiceEngine::State::greet(identity::ChannelCall call, TimePoint deadline) {
    const identity::Settings& device = parts.identity.settings();
    auto asking = call("device.profile", encode(parts.profile, device.name, device.version), deadline);
    const Reply reply = co_await std::move(asking);
    if (const json::Value* result = reply.result())
        take_profile(*result);
    else if (const Fault* fault = reply.fault())
        parts.log.warning("no profile", kv("code", fault->err_code), kv("why", fault->err_msg));
    co_return !reply.error();  // a service that answers no is there all the same
}

void ServiceEngine::State::take_profile(const json::Value& result) {
    const auto answer = decode_profile_answer(result);
    if (!answer) {
        parts.log.warning("the profile's answer is not understood", kv("field", answer.error().field),
                          kv("why", answer.error().err_msg));
        return;
    }
    if (answer->time > 0) parts.identity.learn_time(answer->time);
    if (listener) listener->on_consented(answer->users);
}

/// One refresh at a time; whatever is told meanwhile is one more.
asio::awaitable<void> ServiceEngine::State::refresh() {
    bool answered = true;
    while (answered && std::exchange(refresh_again, false)) {
        const identity::Settings& device = parts.identity.settings();
        auto asking = channel.call("device.profile", encode(parts.profile, device.name, device.version),
                                   parts.timers.now() + parts.channel.request_time);
        const Reply reply = co_await std::move(asking);
        if (const json::Value* result = reply.result()) take_profile(*result);
        answered = !reply.error();  // after a break the greeting of the next channel asks
    }
    refreshing = refresh_again = false;
}

Answer<json::Value> ServiceEngine::State::answer(const std::string& method, const json::Value& params) {
    if (method == "call.incoming") return incoming(params);
    parts.log.debug("unknown request", kv("method", method.substr(0, limits::method_bytes)));
    return Fault{rpc::method_not_found, "unknown method", {}, {}};
}

Answer<json::Value> ServiceEngine::State::incoming(const json::Value& params) {
    const auto call = decode_call_incoming(params);
    if (!call) {
        parts.log.warning("an incoming call is not understood", kv("field", call.error().field),
                          kv("why", call.error().err_msg));
        return call.error();
    }
    if (!listener) return Fault{code::interrupted, "the daemon stops", {}, {}};
    const auto taken = listener->on_incoming(*call);
    if (!taken) return taken.error();
    return json::Value(json::Object{});
}

void ServiceEngine::State::heard(const std::string& method, const json::Value& params) {
    const auto not_understood = [&](const Fault& fault) {
        parts.log.warning("a notification is not understood", kv("method", method), kv("field", fault.field),
                          kv("why", fault.err_msg));
    };
    if (!listener) return;
    if (method == "voip.event") {
        const auto event = decode_room_event(params);
        event ? listener->on_event(*event) : not_understood(event.error());
    } else if (method == "room.signal") {
        const auto signal = decode_room_signal(params);
        signal ? listener->on_signal(*signal) : not_understood(signal.error());
    } else if (method == "contacts.changed") {
        refresh_again = true;
        if (!std::exchange(refreshing, true)) tasks.spawn("engine.profile", refresh());
    } else {
        parts.log.debug("unknown notification", kv("method", method.substr(0, limits::method_bytes)));
    }
}

ServiceEngine::ServiceEngine(ServiceEngineParts parts) : state_(std::make_unique<State>(std::move(parts))) {}
ServiceEngine::~ServiceEngine() = default;

void ServiceEngine::start(Listener& listener) {
    state_->listener = &listener;
    state_->channel.start();
}

asio::awaitable<void> ServiceEngine::stop() {
    state_->listener = nullptr;
    co_await state_->channel.stop();
    co_await state_->tasks.stop();
}

asio::awaitable<Outcome<InitResult>> ServiceEngine::dial(InitByCaller request, TimePoint deadline) {
    State& s = *state_;
    Outcome<InitResult> outcome{fail(Errc::wrong_state, "off line")};
    if (!s.channel.online()) co_return outcome;
    const bool by_device_auth = s.parts.identity.settings().registration == Registration::device_auth;
    if (by_device_auth && request.business_type == device_to_user && request.voip_token.empty()) {
        auto waiting = s.parts.identity.device_token(deadline);
        auto token = co_await std::move(waiting);
        if (!token) {
            outcome.what = token.error();
            co_return outcome;
        }
        request.voip_token = std::move(*token);
    }
    auto asking = s.channel.call("voip.initByCaller", encode(request), deadline);
    Reply reply = co_await std::move(asking);
    outcome = decoded(std::move(reply), &decode_init_result);
    co_return outcome;
}

asio::awaitable<Outcome<RoomJoined>> ServiceEngine::join(RoomJoin join, TimePoint deadline) {
    auto asking = state_->channel.call("room.join", encode(join), deadline);
    Reply reply = co_await std::move(asking);
    co_return decoded(std::move(reply), &decode_room_joined);
}

asio::awaitable<Outcome<RoomResumed>> ServiceEngine::resume(RoomResume resume, TimePoint deadline) {
    auto asking = state_->channel.call("room.resume", encode(resume), deadline);
    Reply reply = co_await std::move(asking);
    co_return decoded(std::move(reply), &decode_room_resumed);
}

asio::awaitable<Outcome<std::monostate>> ServiceEngine::hang_up(RoomHangUp hang_up, TimePoint deadline) {
    auto asking = state_->channel.call("room.hangUp", encode(hang_up), deadline);
    Reply reply = co_await std::move(asking);
    co_return decoded(std::move(reply), &nothing_more);
}

asio::awaitable<Outcome<std::vector<IceServer>>> ServiceEngine::ice_servers(std::string room_id,
                                                                            TimePoint deadline) {
    json::Value params;
    params.set("roomId", std::move(room_id));
    auto asking = state_->channel.call("room.iceServers", std::move(params), deadline);
    Reply reply = co_await std::move(asking);
    co_return decoded(std::move(reply), &decode_ice_servers);
}

asio::awaitable<Outcome<std::monostate>> ServiceEngine::renew_device_token(TimePoint deadline) {
    auto renewing = state_->parts.identity.renew_device_token(deadline);
    co_return co_await std::move(renewing);
}

bool ServiceEngine::signal(const RoomSignal& signal) {
    return state_->channel.notify("room.signal", encode(signal));
}

bool ServiceEngine::online() const noexcept {
    return state_->channel.online();
}

std::size_t ServiceEngine::queued_bytes() const noexcept {
    return state_->channel.queued_bytes();
}
std::optional<TimePoint> ServiceEngine::due() const noexcept {
    return state_->channel.due();
}

void ServiceEngine::hurry() {
    state_->channel.hurry();
}

void ServiceEngine::on_network(bool moved) {
    state_->channel.on_network(moved);
}

}  // namespace voip::engine
