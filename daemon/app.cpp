#include "daemon/app.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "config/load.hpp"
#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "daemon/api_ports.hpp"
#include "daemon/board_port.hpp"
#include "daemon/call/call_task.hpp"
#include "daemon/control/server.hpp"
#include "daemon/demo.hpp"
#include "daemon/device_port.hpp"
#include "daemon/engine/network_watch.hpp"
#include "daemon/engine/none_engine.hpp"
#include "daemon/engine/service_engine.hpp"
#include "daemon/lifecycle/listen_fds.hpp"
#include "daemon/lifecycle/media_program.hpp"
#include "daemon/lifecycle/notify.hpp"
#include "daemon/lifecycle/places.hpp"
#include "daemon/lifecycle/watchdog.hpp"
#include "daemon/log_areas.hpp"
#include "daemon/media/supervisor.hpp"
#include "daemon/operation.hpp"
#include "daemon/reasons.hpp"
#include "daemon/storage.hpp"
#include "daemon/wiring.hpp"
#include "protocol/crypto/crypto.hpp"
#include "protocol/errors.hpp"

namespace voip::daemon {
namespace {

// A part that does not end in this time is a bug; the unit's own limit (90 s) would be too long for a
// restart.
constexpr Duration shutdown_time = 8s;

#ifdef WMPF_MEDIA
constexpr bool has_media_program = true;
#else
constexpr bool has_media_program = false;
#endif

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : ", ") + line;
    return text;
}

}  // namespace

struct App::Parts {
    Parts(asio::any_io_executor ex, LogHub& log_hub, Setup s)
        : executor(std::move(ex)),
          hub(log_hub),
          setup(std::move(s)),
          log(hub, "daemon"),
          timers(executor),
          metrics(timers),
          wish(timers),
          tasks(executor, timers, crash_handler()) {}

    TaskSet::OnCrash crash_handler() {
        return [this](std::string_view task, std::string_view what) {
            log.err("task failed", kv("task", task), kv("what", what));
            crashed = true;
            wish.notify();
        };
    }
    [[nodiscard]] bool has_service() const { return setup.config.call.engine == config::Engine::service; }

    // Making, in this order.
    Result<void> make_places();
    asio::awaitable<Result<void>> make_demo();
    Result<void> make_board();
    Result<void> make_service_side();
    void make_media();
    void make_call();
    Result<void> make_api();
    void make_doors();

    asio::awaitable<Result<void>> start();
    asio::awaitable<void> provision();
    std::vector<lifecycle::Witness> witnesses();
    asio::awaitable<void> stop();
    void heard(const identity::DeviceFacts& facts);
    void network_came_up(bool moved);
    [[nodiscard]] engine::Engine& road() {
        return service_engine ? static_cast<engine::Engine&>(*service_engine) : *none_engine;
    }
    void status(const std::string& text);
    Answer<control::Reloaded> reload();
    [[nodiscard]] Gauges gauges();
    void judge_areas() const;
    void levels_changed();

    // In the order of dependency; destruction is the reverse.
    asio::any_io_executor executor;
    LogHub& hub;
    Setup setup;
    Log log;
    SystemTimers timers;
    HealthBook health;
    Metrics metrics;
    Wake wish;
    std::filesystem::path state_dir, socket;
    lifecycle::Notifier notifier;
    std::optional<lifecycle::WatchdogFeeder> watchdog;
    std::optional<Demo> demo;
    std::optional<identity::ClockState> clock;
    std::unique_ptr<identity::Identity> identity;
    std::unique_ptr<engine::ServiceEngine> service_engine;
    std::unique_ptr<engine::NoneEngine> none_engine;
    std::unique_ptr<engine::NetworkWatch> network;
    hal::Board board;
    std::optional<call::Contacts> contacts;
    std::optional<call::History> history;
    std::optional<call::Doors> doors;
    std::optional<StorageWatch> storage;
    std::unique_ptr<media::host::Supervisor> media;  // null: calls have neither sound nor picture
    std::unique_ptr<call::CallTask> calls;
    std::unique_ptr<control::DevicePort> device_port;
    std::optional<BoardPort> board_port;
    std::optional<ContactsPort> contacts_port;
    std::optional<HistoryPort> history_port;
    std::optional<Operation> operation;
    std::unique_ptr<control::Server> api;
    TaskSet tasks;

