#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>

#include "config/load.hpp"
#include "daemon/app.hpp"
#include "daemon/at_rest.hpp"
#include "daemon/lifecycle/places.hpp"
#include "daemon/lifecycle/signals.hpp"

namespace {

using namespace voip;
namespace exits = daemon::exit_code;

int run(LogHub& hub, daemon::App::Setup setup) {
    boost::asio::io_context loop{1};
    int code = exits::failure;
    daemon::App app(loop.get_executor(), hub, std::move(setup));
    lifecycle::SignalHandlers handlers;
    handlers.stop = [&](std::string_view signal) { app.request_stop(signal); };
    handlers.stop_now = [] { std::_Exit(exits::failure); };
    handlers.reload = [&] { app.request_reload(); };
    lifecycle::Signals signals(loop.get_executor(), std::move(handlers));
    if (const auto opened = signals.open(); !opened) {
        std::fprintf(stderr, "wmpf-voipd: signals: %s\n", opened.error().text().c_str());
        return exits::failure;
    }
    boost::asio::co_spawn(loop, app.run(), [&](const std::exception_ptr& crash, int ended) {
        if (!crash) code = ended;
        signals.close();
    });
    loop.run();
    return code;
}

int load_and_run(const lifecycle::Options& options) {
    daemon::App::Setup setup{options, {}, options.config, lifecycle::process_environment()};
    if (setup.config_file.empty() && !options.demo) setup.config_file = lifecycle::standard_config;
    if (!setup.config_file.empty()) {
        auto loaded = config::load_file(setup.config_file, {options.demo});
        if (const auto* problems = std::get_if<config::Problems>(&loaded)) {
            for (const auto& problem : *problems)
                std::fprintf(stderr, "%s: %s\n", setup.config_file.c_str(), problem.text().c_str());
            return exits::configuration;
        }
        setup.config = std::get<config::Config>(std::move(loaded));
    }
    if (options.check_config) return exits::stopped;
    if (!options.board.empty()) setup.config.board.driver = options.board;
    LogHub hub(stderr_sink());
    (void)hub.set_levels(setup.config.log.text());  // judged by the loader
    if (options.put_at_rest) return daemon::put_at_rest(setup.config.board, hub);
    return run(hub, std::move(setup));
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = lifecycle::parse_options(arguments_of(argc, argv));
    if (!options) {
        std::fprintf(stderr, "wmpf-voipd: %s\nTry --help.\n", options.error().context.c_str());
        return exits::usage;
    }
    if (options->help || options->version) {
        std::fputs(options->help ? lifecycle::options_usage().c_str() : "wmpf-voipd " WMPF_VERSION "\n",
                   stdout);
        return exits::stopped;
    }
    return load_and_run(*options);
}
