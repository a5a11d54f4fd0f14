#include "protocol/transport/rpc_peer.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <exception>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/deadline.hpp"

namespace voip::transport {
namespace {

constexpr std::size_t batch_messages = 64;
constexpr std::size_t batch_bytes = 128 * 1024;
constexpr Duration drain_time = 1s;
constexpr std::uint16_t close_bad_data = 1007;  // RFC 6455; nothing on a Unix socket

using Shared = std::shared_ptr<const std::string>;

}  // namespace

struct RpcPeer::State {
    /// A coroutine inside call(), waiting for its reply.
    struct Call {
        explicit Call(Timers& timers) : wake(timers) {}
        Wake wake;
        std::optional<Reply> reply;
    };
    enum class Phase { open, closing, ended };

    State(std::unique_ptr<MessageStream> s, Timers& t, RpcPeerSettings set, OnRequest request,
          OnNotification notified, Log logger)
        : stream(std::move(s)),
          timers(t),
          settings(set),
          on_request(std::move(request)),
          on_notification(std::move(notified)),
          log(std::move(logger)),
          name(stream->peer()),
          writer(t),
          place(t),
          written(t) {}

    /// Whether the message may go out at all; a peer that reads too slowly is cut.
    bool admit(std::size_t size);
    void enqueue(Shared message);
    /// Into the queue, behind what is there.
    bool push(Shared message);
    /// Straight to the wire when nothing waits and the wire takes it whole, else into the queue.
    bool push_now(std::string message);
    void end(Error why);
    void cut(Error why) {
        end(std::move(why));
        if (stream) stream->abort();
    }
    void finish();
    std::vector<std::string> take_batch(std::size_t& bytes);
    void take(const std::shared_ptr<RpcPeer>& peer, TaskSet& tasks, rpc::Message message);
    void request(const std::shared_ptr<RpcPeer>& peer, TaskSet& tasks, rpc::Request request);
    void hear(const rpc::Notification& notification);
    void settle(const rpc::Id& id, Reply reply);

    // The coroutines of run(); each keeps the peer alive.
    static asio::awaitable<void> write(std::shared_ptr<RpcPeer> peer);
    static asio::awaitable<Error> read(std::shared_ptr<RpcPeer> peer, TaskSet* tasks);
    static asio::awaitable<void> answer_the_rest(std::shared_ptr<RpcPeer> peer);
    static asio::awaitable<void> serve(std::shared_ptr<RpcPeer> peer, rpc::Id id,
                                       asio::awaitable<Answer<json::Value>> work);

    std::unique_ptr<MessageStream> stream;  // until run() has ended
    Timers& timers;
    const RpcPeerSettings settings;
    OnRequest on_request;
    OnNotification on_notification;
    Log log;
    std::string name;

    Phase phase = Phase::open;
    Error reason;
    std::uint16_t close_code = 0;
    std::string close_reason;

    std::deque<Shared> queue;
    std::size_t queued_bytes = 0;  // in the queue and in the write under way
    Timers::Id drain_alarm = 0;    // while closing
    bool sending = false;
    bool writer_ended = false;
    Wake writer, place, written;  // something to write; a request was answered; the writer has ended

