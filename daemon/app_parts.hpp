#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "daemon/api_ports.hpp"
#include "daemon/app.hpp"
#include "daemon/board_port.hpp"
#include "daemon/call/call_task.hpp"
#include "daemon/control/server.hpp"
#include "daemon/demo.hpp"
#include "daemon/device_port.hpp"
#include "daemon/engine/network_watch.hpp"
#include "daemon/engine/none_engine.hpp"
#include "daemon/engine/service_engine.hpp"
#include "daemon/lifecycle/notify.hpp"
#include "daemon/lifecycle/watchdog.hpp"
#include "daemon/media/supervisor.hpp"
#include "daemon/operation.hpp"
#include "daemon/storage.hpp"

namespace voip::daemon {

/// The parts of a daemon. app_making.cpp makes them, app_running.cpp is what they tell one another while they
/// run, app.cpp starts and stops them.
/// @thread loop only
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
    asio::awaitable<void> stop();

    // While it runs.
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

}  // namespace voip::daemon
