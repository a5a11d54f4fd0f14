#include "daemon/engine/channel.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "core/wake.hpp"
#include "daemon/engine/channel_rules.hpp"
#include "daemon/identity/waiters.hpp"
#include "protocol/errors.hpp"
#include "protocol/transport/reconnect.hpp"
#include "protocol/transport/rpc_peer.hpp"

namespace voip::engine {
namespace {

using identity::ChannelState;
using transport::RpcPeer;
using Peer = std::shared_ptr<RpcPeer>;

constexpr std::uint16_t goodbye = 1000;
constexpr Duration goodbye_time = 2s;

identity::ChannelCall call_over(Peer peer) {
    return [peer = std::move(peer)](std::string method, json::Value params, TimePoint deadline) {
        return peer->call(std::move(method), std::move(params), deadline);
    };
}

}  // namespace

struct Channel::State {
    State(Parts p, Owner o)
        : parts(std::move(p)),
          owner(std::move(o)),
          rules(parts.settings.proved_after),
          random(parts.seed),
          reconnect(
              parts.timers, Backoff(parts.settings.backoff, parts.seed), [this] { return session(); },
              parts.log),
          pause(parts.timers),
          ended(parts.timers),
          tasks(parts.executor, parts.timers, parts.on_crash) {}

    asio::awaitable<bool> session();
    asio::awaitable<ChannelEnd> live();
    asio::awaitable<void> stand_back();
    asio::awaitable<void> greet(Peer greeted, std::uint64_t mine);
    asio::awaitable<void> probe(Peer probed, std::uint64_t mine, TimePoint deadline);
    asio::awaitable<void> renew(Peer renewed, std::uint64_t mine);
    asio::awaitable<Answer<json::Value>> serve(std::uint64_t mine, std::string method, json::Value params);
    Peer begin(std::unique_ptr<transport::MessageStream> stream);
    void heard(std::uint64_t mine, const std::string& method, const json::Value& params);
    void come_online();
    ChannelEnd finish(const Error& why);
    void drop(std::string why);
    void offline(std::string why);
    void hurry();
    void on_network(bool moved);
    [[nodiscard]] bool connect_now();
    [[nodiscard]] Duration open_time() const;
    void expect_within(Duration time) { due = parts.timers.now() + time; }

    const Parts parts;
    const Owner owner;
    ChannelRules rules;
    std::mt19937_64 random;
    transport::Reconnect reconnect;
    Wake pause;               // standing back
    identity::Waiters ended;  // a connection has ended
    bool standing_back = false;
    bool stopping = false;
    bool renewing = false;
    std::optional<TimePoint> last_probe, last_hurry;

