#pragma once
#include <array>
#include <functional>
#include <memory>

#include "core/timers.hpp"
#include "daemon/media/program/call_event.hpp"
#include "daemon/media/program/key_requests.hpp"
#include "daemon/media/program/picture_gate.hpp"
#include "daemon/media/program/playout.hpp"
#include "daemon/media/program/rate_control.hpp"
#include "daemon/media/program/sample_clock.hpp"
#include "daemon/media/program/transport.hpp"
#include "hal/av.hpp"
#include "hal/voice/voice.hpp"

namespace voip::media {

/// Camera, microphone and speaker of a call, and what stands between them and the connection: gate, rate
/// control, stamps, echo canceller, playout buffer.
/// @thread loop only
class Devices {
 public:
    struct Counters {
        std::uint64_t key_frames = 0, pictures_sent = 0, sound_sent = 0, sound_received = 0;
        /// While media flowed: pictures not sent (no time to encode them, or nothing to begin with was sent
        /// yet), and frames of sound not played (they came too late, or more than the speaker takes).
        std::uint64_t pictures_dropped = 0, sound_dropped = 0;
    };

    /// `tell` hears DeviceStarted and DeviceFailed, from the loop.
    Devices(Timers& timers, std::function<void(Event)> tell, Log log);
    ~Devices();
    Devices(const Devices&) = delete;
    Devices& operator=(const Devices&) = delete;

    /// Makes the devices, opens none. @errors as hal::open_av(); a voice library that is missing is only
    /// logged
    Result<void> make(const Prepare& prepare, hal::asio::any_io_executor executor);

    void start(Device device);
    void stop(Device device);
    void mute(bool on) noexcept { muted_ = on; }
    void set_volume(unsigned percent);

    /// Where sound and picture go from now on; null: nowhere.
    void connect(MediaTransport* transport);
    void flow(bool on);
    void key_wanted();
    void hear(std::span<const std::int16_t> samples);
    /// Once a second while media flows.
    void on_report(const NetworkReport& report);
    /// Likewise: a device that runs and has not moved for `still_time` (a driver that hangs) is stopped, and
    /// told as failed with Errc::timeout.
    void watch();
    static constexpr Duration still_time = 4s;  ///< four key pictures of a camera, 200 frames of sound

    [[nodiscard]] Counters counters() const;
    [[nodiscard]] const hal::CameraFormat& format() const noexcept { return format_; }
    [[nodiscard]] const hal::AvDevices& all() const noexcept { return devices_; }
    [[nodiscard]] std::string_view voice() const noexcept { return voice_ ? voice_->name() : "off"; }

 private:
    void start_camera();
    void start_microphone();
    void start_speaker();
    void take_picture(hal::AccessUnit unit);
    void take_sound(const hal::SoundFrame& frame, TimePoint captured);
    void give_sound(hal::SoundFrame& frame, TimePoint plays_at);
    void send(const hal::AccessUnit& unit);
    void ask_key();
    void lose(Device device, const Error& why);
    void moved(Device device) { moved_[static_cast<std::size_t>(device)] = timers_.now(); }
    void apply(const RateControl::Target& target);
    template <class Outcome>
    void report(Device device, const Outcome& outcome);

    Timers& timers_;
    std::function<void(Event)> tell_;
    Log log_;
    hal::AvDevices devices_;
    std::unique_ptr<hal::voice::Voice> voice_;
    MediaTransport* transport_ = nullptr;
    bool flowing_ = false, muted_ = false;
    PictureGate gate_;
    KeyRequests keys_;
    Timers::Id key_alarm_ = 0;
    std::optional<RateControl> rate_;
    RateControl::Target applied_;
    SampleClock stamps_{hal::sound_frame_time};
    Playout playout_;
    hal::CameraFormat format_;
    Counters counters_;
    std::array<std::optional<TimePoint>, 3> moved_;  // of each that runs: when it did last
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace voip::media