    std::uint64_t connects = 0;
    bool online = false;
    std::string told_status;
    bool stop_wanted = false, crashed = false;
};

Result<void> App::Parts::make_places() {
    auto opened = lifecycle::Notifier::open(setup.environment);
    if (!opened) return opened.error();
    notifier = std::move(*opened);
    const auto& options = setup.options;
    socket = lifecycle::socket_path(setup.environment, options.socket, options.demo, setup.config.api.socket);
    if (options.demo && options.socket.empty()) {
        const auto made = lifecycle::make_private_dir(socket.parent_path());
        if (!made) return within("socket folder", made.error());
    }
    state_dir = lifecycle::state_dir(setup.environment, options.state_dir, options.demo);
    const auto made = lifecycle::make_private_dir(state_dir);
    if (!made) return within("state folder", made.error());
    return {};
}

asio::awaitable<Result<void>> App::Parts::make_demo() {
    if (!setup.options.demo) co_return Result<void>();
    demo.emplace(executor, timers, hub, state_dir / "service", setup.options.listen);
    auto started = co_await demo->start(setup.config);
    if (!started) co_return within("demo", started.error());
    co_return Result<void>();
}

Result<void> App::Parts::make_board() {
    const config::Board& config = setup.config.board;
    auto opened = hal::open_board(config.driver, executor, timers, board_settings(config, Log(hub, "board")));
    if (!opened) return opened.error();
    board = std::move(*opened);
    if (board.lamp) board.lamp = std::make_unique<RememberingLamp>(std::move(board.lamp));
    health.set("board", PartState::ok, "", timers.wall_now());
    const auto on_health = [this](const std::string& device, const std::string& reason) {
        health.set(device, reason.empty() ? PartState::ok : PartState::degraded, reason, timers.wall_now());
    };
    board_port.emplace(board, config, timers, on_health, Log(hub, "board"));
    return {};
}

Result<void> App::Parts::make_service_side() {
    if (!has_service()) {
        engine::NoneSettings far_side;
        far_side.own_id = setup.config.device.sn;
        far_side.ring_time = setup.config.call.ring;
        none_engine = std::make_unique<engine::NoneEngine>(timers, far_side);
        device_port =
            std::make_unique<LonelyDevicePort>(lonely_facts(setup.config.device, timers.wall_now()));
        return {};
    }
    clock.emplace(timers, state_dir / "clock.json", Log(hub, "clock"));
    clock->load();
    auto tls =
        transport::TlsClientContext::make({setup.config.service.ca, [this] { return clock->judged(); }});
    if (!tls) return within("service.ca", fail(Errc::bad_config, tls.error().context));
    const auto url = transport::parse_url(setup.config.service.url);
    if (!url) return within("service.url", fail(Errc::bad_config, url.error().context));
    identity::Parts parts{executor,
                          timers,
                          *clock,
                          identity::https_to(timers, *tls, *url),
                          crash_handler(),
                          crypto::random_number(),
                          Log(hub, "identity")};
    identity = std::make_unique<identity::Identity>(identity_settings(setup.config.device, *url, state_dir),
                                                    std::move(parts));
    identity->on_change([this](const identity::DeviceFacts& facts) { heard(facts); });
    const auto profile = device_profile(setup.config, has_media_program);
    service_engine = std::make_unique<engine::ServiceEngine>(
        engine::ServiceEngineParts{executor,
                                   timers,
                                   *identity,
                                   engine::websocket_opener(timers, *tls, *url),
                                   profile,
                                   {},
                                   crash_handler(),
                                   crypto::random_number(),
                                   Log(hub, "channel")});
    network = std::make_unique<engine::NetworkWatch>(
        executor, timers, [this](bool moved) { network_came_up(moved); }, crash_handler(),
        Log(hub, "network"));
    device_port = std::make_unique<DevicePort>(*identity, timers);
    return {};
}

