#include "tests/contract/hal_linux/linux_bench.hpp"

#include <linux/input-event-codes.h>

#include <algorithm>

#include "hal/linux/lamp_output.hpp"
#include "tests/support/catch.hpp"

namespace voip::hal::test {
namespace {

constexpr unsigned line = 1;
constexpr unsigned key = KEY_ENTER;
constexpr Duration patience = 60s;  // of real time; the machine is emulated

LampState state_of(const linux::Pattern& pattern) {
    for (const LampState state :
         {LampState::off, LampState::on, LampState::ringing, LampState::talking, LampState::fault})
        if (linux::pattern_of(state) == pattern) return state;
    FAIL("a lamp shows nothing that is known: " << pattern.on / 1ms << " ms on, " << pattern.off / 1ms
                                                << " ms off");
    return LampState::off;
}

LineSettings line_of(const SimChip& chip, bool active_low = false) {
    return {chip.label(), std::to_string(line), active_low};
}

}  // namespace

Hardware::Hardware(Kind kind) {
    const std::string prefix = kind == Kind::keys ? "keys-" : "lines-";
    settings.buttons = {{"a"}, {"b", 500ms}};
    settings.relays = {{"door", 5s}, {"gate", 500ms}};
    settings.ringer = false;  // tested with the sound
    for (RelaySettings& relay : settings.relays) {
        auto& made = chips["relay:" + relay.name] = std::make_unique<SimChip>(prefix + relay.name);
        relay.gpio = line_of(*made);
    }
    for (ButtonSettings& button : settings.buttons) place(button, kind);
    if (kind == Kind::keys) {
        led = std::make_unique<SimLed>("bench::lamp");
        settings.lamp_settings.led = led->name();
    } else {
        auto& made = chips["lamp"] = std::make_unique<SimChip>(prefix + "lamp");
        settings.lamp_settings.gpio = line_of(*made);
    }
}

void Hardware::place(ButtonSettings& button, Kind kind) {
    const std::string device = "button:" + button.name;
    if (kind == Kind::keys) {
        keypads[device] = std::make_unique<Keypad>(links_ / button.name, std::vector<unsigned>{KEY_A, key});
        button.key = {links_ / button.name, "KEY_ENTER"};
        return;
    }
    const bool low = button.name == "b";
    auto& made = chips[device] = std::make_unique<SimChip>("lines-" + button.name, low);
    button.gpio = line_of(*made, low);
}

Hardware& Hardware::of(Kind kind) {
    static std::map<Kind, std::unique_ptr<Hardware>> made;
    auto& hardware = made[kind];
    if (!hardware) hardware = std::make_unique<Hardware>(kind);
    return *hardware;
}

void Hardware::restore() {
    while (!gone.empty()) plug_in(std::string(*gone.begin()));
    for (const ButtonSettings& button : settings.buttons) finger(button.name, false);
    for (const auto& [device, chip] : chips)
        if (!device.starts_with("button:")) chip->pull(line, false);
}

void Hardware::finger(std::string_view button, bool down) {
    const std::string device = "button:" + std::string(button);
    if (const auto found = keypads.find(device); found != keypads.end())
        found->second->move(key, down);
    else
        chips.at(device)->pull(line, down != (button == "b"));
}

Pluggable& Hardware::part(std::string_view device) {
    const std::string name(device);
    if (const auto found = chips.find(name); found != chips.end()) return *found->second;
    if (const auto found = keypads.find(name); found != keypads.end()) return *found->second;
    REQUIRE(name == "lamp");
    return *led;
}

void Hardware::unplug(std::string_view device) {
    part(device).unplug();
    gone.emplace(device);
}

void Hardware::plug_in(std::string_view device) {
    part(device).plug();
    gone.erase(std::string(device));
}

LinuxBench::LinuxBench(Kind kind) : settings(Hardware::of(kind).settings), hardware_(Hardware::of(kind)) {
    hardware_.restore();
    settings.log = Log(hub_, "board");
    open();
}

void LinuxBench::open() {
    auto opened = open_board("linux", io_.get_executor(), timers_, settings);
    REQUIRE(opened);
    board_ = std::make_unique<Board>(*std::move(opened));
    pass(0ms);
}

void LinuxBench::poll() {
    io_.restart();
    io_.poll();
}

void LinuxBench::pass(Duration length) {
    poll();
    timers_.advance(length, [this] { poll(); });
}

bool LinuxBench::logged(const std::vector<std::string>& parts) const {
    return std::ranges::any_of(lines_, [&](const std::string& one) {
        return std::ranges::all_of(parts,
                                   [&](const std::string& p) { return one.find(p) != std::string::npos; });
    });
}

void LinuxBench::until_logged(const std::vector<std::string>& parts, bool our_time_too) {
    const auto deadline = Clock::now() + patience;
    while (!logged(parts) && Clock::now() < deadline) {
        io_.restart();
        io_.run_for(2ms);
        if (our_time_too) pass(5ms);
    }
    const bool found = logged(parts);
    if (!found)
        for (const std::string& one : all_lines_) WARN(one);
    for (const std::string& part : parts) UNSCOPED_INFO("waiting for " << part);
    REQUIRE(found);
}

void LinuxBench::finger(std::string_view button, bool down) {
    const std::string device = "button:" + std::string(button);
    forget_log();
    hardware_.finger(button, down);
    if (board_ && !hardware_.gone.contains(device))
        until_logged(
            {"button moves", "button=\"" + std::string(button) + '"', down ? "down=true" : "down=false"},
            false);
}

bool LinuxBench::notices(std::string_view device) const {
    return board_ && !(device == "lamp" && hardware_.led);
}

void LinuxBench::unplug(std::string_view device) {
    if (hardware_.gone.contains(device)) return;
    forget_log();
    hardware_.unplug(device);
    if (notices(device)) until_logged({"device fails", "device=\"" + std::string(device) + '"'}, false);
}

void LinuxBench::plug_in(std::string_view device) {
    if (!hardware_.gone.contains(device)) return;
    forget_log();
    hardware_.plug_in(device);
    if (notices(device)) until_logged({"device opened", "device=\"" + std::string(device) + '"'}, true);
}

// Between its being lost and the driver's next look somebody else takes the line.
bool LinuxBench::fail_next(std::string_view device) {
    const auto found = hardware_.chips.find(std::string(device));
    if (found == hardware_.chips.end()) return false;
    unplug(device);
    hardware_.plug_in(device);
    thieves_[std::string(device)] = std::make_unique<Thief>(found->second->node(), line);
    return true;
}

bool LinuxBench::closed(std::string_view relay) {
    return hardware_.chips.at("relay:" + std::string(relay))->level(line);
}

LampState LinuxBench::lamp() {
    return hardware_.led ? lamp_of_led() : lamp_of_line();
}

// 4 s hold whole periods of every pattern.
LampState LinuxBench::lamp_of_line() {
    Duration lit{}, dark{};
    for (int step = 0; step < 400; ++step) {
        (hardware_.chips.at("lamp")->level(line) ? lit : dark) += 10ms;
        pass(10ms);
    }
    for (const LampState state : {LampState::ringing, LampState::talking, LampState::fault}) {
        const linux::Pattern pattern = linux::pattern_of(state);
        if (lit == Duration(4s) * (pattern.on / 1ms) / ((pattern.on + pattern.off) / 1ms)) return state;
    }
    REQUIRE((lit == 0s || dark == 0s));
    return lit == 0s ? LampState::off : LampState::on;
}

LampState LinuxBench::lamp_of_led() {
    REQUIRE(hardware_.led->attribute("trigger").find("[timer]") != std::string::npos);
    const auto millis = [&](std::string_view name) {
        return Duration(std::chrono::milliseconds(std::stoi(hardware_.led->attribute(name))));
    };
    return state_of({millis("delay_on"), millis("delay_off")});
}

std::vector<BenchMaker> benches() {
    return {{"linux, lines", [] { return std::make_unique<LinuxBench>(LinuxBench::Kind::lines); }},
            {"linux, keys and LED", [] { return std::make_unique<LinuxBench>(LinuxBench::Kind::keys); }}};
}

}  // namespace voip::hal::test
