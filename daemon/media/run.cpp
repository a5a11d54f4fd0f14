#include "daemon/media/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "daemon/media/report.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/rpc/codec.hpp"
#include "protocol/transport/unix_socket.hpp"

namespace voip::media::host {
namespace {

// A process that dies closes its wire, in no certain order for us. What it said last is heard first, and its
// end is told by the better words: so long each of the two is waited for.
constexpr Duration end_pause = 300ms;

std::string numbers(const MediaQuality& quality) {
    std::string text;
    const json::Value object = encode(quality);
    for (const json::Member& member : *object.as_object())
        text += (text.empty() ? "" : ", ") + member.name + " " + json::write(member.value);
    return text;
}

event::Answered answered(Request request, const Reply& reply) {
    using How = event::Answered::How;
    const std::string method(to_string(request));
    if (const Fault* fault = reply.fault())
        return {request, How::refused, fault->err_code, method + ": " + fault->err_msg, {}};
    if (const Error* error = reply.error()) return {request, How::lost, 0, method + ": " + error->text(), {}};
    event::Answered done{request, How::done, 0, {}, {}};
    const json::Value* quality = reply.result()->find("quality");
    if (request == Request::stop && quality)
        if (const auto figures = decode_media_quality(*quality)) done.quality = *figures;
    return done;
}

asio::awaitable<Answer<json::Value>> refuse_request(std::string, json::Value) {
    co_return Fault{rpc::method_not_found, "the daemon answers nothing here", {}, {}};
}

}  // namespace

/// Each action on its part of the machine; no decision is left here.
struct Run::Perform {
    Run& run;

