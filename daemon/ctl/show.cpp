#include "daemon/ctl/show.hpp"

#include <algorithm>
#include <array>

#include "daemon/ctl/show_media.hpp"
#include "daemon/ctl/values.hpp"
#include "protocol/words.hpp"

namespace voip::ctl {
namespace {

using json::Value;

/// Lines of "name  value", the values below one another; empty values are left out.
class Facts {
 public:
    explicit Facts(const Look& look) : look_(look) {}
    void add(std::string_view name, std::string_view value, Colour colour = Colour::none) {
        if (value.empty()) return;
        constexpr std::size_t column = 12;
        std::string label(name);
        label.append(label.size() < column ? column - label.size() : 1, ' ');
        text_ += paint(label, Colour::dim, look_) + paint(clean(value), colour, look_) + "\n";
    }
    [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
    const Look& look_;
    std::string text_;
};

/// "Anna (o-1)", or the one of the two that is there.
std::string party(const Value& who) {
    const std::string id = text_of(who, "id");
    const std::string name = text_of(who, "name");
    if (name.empty()) return id;
    return id.empty() ? name : name + " (" + id + ")";
}

/// "rejectVoip (manual, other) error 13: ..."
std::string end_text(const Value& end) {
    std::string text = text_of(end, "eventName");
    const std::string status = text_of(end, "status");
    const std::string origin = text_of(end, "origin");
    if (!status.empty() || !origin.empty()) {
        text += " (" + status;
        if (!status.empty() && !origin.empty()) text += ", ";
        text += origin + ")";
    }
    if (const auto code = number_of(end, "errCode"); code != 0) text += " error " + std::to_string(code);
    if (const std::string message = text_of(end, "errMsg"); !message.empty()) text += ": " + message;
    return text;
}

Colour colour_of_state(std::string_view state) {
    constexpr std::array<std::string_view, 6> good{"ok",      "online",  "registered",
                                                   "flowing", "talking", "idle"};
    constexpr std::array<std::string_view, 9> bad{"down",    "failed", "lost",  "unregistered", "refused",
                                                  "offline", "behind", "ahead", "unreadable"};
    if (std::find(good.begin(), good.end(), state) != good.end()) return Colour::good;
    return std::find(bad.begin(), bad.end(), state) != bad.end() ? Colour::bad : Colour::busy;
}

std::string joined(const json::Array& texts) {
    std::string all;
    for (const Value& one : texts) {
        if (const std::string* text = one.as_string()) all += (all.empty() ? "" : ", ") + *text;
    }
    return all.empty() ? "-" : all;
}

void add_room(Facts& facts, const Value& room) {
    const std::string phase = text_of(room, "phase");
    std::string text = phase;
    if (phase == "talking") text += " " + duration(number_of(room, "keepTime"));
    facts.add("phase", text, colour_of_state(phase));
    if (phase.empty() || phase == "idle") return;
    facts.add("call", text_of(room, "direction") + " " + text_of(room, "roomType"));
    facts.add("caller", party(part_of(room, "caller")));
    facts.add("listener", party(part_of(room, "listener")));
    const Value& media = part_of(room, "media");
    facts.add("media", media_text(media), colour_of_state(text_of(media, "state")));
    facts.add("quality", quality_text(part_of(media, "quality")));
    if (number_of(room, "timeLimit") > 0) facts.add("time limit", duration(number_of(room, "timeLimit")));
    facts.add("since", date_time(number_of(room, "since")));
    facts.add("room", text_of(room, "roomId"));
    if (part_of(room, "end").as_object() != nullptr) facts.add("end", end_text(part_of(room, "end")));
}

std::string state_since(const Value& part) {
    std::string text = text_of(part, "state");
    if (number_of(part, "since") != 0) text += " since " + date_time(number_of(part, "since"));
    if (const std::string reason = text_of(part, "reason"); !reason.empty()) text += ": " + reason;
    return text;
}

std::string registration_text(const Value& registration) {
    std::string text = text_of(registration, "state");
    if (const auto code = number_of(registration, "errCode"); code != 0)
        text += " error " + std::to_string(code);
    if (const std::string message = text_of(registration, "errMsg"); !message.empty()) text += ": " + message;
    return text;
}

void add_device(Facts& facts, const Value& device) {
    const Value& registration = part_of(device, "registration");
    const Value& channel = part_of(device, "channel");
    std::string name = text_of(device, "sn");
    if (const std::string model = text_of(device, "modelId"); !model.empty())
        name += " (model " + model + ")";
    facts.add("device", name);
    facts.add("registered", registration_text(registration), colour_of_state(text_of(registration, "state")));
    facts.add("channel", state_since(channel), colour_of_state(text_of(channel, "state")));
}

/// The parts that are not ok, in one line.
std::string health_text(const Value& health) {
    std::string text = text_of(health, "status");
    for (const Value& part : list_of(health, "parts")) {
        if (text_of(part, "state") == "ok") continue;
        text += "; " + text_of(part, "name") + " " + text_of(part, "state");
        if (const std::string reason = text_of(part, "reason"); !reason.empty()) text += " (" + reason + ")";
    }
    return text;
}

void add_people(Table& table, const Value& contact) {
    bool first = true;
    for (const Value& person : list_of(contact, "people")) {
        const std::string consent = text_of(person, "authorisation");
        table.add({{first ? text_of(contact, "contact") : ""},
                   {first ? text_of(contact, "name") : ""},
                   {text_of(person, "name")},
                   {text_of(person, "openId")},
                   {consent, colour_of_state(consent)}});
        first = false;
    }
}

Table contact_table() {
    return Table({"CONTACT", "NAME", "PERSON", "OPENID", "CONSENT"});
}

/// The members of an event's data as "name=value".
std::string event_data(const Value& data) {
    std::string text;
    const json::Object* members = data.as_object();
    if (members == nullptr) return text;
    for (const auto& [name, value] : *members) {
        const std::string shown =
            value.as_object() != nullptr ? text_of(value, "errMsg") : text_of(data, name);
        if (!shown.empty()) text += "  " + name + "=" + clean(shown);
    }
    return text;
}

Colour colour_of_event(std::string_view name) {
    const auto known = event_name(name);
    if (!known) return Colour::none;
    if (*known == EventName::hangOnVoip || *known == EventName::calling) return Colour::good;
    return is_terminal(*known) ? Colour::bad : Colour::busy;
}

}  // namespace

std::string show_status(const Value& room_device_health, const Look& look) {
    Facts facts(look);
    const Value& health = part_of(room_device_health, "health");
    add_device(facts, part_of(room_device_health, "device"));
    facts.add("health", health_text(health), colour_of_state(text_of(health, "status")));
    add_room(facts, part_of(room_device_health, "room"));
    return std::move(facts).text();
}

std::string show_room(const Value& snapshot, const Look& look) {
    Facts facts(look);
    add_room(facts, snapshot);
    return std::move(facts).text();
}

std::string show_call(const Value& init_result, const Look& look) {
    Facts facts(look);
    facts.add("room", text_of(init_result, "roomId"));
    facts.add("charge", text_of(init_result, "chargeType"));
    return std::move(facts).text();
}

std::string show_room_id(const Value& result, const Look& look) {
    const std::string room = text_of(result, "roomId");
    if (room.empty()) return show_done(result, look);
    Facts facts(look);
    facts.add("room", room);
    return std::move(facts).text();
}

std::string show_media(const Value& result, const Look& look) {
    Facts facts(look);
    facts.add("media", text_of(result, "state"), colour_of_state(text_of(result, "state")));
    facts.add("camera", flag_of(result, "camera") ? "on" : "off");
    facts.add("microphone", flag_of(result, "microphone") ? "on" : "off");
    facts.add("volume", text_of(result, "volume"));
    return std::move(facts).text();
}

std::string show_contact(const Value& contact, const Look& look) {
    Table table = contact_table();
    add_people(table, contact);
    return table.text(look);
}

std::string show_contacts(const Value& result, const Look& look) {
    Table table = contact_table();
    for (const Value& contact : list_of(result, "contacts")) add_people(table, contact);
    return table.empty() ? "no contacts\n" : table.text(look);
}

std::string show_history(const Value& result, const Look& look) {
    Table table({"STARTED", "DIRECTION", "TYPE", "WITH", "TALK", "MEDIA", "END"});
    for (const Value& record : list_of(result, "calls")) {
        const Value& peer = part_of(record, "peer");
        const std::string contact = text_of(peer, "contact");
        const bool answered = number_of(record, "answered") != 0;
        table.add({{date_time(number_of(record, "started"))},
                   {text_of(record, "direction")},
                   {text_of(record, "roomType")},
                   {contact.empty() ? party(peer) : contact + ": " + party(peer)},
                   {answered ? duration(number_of(record, "keepTime")) : "-",
                    answered ? Colour::good : Colour::dim},
                   {short_quality_text(part_of(record, "quality"))},
                   {end_text(part_of(record, "end"))}});
    }
    return table.empty() ? "no calls\n" : table.text(look);
}

std::string show_device(const Value& result, const Look& look) {
    Facts facts(look);
    const Value& clock = part_of(result, "clock");
    add_device(facts, result);
    facts.add("kind", text_of(part_of(result, "registration"), "kind"));
    facts.add("app", text_of(result, "appId"));
    facts.add("name", text_of(result, "name"));
    facts.add("version", text_of(result, "version"));
    facts.add("deviceToken",
              "until " + date_time(number_of(part_of(result, "deviceToken"), "expireTimestamp")));
    facts.add("pushToken", "until " + date_time(number_of(part_of(result, "pushToken"), "expireTimestamp")));
    std::string clock_text = text_of(clock, "state");
    if (const std::string offset = text_of(clock, "offset"); !offset.empty() && offset != "0")
        clock_text += ", off by " + offset + " s";
    facts.add("clock", clock_text, colour_of_state(text_of(clock, "state")));
    return std::move(facts).text();
}

std::string show_push_token(const Value& result, const Look& look) {
    Facts facts(look);
    facts.add("pushToken", text_of(result, "pushToken"));
    facts.add("until", date_time(number_of(result, "expireTimestamp")));
    return std::move(facts).text();
}

std::string show_board(const Value& result, const Look& look) {
    Facts facts(look);
    facts.add("driver", text_of(result, "driver"));
    for (const Value& button : list_of(result, "buttons")) {
        std::string text = text_of(button, "name");
        if (const std::string contact = text_of(button, "contact"); !contact.empty())
            text += " calls " + contact;
        const std::string state = text_of(button, "state");
        if (!state.empty() && state != "ok") text += ": " + state;
        facts.add("button", text);
    }
    facts.add("lamp", text_of(result, "lamp"));
    for (const Value& relay : list_of(result, "relays")) {
        std::string text = text_of(relay, "name") + (flag_of(relay, "active") ? " active" : " at rest");
        if (const Value* last = relay.find("lastOpened"); last && !last->is_null())
            text += ", last opened " + date_time(number_of(*last, "at")) + " by " + text_of(*last, "by");
        facts.add("relay", text);
    }
    for (const std::string_view name : {"camera", "microphone", "speaker"})
        facts.add(name, text_of(result, name));
    return std::move(facts).text();
}

std::string show_relay(const Value& result, const Look& look) {
    Facts facts(look);
    facts.add("relay", text_of(result, "relay"));
    facts.add("until", date_time(number_of(result, "until")));
    return std::move(facts).text();
}

std::string show_health(const Value& result, const Look& look) {
    const std::string status = text_of(result, "status");
    Table table({"PART", "STATE", "SINCE", "REASON"});
    for (const Value& part : list_of(result, "parts")) {
        const std::string state = text_of(part, "state");
        table.add({{text_of(part, "name")},
                   {state, colour_of_state(state)},
                   {date_time(number_of(part, "since"))},
                   {text_of(part, "reason")}});
    }
    std::string text = paint(clean(status), colour_of_state(status), look) + "\n";
    return table.empty() ? text : text + table.text(look);
}

std::string show_metrics(const Value& result, const Look&) {
    return text_of(result, "text");
}

std::string show_levels(const Value& result, const Look&) {
    return clean(text_of(result, "levels")) + "\n";
}

std::string show_reload(const Value& result, const Look& look) {
    Facts facts(look);
    facts.add("applied", joined(list_of(result, "applied")));
    facts.add("restart for", joined(list_of(result, "needsRestart")));
    return std::move(facts).text();
}

std::string show_done(const Value&, const Look&) {
    return "done\n";
}

std::string show_raw(const Value& result, const Look&) {
    return json::write_pretty(result) + "\n";
}

std::string show_phase(const Value& snapshot, const Look& look) {
    const std::string phase = text_of(snapshot, "phase");
    std::string line = "phase " + paint(clean(phase), colour_of_state(phase), look);
    if (phase.empty() || phase == "idle") return line + "\n";
    const bool outgoing = text_of(snapshot, "direction") == "outgoing";
    line += "  " + clean(text_of(snapshot, "direction") + " " + text_of(snapshot, "roomType"));
    line += outgoing ? " to " : " from ";
    line += clean(party(part_of(snapshot, outgoing ? "listener" : "caller")));
    const std::string media = media_text(part_of(snapshot, "media"));
    if (!media.empty() && media != "none") line += "  media " + clean(media);
    if (part_of(snapshot, "end").as_object() != nullptr)
        line += "  " + clean(end_text(part_of(snapshot, "end")));
    return line + "\n";
}

std::string show_notification(const rpc::Notification& heard, const Look& look) {
    if (look.json) {
        Value line;
        line.set("method", heard.method).set("params", heard.params);
        return json::write(line) + "\n";
    }
    if (heard.method == "room.changed") return show_phase(heard.params, look);
    if (heard.method == "voip.event") {
        const std::string name = text_of(heard.params, "eventName");
        return "event " + paint(clean(name), colour_of_event(name), look) +
               event_data(part_of(heard.params, "data")) + "\n";
    }
    if (heard.method == "room.quality")
        return paint("quality", Colour::dim, look) + " " +
               clean(quality_text(part_of(heard.params, "quality"))) + "\n";
    return clean(heard.method + " " + json::write(heard.params)) + "\n";
}

std::string show_fault(const Fault& fault) {
    return "error " + std::to_string(fault.err_code) + ": " + clean(fault.err_msg) + "\n";
}

std::string show_refusal(const Value& init_result) {
    const std::string code = text_of(init_result, "errCode");
    const std::string text = text_of(init_result, "errMsg");
    return "refused" + (code.empty() ? "" : " " + code) + (text.empty() ? "" : ": " + clean(text)) + "\n";
}

std::string prometheus_text(std::string_view open_metrics) {
    std::string out, counter;
    while (!open_metrics.empty()) {
        const std::string_view line = open_metrics.substr(0, open_metrics.find('\n'));
        open_metrics.remove_prefix(std::min(open_metrics.size(), line.size() + 1));
        if (line == "# EOF") continue;
        const bool comment = line.starts_with("# TYPE ") || line.starts_with("# HELP ");
        const std::string_view name = comment ? line.substr(7, line.find(' ', 7) - 7) : std::string_view();
        if (line.starts_with("# TYPE ")) counter = line.ends_with(" counter") ? name : std::string_view();
        out += line;
        if (comment && name == counter) out.insert(out.size() - line.size() + 7 + name.size(), "_total");
        out += '\n';
    }
    return out;
}

}  // namespace voip::ctl