    std::unordered_map<std::int64_t, Call*> calls;
    std::int64_t last_id = 0;
    std::size_t serving = 0;
};

bool RpcPeer::State::admit(std::size_t size) {
    if (phase != Phase::open) return false;
    if (size > limits::message_bytes) {
        log.warning("message above the limit is not sent", kv("bytes", size));
        return false;
    }
    if (queued_bytes + size > settings.queue_bytes) {
        log.warning("slow reader is cut", kv("peer", name), kv("queued_bytes", queued_bytes));
        cut(fail(Errc::full, "the peer reads too slowly"));
        return false;
    }
    return true;
}

void RpcPeer::State::enqueue(Shared message) {
    queued_bytes += message->size();
    queue.push_back(std::move(message));
    writer.notify();
}

bool RpcPeer::State::push(Shared message) {
    if (!admit(message->size())) return false;
    enqueue(std::move(message));
    return true;
}

bool RpcPeer::State::push_now(std::string message) {
    if (!admit(message.size())) return false;
    if (queue.empty() && !sending && stream->try_send(message)) return true;
    enqueue(std::make_shared<const std::string>(std::move(message)));
    return true;
}

void RpcPeer::State::end(Error why) {
    if (phase == Phase::ended) return;
    phase = Phase::ended;
    reason = std::move(why);
    for (auto& [id, call] : calls) {
        if (!call->reply) call->reply = Reply{fail(Errc::closed)};
        call->wake.notify();
    }
    calls.clear();
    writer.notify();
    place.notify();
}

std::vector<std::string> RpcPeer::State::take_batch(std::size_t& bytes) {
    std::vector<std::string> batch;
    bytes = 0;
    while (!queue.empty() && batch.size() < batch_messages && (batch.empty() || bytes < batch_bytes)) {
        bytes += queue.front()->size();
        batch.push_back(*queue.front());
        queue.pop_front();
    }
    return batch;
}

void RpcPeer::State::settle(const rpc::Id& id, Reply reply) {
    const auto* number = std::get_if<std::int64_t>(&id);
    const auto found = number ? calls.find(*number) : calls.end();
    if (found == calls.end()) {
        log.debug("reply to no request");  // most likely too late
        return;
    }
    found->second->reply = std::move(reply);
    found->second->wake.notify();
    calls.erase(found);
}

asio::awaitable<void> RpcPeer::State::write(std::shared_ptr<RpcPeer> peer) {
    State& s = *peer->state_;
    const auto weak = std::weak_ptr<RpcPeer>(peer);
    const auto frozen = [weak] {
        if (const auto alive = weak.lock()) alive->state_->cut(fail(Errc::timeout, "the peer does not read"));
    };
    WakeReason woken = WakeReason::notified;
    while (woken != WakeReason::cancelled && s.phase != Phase::ended) {
        if (s.queue.empty()) {
            if (s.phase == Phase::closing) break;
            woken = co_await s.writer.wait();
            continue;
        }
        std::size_t bytes = 0;
        auto batch = s.take_batch(bytes);
        s.sending = true;
        const Timers::Id alarm = s.timers.call_at(s.timers.now() + s.settings.send_time, frozen);
        auto sent = co_await s.stream->send(std::move(batch));
        s.timers.cancel(alarm);
        s.sending = false;
        s.queued_bytes -= bytes;
        if (!sent) s.cut(sent.error());  // the reader too: he may hear nothing of it
    }
    s.timers.cancel(std::exchange(s.drain_alarm, 0));
    if (s.phase == Phase::closing && woken != WakeReason::cancelled) {
        const auto code = s.close_code;
        co_await s.stream->close(code, std::move(s.close_reason));
    }
    s.writer_ended = true;
    s.written.notify();
}

asio::awaitable<Error> RpcPeer::State::read(std::shared_ptr<RpcPeer> peer, TaskSet* tasks) {
    State& s = *peer->state_;
    const auto state = co_await asio::this_coro::cancellation_state;
    for (;;) {
        if (is_cancelled(state)) co_return fail(Errc::cancelled);
        if (s.phase == Phase::ended) co_return s.reason;
        if (s.serving >= s.settings.max_serving && s.phase == Phase::open) {
            co_await s.place.wait();
            continue;
        }
        auto text = co_await s.stream->receive();
        if (!text) co_return text.error();
        auto message = rpc::decode(*text);
        if (message) {
            s.take(peer, *tasks, std::move(*message));
            continue;
        }
        const rpc::Undecodable& problem = message.error();
        s.push_now(rpc::write_failure(problem.id, problem.fault));
        if (problem.fault.err_code == rpc::parse_error) {
            peer->close(close_bad_data, "not JSON-RPC");
            co_return fail(Errc::bad_message, problem.fault.err_msg);
        }
    }
}

asio::awaitable<void> RpcPeer::State::answer_the_rest(std::shared_ptr<RpcPeer> peer) {
    State& s = *peer->state_;
    const TimePoint until = s.timers.now() + s.settings.rest_time;
    WakeReason woken = WakeReason::notified;
    while (s.phase == Phase::open && s.serving > 0 && woken == WakeReason::notified)
        woken = co_await s.place.wait(until);
    peer->close(0, "");
}

void RpcPeer::State::hear(const rpc::Notification& notification) {
    if (!on_notification) return;
    try {
        on_notification(notification.method, notification.params);
    } catch (const std::exception& e) {
        log.err("notification failed", kv("what", e.what()));
    }
}

void RpcPeer::State::take(const std::shared_ptr<RpcPeer>& peer, TaskSet& tasks, rpc::Message message) {
    if (auto* asked = std::get_if<rpc::Request>(&message.what)) {
        if (phase == Phase::open) request(peer, tasks, std::move(*asked));
    } else if (const auto* notification = std::get_if<rpc::Notification>(&message.what)) {
        hear(*notification);
    } else if (auto* success = std::get_if<rpc::Success>(&message.what)) {
        settle(success->id, Reply{std::move(success->result)});
    } else if (auto* failure = std::get_if<rpc::Failure>(&message.what)) {
        if (failure->id)
            settle(*failure->id, Reply{std::move(failure->fault)});
        else
            log.warning("the peer could not read a message", kv("code", failure->fault.err_code));
    }
}

namespace {

Answer<json::Value> internal_error() {
    return Fault{rpc::internal_error, "internal error", {}, {}};
}

std::string write_answer(const rpc::Id& id, const Answer<json::Value>& answer) {
    std::string text = answer ? rpc::write_success(id, *answer) : rpc::write_failure(id, answer.error());
    if (text.size() <= limits::message_bytes) return text;
    const Fault fault{rpc::internal_error, "the answer is above the size limit", {}, {}};
    return rpc::write_failure(id, fault);
}

}  // namespace

void RpcPeer::State::request(const std::shared_ptr<RpcPeer>& peer, TaskSet& tasks, rpc::Request request) {
    std::optional<Serving> served;
    try {
        served.emplace(on_request(std::move(request.method), std::move(request.params)));
    } catch (const std::exception& e) {
        log.err("handler failed", kv("what", e.what()));
        served.emplace(internal_error());
    }
    if (served->now) {
        push_now(write_answer(request.id, *served->now));
        return;
    }
    ++serving;
    tasks.spawn("serve", serve(peer, std::move(request.id), std::move(*served->later)));
}

asio::awaitable<void> RpcPeer::State::serve(std::shared_ptr<RpcPeer> peer, rpc::Id id,
                                            asio::awaitable<Answer<json::Value>> work) {
    State& s = *peer->state_;
    Answer<json::Value> answer = internal_error();
    try {
        answer = co_await std::move(work);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) s.log.err("handler failed", kv("what", e.what()));
    } catch (const std::exception& e) {
        s.log.err("handler failed", kv("what", e.what()));
    }
    s.push_now(write_answer(id, answer));
    --s.serving;
    s.place.notify();
}

