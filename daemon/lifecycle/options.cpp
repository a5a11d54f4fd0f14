#include "daemon/lifecycle/options.hpp"

#include <array>

namespace voip::lifecycle {
namespace {

constexpr std::array<CommandOption, 9> known{{
    {"config", "FILE", "configuration; /etc/wmpf-voipd/config.json unless given"},
    {"state-dir", "DIR", "identity, contacts, history; /var/lib/wmpf-voipd unless given"},
    {"socket", "PATH", "local API, instead of api.socket"},
    {"board", "NAME", "board driver, instead of board.driver"},
    {"check-config", "", "judge the configuration, name every fault, and end (78 when there is one)"},
    {"demo", "", "simulated board, service inside, a device that registers by itself"},
    {"listen", "HOST:PORT", "of the demo's service; 127.0.0.1:8443 unless given"},
    {"version", "", "print the version"},
    {"help", "", "print this text"},
}};

const CommandSpec spec{"wmpf-voipd", "Calling daemon: places and takes calls between this device and users.", known};

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
    const auto line = parse_command_line(spec, arguments);
    if (!line) return line.error();
    Options options;
    options.help = line->has("help");
    options.version = line->has("version");
    options.config = line->value("config");
    options.state_dir = line->value("state-dir");
    options.socket = line->value("socket");
    options.board = line->value("board");
    options.listen = line->value("listen");
    options.check_config = line->has("check-config");
    options.demo = line->has("demo");
    if (options.help || options.version) return options;
    if (line->has("listen") && !options.demo)
        return fail(Errc::bad_config, "--listen: only with --demo; the daemon itself does not listen");
    for (const char* name : {"config", "state-dir", "socket", "board", "listen"})
        if (line->has(name) && line->value(name).empty())
            return fail(Errc::bad_config, "--" + std::string(name) + ": must not be empty");
    return options;
}

std::string options_usage() { return usage(spec); }

}  // namespace voip::lifecycle
