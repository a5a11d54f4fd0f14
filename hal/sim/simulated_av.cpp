#include "hal/sim/simulated_av.hpp"

namespace voip::hal::sim {

SimulatedAv::SimulatedAv(const AvSettings& settings, RoomSettings room_settings)
    : log(settings.log),
      room(room_settings),
      has_camera_(settings.camera),
      has_microphone_(settings.microphone),
      has_speaker_(settings.speaker) {}

Device* SimulatedAv::find(std::string_view name) {
    if (has_camera_ && name == camera.name) return &camera;
    if (has_microphone_ && name == microphone.name) return &microphone;
    if (has_speaker_ && name == speaker.name) return &speaker;
    return nullptr;
}

std::vector<std::string> SimulatedAv::devices() const {
    std::vector<std::string> names;
    if (has_camera_) names.push_back(camera.name);
    if (has_microphone_) names.push_back(microphone.name);
    if (has_speaker_) names.push_back(speaker.name);
    return names;
}

Result<void> SimulatedAv::fail_next(std::string_view device, Errc error) {
    Device* found = find(device);
    if (!found) return fail(Errc::not_found, "no device \"" + std::string(device) + "\"");
    found->failures.push_back(error);
    return {};
}

// A device that runs finds out at its next picture or frame, as a driver does.
Result<void> SimulatedAv::vanish(std::string_view device) {
    Device* found = find(device);
    if (!found) return fail(Errc::not_found, "no device \"" + std::string(device) + "\"");
    found->vanished = true;
    return {};
}

Result<void> SimulatedAv::block(std::string_view device) {
    Device* found = find(device);
    if (!found) return fail(Errc::not_found, "no device \"" + std::string(device) + "\"");
    found->blocked = true;
    return {};
}

Result<void> SimulatedAv::come_back(std::string_view device) {
    Device* found = find(device);
    if (!found) return fail(Errc::not_found, "no device \"" + std::string(device) + "\"");
    found->vanished = found->blocked = false;
    return {};
}

Result<void> SimulatedAv::set_sound(std::string_view words) {
    auto parsed = parse_room(words);
    if (!parsed) return parsed.error();
    room.set(*parsed);
    return {};
}

}  // namespace voip::hal::sim
