#include "hal/sim/simulation.hpp"

#include <algorithm>

namespace voip::hal::sim {
namespace {

std::string_view to_string(LampState state) {
    constexpr std::string_view words[] = {"off", "on", "ringing", "talking", "fault"};
    return words[static_cast<std::size_t>(state)];
}

std::string_view to_string(Tone tone) {
    constexpr std::string_view words[] = {"none", "alerting", "ring_back"};
    return words[static_cast<std::size_t>(tone)];
}

std::int64_t millis(Duration length) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
}

Error missing(std::string_view what, std::string_view name) {
    return fail(Errc::not_found, "no " + std::string(what) + " \"" + std::string(name) + "\"");
}

}  // namespace

Simulation::Simulation(Timers& timers, const BoardSettings& settings) : timers_(timers), log_(settings.log) {
    for (const ButtonSettings& made : settings.buttons) {
        auto button = std::make_unique<ButtonState>();
        button->name = "button:" + made.name;
        button->button = made.name;
        button->detector = PressDetector({.long_press = made.long_press});
        buttons_.push_back(std::move(button));
    }
    for (const RelaySettings& made : settings.relays) {
        auto relay = std::make_unique<RelayState>();
        relay->name = "relay:" + made.name;
        relay->relay = made.name;
        relay->max = std::max(made.max, shortest_pulse);
        relays_.push_back(std::move(relay));
    }
    if (settings.lamp) lamp_ = Device{"lamp"};
    if (settings.ringer) ringer_ = Device{"ringer"};
}

Simulation::~Simulation() {
    timers_.cancel(posted_alarm_);
    timers_.cancel(script_alarm_);
    for (const auto& button : buttons_) timers_.cancel(button->alarm);
    for (const auto& relay : relays_) timers_.cancel(relay->alarm);
}

std::vector<std::string> Simulation::devices() const {
    std::vector<std::string> names;
    for (const auto& button : buttons_) names.push_back(button->name);
    for (const auto& relay : relays_) names.push_back(relay->name);
    if (lamp_) names.push_back(lamp_->name);
    if (ringer_) names.push_back(ringer_->name);
    std::ranges::sort(names);
    return names;
}

ScriptTargets Simulation::targets() const {
    ScriptTargets targets{{}, devices()};
    for (const auto& button : buttons_) targets.buttons.push_back(button->button);
    return targets;
}

Simulation::Found Simulation::find_device(std::string_view name) {
    for (const auto& button : buttons_)
        if (button->name == name) return {button.get(), button.get(), nullptr};
    for (const auto& relay : relays_)
        if (relay->name == name) return {relay.get(), nullptr, relay.get()};
    if (lamp_ && name == lamp_->name) return {&*lamp_, nullptr, nullptr};
    if (ringer_ && name == ringer_->name) return {&*ringer_, nullptr, nullptr};
    return {};
}

ButtonState* Simulation::find_button(std::string_view name) {
    const auto found =
        std::ranges::find_if(buttons_, [&](const auto& button) { return button->button == name; });
    return found == buttons_.end() ? nullptr : found->get();
}

void Simulation::record(Output output) {
    records_.push_back(Record{timers_.now(), std::move(output)});
    if (records_.size() > max_records) records_.pop_front();
}

// Events reach handlers from the loop, so that a handler never runs inside the call that caused it.
void Simulation::post(std::function<void()> event) {
    posted_.push_back(std::move(event));
    if (posted_alarm_ == 0) posted_alarm_ = timers_.call_at(timers_.now(), [this] { run_posted(); });
}

void Simulation::run_posted() {
    const auto self = shared_from_this();  // a handler may give the board up
    posted_alarm_ = 0;
    std::deque<std::function<void()>> events;
    events.swap(posted_);
    for (const auto& event : events) event();
}

void Simulation::deliver(ButtonState& button, Press kind) {
    if (const auto error = button.trip()) return tell_health(button, fail(*error, button.name));
    if (button.unwell) tell_health(button, {});
    log_.info("button pressed", kv("button", button.button), kv("long", kind == Press::long_press));
    post([&button, kind] {
        const auto handler = button.on_press;  // it may replace itself
        if (handler) handler(kind);
    });
}

void Simulation::tell_health(Device& device, Result<void> health) {
    if (health)
        log_.notice("device is well", kv("device", device.name));
    else
        log_.warning("device fails", kv("device", device.name), kv("why", health.error().text()));
    device.unwell = !health;
    post([&device, health = std::move(health)] {
        const auto handler = device.on_health;
        if (handler) handler(health);
    });
}

Result<void> Simulation::press(std::string_view name, Press kind) {
    ButtonState* button = find_button(name);
    if (!button) return missing("button", name);
    if (button->vanished) return fail(Errc::device_gone, button->name);
    deliver(*button, kind);
    return {};
}

