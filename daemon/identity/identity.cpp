#include "daemon/identity/identity.hpp"

#include <utility>
#include <vector>

#include "daemon/identity/service_client.hpp"
#include "daemon/identity/standing.hpp"
#include "daemon/identity/token_keeper.hpp"
#include "protocol/errors.hpp"
#include "protocol/reader.hpp"
#include "protocol/rpc/codec.hpp"

namespace voip::identity {
namespace {

constexpr std::int64_t longest_life_s = 30 * 24 * 3600;

/// Members of a token's answer that are not as the contract says: the answer of a broken service, not a
/// refusal.
FetchAttempt unusable(const Reader& reader) {
    return {{fail(Errc::bad_message, reader.fault().field + " of the token's answer")}, false};
}

bool may_change(const Fault& fault) noexcept {
    return fault.err_code == code::too_many || fault.err_code == code::not_ready ||
           fault.err_code == code::system_busy || fault.err_code == code::network;
}

Fault because(int err_code, std::string message, Retry retry) {
    json::Value data;
    data.set("retry", to_string(retry));
    return Fault{err_code, std::move(message), {}, std::move(data)};
}

/// Facts without what moves by itself, for telling whether they changed.
DeviceFacts still(DeviceFacts facts) {
    facts.clock.offset_s.reset();
    return facts;
}

}  // namespace

struct Identity::State {
    State(Settings s, Parts p)
        : settings(std::move(s)),
          parts(std::move(p)),
          file(settings.folder, DeviceName{settings.sn, settings.model_id, settings.app_id}, parts.log),
          client(settings, parts),
          device_token(
              parts.timers, TokenPlan({}, parts.seed), [this] { return fetch_device_token(); },
              [this] { changed(); }),
          push_token(
              parts.timers, TokenPlan({}, parts.seed + 1), [this] { return fetch_push_token(); },
              [this] { changed(); }),
          tasks(parts.executor, parts.timers, parts.on_crash) {
        channel.since = parts.timers.wall_now();
    }

    void load();
    asio::awaitable<FetchAttempt> fetch_device_token();
    asio::awaitable<FetchAttempt> fetch_push_token();
    [[nodiscard]] FetchAttempt read_device_token(const json::Value& answer) const;
    [[nodiscard]] FetchAttempt read_push_token(const json::Value& answer) const;
    [[nodiscard]] std::optional<Fault> prepare_enrolment();
    Answer<std::monostate> conclude_enrolment(ServiceClient::Outcome outcome);
    void keep(Enrolment enrolment);
    [[nodiscard]] DeviceFacts facts() const;
    void changed();

