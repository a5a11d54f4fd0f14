#include "daemon/wiring.hpp"

#include "daemon/lifecycle/button_settings.hpp"
#include "daemon/lifecycle/media_program.hpp"

namespace voip::daemon {

Registration registration_of(config::Registration kind) noexcept {
    return kind == config::Registration::wmpf ? Registration::wmpf : Registration::device_auth;
}

RoomType room_type_of(config::RoomType type) noexcept {
    return type == config::RoomType::voice ? RoomType::voice : RoomType::video;
}

namespace {

hal::LineSettings line_of(const config::GpioOutput& line) {
    return {line.chip, line.line, line.active_low};
}

}  // namespace

hal::BoardSettings board_settings(const config::Board& board, Log log) {
    hal::BoardSettings settings;
    for (const config::Button& button : board.buttons)
        settings.buttons.push_back(lifecycle::button_settings(button));
    for (const config::Relay& relay : board.relays)
        settings.relays.push_back({relay.name, relay.max, line_of(relay.gpio)});
    settings.lamp = board.lamp.enabled;
    settings.lamp_settings = {board.lamp.led, line_of(board.lamp.gpio)};
    settings.ringer = board.ring_tone.enabled && board.speaker.enabled;
    settings.ring_tone = {board.speaker.device, board.ring_tone.file,
                          static_cast<unsigned>(board.speaker.volume)};
    settings.sim_script = board.sim.script;
    settings.log = std::move(log);
    return settings;
}

identity::Settings identity_settings(const config::Device& device, const transport::Url& service,
                                     const std::filesystem::path& state_dir) {
    identity::Settings settings;
    settings.sn = device.sn;
    settings.model_id = device.model_id;
    settings.app_id = device.app_id;
    settings.name = device.name;
    settings.version = WMPF_VERSION;
    settings.registration = registration_of(device.registration);
    settings.host = service.host;
    settings.folder = state_dir;
    return settings;
}

call::CallSettings call_settings(const config::Config& config) {
    call::CallSettings settings;
    settings.own_id = config.device.sn;
    settings.own_name = config.device.name;
    settings.registration = registration_of(config.device.registration);
    for (const config::Button& button : config.board.buttons)
        settings.buttons.push_back(
            {button.name, button.contact, button.open_id, room_type_of(button.room_type)});
    if (!config.board.camera.enabled) settings.room_type = RoomType::voice;
    settings.ring_time = config.call.ring;
    settings.join_time = config.call.join;
    settings.hunt_time = config.call.hunt;
    settings.time_limit_s = config.call.time_limit_s;
    settings.media_enabled = config.media.enabled;
    settings.policy.auto_answer = config.call.auto_answer;
    for (const config::QuietHours& hours : config.call.quiet_hours) {
        const bool reject = hours.action == config::QuietAction::reject;
        settings.policy.quiet_hours.push_back(
            {hours.from, hours.to,
             reject ? call::QuietHours::Action::reject : call::QuietHours::Action::silent});
    }
    return settings;
}

namespace {

/// What libraries of the media program look at, where a person has set it. Nothing of the service manager's:
/// its notifications and credentials are the daemon's alone.
constexpr const char* passed_on[] = {"PATH",
                                     "LANG",
                                     "LC_ALL",
                                     "TZ",
                                     "DISPLAY",
                                     "WAYLAND_DISPLAY",
                                     "XDG_RUNTIME_DIR",
                                     "ALSA_CONFIG_PATH",
                                     "GST_DEBUG",
                                     "GST_DEBUG_NO_COLOR",
                                     "ASAN_OPTIONS",
                                     "UBSAN_OPTIONS",
                                     "TSAN_OPTIONS",
                                     "LSAN_OPTIONS"};

}  // namespace

media::host::SupervisorSettings media_settings(const config::Config& config,
                                               const std::filesystem::path& program,
                                               const lifecycle::Environment& environment,
                                               std::string_view level) {
    media::host::SupervisorSettings settings;
    settings.child.program = program.string();
    for (const char* name : passed_on)
        if (const char* value = environment(name))
            settings.child.environment.push_back(std::string(name) + "=" + value);
    settings.plan.prepare = lifecycle::media_params(config);
    settings.plan.prepare.set("log", level);
    settings.plan.has_camera = config.board.camera.enabled;
    settings.plan.has_microphone = config.board.microphone.enabled;
    settings.plan.volume = static_cast<int>(config.board.speaker.volume);
    settings.plan.reconnect_time = config.media.reconnect;
    return settings;
}

std::string_view media_off(const config::Media& media, bool built) noexcept {
    if (!built) return "this build has none (WMPF_MEDIA=OFF)";
    return media.enabled ? "" : "media.enabled is false";
}

engine::DeviceProfile device_profile(const config::Config& config, bool media_built) {
    if (!media_off(config.media, media_built).empty()) return {false, false, false, false};
    const config::Board& board = config.board;
    return {board.camera.enabled, !config.media.display.empty(), board.microphone.enabled,
            board.speaker.enabled};
}

std::string_view level_of(const LogHub& hub, std::string_view area) noexcept {
    for (const Level level : {Level::debug, Level::info, Level::notice, Level::warning})
        if (hub.passes(area, level)) return to_string(level);
    return to_string(Level::err);
}

control::DeviceFacts lonely_facts(const config::Device& device, UnixMillis now) {
    control::DeviceFacts facts;
    facts.sn = device.sn;
    facts.model_id = device.model_id;
    facts.app_id = device.app_id;
    facts.name = device.name;
    facts.version = WMPF_VERSION;
    facts.kind = registration_of(device.registration);
    facts.registration = "registered";
    facts.channel = "online";
    facts.channel_since = now;
    facts.clock = "ok";
    return facts;
}

}  // namespace voip::daemon
