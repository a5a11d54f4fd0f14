#include "daemon/media/program/program.hpp"

#include <boost/asio/post.hpp>
#include <deque>
#include <map>
#include <utility>

#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "daemon/media/program/call.hpp"
#include "daemon/media/program/devices.hpp"
#include "daemon/media/program/quality.hpp"
#include "protocol/errors.hpp"
#include "protocol/transport/rpc_peer.hpp"

namespace voip::media {
namespace {

namespace asio = boost::asio;

constexpr Duration report_gap = 1s;
constexpr int reports_between_stats = 2;
constexpr Duration answer_time = 9s;  // the call's own deadlines are shorter; the daemon's too

}  // namespace

struct Program::State {
    /// A request of the daemon that waits for the call's word.
    struct Waiter {
        explicit Waiter(Timers& timers) : wake(timers) {}
        Wake wake;
        std::optional<Answer<json::Value>> answer;
    };
    struct Perform;

    explicit State(Parts p)
        : parts(std::move(p)),
          log(parts.hub, "media"),
          over(parts.timers),
          wire_over(parts.timers),
          devices(
              parts.timers, [this](Event event) { post(std::move(event)); }, log) {}

    // The wire.
    asio::awaitable<Answer<json::Value>> serve(std::string method, json::Value params);
    std::optional<Event> decode(const std::string& method, const json::Value& params,
                                std::optional<Fault>& fault, std::optional<Request>& request);
    void heard(const std::string& method, const json::Value& params);
    [[nodiscard]] json::Value result_of(Request request) const;

    // The call.
    void post(Event event);
    void drain();
    void arm();
    void prepare(const Prepare& params);
    void open(const action::Open& what);
    void close_session();
    void arm_report();
    void make_report();

    Parts parts;
    Log log;
    Wake over, wire_over;
    std::shared_ptr<transport::RpcPeer> peer;
    Call call;
    Devices devices;
    std::unique_ptr<MediaTransport> transport;
    SessionId transport_session = 0;
    QualityMeter meter;
    Prepare prepared;
    RoomType room_type = RoomType::video;
    Sandbox sandbox;
    std::deque<Event> events;
    bool draining = false, ended = false, wire_gone = false;
    std::map<Request, std::shared_ptr<Waiter>> waiters;
    Timers::Id alarm = 0, report_alarm = 0;
    int reports = 0;
};

/// Each action on its part; no decision is left here.
struct Program::State::Perform {
    State& self;