    void operator()(const action::Spawn&) const { run.spawn(); }
    void operator()(const action::Ask& what) const {
        run.owner_.tasks.spawn("media.ask", ask(run.shared_from_this(), what));
    }
    void operator()(const action::ToProgram& what) const {
        json::Value params;
        params.set("body", what.body);
        if (run.peer_) (void)run.peer_->notify("media.signal", std::move(params));
    }
    void operator()(const action::ToRoom& what) const {
        if (!run.owner_.parts.signal({run.room_id_, what.body}))
            run.next_.push_back(event::Unsent{what.body});
    }
    void operator()(const action::CloseWire&) const {
        if (run.peer_) run.peer_->close(0, {});
    }
    void operator()(const action::Kill&) const {
        if (run.child_) run.child_->kill();
    }
    void operator()(const action::FetchServers& what) const {
        run.owner_.tasks.spawn("media.servers", fetch(run.shared_from_this(), what.deadline));
    }
    void operator()(const action::Tell& what) const {
        if (what.err_code != 0)
            run.log_.warning("media failed", kv("code", what.err_code), kv("why", what.err_msg));
        run.owner_.parts.changed({run.plan_.generation(), what.media, what.err_code, what.err_msg});
    }
    void operator()(const action::Measure& what) const {
        run.owner_.parts.measured({run.plan_.generation(), what.quality});
    }
    void operator()(const action::Health& what) const { run.owner_.parts.health(what.reason); }
    void operator()(const action::Gone& what) const {
        if (what.quality && *what.quality != MediaQuality{})
            run.log_.info("media over", kv("numbers", numbers(*what.quality)));
    }
    void operator()(const action::Note& what) const { run.log_.warning(what.what, kv("why", what.why)); }
};

Run::Run(Owner owner, ChildSpec child, PlanSettings plan, std::string room_id)
    : owner_(std::move(owner)),
      child_spec_(std::move(child)),
      plan_(std::move(plan)),
      room_id_(std::move(room_id)),
      log_(owner_.parts.log.of(std::to_string(plan_.generation()))) {}

Run::~Run() {
    forget_alarms();
}

void Run::process(Event event) {
    next_.push_back(std::move(event));
    if (std::exchange(handling_, true)) return;  // an action of the event before asked for it
    const auto self = shared_from_this();        // the last action may be the last reference
    while (!next_.empty()) {
        const Event current = std::move(next_.front());
        next_.pop_front();
        for (const Action& action : plan_.on(current, owner_.parts.timers.now()))
            std::visit(Perform{*this}, action);
    }
    handling_ = false;
    if (plan_.phase() == Phase::gone) {
        forget_alarms();
        owner_.gone(self);
    } else {
        set_alarm();
    }
}

void Run::set_alarm() {
    Timers& timers = owner_.parts.timers;
    timers.cancel(std::exchange(alarm_, 0));
    if (const auto at = plan_.wake_at()) {
        alarm_ = timers.call_at(*at, [this] {
            alarm_ = 0;
            process(event::Tick{});
        });
    }
}

void Run::forget_alarms() noexcept {
    owner_.parts.timers.cancel(std::exchange(alarm_, 0));
    owner_.parts.timers.cancel(std::exchange(end_alarm_, 0));
}

void Run::abandon() noexcept {
    forget_alarms();
    child_.reset();
    if (peer_) peer_->abort();
}

void Run::spawn() {
    exit_.clear();
    wire_end_.clear();
    auto child = Child::start(child_spec_);
    if (!child) {
        next_.push_back(event::SpawnFailed{child.error().context});
        return;
    }
    auto stream = transport::adopt_stream(owner_.parts.executor, owner_.parts.timers, child->take_wire());
    if (!stream) {
        next_.push_back(event::SpawnFailed{"the program's wire: " + stream.error().text()});
        return;
    }
    child_.emplace(std::move(*child));
    log_.info("media program started", kv("pid", child_->pid()));
    const std::weak_ptr<Run> weak = weak_from_this();
    peer_ = transport::RpcPeer::make(
        std::move(*stream), owner_.parts.timers, {}, refuse_request,
        [weak](const std::string& method, const json::Value& params) {
            if (const auto run = weak.lock()) run->hear(method, params);
        },
        log_);
    owner_.tasks.spawn("media.wire", speak(shared_from_this(), peer_));
}

void Run::hear(const std::string& method, const json::Value& params) {
    if (method == "media.signal") {
        const json::Value* body = params.find("body");
        return body ? process(event::FromProgram{*body}) : broken(method + ": no body");
    }
    if (method == "media.state") {
        const auto report = decode_state_report(params);
        return report ? process(event::Told{*report}) : broken(method + ": " + report.error().err_msg);
    }
    if (method == "media.stats") {
        const json::Value* quality = params.find("quality");
        const auto figures = decode_media_quality(quality ? *quality : json::Value());
        return figures ? process(event::Measured{*figures}) : broken(method + ": " + figures.error().err_msg);
    }
    log_.debug("unknown notification", kv("method", method.substr(0, limits::method_bytes)));
}

void Run::broken(std::string why) {
    process(event::WireBroken{"the media program broke its contract: " + std::move(why)});
}

asio::awaitable<void> Run::speak(std::shared_ptr<Run> run, std::shared_ptr<transport::RpcPeer> peer) {
    const Error why = co_await peer->run();
    if (peer == run->peer_) run->wire_ended(why);
}

void Run::wire_ended(const Error& why) {
    peer_.reset();
    if (why.is(Errc::bad_message) || why.is(Errc::too_large)) broken(why.text());
    wire_end_ = "the media program closed its wire";
    settle_end();
}

void Run::reap() {
    if (!child_) return;
    exit_ = child_->reap();
    if (exit_.empty()) return;
    child_.reset();
    log_.info("media program ended", kv("how", exit_));
    settle_end();
}

/// Process and wire end together: told when both have, or when the other lets wait.
void Run::settle_end() {
    Timers& timers = owner_.parts.timers;
    if (exit_.empty() || wire_end_.empty()) {
        if (end_alarm_ != 0) return;
        end_alarm_ = timers.call_at(timers.now() + end_pause, [this] {
            end_alarm_ = 0;
            if (exit_.empty()) return process(event::WireBroken{wire_end_});
            if (peer_) peer_->abort();  // somebody else holds the other end: no word of it counts
        });
        return;
    }
    timers.cancel(std::exchange(end_alarm_, 0));
    process(event::Exited{std::exchange(exit_, {})});
}

asio::awaitable<void> Run::ask(std::shared_ptr<Run> run, action::Ask ask) {
    const auto peer = run->peer_;
    if (!peer) co_return;  // the end of the wire is told by itself
    auto asking = peer->call(std::string(to_string(ask.request)), std::move(ask.params), ask.deadline);
    const Reply reply = co_await std::move(asking);
    const bool ended =
        reply.error() && (reply.error()->is(Errc::closed) || reply.error()->is(Errc::cancelled));
    if (!ended && peer == run->peer_) run->process(answered(ask.request, reply));
}

asio::awaitable<void> Run::fetch(std::shared_ptr<Run> run, TimePoint deadline) {
    const SupervisorParts& parts = run->owner_.parts;
    auto asking = parts.ice_servers(run->room_id_, deadline);
    const auto outcome = co_await std::move(asking);
    event::Servers servers;
    servers.received = {parts.timers.now(), parts.timers.wall_now()};
    if (outcome.result()) servers.servers = *outcome.result();
    run->process(std::move(servers));
}

}  // namespace voip::media::host
