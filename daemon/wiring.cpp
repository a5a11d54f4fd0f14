#include "daemon/wiring.hpp"

namespace voip::daemon {

Registration registration_of(config::Registration kind) noexcept {
    return kind == config::Registration::wmpf ? Registration::wmpf : Registration::device_auth;
}

RoomType room_type_of(config::RoomType type) noexcept {
    return type == config::RoomType::voice ? RoomType::voice : RoomType::video;
}

hal::BoardSettings board_settings(const config::Board& board, Log log) {
    hal::BoardSettings settings;
    for (const config::Button& button : board.buttons)
        settings.buttons.push_back({button.name, button.long_press});
    for (const config::Relay& relay : board.relays) settings.relays.push_back({relay.name, relay.max});
    settings.lamp = board.lamp.enabled;
    settings.ringer = board.ring_tone.enabled && board.speaker.enabled;
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
    settings.policy.auto_answer = config.call.auto_answer;
    for (const config::QuietHours& hours : config.call.quiet_hours) {
        const bool reject = hours.action == config::QuietAction::reject;
        settings.policy.quiet_hours.push_back(
            {hours.from, hours.to,
             reject ? call::QuietHours::Action::reject : call::QuietHours::Action::silent});
    }
    return settings;
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