void App::Parts::make_doors() {
    std::vector<std::string> allowed;
    for (const config::Relay& relay : setup.config.board.relays)
        if (relay.from_call) allowed.push_back(relay.name);
    const auto open = [this](const std::string& relay, const std::string& by,
                             const std::string& room_id) -> Answer<Duration> {
        const auto pulse = board_port->relay(relay, std::nullopt, {by, room_id});
        if (!pulse) return pulse.error();
        return Duration(std::chrono::milliseconds(pulse->until - timers.wall_now()));
    };
    doors.emplace(std::move(allowed), open, Log(hub, "doors"));
}

void App::Parts::network_came_up(bool moved) {
    identity->hurry();
    service_engine->on_network(moved);
    if (media) media->on_network(moved);
}

void App::Parts::make_media() {
    if (!has_service()) return;  // the loop-back engine has nobody who could be seen or heard
    if (const auto why = media_off(setup.config.media, has_media_program); !why.empty())
        return health.set("media", PartState::off, std::string(why), timers.wall_now());
    std::error_code ignored;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto program = lifecycle::media_program(setup.config.media, own);
    auto settings = media_settings(setup.config, program, setup.environment, level_of(hub, "media"));
    const auto told = [this](const std::string& reason) {
        health.set("media", reason.empty() ? PartState::ok : PartState::degraded, reason, timers.wall_now());
    };
    const bool there = ::access(program.c_str(), X_OK) == 0;
    told(there ? std::string() : program.string() + ": cannot be executed");
    media::host::SupervisorParts parts{
        executor,
        timers,
        [this](const RoomSignal& signal) { return road().signal(signal); },
        [this](std::string room_id, TimePoint deadline) {
            return road().ice_servers(std::move(room_id), deadline);
        },
        [this](call::event::MediaChanged changed) { calls->on_media(std::move(changed)); },
        [this](call::event::MediaMeasured measured) { calls->on_media(std::move(measured)); },
        told,
        crash_handler(),
        Log(hub, "media")};
    media = std::make_unique<media::host::Supervisor>(std::move(parts), std::move(settings));
}

void App::Parts::make_call() {
    make_doors();
    contacts.emplace(state_dir / "contacts.json", Log(hub, "contacts"));
    contacts->load();
    history.emplace(state_dir / "history.jsonl", Log(hub, "history"));
    history->load();
    const auto store = [this] {
        contacts->store();
        history->store();
        return contacts->trouble().empty() ? history->trouble() : contacts->trouble();
    };
    storage.emplace(state_dir, store, health, timers, Log(hub, "storage"));
    (void)storage->check();
    contacts_port.emplace(*contacts);
    history_port.emplace(*history);
    const auto new_call_id = [] { return crypto::random_text(24); };
    call::CallParts parts{executor,           timers,          road(),           board,
                          *contacts,          *history,        media.get(),      new_call_id,
                          call::local_minute, crash_handler(), Log(hub, "call"), &*doors};
    calls = std::make_unique<call::CallTask>(std::move(parts), call_settings(setup.config));
    calls->add_observer(metrics, false);
}

Result<void> App::Parts::make_api() {
    const auto look = [this] {
        (void)storage->check();
        if (identity) heard(identity->facts());  // nobody tells that the clock was put right
    };
    operation.emplace(Operation::Parts{hub, health, metrics, look, [this] { return gauges(); },
                                       [this] { return reload(); }, [this] { levels_changed(); }});
    const control::Ports ports{*calls, *contacts_port, *history_port, *device_port, *board_port, *operation};
    control::ServerSettings settings;
    const config::Api& config = setup.config.api;
    settings.access = control::find_access(config.control_group, config.observe_group, Log(hub, "api"));
    settings.max_clients = static_cast<std::size_t>(config.max_clients);
    api = std::make_unique<control::Server>(executor, timers, ports, settings, Log(hub, "api"));
    const auto activated = lifecycle::activated_socket(setup.environment);
    if (!activated) return activated.error();
    return *activated ? api->adopt(**activated) : api->start(socket);
}

