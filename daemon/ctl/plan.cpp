#include "daemon/ctl/plan.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/command_line.hpp"
#include "core/nearest.hpp"
#include "daemon/ctl/command_table.hpp"
#include "daemon/ctl/values.hpp"

namespace voip::ctl {
namespace {

constexpr std::string_view program = "wmpf-voipctl";
constexpr double longest_timeout_s = 24 * 3600;
constexpr Duration usual_timeout = 30s;
constexpr Duration wait_timeout = 120s;  // a ring of 60 s, the join, and the hunt's first persons
constexpr std::size_t open_id_shortest = 20;

using Options = std::vector<CommandOption>;
using Filled = Result<void>;
using json::Value;

Error wrong(std::string text) {
    return fail(Errc::bad_config, std::move(text));
}

Value member(std::string_view name, Value value) {
    Value object;
    return object.set(name, std::move(value));
}

constexpr std::array common_options{
    CommandOption{"socket", "PATH", "the daemon's socket (else $WMPF_VOIPD_SOCKET, else the usual places)"},
    CommandOption{"json", "", "results as one line of JSON"},
    CommandOption{"timeout", "SECONDS", "gives up then (exit code 5)"},
    CommandOption{"help", "", "this text; after a command: its own"},
    CommandOption{"version", "", "the version"},
};

const Command* find(std::string_view name) {
    const auto found = std::ranges::lower_bound(command_table(), name, {}, &Command::name);
    return found != command_table().end() && found->name == name ? &*found : nullptr;
}

std::string overview(const CommandSpec& spec) {
    std::string text = usage(spec) + "\nCommands:\n";
    std::size_t column = 0;
    for (const Command& command : command_table()) column = std::max(column, command.name.size());
    for (const Command& command : command_table()) {
        text.append("  ").append(command.name).append(column - command.name.size() + 2, ' ');
        text.append(command.summary).append("\n");
    }
    return text +
           "\nExit codes: 0 done, 1 refused (the code is on stderr), 2 usage, 3 daemon unreachable, 4 role "
           "missing, 5 "
           "deadline.\n\nExamples:\n  wmpf-voipctl status\n  wmpf-voipctl call reception --wait\n"
           "  wmpf-voipctl --json history --limit 1\n  wmpf-voipctl watch --calling\n";
}

std::string help_of(const Command& command, const CommandSpec& spec) {
    return usage(spec) + "\nExample: " + std::string(program) + " " + std::string(command.example) + "\n";
}

Filled take_common(const CommandLine& line, Plan& plan) {
    if (line.has("socket")) plan.socket = line.value("socket");
    plan.json = plan.json || line.has("json");
    if (!line.has("timeout")) return {};
    const auto seconds = read_number("--timeout", line.value("timeout"));
    if (!seconds) return seconds.error();
    if (*seconds <= 0 || *seconds > longest_timeout_s)
        return wrong("--timeout: above 0 and up to a day is needed");
    plan.timeout = from_seconds(*seconds);
    return {};
}

Error unknown_command(const std::string& name) {
    std::string text = "\"" + name + "\": no such command";
    if (const auto near = nearest(name, command_names()))
        text += "; did you mean " + std::string(*near) + "?";
    return wrong(std::move(text));
}

bool looks_like_open_id(const std::string& text) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_';
    };
    return text.size() >= open_id_shortest && std::all_of(text.begin(), text.end(), fits);
}

Result<Plan> printing(std::string text) {
    Plan plan;
    plan.kind = Plan::Kind::print;
    plan.text = std::move(text);
    return plan;
}

/// The rest of the command line, behind the command's name.
Result<Plan> plan_command(const Command& command, const std::vector<std::string>& words, Plan plan,
                          const ReadFile& read_file) {
    Options options;
    for (const CommandOption& option : command.options)
        if (!option.name.empty()) options.push_back(option);
    options.insert(options.end(), common_options.begin(), common_options.end() - 1);  // all but the version
    const std::string title = std::string(program) + " " + std::string(command.name);
    const CommandSpec spec{
        title, command.summary, options, command.operands, command.min_operands, command.max_operands};
    std::vector<const char*> arguments;
    for (std::size_t i = 1; i < words.size(); ++i) arguments.push_back(words[i].c_str());
    if (std::ranges::find(words, "--help") != words.end()) return printing(help_of(command, spec));
    const auto line = parse_command_line(spec, arguments);
    if (!line) return line.error();
    if (auto taken = take_common(*line, plan); !taken) return taken.error();
    if (auto filled = command.fill(*line, read_file, plan); !filled) return filled.error();
    if (plan.timeout == Duration::zero()) plan.timeout = plan.wait ? wait_timeout : usual_timeout;
    return plan;
}

}  // namespace

Result<Plan> make_plan(std::span<const char* const> arguments, const ReadFile& read_file) {
    const CommandSpec spec{.program = program,
                           .summary = "Talks to wmpf-voipd, the calling daemon.",
                           .options = common_options,
                           .operands = "COMMAND [ARGUMENT...]",
                           .min_operands = 0,
                           .max_operands = std::numeric_limits<std::size_t>::max(),
                           .operands_end_options = true};
    const auto line = parse_command_line(spec, arguments);
    if (!line) return line.error();
    if (line->has("version")) return printing(std::string(program) + " " WMPF_VERSION "\n");
    const auto& words = line->operands();
    const bool help = line->has("help") || (!words.empty() && words[0] == "help");
    if (help && words.size() < 2) return printing(overview(spec));
    if (words.empty()) return wrong("a command is missing; --help lists them");
    if (help) return make_plan(std::array{words[1].c_str(), "--help"}, read_file);
    const Command* command = find(words[0]);
    if (command == nullptr) return unknown_command(words[0]);
    Plan plan;
    if (auto taken = take_common(*line, plan); !taken) return taken.error();
    return plan_command(*command, words, std::move(plan), read_file);
}

Value resolve_target(const std::string& target, const Value& contacts) {
    bool person = false;
    for (const Value& contact : list_of(contacts, "contacts")) {
        if (text_of(contact, "contact") == target) return member("contact", target);
        for (const Value& one : list_of(contact, "people"))
            person = person || text_of(one, "openId") == target;
    }
    return member(person || looks_like_open_id(target) ? "openId" : "contact", target);
}

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names;
    for (const Command& command : command_table()) names.push_back(command.name);
    return names;
}

}  // namespace voip::ctl
