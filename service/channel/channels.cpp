#include "service/channel/channels.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <vector>

#include "core/tokens.hpp"
#include "protocol/crypto/crypto.hpp"
#include "protocol/errors.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "service/rooms/saved_room.hpp"

namespace voip::service {
namespace {

constexpr std::size_t id_characters = 22;  // 62^22: above 128 bits
constexpr Duration outcome_slack = 2s;     // Rooms itself answers after its ring_back time

std::string_view kind_name(const rooms::Member& member) {
    return member.kind == rooms::MemberKind::device ? "device" : "user";
}

rooms::RoomSettings room_settings(const config::ServiceConfig& config) {
    rooms::RoomSettings settings;
    settings.ring = config.rooms.ring;
    settings.join = config.rooms.join;
    settings.resume = config.rooms.resume;
    settings.alone = config.rooms.talk_alone;
    settings.ring_back = std::min(settings.ring_back, settings.ring);
    settings.dials_per_minute = static_cast<unsigned>(config.limits.dials_per_minute);
    return settings;
}

/// Everybody whom a request involves: the asking member and whom it names.
struct Involved {
    std::string open_id, sn;
};
Involved involved(const Session& session, const json::Value& params) {
    const auto text = [](const json::Value* value) {
        const std::string* found = value ? value->as_string() : nullptr;
        return found ? *found : std::string();
    };
    const json::Value* listener = params.find("listener");
    std::string other = text(listener ? listener->find("id") : nullptr);
    if (session.is_device()) return {std::move(other), session.member.id};
    if (other.empty()) other = text(params.find("sn"));
    return {session.member.id, std::move(other)};
}

Fault fault_of(const FaultRule& rule) {
    return Fault{
        rule.err_code, rule.err_msg.empty() ? std::string(code_text(rule.err_code)) : rule.err_msg, {}, {}};
}

}  // namespace

struct Channels::Channel {
    rooms::ChannelId id = 0;
    Session session;
    std::shared_ptr<transport::RpcPeer> peer;
    Timers::Id notice = 0, end = 0;  // channel.expiring, 4401
    Log log;
};

struct Channels::Waiting {
    Waiting(Channels& channels, std::string id)
        : owner(channels), room_id(std::move(id)), wake(channels.parts_.timers) {
        owner.waiting_.emplace(room_id, this);
    }
    ~Waiting() { owner.waiting_.erase(room_id); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    Channels& owner;
    std::string room_id;
    Wake wake;
    std::optional<int> err_code;
};

Channels::Channels(Parts parts)
    : parts_(std::move(parts)),
      rooms_(room_settings(parts_.config), [] { return crypto::random_text(id_characters); }),
      methods_({parts_.timers, parts_.registry, rooms_, *this, parts_.config}),
      due_(parts_.timers),
      tasks_(parts_.executor, parts_.timers, [this](std::string_view task, std::string_view what) {
          parts_.log.err("task failed", kv("task", task), kv("what", what));
      }) {}

Channels::~Channels() = default;

Result<void> Channels::start() {
    const auto rows = parts_.registry.load_rooms();
    if (!rows) return within("rooms", rows.error());
    std::vector<rooms::SavedRoom> saved;
    for (const json::Value& row : *rows) {
        auto room = rooms::decode_saved_room(row);
        if (room)
            saved.push_back(std::move(*room));
        else
            parts_.log.warning("saved room is not readable", kv("why", room.error().context));
    }
    if (!saved.empty()) parts_.log.notice("rooms of the last run", kv("rooms", saved.size()));
    rooms_.restore(std::move(saved), now());
    commit();
    tasks_.spawn("rooms", perform_all());
    return {};
}

asio::awaitable<void> Channels::stop() {
    for (const auto& [id, channel] : channels_) {
        parts_.timers.cancel(channel->notice);
        parts_.timers.cancel(channel->end);
        channel->peer->abort();
    }
    co_await tasks_.stop();
    save_records();
}

// ---- Rooms: record, answer, act

void Channels::commit() {
    save_records();
    due_.notify();
}

void Channels::save_records() {
    std::vector<registry::RoomRow> rows;
    for (rooms::Record& record : rooms_.take_records()) {
        if (const auto* save = std::get_if<rooms::Save>(&record))
            rows.push_back({save->room.facts.room_id, rooms::encode(save->room)});
        else
            rows.push_back({std::get<rooms::Forget>(record).room_id, std::nullopt});
    }
    if (rows.empty()) return;
    const auto stored = parts_.registry.store_rooms(rows);
    if (!stored) parts_.log.err("rooms not saved", kv("why", stored.error().text()));
}

/// Runs after the answer of the request that led to the actions: the answer is queued before this coroutine
/// resumes.
asio::awaitable<void> Channels::perform_all() {
    for (;;) {
        const auto deadline = rooms_.wake_at();
        const WakeReason woken = co_await due_.wait(deadline);
        if (woken == WakeReason::cancelled) co_return;
        if (woken == WakeReason::deadline) rooms_.tick(now());
        save_records();
        take_actions();
        while (!acting_.empty()) {
            rooms::Action action = std::move(acting_.front());
            acting_.pop_front();
            if (!perform(action)) continue;
            // The new task queues its request before what follows is queued.
            const auto executor = parts_.executor;
            co_await asio::post(executor, use_result);
        }
    }
}

void Channels::take_actions() {
    for (rooms::Action& action : rooms_.take_actions()) acting_.push_back(std::move(action));
}

/// The answer to a request must not overtake what earlier requests led to: who is refused because a room has
/// ended has been told of its end by then. Their own answers are queued already.
void Channels::tell_what_is_due() {
    take_actions();
    while (!acting_.empty() && std::holds_alternative<rooms::SendEvent>(acting_.front())) {
        (void)perform(acting_.front());
        acting_.pop_front();
    }
    if (!acting_.empty()) due_.notify();
}

bool Channels::perform(rooms::Action& action) {
    if (const auto* event = std::get_if<rooms::SendEvent>(&action)) {
        if (const auto channel = find(event->channel))
            channel->peer->notify("voip.event", encode(event->event));
    } else if (auto* incoming = std::get_if<rooms::SendIncoming>(&action)) {
        tasks_.spawn("call.incoming", ring(std::move(*incoming)));
        return true;
    } else if (const auto* wake = std::get_if<rooms::NotifyMember>(&action)) {
        if (parts_.wake_member) parts_.wake_member(*wake);
    } else if (const auto* outcome = std::get_if<rooms::BackendOutcome>(&action)) {
        const auto found = waiting_.find(outcome->room_id);
        if (found != waiting_.end()) {
            found->second->err_code = outcome->err_code;
            found->second->wake.notify();
        }
    } else if (const auto* over = std::get_if<rooms::RoomOver>(&action)) {
        report(*over);
    }
    return false;
}

void Channels::report(const rooms::RoomOver& over) {
    parts_.log.notice("room ended", kv("room", over.room_id), kv("caller", over.caller.id),
                      kv("listener", over.listener.id), kv("event", to_string(over.end.event_name)),
                      kv("status", over.end.status), kv("talk_s", over.keep_time));
}

asio::awaitable<void> Channels::ring(rooms::SendIncoming incoming) {
    const auto channel = find(incoming.channel);
    if (!channel) co_return;
    const Duration rest = from_seconds(incoming.incoming.ring_seconds);
    const TimePoint deadline = parts_.timers.now() + std::min(rest, limits::request_time);
    auto params = encode(incoming.incoming);
    const auto peer = channel->peer;
    const Reply reply = co_await peer->call("call.incoming", std::move(params), deadline);
    const std::string& room_id = incoming.incoming.room.room_id;
    if (reply.result())
        rooms_.incoming_acknowledged(room_id, incoming.channel, now());
    else if (const Fault* fault = reply.fault())
        rooms_.incoming_refused(room_id, incoming.channel, fault->err_code, now());
    else
        channel->log.info("call.incoming not acknowledged", kv("why", reply.error()->text()));
    commit();
}

asio::awaitable<Answer<void>> Channels::backend_call(std::string app_id, BackendCall call) {
    auto room_id = methods_.dialling().backend_call(app_id, call, now());
    if (!room_id) {
        commit();
        co_return room_id.error();
    }
    Waiting waiting(*this, *room_id);
    commit();
    const TimePoint deadline = parts_.timers.now() + room_settings(parts_.config).ring_back + outcome_slack;
    co_await waiting.wake.wait(deadline);
    const int err_code = waiting.err_code.value_or(code::network);
    if (err_code == 0) co_return Answer<void>();
    Fault fault{err_code, std::string(code_text(err_code)), {}, {}};
    co_return fault;
}

// ---- one channel

Channels::ChannelPtr Channels::find(rooms::ChannelId channel) const {
    const auto found = channels_.find(channel);
    return found == channels_.end() ? nullptr : found->second;
}

Channels::ChannelPtr Channels::admit(std::unique_ptr<transport::MessageStream> stream, Session session) {
    auto channel = std::make_shared<Channel>();
    channel->id = ++last_id_;
    channel->session = std::move(session);
    channel->log = parts_.log.of(std::to_string(channel->id));
    const rooms::ChannelId id = channel->id;
    // Both run inside the peer's run(), which serve() awaits: the channel outlives them.
    auto on_request = [this, id](std::string method, json::Value params) {
        return answer_on(id, std::move(method), std::move(params));
    };
    auto on_notification = [this, id](const std::string& method, const json::Value& params) {
        const auto self = find(id);
        if (!self) return;
        methods_.hear({self->session, id}, method, params);
        commit();
    };
    channel->peer = transport::RpcPeer::make(std::move(stream), parts_.timers, {}, std::move(on_request),
                                             std::move(on_notification), channel->log);
    channels_.emplace(id, channel);
    return channel;
}

void Channels::make_place(const rooms::Member& member) {
    const std::vector<rooms::ChannelId> own = rooms_.channels(member);  // oldest first
    const std::size_t allowed = member.kind == rooms::MemberKind::device ? 1 : limits::channels_per_user;
    for (std::size_t i = 0; i + allowed < own.size(); ++i)
        if (const auto channel = find(own[i]))
            close(channel, close_code::replaced, "replaced by a newer channel");
}

asio::awaitable<void> Channels::serve(std::unique_ptr<transport::MessageStream> stream, Session session) {
    const auto channel = admit(std::move(stream), std::move(session));
    channel->log.info("channel opened", kv("kind", kind_name(channel->session.member)),
                      kv("member", channel->session.member.id), kv("peer", channel->peer->peer()));
    // The new one first, so that the member is never without a channel in between.
    rooms_.channel_opened(channel->session.member, channel->id, now());
    make_place(channel->session.member);
    arm(channel);
    commit();
    const auto peer = channel->peer;
    const Error why = co_await peer->run();
    channel->log.info("channel ended", kv("why", why.text()));
    // Browsers close with 1001 when their page is closed or loaded anew; they cannot say which.
    const bool is_user = channel->session.member.kind == rooms::MemberKind::user;
    remove(channel, is_user && transport::close_code(why) == close_code::going_away);
}

void Channels::close(const ChannelPtr& channel, std::uint16_t code, std::string_view why) {
    channel->log.info("channel closed", kv("code", code), kv("why", why));
    channel->peer->close(code, std::string(why));
    remove(channel);
}

void Channels::remove(const ChannelPtr& channel, bool leaving) {
    parts_.timers.cancel(std::exchange(channel->notice, 0));
    parts_.timers.cancel(std::exchange(channel->end, 0));
    if (channels_.erase(channel->id) == 0) return;
    rooms_.channel_closed(channel->id, now(), leaving);
    commit();
}

void Channels::arm(const ChannelPtr& channel) {
    parts_.timers.cancel(channel->notice);
    parts_.timers.cancel(channel->end);
    const UnixMillis left = std::max<UnixMillis>(channel->session.expires - parts_.timers.wall_now(), 0);
    const Duration life = std::chrono::milliseconds(left);
    // A life shorter than two notices is told in its middle.
    const Duration notice = std::min(limits::expiry_notice, life / 2);
    const TimePoint end = parts_.timers.now() + life;
    const rooms::ChannelId id = channel->id;
    channel->notice = parts_.timers.call_at(end - notice, [this, id, notice] {
        const auto self = find(id);
        if (self)
            self->peer->notify("channel.expiring", json::Value().set("expiresIn", whole_seconds(notice)));
    });
    channel->end = parts_.timers.call_at(end, [this, id] {
        if (const auto self = find(id)) close(self, close_code::token_over, "token expired");
    });
}

void Channels::renew(rooms::ChannelId id, const Session& session) {
    const auto channel = find(id);
    if (!channel) return;
    channel->session = session;
    arm(channel);
}

void Channels::send(rooms::ChannelId id, std::shared_ptr<const std::string> message) {
    if (const auto channel = find(id)) channel->peer->notify_written(std::move(message));
}

asio::awaitable<Answer<json::Value>> Channels::answer_on(rooms::ChannelId id, std::string method,
                                                         json::Value params) {
    const auto channel = find(id);
    if (!channel) {
        Fault gone{code::replaced, "this channel is closing", {}, {}};
        co_return gone;
    }
    Caller caller{channel->session, id};
    auto answered = co_await answer(std::move(caller), std::move(method), std::move(params));
    co_return answered;
}

asio::awaitable<Answer<json::Value>> Channels::answer(Caller caller, std::string method, json::Value params) {
    const Involved who = involved(caller.session, params);
    const auto rule = parts_.faults.take(method, who.open_id, who.sn);
    if (rule && rule->delay > Duration::zero()) co_await parts_.timers.wait_for(rule->delay);
    Answer<json::Value> answered(json::Value{});
    if (!rule || rule->err_code == 0) {
        tell_what_is_due();
        answered = methods_.answer(caller, method, params);
        commit();
    } else {
        const Fault fault = fault_of(*rule);
        if (method == "voip.initByCaller")
            answered = init_failure(fault);
        else
            answered = fault;
    }
    if (rule && rule->drop) co_await never_answer();
    co_return answered;
}

/// As long as an answer can be waited for by anybody; a channel that closes ends it sooner.
asio::awaitable<void> Channels::never_answer() {
    co_await parts_.timers.wait_for(10 * limits::request_time);
}

// ---- orders from elsewhere

void Channels::close_member(const rooms::Member& member, std::string_view why) {
    for (const rooms::ChannelId id : rooms_.channels(member))
        if (const auto channel = find(id)) close(channel, close_code::token_over, why);
}

void Channels::close_token(const std::string& token_id, std::string_view why) {
    std::vector<ChannelPtr> closing;
    for (const auto& [id, channel] : channels_)
        if (!token_id.empty() && channel->session.token_id == token_id) closing.push_back(channel);
    for (const ChannelPtr& channel : closing) close(channel, close_code::token_over, why);
}

void Channels::contacts_changed(const std::string& sn) {
    for (const rooms::ChannelId id : rooms_.channels(rooms::device(sn)))
        if (const auto channel = find(id))
            channel->peer->notify("contacts.changed", json::Value(json::Object{}));
}

}  // namespace voip::service