asio::awaitable<Result<void>> App::Parts::start() {
    auto places = make_places();
    if (!places) co_return places;
    auto demo_made = co_await make_demo();
    if (!demo_made) co_return demo_made;
    auto board_made = make_board();
    if (!board_made) co_return board_made;
    auto service_made = make_service_side();
    if (!service_made) co_return service_made;
    make_media();
    make_call();
    auto api_made = make_api();
    if (!api_made) co_return api_made;

    judge_areas();
    calls->start();
    if (none_engine) none_engine->start(*calls);
    if (service_engine) {
        identity->start();
        service_engine->start(*calls);
        network->start();
    }
    watchdog.emplace(timers, notifier, witnesses(), Log(hub, "watchdog"));
    watchdog->start();
    const auto ready = notifier.ready("starting");
    if (!ready) log.warning("service manager not told", kv("why", ready.error().text()));
    log.notice("ready", kv("version", WMPF_VERSION), kv("sn", setup.config.device.sn),
               kv("socket", socket.string()));
    if (demo) tasks.spawn("demo", provision());
    co_return Result<void>();
}

/// Who must move for the watchdog to be fed. That it is asked at all is the loop's proof.
std::vector<lifecycle::Witness> App::Parts::witnesses() {
    std::vector<lifecycle::Witness> all;
    all.push_back({"the call", [this](TimePoint now) -> std::optional<std::string> {
                       if (!calls->beats()) return "its task does not go round";
                       return lifecycle::overdue(calls->due(), now);
                   }});
    if (media)
        all.push_back({"the media", [this](TimePoint now) { return lifecycle::overdue(media->due(), now); }});
    if (service_engine)
        all.push_back({"the channel",
                       [this](TimePoint now) { return lifecycle::overdue(service_engine->due(), now); }});
    return all;
}

asio::awaitable<void> App::Parts::provision() {
    auto done = co_await demo->provision(setup.config.device, *device_port, *contacts_port);
    if (!done) {
        log.err("the demo could not be set up", kv("why", done.error().text()));
        crashed = true;
        wish.notify();
        co_return;
    }
    std::fputs(("\n" + demo->guide(setup.config, socket, media != nullptr) + "\n").c_str(), stdout);
    std::fflush(stdout);
}

void App::Parts::heard(const identity::DeviceFacts& facts) {
    const auto now = timers.wall_now();
    const bool now_online = facts.channel.state == identity::ChannelState::online;
    if (now_online && !online) ++connects;
    online = now_online;
    health.set("channel", now_online ? PartState::ok : PartState::down, facts.channel.reason, now);
    const bool registered = facts.registration.state == identity::RegistrationState::registered;
    health.set("registration", registered ? PartState::ok : PartState::down,
               registration_reason(facts.registration), now);
    const bool clock_ok = facts.clock.state == identity::ClockHealth::ok;
    health.set("clock", clock_ok ? PartState::ok : PartState::degraded, clock_reason(facts.clock), now);
    status(now_online ? "online"
                      : std::string(to_string(facts.channel.state)) +
                            (facts.channel.reason.empty() ? "" : ": " + facts.channel.reason));
}

void App::Parts::status(const std::string& text) {
    if (text == told_status) return;
    told_status = text;
    const auto told = notifier.status(text);
    if (!told) log.debug("service manager not told", kv("why", told.error().text()));
}

Gauges App::Parts::gauges() {
    Gauges gauges;
    gauges.online = service_engine ? online : true;
    gauges.connects = connects;
    gauges.api_clients = api->clients();
    gauges.api_subscribers = api->subscribers();
    gauges.api_queue_bytes = api->queued_bytes();
    gauges.api_clients_dropped = api->stats().dropped;
    if (identity) {
        const identity::DeviceFacts facts = identity->facts();
        gauges.device_token_expires = facts.device_token_expires;
        gauges.device_token_issued = facts.device_token_issued;
        gauges.service_time = clock->service_time();
        gauges.channel_queue_bytes = service_engine->queued_bytes();
    }
    gauges.call_queue = calls->waiting_events();
    gauges.events_dropped = calls->dropped_events();
    gauges.state_free_bytes = storage->check().free_bytes;
    gauges.resident_bytes = resident_bytes();
    if (const pid_t program = media ? media->pid() : 0)
        gauges.media_resident_bytes = resident_bytes(std::to_string(program));
    gauges.quality = calls->snapshot().media.quality;
    return gauges;
}

