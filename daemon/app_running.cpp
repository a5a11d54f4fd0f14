// What the parts of a daemon tell one another, the service manager and the operator while it runs.
#include <boost/algorithm/string/join.hpp>

#include "config/load.hpp"
#include "daemon/app_parts.hpp"
#include "daemon/log_areas.hpp"
#include "daemon/reasons.hpp"
#include "daemon/wiring.hpp"
#include "protocol/errors.hpp"

namespace voip::daemon {

void App::Parts::network_came_up(bool moved) {
    identity->hurry();
    service_engine->on_network(moved);
    if (media) media->on_network(moved);
}

void App::Parts::heard(const identity::DeviceFacts& facts) {
    const auto now = timers.wall_now();
    const bool now_online = facts.channel.state == identity::ChannelState::online;
    if (now_online && !online) ++connects;
    online = now_online;
    health.set("channel", now_online ? PartState::ok : PartState::down, facts.channel.reason, now);
    const bool registered = facts.registration.state == identity::RegistrationState::registered;
    health.set("registration", registered ? PartState::ok : PartState::down,
               registration_reason(facts.registration), now);
    const bool clock_ok = facts.clock.state == identity::ClockHealth::ok;
    health.set("clock", clock_ok ? PartState::ok : PartState::degraded, clock_reason(facts.clock), now);
    status(now_online ? "online"
                      : std::string(to_string(facts.channel.state)) +
                            (facts.channel.reason.empty() ? "" : ": " + facts.channel.reason));
}

void App::Parts::status(const std::string& text) {
    if (text == told_status) return;
    told_status = text;
    const auto told = notifier.status(text);
    if (!told) log.debug("service manager not told", kv("why", told.error().text()));
}

Gauges App::Parts::gauges() {
    Gauges gauges;
    gauges.online = service_engine ? online : true;
    gauges.connects = connects;
    gauges.api_clients = api->clients();
    gauges.api_subscribers = api->subscribers();
    gauges.api_queue_bytes = api->queued_bytes();
    gauges.api_clients_dropped = api->stats().dropped;
    if (identity) {
        const identity::DeviceFacts facts = identity->facts();
        gauges.device_token_expires = facts.device_token_expires;
        gauges.device_token_issued = facts.device_token_issued;
        gauges.service_time = clock->service_time();
        gauges.channel_queue_bytes = service_engine->queued_bytes();
    }
    gauges.call_queue = calls->waiting_events();
    gauges.events_dropped = calls->dropped_events();
    gauges.state_free_bytes = storage->check().free_bytes;
    gauges.resident_bytes = resident_bytes();
    if (const pid_t program = media ? media->pid() : 0)
        gauges.media_resident_bytes = resident_bytes(std::to_string(program));
    gauges.quality = calls->snapshot().media.quality;
    return gauges;
}

Answer<control::Reloaded> App::Parts::reload() {
    if (setup.config_file.empty())
        return Fault{code::argument, "there is no configuration file to read again", {}, {}};
    auto loaded = config::load_file(setup.config_file, {setup.options.demo});
    if (const auto* problems = std::get_if<config::Problems>(&loaded)) {
        std::vector<std::string> lines;
        for (const config::Problem& problem : *problems) lines.push_back(problem.text());
        log.warning("reload refused", kv("problems", boost::algorithm::join(lines, ", ")));
        return Fault{code::argument, boost::algorithm::join(lines, ", "), {}, {}};
    }
    auto merged = config::reload(setup.config, std::get<config::Config>(loaded));
    setup.config = std::move(merged.config);
    (void)hub.set_levels(setup.config.log.text());
    judge_areas();
    levels_changed();
    calls->reconfigure(call_settings(setup.config));
    log.notice("reloaded", kv("applied", boost::algorithm::join(merged.applied, ", ")),
               kv("needs_restart", boost::algorithm::join(merged.needs_restart, ", ")));
    return control::Reloaded{std::move(merged.applied), std::move(merged.needs_restart)};
}

/// Not a fault of the configuration: an upgrade may bring other areas, and must not stop the daemon.
void App::Parts::judge_areas() const {
    if (const auto unknown = unknown_area(setup.config.log.text()))
        log.warning("log.areas has no effect", kv("why", *unknown));
}

void App::Parts::levels_changed() {
    if (media) media->set_log_level(level_of(hub, "media"));
}

}  // namespace voip::daemon
