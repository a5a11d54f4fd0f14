#include "service/program.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "config/load.hpp"
#include "core/sd_notify.hpp"
#include "core/tokens.hpp"

namespace voip::service {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value ? value : "";
}

void complain(const std::string& text) {
    std::fprintf(stderr, "wmpf-voip-service: %s\n", text.c_str());
}

config::Loaded<config::ServiceConfig> load(const Options& options) {
    std::error_code ec;
    if (options.config.empty() && !std::filesystem::exists(standard_config, ec))
        return config::ServiceConfig{};
    return config::load_service_file(options.config.empty() ? standard_config : options.config);
}

void tell_manager(const std::string& socket, std::string_view lines, const Log& log) {
    const auto told = sd_notify(socket, lines);
    if (!told) log.warning("service manager not told", kv("why", told.error().text()));
}

asio::awaitable<void> serve(asio::io_context& io, Timers& timers, ServiceSettings settings, const LogHub& hub,
                            int* exit) {
    const Log log(hub, "service");
    const std::string manager = variable("NOTIFY_SOCKET");
    asio::signal_set signals(io, SIGTERM, SIGINT);
    Service service(io.get_executor(), timers, std::move(settings), hub);
    const auto started = service.start();
    if (started) {
        tell_manager(manager, "READY=1\nSTATUS=serving " + service.url(), log);
        const auto [ec, number] = co_await signals.async_wait(use_result);
        log.notice("stopping", kv("signal", number));
        tell_manager(manager, "STOPPING=1", log);
    } else {
        complain(started.error().text());
        *exit = started.error().is(Errc::bad_config) ? exit_code::configuration : exit_code::failure;
    }
    co_await service.stop();
}

}  // namespace

int run_program(const Options& options) {
    auto loaded = load(options);
    if (const auto* problems = std::get_if<config::Problems>(&loaded)) {
        for (const config::Problem& problem : *problems) complain(problem.text());
        return exit_code::configuration;
    }
    auto settings =
        settings_of(options, std::get<config::ServiceConfig>(std::move(loaded)), variable("STATE_DIRECTORY"));
    if (!settings) {
        complain(settings.error().context);
        return exit_code::usage;
    }
    if (options.check_config) return exit_code::stopped;
    LogHub hub(stderr_sink());
    if (!hub.set_levels(settings->config.log.text())) complain("log levels not understood");
    std::signal(SIGPIPE, SIG_IGN);
    asio::io_context io(1);
    SystemTimers timers(io.get_executor());
    int exit = exit_code::stopped;
    std::exception_ptr crash;
    asio::co_spawn(io, serve(io, timers, std::move(*settings), hub, &exit),
                   [&crash](const std::exception_ptr& error) { crash = error; });
    io.run();
    if (crash) std::rethrow_exception(crash);
    return exit;
}

}  // namespace voip::service
