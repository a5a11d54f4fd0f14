#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "hal/camera.hpp"
#include "hal/sound.hpp"

/// The devices that carry sound and picture. They live in the media program, one process per call; buttons,
/// lamp and relays live in the daemon (hal/board.hpp).
namespace voip::hal {

namespace asio = boost::asio;
namespace sim {
class AvControl;
}

struct CameraSettings {
    std::string device =
        {};  ///< empty: the driver's usual one. Board sim: a raw H.264 file; empty: the pattern
    enum class Format { automatic, h264, raw } format = Format::automatic;
    unsigned width = 640, height = 480, fps = 15;
    unsigned rotation = 0;
    unsigned bitrate_kbps = 600;
};
struct SoundSettings {
    std::string device = {};  ///< empty: the driver's usual one. Board sim: what is heard (hal/README.md)
    unsigned volume = 80;     ///< of a speaker
};

/// Who encodes the pictures of a camera: itself, this processor, or an encoder of the machine's where there
/// is one.
enum class Encoding { camera, processor, machine };

/// An absent device is a null pointer in AvDevices.
struct AvSettings {
    bool camera = true, microphone = true, speaker = true;
    CameraSettings camera_settings = {};
    SoundSettings microphone_settings = {}, speaker_settings = {};
    /// Board sim: folder where what is heard at the speaker is written as speaker.s16; empty: it is not
    std::string record = {};
    Log log = {};
};
struct AvDevices {
    std::unique_ptr<Camera> camera;
    /// What the camera may come to need, known before it is opened; without a camera: nothing.
    Encoding encoding = Encoding::camera;
    std::unique_ptr<Microphone> microphone;
    std::unique_ptr<Speaker> speaker;
    /// The other side of simulated devices (hal/sim/av_control.hpp); null for real ones.
    std::shared_ptr<sim::AvControl> sim;
};

struct AvDriver {
    std::string_view name;
    Result<AvDevices> (*open)(asio::any_io_executor executor, Timers& timers, const AvSettings& settings);
};

/// Every driver of this build, sorted by name; the names are those of boards().
[[nodiscard]] std::span<const AvDriver> av_drivers() noexcept;

/// Makes the devices of that driver; nothing is opened before a device's start(). The timers must outlive
/// them.
/// @errors bad_config with the option's path: unknown name, out of range, what the driver cannot take
[[nodiscard]] Result<AvDevices> open_av(std::string_view name, asio::any_io_executor executor, Timers& timers,
                                        const AvSettings& settings);

}  // namespace voip::hal