RpcPeer::RpcPeer(std::unique_ptr<State> state) : state_(std::move(state)) {}
RpcPeer::~RpcPeer() = default;

std::shared_ptr<RpcPeer> RpcPeer::make(std::unique_ptr<MessageStream> stream, Timers& timers,
                                       RpcPeerSettings settings, OnRequest on_request,
                                       OnNotification on_notification, Log log) {
    return std::make_shared<RpcPeer>(std::make_unique<State>(std::move(stream), timers, settings,
                                                             std::move(on_request),
                                                             std::move(on_notification), std::move(log)));
}

asio::awaitable<Error> RpcPeer::run() {
    const auto self = shared_from_this();
    State& s = *state_;
    // Cancellation must not keep the end of this function from running.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto executor = co_await asio::this_coro::executor;
    const auto state = co_await asio::this_coro::cancellation_state;
    TaskSet tasks(executor, s.timers, [&s](std::string_view, std::string_view what) {
        s.log.err("task failed", kv("what", what));
    });
    tasks.spawn("write", State::write(self));
    auto reading = State::read(self, &tasks);
    Error why = co_await std::move(reading);
    if (s.phase == State::Phase::open && (why.is(Errc::too_large) || why.is(Errc::bad_message))) {
        const Fault fault{rpc::parse_error, why.context, {}, {}};
        s.push_now(rpc::write_failure(std::nullopt, fault));
        close(close_bad_data, "not JSON-RPC");
    }
    if (s.phase == State::Phase::open && why.is(Errc::closed) && s.stream->still_listens()) {
        auto answering = State::answer_the_rest(self);
        co_await std::move(answering);
    }
    // A goodbye that is being said goes on; close() has bounded it.
    while (s.phase == State::Phase::closing && !s.writer_ended && !is_cancelled(state))
        co_await s.written.wait();
    s.end(std::move(why));
    co_await tasks.stop();
    s.finish();
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return s.reason;
}

