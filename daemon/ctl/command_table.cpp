#include "daemon/ctl/command_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/json.hpp"
#include "daemon/ctl/show.hpp"
#include "protocol/words.hpp"

namespace voip::ctl {
namespace {

using Filled = Result<void>;
constexpr const char* usual_config = "/etc/wmpf-voipd/config.json";
using json::Value;

Error wrong(std::string text) {
    return fail(Errc::bad_config, std::move(text));
}

Value member(std::string_view name, Value value) {
    Value object;
    return object.set(name, std::move(value));
}
Value nothing() {
    return Value(json::Object{});
}

/// A whole number of an operand or option. @errors bad_config
Result<std::int64_t> integer(std::string_view name, const std::string& text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc() && end == text.data() + text.size()) return value;
    return wrong(std::string(name) + ": \"" + text + "\" is no whole number");
}

Filled set_integer(const CommandLine& line, std::string_view option, std::string_view field, Value& params) {
    if (!line.has(option)) return {};
    const auto value = integer("--" + std::string(option), line.value(option));
    if (!value) return value.error();
    params.set(field, *value);
    return {};
}

// What each command fills in

void ask(Plan& plan, std::string_view method, Value params, Show show) {
    plan.requests.push_back({std::string(method), std::move(params)});
    plan.show = show;
}

Filled fill_status(const CommandLine&, const ReadFile&, Plan& plan) {
    plan.requests = {{"device.get", nothing(), "device"},
                     {"health.get", nothing(), "health"},
                     {"room.get", nothing(), "room"}};
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
    if (!line.has("events")) params.set("quality", true);
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

Filled fill_metrics(const CommandLine& line, const ReadFile&, Plan& plan) {
    plan.target = line.value("textfile");
    if (!plan.target.empty()) plan.kind = Plan::Kind::textfile;
    ask(plan, "metrics.get", nothing(), &show_metrics);
    return {};
}

Filled fill_board(const CommandLine&, const ReadFile&, Plan& plan) {
    ask(plan, "board.get", nothing(), &show_board);
    plan.kind = Plan::Kind::board;
    return {};
}

Filled fill_selftest(const CommandLine& line, const ReadFile&, Plan& plan) {
    plan.kind = Plan::Kind::selftest;
    plan.config = line.value("config", usual_config);
    return {};
}

Filled fill_bundle(const CommandLine& line, const ReadFile&, Plan& plan) {
    plan.kind = Plan::Kind::bundle;
    plan.target = line.operands().empty() ? "wmpf-voipd-bundle.tar" : line.operands()[0];
    plan.config = line.value("config", usual_config);
    return {};
}

Filled fill_pair(const CommandLine& line, const ReadFile&, Plan& plan) {
    plan.kind = Plan::Kind::pair;
    plan.ticket = line.operands().empty() ? "" : line.operands()[0];
    plan.link = line.value("link");
    if (!plan.link.empty() && !plan.link.starts_with("https://"))
        return wrong("--link: an https:// address is needed");
    if (!plan.link.empty() && plan.ticket.empty()) return wrong("--link needs a TICKET");
    ask(plan, "device.get", nothing(), &show_device);
    return {};
}

Filled fill_relay(const CommandLine& line, const ReadFile&, Plan& plan) {
    Value params = member("relay", line.operands()[0]);
    if (line.operands().size() > 1) {
        const auto seconds = read_number("SECONDS", line.operands()[1]);
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
constexpr char config_reload[] = "config.reload", device_get[] = "device.get", health_get[] = "health.get",
               push_token[] = "device.getPushToken";

constexpr CommandOption wait_option{"wait", "", "follow the call until somebody talks (0) or it ends (1)"};
constexpr CommandOption config_option{"config", "FILE",
                                      "the daemon's configuration, unless it is at its usual place"};
constexpr CommandOption room_option{"room", "ROOMID", "only this call; the current one unless given"};
constexpr std::size_t many = 64;

// clang-format off
constexpr std::array commands{
    Command{"answer", "", "Answers the call that is ringing here.", "answer", 0, 0, &fill_answer, {room_option}},
    Command{"board", "", "Shows the board, and what hardware there is, with the lines of the configuration for it.",
            "board", 0, 0, &fill_board},
    Command{"bundle", "[FILE]", "Collects a support archive: state, configuration, journal; keys and tokens removed.",
            "bundle /tmp/support.tar", 0, 1, &fill_bundle,
            {config_option}},
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
    Command{"metrics", "", "Prints the daemon's figures as OpenMetrics text.", "metrics --textfile /tmp/wmpf.prom", 0, 0,
            &fill_metrics,
            {CommandOption{"textfile", "FILE", "write them there, whole or not at all, as node_exporter reads them"}}},
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
    Command{"selftest", "", "Tries camera, microphone, speaker, buttons, clock and network, and says what is wrong (15 s).",
            "selftest", 0, 0, &fill_selftest, {config_option}},
    Command{"status", "", "Shows device, channel, health and the call.", "status", 0, 0, &fill_status},
    Command{"watch", "", "Prints the call's state, then a line for each change, event and measurement. Ends with Ctrl-C.",
            "watch --calling", 0, 0, &fill_watch,
            {CommandOption{"calling", "", "each second of talk too"},
             CommandOption{"events", "NAME,...", "only these events"}}},
};
// clang-format on
static_assert(std::ranges::is_sorted(commands, {}, &Command::name));

}  // namespace

std::span<const Command> command_table() noexcept {
    return commands;
}

Result<double> read_number(std::string_view name, const std::string& text) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
    return wrong(std::string(name) + ": \"" + text + "\" is no number");
}

}  // namespace voip::ctl
