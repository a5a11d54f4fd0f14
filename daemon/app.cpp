#include "daemon/app.hpp"

#include <boost/algorithm/string/join.hpp>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "daemon/app_parts.hpp"
#include "daemon/witnesses.hpp"

namespace voip::daemon {
namespace {

// A part that does not end in this time is a bug; the unit's own limit (90 s) would be too long for a
// restart.
constexpr Duration shutdown_time = 8s;

}  // namespace

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
    watchdog.emplace(timers, notifier, witnesses(*calls, media.get(), service_engine.get()),
                     Log(hub, "watchdog"));
    watchdog->start();
    const auto ready = notifier.ready("starting");
    if (!ready) log.warning("service manager not told", kv("why", ready.error().text()));
    log.notice("ready", kv("version", WMPF_VERSION), kv("sn", setup.config.device.sn),
               kv("socket", socket.string()));
    if (demo) tasks.spawn("demo", provision());
    co_return Result<void>();
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

asio::awaitable<void> App::Parts::stop() {
    (void)notifier.stopping("stopping");
    const auto hung = [this] {
        log.err("shutdown hangs", kv("tasks", boost::algorithm::join(tasks.names(), ", ")));
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
