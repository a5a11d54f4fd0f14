#pragma once
#include <optional>

#include "hal/sim/picture_source.hpp"
#include "hal/sim/simulated_av.hpp"
#include "hal/sim/ticker.hpp"

namespace voip::hal::sim {

/// The simulated camera: the test pattern, or a file that stands in for a camera that encodes by itself.
class SimCamera final : public Camera {
 public:
    SimCamera(asio::any_io_executor executor, Timers& timers, std::shared_ptr<SimulatedAv> world,
              const CameraSettings& settings);
    ~SimCamera() override { stop(); }
    SimCamera(const SimCamera&) = delete;
    SimCamera& operator=(const SimCamera&) = delete;

    void start(OnStarted started, OnPicture picture, OnGone gone) override;
    void stop() override;
    void request_key() override;
    void set_bitrate(unsigned kbps) override;
    void set_frame_rate(unsigned fps) override;
    std::uint64_t dropped() const override { return source_ ? source_->dropped() : 0; }

 private:
    void begin(const OnStarted& started);
    [[nodiscard]] Result<std::unique_ptr<PictureSource>> open();
    void tick(TimePoint nominal);
    void end(const Error& why);

    asio::any_io_executor executor_;
    Timers& timers_;
    std::shared_ptr<SimulatedAv> world_;
    CameraSettings settings_;
    unsigned fps_;  // of now: at most that of the settings
    Timers::Id alarm_ = 0;
    OnPicture picture_;
    OnGone gone_;
    std::unique_ptr<PictureSource> source_;  // present while it runs
    Ticker ticker_;
};

}  // namespace voip::hal::sim