Answer<control::Reloaded> App::Parts::reload() {
    if (setup.config_file.empty())
        return Fault{code::argument, "there is no configuration file to read again", {}, {}};
    auto loaded = config::load_file(setup.config_file, {setup.options.demo});
    if (const auto* problems = std::get_if<config::Problems>(&loaded)) {
        std::vector<std::string> lines;
        for (const config::Problem& problem : *problems) lines.push_back(problem.text());
        log.warning("reload refused", kv("problems", joined(lines)));
        return Fault{code::argument, joined(lines), {}, {}};
    }
    auto merged = config::reload(setup.config, std::get<config::Config>(loaded));
    setup.config = std::move(merged.config);
    (void)hub.set_levels(setup.config.log.text());
    judge_areas();
    levels_changed();
    calls->reconfigure(call_settings(setup.config));
    log.notice("reloaded", kv("applied", joined(merged.applied)),
               kv("needs_restart", joined(merged.needs_restart)));
    return control::Reloaded{std::move(merged.applied), std::move(merged.needs_restart)};
}

/// Not a fault of the configuration: an upgrade may bring other areas, and must not stop the daemon.
void App::Parts::judge_areas() const {
    if (const auto unknown = unknown_area(setup.config.log.text()))
        log.warning("log.areas has no effect", kv("why", *unknown));
}

void App::Parts::levels_changed() {
    if (media) media->set_log_level(level_of(hub, "media"));
}

asio::awaitable<void> App::Parts::stop() {
    (void)notifier.stopping("stopping");
    const auto hung = [this] {
        log.err("shutdown hangs", kv("tasks", joined(tasks.names())));
        std::_Exit(exit_code::failure);
    };
    const Timers::Id guard = timers.call_at(timers.now() + shutdown_time, hung);
    if (watchdog) watchdog->stop();
    co_await tasks.stop();
    if (api) co_await api->stop();
    if (calls) co_await calls->stop();  // hangs up while the engine still runs
    if (media) co_await media->stop();
    if (network) co_await network->stop();
    if (service_engine) co_await service_engine->stop();
    if (none_engine) none_engine->stop();
    if (identity) co_await identity->stop();
    if (demo) co_await demo->stop();
    board = hal::Board{};  // lines and watches of real devices would keep the loop going for ever
    timers.cancel(guard);
}

App::App(asio::any_io_executor executor, LogHub& hub, Setup setup)
    : parts_(std::make_unique<Parts>(std::move(executor), hub, std::move(setup))) {}

App::~App() = default;

asio::awaitable<int> App::run() {
    Parts& parts = *parts_;
    const auto started = co_await parts.start();
    int code = exit_code::stopped;
    if (!started) {
        parts.log.err("cannot start", kv("why", started.error().text()));
        code = started.error().is(Errc::bad_config) ? exit_code::configuration : exit_code::failure;
    }
    while (started && !parts.stop_wanted && !parts.crashed) co_await parts.wish.wait();
    co_await parts.stop();
    if (parts.crashed) code = exit_code::failure;
    if (started) parts.log.notice("stopped", kv("code", code));
    co_return code;
}

void App::request_stop(std::string_view why) {
    parts_->log.notice("stopping", kv("why", why));
    parts_->stop_wanted = true;
    parts_->wish.notify();
}

void App::request_reload() {
    (void)parts_->notifier.reloading(parts_->timers.now());
    (void)parts_->reload();  // the log has told
    (void)parts_->notifier.ready(parts_->told_status);
}

}  // namespace voip::daemon
