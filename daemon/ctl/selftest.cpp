#include "daemon/ctl/selftest.hpp"

#include <algorithm>

#include "daemon/ctl/values.hpp"
#include "daemon/lifecycle/button_settings.hpp"
#include "daemon/lifecycle/media_program.hpp"

namespace voip::ctl {
namespace {

using json::Value;

void add(json::Array& findings, std::string part, bool good, std::string text) {
    Value one;
    one.set("part", std::move(part)).set("good", good).set("text", std::move(text));
    findings.push_back(std::move(one));
}

/// What the running daemon knows: clock, network, registration, its own lines.
void add_health(const Value& health, json::Array& findings) {
    for (const Value& part : list_of(health, "parts")) {
        const bool good = text_of(part, "state") == "ok";
        const std::string reason = text_of(part, "reason");
        add(findings, text_of(part, "name"), good, good ? "works" : text_of(part, "state") + ": " + reason);
    }
}

/// Without a daemon its lines are free, and can be looked at.
void add_lines(const config::Config& config, const SelftestSources& sources, json::Array& findings) {
    if (config.board.driver != "linux") return;
    for (const config::Button& button : config.board.buttons) {
        if (button.gpio.chip.empty()) continue;
        const hal::ButtonSettings settings = lifecycle::button_settings(button);
        const auto active = sources.level(settings.gpio, settings.bias);
        const std::string part = "button " + button.name;
        if (!active)
            add(findings, part, false, active.error().context);
        else
            add(findings, part, !*active,
                *active ? "pressed, or gpio.activeLow and gpio.bias do not fit the wiring" : "at rest");
    }
}

std::string media_input(const config::Config& config) {
    Value params = lifecycle::media_params(config);
    return json::write(params.set("generation", 1));
}

void add_media(const config::Config& config, const SelftestSources& sources, json::Array& findings) {
    if (!config.media.enabled) return;
    const auto told = sources.try_media(media_input(config));
    if (!told) {
        const Error& why = told.error();
        return add(findings, "media program", false, why.context.empty() ? why.text() : why.context);
    }
    const auto found = json::parse(*told);
    const json::Array* const list = found ? found->as_array() : nullptr;
    if (!list) return add(findings, "media program", false, "it ended without a verdict");
    findings.insert(findings.end(), list->begin(), list->end());
}

}  // namespace

std::optional<std::string> refuse_selftest(const SelftestSources& sources) {
    if (!sources.ask) return std::nullopt;
    const Reply room = sources.ask("room.get");
    if (const Fault* fault = room.fault()) return fault->err_msg;
    if (const Error* error = room.error()) return error->text();
    const std::string phase = text_of(*room.result(), "phase");
    if (phase.empty() || phase == "idle" || phase == "ended") return std::nullopt;
    return "a call is up (" + phase + "): its devices are not to be taken from it";
}

Value findings_of(const config::Problems& problems) {
    json::Array findings;
    for (const config::Problem& problem : problems) add(findings, "configuration", false, problem.text());
    return findings;
}

Value selftest(const config::Config& config, const SelftestSources& sources) {
    json::Array findings;
    if (sources.ask) {
        const Reply health = sources.ask("health.get");
        if (health.result())
            add_health(*health.result(), findings);
        else
            add(findings, "daemon", false, "it does not tell its health");
    } else {
        add(findings, "daemon", false, "it does not run: clock and network are not tried");
        add_lines(config, sources, findings);
    }
    add_media(config, sources, findings);
    return findings;
}

bool all_good(const Value& findings) {
    return std::ranges::all_of(*findings.as_array(), [](const Value& each) { return flag_of(each, "good"); });
}

std::string show_selftest(const Value& findings, const Look& look) {
    Table table({"PART", "STATE", "WHAT WAS SEEN"});
    for (const Value& each : *findings.as_array()) {
        const bool good = flag_of(each, "good");
        table.add({{text_of(each, "part")},
                   {good ? "ok" : "WRONG", good ? Colour::good : Colour::bad},
                   {text_of(each, "text")}});
        if (each.find("config")) table.add({{""}, {""}, {"to be configured: " + text_of(each, "config")}});
    }
    return table.text(look);
}

}  // namespace voip::ctl
