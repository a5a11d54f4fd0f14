#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>

#include "config/load.hpp"
#include "daemon/app.hpp"
#include "daemon/at_rest.hpp"
#include "daemon/lifecycle/places.hpp"
#include "daemon/lifecycle/signals.hpp"
#include "daemon/start_faults.hpp"

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

void complain(const std::string& file, const std::string& what) {
    const bool named = what.starts_with(file);  // it could not even be read
    std::fprintf(stderr, "%s%s%s\n", named ? "" : file.c_str(), named ? "" : ": ", what.c_str());
}

int load_and_run(const lifecycle::Options& options) {
    daemon::App::Setup setup{options, {}, options.config, lifecycle::process_environment()};
    if (setup.config_file.empty() && !options.demo) setup.config_file = lifecycle::standard_config;
    if (!setup.config_file.empty()) {
        auto loaded = config::load_file(setup.config_file, {options.demo});
        if (const auto* problems = std::get_if<config::Problems>(&loaded)) {
            for (const auto& problem : *problems) complain(setup.config_file, problem.text());
            return exits::configuration;
        }
        setup.config = std::get<config::Config>(std::move(loaded));
    }
    if (!options.board.empty()) setup.config.board.driver = options.board;
    if (options.check_config) {
        const auto faults = daemon::start_faults(setup.config, options.demo);
        for (const std::string& fault : faults) complain(setup.config_file, fault);
        return faults.empty() ? exits::stopped : exits::configuration;
    }
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