void RpcPeer::State::finish() {
    stream->abort();
    stream.reset();
    queue.clear();
    queued_bytes = 0;
    // They often hold the peer itself.
    on_request = nullptr;
    on_notification = nullptr;
}

namespace {

/// Takes a call off the table on every way out, the destruction of a waiting coroutine too.
template <class Table>
struct Forget {
    Table& table;
    std::int64_t id;
    Forget(Table& t, std::int64_t i) : table(t), id(i) {}
    Forget(const Forget&) = delete;
    Forget& operator=(const Forget&) = delete;
    ~Forget() { table.erase(id); }
};

}  // namespace

asio::awaitable<Reply> RpcPeer::call(std::string method, json::Value params, TimePoint deadline) {
    const auto self = shared_from_this();
    State& s = *state_;
    if (s.phase != State::Phase::open) co_return Reply{fail(Errc::closed)};
    if (s.calls.size() >= s.settings.max_calls)
        co_return Reply{fail(Errc::full, "too many requests in flight")};
    if (deadline <= s.timers.now()) co_return Reply{fail(Errc::timeout)};
    const std::int64_t id = ++s.last_id;
    std::string text = rpc::write_request(rpc::Id(id), method, params);
    if (text.size() > limits::message_bytes) co_return Reply{fail(Errc::too_large, method)};
    State::Call call(s.timers);
    const Forget forget(s.calls, id);
    s.calls.emplace(id, &call);
    if (!s.push_now(std::move(text))) co_return Reply{fail(Errc::full, "the peer reads too slowly")};
    while (!call.reply) {
        const WakeReason reason = co_await call.wake.wait(deadline);
        if (call.reply) break;
        if (reason == WakeReason::deadline) co_return Reply{fail(Errc::timeout, method)};
        if (reason == WakeReason::cancelled) co_return Reply{fail(Errc::cancelled)};
    }
    co_return std::move(*call.reply);
}

bool RpcPeer::notify(std::string_view method, json::Value params) {
    if (!open()) return false;
    return notify_written(std::make_shared<const std::string>(rpc::write_notification(method, params)));
}

bool RpcPeer::notify_written(std::shared_ptr<const std::string> message) {
    return state_->push(std::move(message));
}

void RpcPeer::close(std::uint16_t code, std::string reason) {
    State& s = *state_;
    if (s.phase != State::Phase::open) return;
    s.phase = State::Phase::closing;
    s.close_code = code;
    s.close_reason = std::move(reason);
    const auto late = [weak = weak_from_this()] {
        if (const auto alive = weak.lock())
            alive->state_->cut(fail(Errc::closed, "closed with unsent messages"));
    };
    s.drain_alarm = s.timers.call_at(s.timers.now() + drain_time, late);
    s.writer.notify();
    s.place.notify();
}

void RpcPeer::abort() noexcept {
    state_->cut(fail(Errc::closed, "aborted"));
}

bool RpcPeer::open() const noexcept {
    return state_->phase == State::Phase::open;
}

std::size_t RpcPeer::queued_bytes() const noexcept {
    return state_->queued_bytes;
}

std::optional<TimePoint> RpcPeer::silence_ends() const {
    return state_->stream ? state_->stream->silence_ends() : std::nullopt;
}

std::string RpcPeer::peer() const {
    return state_->name;
}

}  // namespace voip::transport
