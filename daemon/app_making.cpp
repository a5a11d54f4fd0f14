// Of what a daemon is made, and from which settings.
#include <unistd.h>

#include <system_error>
#include <utility>

#include "daemon/app_parts.hpp"
#include "daemon/lifecycle/listen_fds.hpp"
#include "daemon/lifecycle/media_program.hpp"
#include "daemon/lifecycle/places.hpp"
#include "daemon/wiring.hpp"
#include "protocol/crypto/crypto.hpp"

namespace voip::daemon {
namespace {

#ifdef WMPF_MEDIA
constexpr bool has_media_program = true;
#else
constexpr bool has_media_program = false;
#endif

}  // namespace

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

}  // namespace voip::daemon
