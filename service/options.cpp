#include "service/options.hpp"

#include <array>

#include "core/command_line.hpp"
#include "protocol/transport/url.hpp"

namespace voip::service {
namespace {

constexpr std::array options{
    CommandOption{"config", "FILE",
                  "configuration (default: /etc/wmpf-voip-service/config.json, if it is there)"},
    CommandOption{"state-dir", "DIR", "state folder, instead of the configuration's stateDir"},
    CommandOption{"listen", "HOST:PORT", "address, instead of the configuration's listen"},
    CommandOption{"dev", "", "development: log-in by name, fault rules; only on 127.0.0.1"},
    CommandOption{"dev-allow-lan", "", "with --dev: on an address of the network too"},
    CommandOption{"check-config", "", "read the configuration, report every fault, end"},
    CommandOption{"version", "", "print the version and end"},
    CommandOption{"help", "", "this text"},
};
constexpr CommandSpec spec{
    "wmpf-voip-service",
    "Calling service for devices and phones. Orders of the operator: wmpf-voip-service admin "
    "--help",
    options};

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
    const auto line = parse_command_line(spec, arguments);
    if (!line) return line.error();
    Options out;
    out.config = line->value("config");
    out.state_dir = line->value("state-dir");
    out.listen = line->value("listen");
    out.dev = line->has("dev");
    out.dev_allow_lan = line->has("dev-allow-lan");
    out.check_config = line->has("check-config");
    out.version = line->has("version");
    out.help = line->has("help");
    return out;
}

std::string options_usage() {
    return usage(spec);
}
std::string version_text() {
    return "wmpf-voip-service " WMPF_VERSION "\n";
}

Result<ServiceSettings> settings_of(const Options& given, config::ServiceConfig config,
                                    std::string_view state_directory) {
    if (given.dev_allow_lan && !given.dev) return fail(Errc::bad_config, "--dev-allow-lan needs --dev");
    if (!given.listen.empty()) {
        auto endpoint = transport::parse_endpoint(given.listen);
        if (!endpoint) return fail(Errc::bad_config, "--listen: " + endpoint.error().context);
        config.listen = {endpoint->host, endpoint->port};
    }
    if (!given.state_dir.empty())
        config.state_dir = given.state_dir;
    else if (!state_directory.empty())
        config.state_dir = state_directory.substr(0, state_directory.find(':'));
    ServiceSettings settings;
    settings.config = std::move(config);
    settings.modes = {given.dev, false, given.dev && given.dev_allow_lan};
    return settings;
}

}  // namespace voip::service