    const Settings settings;
    const Parts parts;
    IdentityFile file;
    ServiceClient client;
    std::optional<crypto::KeyPair> key;
    Standing standing;
    ChannelFacts channel;
    ChannelCall channel_call;
    std::string token_problem;  // why the last attempt gave none
    TokenKeeper device_token, push_token;
    std::vector<OnChange> listeners;
    DeviceFacts told;
    bool started = false;
    TaskSet tasks;
};

void Identity::State::load() {
    auto loaded = file.load();
    if (!loaded) {
        parts.log.err("the device's identity cannot be read", kv("why", loaded.error().text()));
        standing.unreadable(loaded.error().text());
        return;
    }
    key = std::move(loaded->key);
    standing.loaded(loaded->enrolment, std::move(loaded->problem));
    parts.log.info("identity", kv("sn", settings.sn), kv("registration", to_string(standing.state())));
}

asio::awaitable<FetchAttempt> Identity::State::fetch_device_token() {
    auto asking = client.token(*key);
    const ServiceClient::Outcome answer = co_await std::move(asking);
    const RegistrationState before = standing.state();
    if (standing.token_asked(answer.verdict, answer.reply)) keep(Enrolment::registered);
    if (const Fault* fault = answer.reply.fault(); fault && standing.state() != before)
        parts.log.err("the service refuses this device", kv("code", fault->err_code),
                      kv("why", fault->err_msg));
    if (answer.verdict == Verdict::accepted) {
        token_problem.clear();
        FetchAttempt attempt = read_device_token(*answer.reply.result());
        co_return attempt;
    }
    FetchAttempt attempt{{fail(Errc::closed)}, answer.verdict != Verdict::try_later};
    if (const Fault* fault = answer.reply.fault()) {
        attempt.outcome.what = *fault;
        token_problem = fault->err_msg;
    } else {
        attempt.outcome.what = *answer.reply.error();
        token_problem = answer.reply.error()->text();
    }
    parts.log.info("no deviceToken", kv("verdict", to_string(answer.verdict)), kv("why", token_problem));
    co_return attempt;
}

FetchAttempt Identity::State::read_device_token(const json::Value& answer) const {
    Reader reader(answer);
    FetchedToken token;
    token.value = reader.string("deviceToken", rule::token);
    token.life = std::chrono::seconds(reader.integer("expiresIn", 1, longest_life_s));
    if (!reader.ok()) return unusable(reader);
    const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(token.life).count();
    token.expire_timestamp = parts.clock.service_time() + life;
    parts.log.info("deviceToken renewed", kv("seconds", whole_seconds(token.life)));
    return {{std::move(token)}, false};
}

asio::awaitable<FetchAttempt> Identity::State::fetch_push_token() {
    auto calling =
        channel_call("device.getPushToken", json::Object{}, parts.timers.now() + settings.request_time);
    const Reply reply = co_await std::move(calling);
    FetchAttempt attempt{{fail(Errc::closed)}, false};
    if (const json::Value* result = reply.result()) {
        attempt = read_push_token(*result);
    } else if (const Fault* fault = reply.fault()) {
        parts.log.warning("no pushToken", kv("code", fault->err_code), kv("why", fault->err_msg));
        attempt.outcome.what = *fault;
        attempt.fixed = !may_change(*fault);
    } else {
        attempt.outcome.what = *reply.error();
    }
    co_return attempt;
}

FetchAttempt Identity::State::read_push_token(const json::Value& answer) const {
    Reader reader(answer);
    FetchedToken token;
    token.value = reader.string("pushToken", rule::token);
    token.expire_timestamp = reader.integer("expireTimestamp", 1, std::numeric_limits<std::int64_t>::max());
    if (!reader.ok()) return unusable(reader);
    const std::int64_t life_ms = token.expire_timestamp - parts.clock.service_time();
    if (life_ms <= 0) return {{fail(Errc::bad_message, "the new pushToken has expired already")}, false};
    token.life = std::chrono::milliseconds(std::min(life_ms, longest_life_s * 1000));
    parts.log.info("pushToken renewed", kv("seconds", whole_seconds(token.life)));
    return {{std::move(token)}, false};
}

std::optional<Fault> Identity::State::prepare_enrolment() {
    if (standing.is_unreadable()) return because(code::not_ready, standing.err_msg(), Retry::ask_operator);
    if (standing.busy()) return because(code::too_many, "a registration is under way", Retry::once_later);
    if (!key) {
        // First on the disk, then to the service: a key that only the service remembers is a lost identity.
        auto made = file.make_key();
        if (!made)
            return because(rpc::internal_error, "the device's key cannot be stored: " + made.error().text(),
                           Retry::ask_operator);
        key = std::move(*made);
    }
    return std::nullopt;
}

Answer<std::monostate> Identity::State::conclude_enrolment(ServiceClient::Outcome outcome) {
    keep(standing.enrolled(outcome.verdict, outcome.reply));
    device_token.enable(standing.may_ask());
    const Retry retry = retry_of(outcome.verdict);
    if (outcome.verdict == Verdict::accepted) {
        parts.log.notice("registered", kv("sn", settings.sn));
        device_token.forget();  // tokens of an earlier key end with it
        push_token.forget();
        return std::monostate{};
    }
    changed();
    if (const Fault* fault = outcome.reply.fault()) {
        parts.log.err("registration refused", kv("code", fault->err_code), kv("why", fault->err_msg));
        return because(fault->err_code, fault->err_msg, retry);
    }
    parts.log.warning("registration failed", kv("why", outcome.reply.error()->text()));
    return because(code::network,
                   "the service was not reached (" + outcome.reply.error()->text() +
                       "); the same snTicket may be tried again while it is fresh",
                   retry);
}

void Identity::State::keep(Enrolment enrolment) {
    const auto stored = file.store(enrolment);
    if (!stored)
        parts.log.warning("the registration could not be recorded", kv("why", stored.error().text()));
}

DeviceFacts Identity::State::facts() const {
    DeviceFacts all;
    all.sn = settings.sn;
    all.model_id = settings.model_id;
    all.app_id = settings.app_id;
    all.name = settings.name;
    all.version = settings.version;
    all.registration = {settings.registration, standing.state(), standing.err_code(), standing.err_msg()};
    all.channel = channel;
    const bool waits = channel.state == ChannelState::offline && !device_token.current();
    const bool unregistered = all.registration.state == RegistrationState::unregistered;
    if (waits && unregistered)
        all.channel.reason = "no deviceToken: the device is not registered";
    else if (waits && !token_problem.empty())
        all.channel.reason = "no deviceToken: " + token_problem;
    if (const FetchedToken* token = device_token.current()) {
        const auto life = std::chrono::duration_cast<std::chrono::milliseconds>(token->life).count();
        all.device_token_expires = token->expire_timestamp;
        all.device_token_issued = token->expire_timestamp - life;
    }
    if (const FetchedToken* token = push_token.current()) all.push_token_expires = token->expire_timestamp;
    all.clock = parts.clock.facts();
    return all;
}

void Identity::State::changed() {
    if (!started) return;
    const DeviceFacts now = facts();
    DeviceFacts compared = still(now);
    if (compared == told) return;
    told = std::move(compared);
    for (const OnChange& listener : listeners) listener(now);
}

Identity::Identity(Settings settings, Parts parts)
    : state_(std::make_unique<State>(std::move(settings), std::move(parts))) {}
Identity::~Identity() = default;

void Identity::start() {
    State& s = *state_;
    s.load();
    s.started = true;
    s.tasks.spawn("identity.deviceToken", s.device_token.run());
    s.tasks.spawn("identity.pushToken", s.push_token.run());
    s.device_token.enable(s.standing.may_ask());
    s.changed();
}

asio::awaitable<void> Identity::stop() {
    auto stopping = state_->tasks.stop();
    co_await std::move(stopping);
}

asio::awaitable<Answer<std::monostate>> Identity::register_device(std::string sn_ticket) {
    State& s = *state_;
    if (!is_sn_ticket(sn_ticket)) {
        Fault fault =
            because(code::ticket_illegal, std::string(code_text(code::ticket_illegal)), Retry::new_ticket);
        fault.field = "snTicket";
        co_return fault;
    }
    if (auto fault = s.prepare_enrolment()) co_return std::move(*fault);
    s.keep(s.standing.begin());
    s.device_token.enable(false);
    s.changed();
    auto enrolling = s.client.enrol(*s.key, std::move(sn_ticket));
    ServiceClient::Outcome outcome = co_await std::move(enrolling);
    co_return s.conclude_enrolment(std::move(outcome));
}

asio::awaitable<Result<std::string>> Identity::device_token(TimePoint deadline) {
    auto waiting = state_->device_token.wait(deadline);
    auto token = co_await std::move(waiting);
    if (!token) co_return token.error();
    co_return std::move(token->value);
}

std::optional<std::string> Identity::current_device_token() const {
    const FetchedToken* token = state_->device_token.current();
    if (!token) return std::nullopt;
    return token->value;
}

asio::awaitable<Outcome<std::monostate>> Identity::renew_device_token(TimePoint deadline) {
    auto renewing = state_->device_token.renew(deadline);
    co_return co_await std::move(renewing);
}

void Identity::reject_device_token(const std::string& token) {
    const FetchedToken* current = state_->device_token.current();
    if (current && current->value == token) state_->device_token.forget();
}

asio::awaitable<Outcome<PushToken>> Identity::push_token(TimePoint deadline) {
    TokenKeeper& keeper = state_->push_token;
    Outcome<PushToken> answer;
    if (!keeper.current()) {
        auto renewing = keeper.renew(deadline);
        const auto outcome = co_await std::move(renewing);
        if (const Fault* fault = outcome.fault()) answer.what = *fault;
        if (const Error* error = outcome.error()) answer.what = *error;
        if (!outcome.result()) co_return answer;
    }
    if (const FetchedToken* token = keeper.current())
        answer.what = PushToken{token->value, token->expire_timestamp};
    else
        answer.what = fail(Errc::timeout, "the new pushToken has expired already");
    co_return answer;
}

DeviceFacts Identity::facts() const {
    return state_->facts();
}

void Identity::on_change(OnChange listener) {
    state_->listeners.push_back(std::move(listener));
}

void Identity::hurry() {
    state_->device_token.hurry();
    state_->push_token.hurry();
}

const Settings& Identity::settings() const noexcept {
    return state_->settings;
}

void Identity::set_channel(ChannelState state, std::string reason) {
    ChannelFacts& channel = state_->channel;
    if (channel.state != state) channel.since = state_->parts.timers.wall_now();
    channel.state = state;
    channel.reason = std::move(reason);
    state_->changed();
}

void Identity::use_channel(ChannelCall call) {
    state_->channel_call = std::move(call);
    state_->push_token.enable(static_cast<bool>(state_->channel_call));
}

void Identity::learn_time(UnixMillis server_time) {
    state_->parts.clock.learn(server_time);
    state_->changed();
}

}  // namespace voip::identity