Result<void> Simulation::hold(std::string_view name, bool down) {
    ButtonState* button = find_button(name);
    if (!button) return missing("button", name);
    if (button->vanished) return fail(Errc::device_gone, button->name);
    apply(*button, button->detector.on_position(down, timers_.now()));
    return {};
}

void Simulation::apply(ButtonState& button, const PressDetector::Outcome& outcome) {
    if (outcome.press) deliver(button, *outcome.press);
    if (outcome.stuck)
        tell_health(button, *outcome.stuck ? Result<void>(fail(Errc::io, button.name + ": held for 30 s"))
                                           : Result<void>());
    arm(button);
}

void Simulation::arm(ButtonState& button) {
    timers_.cancel(button.alarm);
    button.alarm = 0;
    const auto at = button.detector.wake_at();
    if (!at) return;
    button.alarm = timers_.call_at(*at, [this, &button] {
        button.alarm = 0;
        apply(button, button.detector.on_time(timers_.now()));
    });
}

/// An operation of a lamp, ringer or relay: whether it works, and what that says about the device.
Result<void> Simulation::attempt(Device& device) {
    if (const auto error = device.trip()) {
        if (!device.unwell) tell_health(device, fail(*error, device.name));
        return fail(*error, device.name);
    }
    if (device.unwell) tell_health(device, {});
    return {};
}

Result<void> Simulation::fail_next(std::string_view name, Errc error) {
    Device* device = find_device(name).device;
    if (!device) return missing("device", name);
    device->failures.push_back(error);
    return {};
}

Result<void> Simulation::vanish(std::string_view name) {
    const Found found = find_device(name);
    if (!found.device) return missing("device", name);
    if (found.device->vanished) return {};
    found.device->vanished = true;
    if (found.relay) release(*found.relay);
    if (found.button) {
        found.button->detector.reset();
        arm(*found.button);
    }
    tell_health(*found.device, fail(Errc::device_gone, found.device->name));
    return {};
}

Result<void> Simulation::come_back(std::string_view name) {
    const Found found = find_device(name);
    if (!found.device) return missing("device", name);
    if (!found.device->vanished) return {};
    found.device->vanished = false;
    tell_health(*found.device, {});
    return {};
}

Result<void> Simulation::show(LampState state) {
    if (auto able = attempt(*lamp_); !able) return able;
    record(LampShown{state});
    log_.info("lamp shows", kv("state", to_string(state)));
    return {};
}

Result<void> Simulation::play(Tone tone) {
    if (auto able = attempt(*ringer_); !able) return able;
    record(TonePlayed{tone});
    log_.info("ringer plays", kv("tone", to_string(tone)));
    return {};
}

Result<Duration> Simulation::pulse(RelayState& relay, Duration length) {
    if (const auto able = attempt(relay); !able) {
        release(relay);
        return able.error();
    }
    length = std::clamp(length, shortest_pulse, relay.max);
    timers_.cancel(relay.alarm);
    relay.alarm = timers_.call_at(timers_.now() + length, [this, &relay] { release(relay); });
    record(RelayClosed{relay.relay, length});
    log_.info("relay closes", kv("relay", relay.relay), kv("ms", millis(length)));
    return length;
}

void Simulation::release(RelayState& relay) {
    if (relay.alarm == 0) return;
    timers_.cancel(relay.alarm);
    relay.alarm = 0;
    record(RelayOpened{relay.relay});
    log_.info("relay opens", kv("relay", relay.relay));
}

void Simulation::play(Script script) {
    script_ = std::move(script);
    next_step_ = 0;
    round_began_ = timers_.now();
    arm_script();
}

void Simulation::arm_script() {
    if (script_.steps.empty()) return;
    if (next_step_ == script_.steps.size()) {
        if (!script_.repeat) return;
        next_step_ = 0;
        round_began_ += *script_.repeat;
    }
    const TimePoint at = round_began_ + script_.steps[next_step_].at;
    script_alarm_ = timers_.call_at(at, [this] { run_script(); });
}

void Simulation::run_script() {
    script_alarm_ = 0;
    perform(script_.steps[next_step_++]);
    arm_script();
}

void Simulation::perform(const Step& step) {
    const auto act = [&]() -> Result<void> {
        switch (step.kind) {
            case Step::Kind::press: return press(step.target, Press::short_press);
            case Step::Kind::long_press: return press(step.target, Press::long_press);
            case Step::Kind::hold: return hold(step.target, true);
            case Step::Kind::release: return hold(step.target, false);
            case Step::Kind::vanish: return vanish(step.target);
            case Step::Kind::come_back: return come_back(step.target);
            case Step::Kind::fail: return fail_next(step.target, step.error);
        }
        return {};
    };
    const auto done = act();
    if (!done) log_.warning("step of the script without effect", kv("why", done.error().text()));
}

}  // namespace voip::hal::sim
