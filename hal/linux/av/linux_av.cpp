#include "hal/linux/av/linux_av.hpp"

#include "hal/linux/av/camera.hpp"
#include "hal/linux/av/microphone.hpp"
#include "hal/linux/av/speaker.hpp"

namespace voip::hal::linux {
namespace {

Encoding encoding_of(CameraSettings::Format format) noexcept {
    switch (format) {
        case CameraSettings::Format::h264: return Encoding::camera;
        case CameraSettings::Format::raw: return Encoding::processor;
        case CameraSettings::Format::automatic: break;
    }
    return Encoding::machine;
}

}  // namespace

Result<AvDevices> open_linux_av(asio::any_io_executor executor, Timers&, const AvSettings& settings) {
    AvDevices devices;
    if (settings.camera) {
        devices.encoding = encoding_of(settings.camera_settings.format);
        devices.camera = std::make_unique<V4l2Camera>(executor, settings.camera_settings, settings.log);
    }
    if (settings.microphone)
        devices.microphone =
            std::make_unique<AlsaMicrophone>(executor, settings.microphone_settings.device, settings.log);
    if (settings.speaker)
        devices.speaker = std::make_unique<AlsaSpeaker>(executor, settings.speaker_settings.device,
                                                        settings.speaker_settings.volume, settings.log);
    return devices;
}

}  // namespace voip::hal::linux
