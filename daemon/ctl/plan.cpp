#include "daemon/ctl/plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/command_line.hpp"
#include "core/nearest.hpp"
#include "daemon/ctl/values.hpp"
#include "protocol/words.hpp"

namespace voip::ctl {
namespace {

constexpr std::string_view program = "wmpf-voipctl";
constexpr double longest_timeout_s = 24 * 3600;
constexpr Duration usual_timeout = 30s;
constexpr Duration wait_timeout = 120s;   // a ring of 60 s, the join, and the hunt's first persons
constexpr std::size_t open_id_shortest = 20;

using Options = std::vector<CommandOption>;
using Filled = Result<void>;
using json::Value;

Error wrong(std::string text) { return fail(Errc::bad_config, std::move(text)); }

Value member(std::string_view name, Value value) {
    Value object;
    return object.set(name, std::move(value));
}
Value nothing() { return Value(json::Object{}); }

/// A whole number of an operand or option. @errors bad_config
Result<std::int64_t> integer(std::string_view name, const std::string& text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc() && end == text.data() + text.size()) return value;
    return wrong(std::string(name) + ": \"" + text + "\" is no whole number");
}
Result<double> number(std::string_view name, const std::string& text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
    return wrong(std::string(name) + ": \"" + text + "\" is no number");
}

Filled set_integer(const CommandLine& line, std::string_view option, std::string_view field, Value& params) {
    if (!line.has(option)) return {};
    const auto value = integer("--" + std::string(option), line.value(option));
    if (!value) return value.error();
    params.set(field, *value);
    return {};
}

// What each command fills in --------------------------------------------------------------------------------------

void ask(Plan& plan, std::string_view method, Value params, Show show) {
    plan.requests.push_back({std::string(method), std::move(params)});
    plan.show = show;
}

Filled fill_status(const CommandLine&, const ReadFile&, Plan& plan) {
    plan.requests = {{"device.get", nothing(), "device"}, {"health.get", nothing(), "health"}, {"room.get", nothing(), "room"}};
    plan.show = &show_status;
    return {};
}

Filled fill_call(const CommandLine& line, const ReadFile&, Plan& plan) {
    if (line.has("voice") && line.has("video")) return wrong("--voice and --video exclude each other");
    Value params = nothing();
    if (line.has("voice")) params.set("roomType", to_string(RoomType::voice));
    if (line.has("video")) params.set("roomType", to_string(RoomType::video));
    if (auto set = set_integer(line, "time-limit", "timeLimit", params); !set) return set;
    plan.target = line.operands()[0];
    plan.wait = line.has("wait");
    ask(plan, "voip.call", std::move(params), &show_call);
    return {};
}

Filled fill_init(const CommandLine& line, const ReadFile& read_file, Plan& plan) {
    const auto text = read_file(line.operands()[0]);
    if (!text) return wrong(text.error().text());
    auto params = json::parse(*text);
    if (!params) return wrong(line.operands()[0] + ": " + params.error().text());
    if (params->as_object() == nullptr) return wrong(line.operands()[0] + ": an object is needed");
    plan.wait = line.has("wait");
    ask(plan, "voip.initByCaller", std::move(*params), &show_call);
    return {};
}

Value room_of(const CommandLine& line) {
    return line.has("room") ? member("roomId", line.value("room")) : nothing();
}

Filled fill_answer(const CommandLine& line, const ReadFile&, Plan& plan) {
    ask(plan, "voip.answer", room_of(line), &show_room_id);
    return {};
}

Filled fill_hangup(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params = room_of(line);
    if (line.has("reason")) params.set("reason", line.value("reason"));
    ask(plan, "voip.forceHangUpVoip", std::move(params), &show_room_id);
    return {};
}

Filled fill_media(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params = nothing();
    for (const std::string_view name : {"camera", "microphone"}) {
        if (!line.has(name)) continue;
        const std::string word = line.value(name);
        if (word != "on" && word != "off") return wrong("--" + std::string(name) + ": on or off is needed");
        params.set(name, word == "on");
    }
    if (auto set = set_integer(line, "volume", "volume", params); !set) return set;
    ask(plan, "voip.setMedia", std::move(params), &show_media);
    return {};
}

Filled fill_watch(const CommandLine& line, const ReadFile&, Plan& plan) {
    plan.kind = Plan::Kind::watch;
    json::Array events;
    std::string rest = line.value("events");
    while (!rest.empty()) {
        const std::string name = rest.substr(0, rest.find(','));
        rest.erase(0, std::min(rest.size(), name.size() + 1));
        if (!event_name(name)) return wrong("--events: \"" + name + "\" is no event");
        events.emplace_back(name);
    }
    if (line.has("calling")) {
        // The list is exact, so `calling` beside the usual ones means naming them all.
        for (int i = 0; !line.has("events") && i <= static_cast<int>(EventName::finishVoip); ++i)
            events.emplace_back(to_string(static_cast<EventName>(i)));
        if (line.has("events")) events.emplace_back(to_string(EventName::calling));
    }
    Value params = nothing();
    if (!events.empty()) params.set("events", std::move(events));
    ask(plan, "room.subscribe", std::move(params), &show_phase);
    return {};
}

Filled fill_press(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params = member("button", line.operands()[0]);
    if (line.has("long")) params.set("long", true);
    ask(plan, "board.press", std::move(params), &show_done);
    return {};
}

/// "openId" or "openId=NAME".
Value person_of(const std::string& text) {
    const auto equals = text.find('=');
    Value person = member("openId", text.substr(0, equals));
    if (equals != std::string::npos) person.set("name", text.substr(equals + 1));
    return person;
}

Filled fill_contacts(const CommandLine& line, const ReadFile&, Plan& plan) {
    const auto& words = line.operands();
    const std::string verb = words.empty() ? "list" : words[0];
    if (line.has("name") && verb != "set") return wrong("--name belongs to contacts set");
    if (verb == "list" && words.size() <= 1) {
        ask(plan, "contact.list", nothing(), &show_contacts);
    } else if (verb == "set" && words.size() >= 3) {
        json::Array people;
        for (std::size_t i = 2; i < words.size(); ++i) people.push_back(person_of(words[i]));
        Value params = member("contact", words[1]);
        if (line.has("name")) params.set("name", line.value("name"));
        ask(plan, "contact.set", params.set("people", std::move(people)), &show_contact);
    } else if (verb == "remove" && words.size() == 2) {
        ask(plan, "contact.remove", member("contact", words[1]), &show_done);
    } else {
        return wrong("contacts: list, set KEY OPENID[=NAME]... or remove KEY is needed");
    }
    return {};
}

Filled fill_history(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params = nothing();
    if (auto set = set_integer(line, "limit", "limit", params); !set) return set;
    if (auto set = set_integer(line, "before", "before", params); !set) return set;
    ask(plan, "call.history", std::move(params), &show_history);
    return {};
}

Filled fill_register(const CommandLine& line, const ReadFile&, Plan& plan) {
    ask(plan, "device.register", member("snTicket", line.operands()[0]), &show_done);
    return {};
}

Filled fill_pair(const CommandLine& line, const ReadFile&, Plan& plan) {
    plan.kind = Plan::Kind::pair;
    plan.ticket = line.operands().empty() ? "" : line.operands()[0];
    plan.link = line.value("link");
    if (!plan.link.empty() && !plan.link.starts_with("https://")) return wrong("--link: an https:// address is needed");
    if (!plan.link.empty() && plan.ticket.empty()) return wrong("--link needs a TICKET");
    ask(plan, "device.get", nothing(), &show_device);
    return {};
}

Filled fill_relay(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params = member("relay", line.operands()[0]);
    if (line.operands().size() > 1) {
        const auto seconds = number("SECONDS", line.operands()[1]);
        if (!seconds) return seconds.error();
        params.set("seconds", *seconds);
    }
    ask(plan, "board.relay", std::move(params), &show_relay);
    return {};
}

Filled fill_log(const CommandLine& line, const ReadFile&, Plan& plan) {
    ask(plan, "log.set", member("levels", line.operands()[0]), &show_levels);
    return {};
}

Filled fill_raw(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params;
    if (line.operands().size() > 1) {
        auto parsed = json::parse(line.operands()[1]);
        if (!parsed) return wrong("PARAMS: " + parsed.error().text());
        if (parsed->as_object() == nullptr) return wrong("PARAMS: an object is needed");
        params = std::move(*parsed);
    }
    ask(plan, line.operands()[0], std::move(params), &show_raw);
    return {};
}

template <const char* Method, Show ShowIt>
Filled fill_plain(const CommandLine&, const ReadFile&, Plan& plan) {
    ask(plan, Method, nothing(), ShowIt);
    return {};
}
constexpr char board_get[] = "board.get", config_reload[] = "config.reload", device_get[] = "device.get",
               health_get[] = "health.get", metrics_get[] = "metrics.get", push_token[] = "device.getPushToken";

// The table ----------------------------------------------------------------------------------------------------------

struct Command {
    std::string_view name, operands, summary, example;
    std::size_t min_operands = 0, max_operands = 0;
    Filled (*fill)(const CommandLine&, const ReadFile&, Plan&) = nullptr;
    std::array<CommandOption, 4> options{};   // used up to the first without a name
};

constexpr CommandOption wait_option{"wait", "", "follow the call until somebody talks (0) or it ends (1)"};
constexpr CommandOption room_option{"room", "ROOMID", "only this call; the current one unless given"};
constexpr std::size_t many = 64;

constexpr std::array commands{
    Command{"answer", "", "Answers the call that is ringing here.", "answer", 0, 0, &fill_answer, {room_option}},
    Command{"board", "", "Shows buttons, lamp, relays, camera, microphone, speaker.", "board", 0, 0,
            &fill_plain<board_get, &show_board>},
    Command{"call", "CONTACT|OPENID", "Calls a contact (its people in turn) or one person.",
            "call reception --voice --wait", 1, 1, &fill_call,
            {CommandOption{"voice", "", "without pictures"}, CommandOption{"video", "", "with pictures"},
             CommandOption{"time-limit", "SECONDS", "ends the call by itself"}, wait_option}},
    Command{"contacts", "[list | set KEY OPENID[=NAME]... | remove KEY]",
            "Shows or changes who can be called, in the order in which they are rung.",
            "contacts set reception --name Reception o-1=Anna o-2=Ben", 0, many, &fill_contacts,
            {CommandOption{"name", "TEXT", "the contact's name for display (set)"}}},
    Command{"device", "", "Shows identity, registration, channel, tokens' ends and the clock.", "device", 0, 0,
            &fill_plain<device_get, &show_device>},
    Command{"hangup", "", "Cancels, rejects or hangs up, whatever fits.", "hangup --reason manual", 0, 0, &fill_hangup,
            {room_option, CommandOption{"reason", "WORD", "manual, unloadCallPage or forceFromApp (the default)"}}},
    Command{"health", "", "Shows what works and what does not.", "health", 0, 0, &fill_plain<health_get, &show_health>},
    Command{"history", "", "Shows ended calls, newest first.", "history --limit 5", 0, 0, &fill_history,
            {CommandOption{"limit", "N", "1 to 100; 20 unless given"},
             CommandOption{"before", "T", "only calls that started before T (Unix ms)"}}},
    Command{"init", "FILE|-", "Calls with a request of initByCaller, as JSON.", "init request.json --wait", 1, 1,
            &fill_init, {wait_option}},
    Command{"log", "LEVELS", "Sets the log's levels: err, warning, notice, info, debug.", "log call:debug,*:info", 1, 1,
            &fill_log},
    Command{"media", "", "Switches camera, microphone and volume of the call.", "media --camera off --volume 60", 0, 0,
            &fill_media,
            {CommandOption{"camera", "on|off", "sends pictures or not"},
             CommandOption{"microphone", "on|off", "sends sound or not"},
             CommandOption{"volume", "PERCENT", "of the speaker, 0 to 100"}}},
    Command{"metrics", "", "Prints the daemon's figures as OpenMetrics text.", "metrics", 0, 0,
            &fill_plain<metrics_get, &show_metrics>},
    Command{"pair", "[TICKET]", "Shows what a phone needs to authorise this device, as text and QR code.",
            "pair SNTICKET --link https://calls.example/", 0, 1, &fill_pair,
            {CommandOption{"link", "URL", "the phone page; the QR code is then a link to it"}}},
    Command{"press", "BUTTON", "As if the button was pressed.", "press call --long", 1, 1, &fill_press,
            {CommandOption{"long", "", "a long press: cancels everything"}}},
    Command{"push-token", "", "Prints the token with which phones call this device. A secret.", "push-token", 0, 0,
            &fill_plain<push_token, &show_push_token>},
    Command{"raw", "METHOD [PARAMS]", "Sends one request of the local API; PARAMS is JSON.",
            "raw call.history '{\"limit\": 1}'", 1, 2, &fill_raw},
    Command{"register", "TICKET", "Registers the device with an snTicket of the vendor's backend.", "register SNTICKET", 1,
            1, &fill_register},
    Command{"relay", "NAME [SECONDS]", "Opens a door.", "relay door 3", 1, 2, &fill_relay},
    Command{"reload", "", "Reads the configuration again.", "reload", 0, 0, &fill_plain<config_reload, &show_reload>},
    Command{"status", "", "Shows device, channel, health and the call.", "status", 0, 0, &fill_status},
    Command{"watch", "", "Prints the call's state, then a line for each change and event. Ends with Ctrl-C.",
            "watch --calling", 0, 0, &fill_watch,
            {CommandOption{"calling", "", "each second of talk too"},
             CommandOption{"events", "NAME,...", "only these events"}}},
};

static_assert(std::ranges::is_sorted(commands, {}, &Command::name));

constexpr std::array common_options{
    CommandOption{"socket", "PATH", "the daemon's socket (else $WMPF_VOIPD_SOCKET, else the usual places)"},
    CommandOption{"json", "", "results as one line of JSON"},
    CommandOption{"timeout", "SECONDS", "gives up then (exit code 5)"},
    CommandOption{"help", "", "this text; after a command: its own"},
    CommandOption{"version", "", "the version"},
};

const Command* find(std::string_view name) {
    const auto found = std::ranges::lower_bound(commands, name, {}, &Command::name);
    return found != commands.end() && found->name == name ? &*found : nullptr;
}

std::string overview(const CommandSpec& spec) {
    std::string text = usage(spec) + "\nCommands:\n";
    std::size_t column = 0;
    for (const Command& command : commands) column = std::max(column, command.name.size());
    for (const Command& command : commands) {
        text.append("  ").append(command.name).append(column - command.name.size() + 2, ' ');
        text.append(command.summary).append("\n");
    }
    return text +
           "\nExit codes: 0 done, 1 refused (the code is on stderr), 2 usage, 3 daemon unreachable, 4 role missing, 5 "
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
    const auto seconds = number("--timeout", line.value("timeout"));
    if (!seconds) return seconds.error();
    if (*seconds <= 0 || *seconds > longest_timeout_s) return wrong("--timeout: above 0 and up to a day is needed");
    plan.timeout = from_seconds(*seconds);
    return {};
}

Error unknown_command(const std::string& name) {
    std::string text = "\"" + name + "\": no such command";
    if (const auto near = nearest(name, command_names())) text += "; did you mean " + std::string(*near) + "?";
    return wrong(std::move(text));
}

bool looks_like_open_id(const std::string& text) {
    const auto fits = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
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
    options.insert(options.end(), common_options.begin(), common_options.end() - 1);   // all but the version
    const std::string title = std::string(program) + " " + std::string(command.name);
    const CommandSpec spec{title, command.summary, options, command.operands, command.min_operands, command.max_operands};
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
    const CommandSpec spec{.program = program, .summary = "Talks to wmpf-voipd, the calling daemon.",
                           .options = common_options, .operands = "COMMAND [ARGUMENT...]", .min_operands = 0,
                           .max_operands = std::numeric_limits<std::size_t>::max(), .operands_end_options = true};
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
        for (const Value& one : list_of(contact, "people")) person = person || text_of(one, "openId") == target;
    }
    return member(person || looks_like_open_id(target) ? "openId" : "contact", target);
}

std::vector<std::string_view> command_names() {
    std::vector<std::string_view> names;
    for (const Command& command : commands) names.push_back(command.name);
    return names;
}

}  // namespace voip::ctl
