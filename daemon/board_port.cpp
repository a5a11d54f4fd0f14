#include "daemon/board_port.hpp"

#include <algorithm>

#include "protocol/errors.hpp"

namespace voip::daemon {
namespace {

// How long a door stays open when nobody says otherwise. @source our own: time to walk through
constexpr Duration usual_pulse = 3s;

std::string_view word(hal::LampState state) {
    constexpr std::string_view words[] = {"off", "on", "ringing", "talking", "fault"};
    return words[static_cast<std::size_t>(state)];
}

}  // namespace

Result<void> RememberingLamp::show(hal::LampState state) {
    auto done = lamp_->show(state);
    if (done) shown_ = state;
    return done;
}

BoardPort::BoardPort(hal::Board& board, const config::Board& config, Timers& timers,
                     std::function<void(const std::string&, const std::string&)> on_health, Log log)
    : board_(board), config_(config), timers_(timers), log_(std::move(log)) {
    const auto told_as = [on_health](std::string part) {
        return [on_health, part = std::move(part)](const Result<void>& health) {
            on_health(part, health ? std::string() : health.error().text());
        };
    };
    if (board_.lamp) board_.lamp->on_health(told_as("lamp"));
    if (board_.ringer) board_.ringer->on_health(told_as("ringer"));
    for (const auto& relay : board_.relays) relay->on_health(told_as("relay " + relay->name()));
    for (const auto& button : board_.buttons) {
        button->on_health([this, on_health, name = button->name()](const Result<void>& health) {
            if (health)
                trouble_.erase(name);
            else
                trouble_[name] = health.error().text();
            on_health("button " + name, health ? std::string() : health.error().text());
        });
    }
}

control::BoardFacts BoardPort::facts() const {
    control::BoardFacts facts;
    facts.driver = board_.driver;
    for (const auto& button : board_.buttons) {
        control::ButtonFacts one;
        one.name = button->name();
        const auto configured = std::find_if(config_.buttons.begin(), config_.buttons.end(),
                                             [&](const config::Button& b) { return b.name == one.name; });
        if (configured != config_.buttons.end()) one.contact = configured->contact;
        const auto trouble = trouble_.find(one.name);
        one.state = trouble == trouble_.end() ? "ok" : trouble->second;
        facts.buttons.push_back(std::move(one));
    }
    if (const auto* lamp = dynamic_cast<const RememberingLamp*>(board_.lamp.get()))
        facts.lamp = word(lamp->shown());
    for (const auto& relay : board_.relays) {
        control::RelayFacts one{relay->name(), relay->active()};
        if (const auto last = openings_.find(one.name); last != openings_.end()) one.last = last->second;
        facts.relays.push_back(std::move(one));
    }
    const bool sim = board_.driver == "sim";
    const auto device = [](bool there, const std::string& named, const char* usual) {
        return !there ? std::string() : named.empty() ? std::string(usual) : named;
    };
    facts.camera = device(config_.camera.enabled, config_.camera.device, sim ? "pattern" : "default");
    facts.microphone =
        device(config_.microphone.enabled, config_.microphone.device, sim ? "tone" : "default");
    facts.speaker = device(config_.speaker.enabled, config_.speaker.device, sim ? "meter" : "default");
    return facts;
}

Answer<control::RelayPulse> BoardPort::relay(const std::string& name, std::optional<Duration> length,
                                             control::RelayAsker asker) {
    const auto found = std::find_if(board_.relays.begin(), board_.relays.end(),
                                    [&](const auto& relay) { return relay->name() == name; });
    if (found == board_.relays.end())
        return Fault{code::argument, "relay: the board has no relay of that name", "relay", {}};
    const auto used = (*found)->pulse(length.value_or(usual_pulse));
    if (!used) {
        log_.warning("relay failed", kv("relay", name), kv("by", asker.by), kv("room", asker.room_id),
                     kv("why", used.error().text()));
        return Fault{code::not_ready, "relay " + name + ": " + used.error().text(), {}, {}};
    }
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(*used).count();
    log_.notice("relay active", kv("relay", name), kv("ms", millis), kv("by", asker.by),
                kv("room", asker.room_id));
    const UnixMillis now = timers_.wall_now();
    openings_[name] = {now, std::move(asker)};
    return control::RelayPulse{name, now + millis};
}

}  // namespace voip::daemon