    Peer peer;                     // the connection that counts
    std::uint64_t generation = 0;  // of connections: what an older one says is dropped
    std::string token;             // the one this connection stands on
    std::optional<TimePoint> due;  // of the step that is under way
    std::optional<TimePoint> online_since;
    std::string dropped;   // why we cut it ourselves
    std::string reported;  // the last reason in the log
    TaskSet tasks;
};

asio::awaitable<bool> Channel::State::session() {
    while (!stopping) {
        const ChannelEnd end = co_await live();
        if (stopping) break;
        const ChannelStep step = rules.after(end);
        if (step == ChannelStep::new_token_now || step == ChannelStep::new_token_wait)
            parts.identity.reject_device_token(token);  // its keeper fetches another one
        if (step == ChannelStep::new_token_now) continue;
        if (step == ChannelStep::stand_back) co_await stand_back();
        co_return step == ChannelStep::wait_anew || step == ChannelStep::stand_back;
    }
    co_return false;
}

asio::awaitable<ChannelEnd> Channel::State::live() {
    if (!parts.identity.current_device_token())
        parts.identity.set_channel(ChannelState::offline, "no deviceToken");
    expect_within(parts.settings.token_patience);
    auto waiting = parts.identity.device_token(*due);
    auto with = co_await std::move(waiting);
    if (!with || stopping) co_return ChannelEnd{};
    token = *with;
    parts.identity.set_channel(ChannelState::connecting, {});
    expect_within(open_time());
    auto opening = parts.open(std::move(*with), *due);
    OpenedChannel opened = co_await std::move(opening);
    if (stopping) co_return ChannelEnd{};
    if (const auto date = identity::parse_http_date(opened.date)) parts.identity.learn_time(*date);
    if (!opened.stream) {
        offline(opened.error.text());
        co_return ChannelEnd{opened.http_status, 0, {}};
    }
    const Peer mine = begin(std::move(opened.stream));
    auto running = mine->run();
    const Error why = co_await std::move(running);
    co_return finish(why);
}

Peer Channel::State::begin(std::unique_ptr<transport::MessageStream> stream) {
    const std::uint64_t mine = ++generation;
    dropped.clear();
    peer = RpcPeer::make(
        std::move(stream), parts.timers, {},
        [this, mine](std::string method, json::Value params) {
            return serve(mine, std::move(method), std::move(params));
        },
        [this, mine](const std::string& method, const json::Value& params) { heard(mine, method, params); },
        parts.log);
    parts.log.debug("channel opened", kv("peer", peer->peer()));
    tasks.spawn("channel.greet", greet(peer, mine));
    return peer;
}

ChannelEnd Channel::State::finish(const Error& why) {
    ++generation;
    peer.reset();
    ChannelEnd end{0, transport::close_code(why), {}};
    const bool was_online = online_since.has_value();
    if (was_online) {
        end.online_for = parts.timers.now() - *online_since;
        online_since.reset();
        parts.identity.use_channel({});
    }
    due.reset();
    ended.notify();
    offline(dropped.empty() ? why.text() : dropped);
    if (was_online && !stopping) owner.on_online(false);
    return end;
}

void Channel::State::offline(std::string why) {
    // An outage of hours is one line, not one for each attempt.
    if (why != reported && !stopping) parts.log.warning("off line", kv("why", why));
    reported = why;
    parts.identity.set_channel(ChannelState::offline, std::move(why));
}

asio::awaitable<void> Channel::State::stand_back() {
    const Duration most = parts.settings.stand_back_max - parts.settings.stand_back_min;
    const Duration length =
        parts.settings.stand_back_min +
        Duration(std::uniform_int_distribution<Duration::rep>(0, std::max(most, Duration{}).count())(random));
    parts.log.warning("another daemon uses this SN; standing back", kv("seconds", whole_seconds(length)));
    standing_back = true;
    due = parts.timers.now() + length;
    co_await pause.wait(parts.timers.now() + length);
    standing_back = false;
}

asio::awaitable<void> Channel::State::greet(Peer greeted, std::uint64_t mine) {
    expect_within(parts.settings.request_time);
    auto greeting = owner.greet(call_over(greeted), *due);
    const bool answered = co_await std::move(greeting);
    if (mine != generation) co_return;
    if (answered)
        come_online();
    else
        drop("the service does not answer");
}

void Channel::State::come_online() {
    online_since = parts.timers.now();
    due.reset();
    reported.clear();
    parts.log.notice("on line");
    parts.identity.set_channel(ChannelState::online, {});
    parts.identity.use_channel(call_over(peer));
    owner.on_online(true);
}

void Channel::State::drop(std::string why) {
    expect_within(goodbye_time);  // for run() to end
    dropped = std::move(why);
    ++generation;  // what still comes from it is late
    peer->abort();
}

asio::awaitable<Answer<json::Value>> Channel::State::serve(std::uint64_t mine, std::string method,
                                                           json::Value params) {
    if (mine != generation || stopping) {
        const Fault late{code::interrupted, "this connection has ended", {}, {}};
        co_return late;
    }
    co_return owner.on_request(method, params);
}

void Channel::State::heard(std::uint64_t mine, const std::string& method, const json::Value& params) {
    if (mine != generation || stopping) return;
    if (method != "channel.expiring") {
        owner.on_notification(method, params);
    } else if (!renewing) {
        renewing = true;
        tasks.spawn("channel.renew", renew(peer, mine));
    }
}

asio::awaitable<void> Channel::State::renew(Peer renewed, std::uint64_t mine) {
    std::optional<std::string> fresh = parts.identity.current_device_token();
    if (!fresh || *fresh == token) {
        auto fetching =
            parts.identity.renew_device_token(parts.timers.now() + 2 * parts.settings.request_time);
        (void)co_await std::move(fetching);  // what counts is the token
        fresh = parts.identity.current_device_token();
    }
    renewing = false;
    if (mine != generation) co_return;
    if (!fresh || *fresh == token) {
        parts.log.warning("the channel expires and there is no new token yet");
        co_return;
    }
    json::Value params;
    params.set("token", *fresh);
    auto calling =
        renewed->call("channel.renew", std::move(params), parts.timers.now() + parts.settings.request_time);
    const Reply reply = co_await std::move(calling);
    if (mine != generation) co_return;
    if (reply.result()) {
        token = std::move(*fresh);
        parts.log.info("channel renewed");
    } else {
        parts.log.warning("the channel was not renewed",
                          kv("why", reply.fault() ? reply.fault()->err_msg : reply.error()->text()));
    }
}

Duration Channel::State::open_time() const {
    constexpr Duration hurried = 10s;
    const bool hurries = last_hurry && parts.timers.now() - *last_hurry < hurried;
    return hurries ? parts.settings.hurried_open_time : parts.settings.open_time;
}

/// False: there is a connection.
bool Channel::State::connect_now() {
    parts.identity.hurry();
    last_hurry = parts.timers.now();
    if (peer) return false;
    reconnect.now();
    if (standing_back) pause.notify();
    return true;
}

void Channel::State::hurry() {
    if (connect_now() || !online_since) return;
    const TimePoint now = parts.timers.now();
    const bool just_asked = last_probe && now - *last_probe < parts.settings.probe_time;
    if (just_asked) return;
    last_probe = now;
    tasks.spawn("channel.probe", probe(peer, generation, now + parts.settings.probe_time));
}

void Channel::State::on_network(bool moved) {
    if (connect_now() || !online_since) return;
    const Duration time = moved ? parts.settings.moved_probe_time : parts.settings.probe_time;
    tasks.spawn("channel.probe", probe(peer, generation, parts.timers.now() + time));
}

asio::awaitable<void> Channel::State::probe(Peer probed, std::uint64_t mine, TimePoint deadline) {
    auto asking = owner.greet(call_over(probed), deadline);
    const bool answered = co_await std::move(asking);
    if (!answered && mine == generation) {
        reconnect.now();  // counts if the next attempt is fruitless too
        drop("the connection is dead");
    }
}

Channel::Channel(Parts parts, Owner owner)
    : state_(std::make_unique<State>(std::move(parts), std::move(owner))) {}
Channel::~Channel() = default;

void Channel::start() {
    state_->tasks.spawn("channel", state_->reconnect.run());
}

asio::awaitable<void> Channel::stop() {
    State& s = *state_;
    s.stopping = true;
    if (s.peer) {
        s.peer->close(goodbye, "the daemon stops");
        const TimePoint latest = s.parts.timers.now() + goodbye_time;
        co_await s.ended.wait(latest);
    }
    co_await s.tasks.stop();
}

bool Channel::online() const noexcept {
    return state_->online_since.has_value();
}

std::optional<TimePoint> Channel::due() const noexcept {
    const auto next_attempt = state_->reconnect.next_attempt();
    if (next_attempt) return next_attempt;
    if (state_->due || !state_->peer) return state_->due;
    return state_->peer->silence_ends();
}

asio::awaitable<Reply> Channel::call(std::string method, json::Value params, TimePoint deadline) {
    const Peer peer = state_->peer;
    if (!peer || state_->stopping) {
        Reply offline{fail(Errc::wrong_state, "off line")};
        co_return offline;
    }
    auto calling = peer->call(std::move(method), std::move(params), deadline);
    co_return co_await std::move(calling);
}

bool Channel::notify(std::string_view method, json::Value params) {
    return state_->peer && !state_->stopping && state_->peer->notify(method, std::move(params));
}

std::size_t Channel::queued_bytes() const noexcept {
    return state_->peer ? state_->peer->queued_bytes() : 0;
}

void Channel::hurry() {
    state_->hurry();
}

void Channel::on_network(bool moved) {
    state_->on_network(moved);
}

}  // namespace voip::engine
