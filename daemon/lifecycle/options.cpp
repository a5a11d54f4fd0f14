#include "daemon/lifecycle/options.hpp"

namespace voip::lifecycle {
namespace {

// clang-format off
constexpr CommandOption table[] = {
    {"config",       "FILE",      "configuration (default /etc/wmpf-voipd/config.json)"},
    {"state-dir",    "DIR",       "identity, contacts, history (default /var/lib/wmpf-voipd)"},
    {"socket",       "PATH",      "socket of the local API, instead of api.socket"},
    {"board",        "NAME",      "board, instead of board.driver"},
    {"check-config", "",          "name every fault of the configuration and stop: 0 without one, else 78"},
    {"put-at-rest",  "",          "open the board's relays, darken its lamp and stop: after a daemon that could not"},
    {"demo",         "",          "run with a service of its own, without configuration and root"},
    {"listen",       "HOST:PORT", "where the demo's service listens (default 127.0.0.1:8443)"},
    {"version",      "",          "print the version and stop"},
    {"help",         "",          "print this and stop"},
};
// clang-format on

constexpr CommandSpec spec{
    .program = "wmpf-voipd", .summary = "The calling daemon of a device.", .options = table};

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
    const auto line = parse_command_line(spec, arguments);
    if (!line) return line.error();
    Options options;
    options.config = line->value("config");
    options.state_dir = line->value("state-dir");
    options.socket = line->value("socket");
    options.board = line->value("board");
    options.listen = line->value("listen");
    options.check_config = line->has("check-config");
    options.put_at_rest = line->has("put-at-rest");
    options.demo = line->has("demo");
    options.version = line->has("version");
    options.help = line->has("help");
    if (options.help || options.version) return options;
    if (line->has("listen") && !options.demo)
        return fail(Errc::bad_config, "--listen: only with --demo (without it no service runs inside)");
    return options;
}

std::string options_usage() {
    return usage(spec);
}

}  // namespace voip::lifecycle
