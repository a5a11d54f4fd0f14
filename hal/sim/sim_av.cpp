#include "hal/sim/sim_av.hpp"

#include "hal/sim/sim_camera.hpp"
#include "hal/sim/sim_sound.hpp"
#include "hal/sim/simulated_av.hpp"

namespace voip::hal::sim {
namespace {

Result<void> check(const CameraSettings& camera) {
    const bool file = !camera.device.empty();
    if (camera.format == CameraSettings::Format::h264 && !file)
        return fail(Errc::bad_config,
                    "board.camera.format: h264 of the simulated camera needs a file in board.camera.device");
    if (camera.format == CameraSettings::Format::raw && file)
        return fail(Errc::bad_config,
                    "board.camera.device: a file of the simulated camera is H.264, not raw");
    return {};
}

}  // namespace

Result<AvDevices> open_sim_av(asio::any_io_executor executor, Timers& timers, const AvSettings& settings) {
    if (settings.camera)
        if (auto good = check(settings.camera_settings); !good) return good.error();
    const auto room = parse_room(settings.microphone_settings.device);
    if (!room) return within("board.microphone.device", room.error());
    if (settings.speaker && !settings.speaker_settings.device.empty())
        return fail(Errc::bad_config, "board.speaker.device: the simulated speaker has none");
    const auto world = std::make_shared<SimulatedAv>(settings, *room);
    AvDevices devices;
    devices.sim = world;
    if (settings.camera) {
        const bool file = !settings.camera_settings.device.empty();
        devices.encoding = file ? Encoding::camera : Encoding::processor;
        devices.camera =
            std::make_unique<SimCamera>(std::move(executor), timers, world, settings.camera_settings);
    }
    if (settings.microphone) devices.microphone = std::make_unique<SimMicrophone>(timers, world);
    if (settings.speaker)
        devices.speaker = std::make_unique<SimSpeaker>(
            timers, world, settings.speaker_settings.volume,
            settings.record.empty() ? std::string() : settings.record + "/speaker.s16");
    return devices;
}

}  // namespace voip::hal::sim
