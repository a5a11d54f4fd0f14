#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "daemon/ctl/show.hpp"

/// From a command line to what is to be done. Pure but for reading the file of `init`.
namespace voip::ctl {

struct Request {
    std::string method;
    json::Value params;
    std::string key = {};  ///< where several are asked: its member in the object that is shown
};

struct Plan {
    enum class Kind {
        print,     ///< only `text`: help or version
        ask,       ///< the requests, one after the other; then show
        watch,     ///< the one request, then a line for each notification until the daemon goes
        pair,      ///< device.get, then the pairing text
        textfile,  ///< metrics.get, into the file `target`
        board,     ///< board.get, where there is a daemon, and the hardware of this machine
        selftest,  ///< each configured device, with or without a daemon
        bundle,    ///< a support archive into `target`, also without a daemon
    };
    Kind kind = Kind::ask;
    std::string text;
    std::vector<Request> requests;
    Show show = &show_raw;
    std::string config;  ///< `bundle`, `selftest`: the daemon's configuration
    std::string target;  ///< `bundle`: the archive; `metrics`: the textfile; `call`: a contact or an openId;
                         ///< which of them the daemon's contacts decide
    std::string ticket, link;  ///< `pair`
    bool wait = false;         ///< `call`, `init`: follow the call until it talks or ends

    // Common options
    std::string socket;
    bool json = false;
    Duration timeout{};  ///< for all of it; for `watch` until the first line
};

/// Reads a file, or the standard input for "-".
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

/// `arguments` without the program's name. @errors bad_config: a sentence for stderr that names what is wrong
[[nodiscard]] Result<Plan> make_plan(std::span<const char* const> arguments, const ReadFile& read_file);

/// What `target` of `call` means: {contact}, or {openId} when no contact has that name but a person of one
/// has that openId, or it looks like one (20 characters or more of [A-Za-z0-9_-]). @param contacts result of
/// contact.list
[[nodiscard]] json::Value resolve_target(const std::string& target, const json::Value& contacts);

/// Names of all commands, sorted: for the completion and the tests.
[[nodiscard]] std::vector<std::string_view> command_names();

}  // namespace voip::ctl
