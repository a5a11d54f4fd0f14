#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "core/command_line.hpp"
#include "service/admin/command.hpp"
#include "service/program.hpp"

namespace {

using namespace voip;

int administer(std::span<const char* const> arguments) {
    const char* state_directory = std::getenv("STATE_DIRECTORY");
    const auto outcome = service::admin::command(arguments, state_directory ? state_directory : "");
    std::fputs(outcome.out.c_str(), stdout);
    std::fputs(outcome.err.c_str(), stderr);
    return outcome.exit_code;
}

int run(std::span<const char* const> arguments) {
    if (!arguments.empty() && std::string_view(arguments.front()) == "admin")
        return administer(arguments.subspan(1));
    const auto options = service::parse_options(arguments);
    if (!options) {
        std::fprintf(stderr, "wmpf-voip-service: %s\n%s", options.error().context.c_str(),
                     service::options_usage().c_str());
        return service::exit_code::usage;
    }
    if (options->help || options->version) {
        std::fputs((options->help ? service::options_usage() : service::version_text()).c_str(), stdout);
        return 0;
    }
    return service::run_program(*options);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(arguments_of(argc, argv));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "wmpf-voip-service: %s\n", e.what());
        return service::exit_code::failure;
    }
}