    void operator()(const action::LoadEngine&) const {
        const auto tell = [&state = self](const Result<void>& done, Event good) {
            state.post(done ? std::move(good) : Event(event::EngineFailed{done.error()}));
        };
        self.parts.engine->load(
            {self.devices.all().encoding, self.prepared.display},
            [tell](const Result<void>& loaded) { tell(loaded, event::EngineReady{}); },
            [tell](const Result<void>& key) { tell(key, event::KeyMade{}); });
    }
    void operator()(const action::Reply& what) const {
        const auto found = self.waiters.find(what.request);
        if (found == self.waiters.end()) return;
        if (what.err_code == 0)
            found->second->answer = self.result_of(what.request);
        else
            found->second->answer = Fault{what.err_code, what.err_msg, {}, {}};
        found->second->wake.notify();
        self.waiters.erase(found);
    }
    void operator()(const action::TellState& what) const {
        self.log.info("media", kv("state", to_string(what.report.state)), kv("camera", what.report.camera),
                      kv("microphone", what.report.microphone), kv("code", what.report.err_code),
                      kv("why", what.report.err_msg));
        (void)self.peer->notify("media.state", encode(what.report));
    }
    void operator()(const action::TellPhone& what) const {
        (void)self.peer->notify("media.signal", json::Value().set("body", encode(what.signal)));
    }
    void operator()(const action::Open& what) const { self.open(what); }
    void operator()(const action::TakeAnswer& what) const {
        if (!self.transport) return;
        self.transport->take_answer(what.sdp,
                                    [&state = self, session = self.transport_session](Result<void> taken) {
                                        if (taken) return;
                                        state.log.warning("answer refused", kv("why", taken.error().text()));
                                        state.post(event::Lost{session, taken.error()});
                                    });
    }
    void operator()(const action::TakeCandidate& what) const {
        if (!self.transport) return;
        const auto taken = self.transport->take_candidate(what.candidate, what.line);
        if (!taken) self.log.info("candidate ignored", kv("why", taken.error().text()));
    }
    void operator()(const action::Flow& what) const {
        self.devices.flow(what.on);
        self.parts.timers.cancel(std::exchange(self.report_alarm, 0));
        if (what.on) self.arm_report();
    }
    void operator()(const action::StartDevice& what) const { self.devices.start(what.device); }
    void operator()(const action::StopDevice& what) const { self.devices.stop(what.device); }
    void operator()(const action::Mute& what) const { self.devices.mute(what.on); }
    void operator()(const action::Volume& what) const { self.devices.set_volume(what.percent); }
    void operator()(const action::Close&) const {
        self.devices.connect(nullptr);
        if (!self.transport) return self.post(event::SessionClosed{});
        self.transport->close([&state = self] { state.post(event::SessionClosed{}); });
    }
    void operator()(const action::End&) const {
        self.ended = true;
        self.over.notify();
    }
};

void Program::State::post(Event event) {
    events.push_back(std::move(event));
    drain();
}

void Program::State::drain() {
    if (draining) return;  // an action made it
    draining = true;
    while (!events.empty()) {
        const Event event = std::move(events.front());
        events.pop_front();
        for (const Action& action : call.on(event, parts.timers.now())) std::visit(Perform{*this}, action);
    }
    draining = false;
    arm();
}

void Program::State::arm() {
    parts.timers.cancel(std::exchange(alarm, 0));
    const auto at = ended ? std::nullopt : call.wake_at();
    if (!at) return;
    alarm = parts.timers.call_at(*at, [this] {
        alarm = 0;
        post(event::Tick{});
    });
}

json::Value Program::State::result_of(Request request) const {
    json::Value value = json::Object{};
    switch (request) {
        case Request::prepare:
            value.set("version", WMPF_VERSION).set("voice", devices.voice());
            value.set("sandbox",
                      json::Value().set("landlock", sandbox.landlock).set("seccomp", sandbox.seccomp));
            break;
        case Request::set:
            value.set("camera", call.wants_camera()).set("microphone", call.wants_microphone());
            value.set("volume", static_cast<std::int64_t>(call.volume()));
            break;
        case Request::stop: value.set("quality", voip::encode(meter.quality())); break;
        case Request::start:
        case Request::restart: break;
    }
    return value;
}

std::optional<Event> Program::State::decode(const std::string& method, const json::Value& params,
                                            std::optional<Fault>& fault, std::optional<Request>& request) {
    const auto take = [&]<class Made>(auto decoded, Request which, Made) -> std::optional<Event> {
        if (!decoded) {
            fault = decoded.error();
            return std::nullopt;
        }
        request = which;
        return Event(Made{std::move(*decoded)});
    };
    if (method == "media.prepare") return take(decode_prepare(params), Request::prepare, event::Prepare{});
    if (method == "media.start") return take(decode_start(params), Request::start, event::Start{});
    if (method == "media.set") return take(decode_set(params), Request::set, event::Set{});
    if (method == "media.restart") return take(decode_restart(params), Request::restart, event::Restart{});
    if (method == "media.stop") {
        request = Request::stop;
        return Event(event::Stop{});
    }
    fault = Fault{rpc::method_not_found, "unknown method", {}, {}};
    return std::nullopt;
}

asio::awaitable<Answer<json::Value>> Program::State::serve(std::string method, json::Value params) {
    if (method == "media.signal") {
        const json::Value* body = params.find("body");
        auto signal = decode_signal(body ? *body : json::Value());
        if (!signal) co_return signal.error();
        post(event::FromPhone{std::move(*signal)});
        co_return json::Value(json::Object{});
    }
    std::optional<Fault> fault;
    std::optional<Request> request;
    std::optional<Event> event = decode(method, params, fault, request);
    if (!event) co_return *fault;
    if (waiters.contains(*request)) co_return Fault{code::join_failed, method + ": asked twice", {}, {}};
    if (const auto* prepare_event = std::get_if<event::Prepare>(&*event);
        prepare_event && call.phase() == Call::Phase::idle) {
        prepared = prepare_event->params;
        (void)parts.hub.set_levels(std::string(voip::to_string(prepared.log)));
        sandbox = parts.lock_up({prepared.camera.device, prepared.record, needs_unix_sockets(prepared)});
        const auto made = devices.make(prepared, parts.executor);
        if (!made) co_return Fault{code::media_device, made.error().text(), {}, {}};
    }
    if (const auto* start_event = std::get_if<event::Start>(&*event))
        room_type = start_event->params.room_type;
    const auto waiter = std::make_shared<Waiter>(parts.timers);
    waiters[*request] = waiter;
    post(std::move(*event));
    if (!waiter->answer) {
        const TimePoint until = parts.timers.now() + answer_time;
        (void)co_await waiter->wake.wait(until);
    }
    const auto mine = waiters.find(*request);
    if (mine != waiters.end() && mine->second == waiter) waiters.erase(mine);
    if (!waiter->answer) co_return Fault{code::join_reset, method + ": no answer in time", {}, {}};
    co_return *waiter->answer;
}

void Program::State::heard(const std::string& method, const json::Value& params) {
    if (method != "media.signal") return;
    const json::Value* body = params.find("body");
    auto signal = decode_signal(body ? *body : json::Value());
    if (!signal)
        return log.info("signal ignored", kv("why", signal.error().err_msg),
                        kv("field", signal.error().field));
    post(event::FromPhone{std::move(*signal)});
}

void Program::State::open(const action::Open& what) {
    devices.connect(nullptr);
    transport.reset();
    transport_session = what.session;
    meter.new_connection();
    const auto& av = devices.all();
    TransportSettings settings;
    settings.send_sound = av.microphone != nullptr;
    settings.receive_sound = av.speaker != nullptr;
    settings.send_picture = av.camera && room_type == RoomType::video;
    settings.receive_picture = !prepared.display.empty() && room_type == RoomType::video;
    settings.display = prepared.display;
    settings.addresses = prepared.addresses;
    settings.ice = plan_ice(what.ice_servers);
    const SessionId session = what.session;
    MediaTransport::Handlers handlers;
    handlers.offer = [this, session](std::string sdp) { post(event::OfferMade{session, std::move(sdp)}); };
    handlers.candidate = [this, session](std::string candidate, std::string mid, unsigned line) {
        post(event::CandidateFound{session, std::move(candidate), std::move(mid), line});
    };
    handlers.connected = [this, session] { post(event::Connected{session}); };
    handlers.lost = [this, session](Error why) {
        log.info("connection lost", kv("session", session), kv("why", why.text()));
        post(event::Lost{session, std::move(why)});
    };
    handlers.key_wanted = [this] { devices.key_wanted(); };
    handlers.sound = [this](std::span<const std::int16_t> samples) { devices.hear(samples); };
    auto opened = parts.engine->open(settings, std::move(handlers));
    if (!opened) {
        log.warning("no connection can be made", kv("why", opened.error().text()));
        return post(event::Lost{session, opened.error()});
    }
    transport = std::move(*opened);
    devices.connect(transport.get());
}

void Program::State::arm_report() {
    report_alarm = parts.timers.call_at(parts.timers.now() + report_gap, [this] {
        report_alarm = 0;
        make_report();
        arm_report();
    });
}

void Program::State::make_report() {
    devices.watch();
    if (!transport) return;
    const bool alive = meter.update(transport->stats(), devices.counters(), devices.format(),
                                    call.sends_camera(), parts.timers.now());
    if (call.sends_camera()) devices.on_report(meter.report());
    if (++reports % reports_between_stats == 0)
        (void)peer->notify("media.stats", json::Value().set("quality", voip::encode(meter.quality())));
    if (alive) post(event::Heard{transport_session});
}

Program::Program(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}

hal::sim::AvControl* Program::sim() const noexcept {
    return state_->devices.all().sim.get();
}

Program::~Program() {
    state_->parts.timers.cancel(state_->alarm);
    state_->parts.timers.cancel(state_->report_alarm);
}

asio::awaitable<int> Program::run(std::unique_ptr<transport::MessageStream> stream) {
    State& self = *state_;
    self.peer = transport::RpcPeer::make(
        std::move(stream), self.parts.timers, {},
        [&self](std::string method, json::Value params) {
            return self.serve(std::move(method), std::move(params));
        },
        [&self](const std::string& method, const json::Value& params) { self.heard(method, params); },
        self.log);
    const auto peer = self.peer;
    const auto serve = [&self, peer]() -> asio::awaitable<void> {
        const Error why = co_await peer->run();
        self.log.debug("the daemon's wire has ended", kv("why", why.text()));
        self.wire_gone = true;
        self.wire_over.notify();
        self.post(event::WireClosed{});
    };
    TaskSet tasks(self.parts.executor, self.parts.timers, [&self](std::string_view, std::string_view what) {
        self.log.err("task failed", kv("what", what));
        self.ended = true;
        self.over.notify();
    });
    tasks.spawn("wire", serve());
    while (!self.ended) (void)co_await self.over.wait();
    peer->close(1000, "");  // sends what waits: the answer to media.stop
    const TimePoint until = self.parts.timers.now() + 1s;
    if (!self.wire_gone) (void)co_await self.wire_over.wait(until);
    co_await tasks.stop();
    self.transport.reset();
    co_return 0;
}

}  // namespace voip::media
