#pragma once
#include <fstream>
#include <memory>
#include <string>

#include "hal/sim/simulated_av.hpp"
#include "hal/sim/ticker.hpp"

namespace voip::hal::sim {

/// From a pull of the simulated speaker to when it is heard: what two periods of a sound card take.
inline constexpr Duration speaker_latency = 40ms;
/// How long the simulated card's buffers hold out while the loop is away; what is beyond is an xrun.
inline constexpr Duration card_buffer = 200ms;

/// Hears the simulated room.
class SimMicrophone final : public Microphone {
 public:
    SimMicrophone(Timers& timers, std::shared_ptr<SimulatedAv> world)
        : timers_(timers), world_(std::move(world)), ticker_(timers) {}
    ~SimMicrophone() override { stop(); }
    SimMicrophone(const SimMicrophone&) = delete;
    SimMicrophone& operator=(const SimMicrophone&) = delete;

    void start(OnStarted started, OnFrame frame, OnGone gone) override;
    void stop() override;
    SoundHealth health() const override { return health_; }

 private:
    void begin(const OnStarted& started);
    void tick(TimePoint nominal, std::uint64_t skipped);

    Timers& timers_;
    std::shared_ptr<SimulatedAv> world_;
    OnFrame frame_;
    OnGone gone_;
    SoundHealth health_;
    Timers::Id alarm_ = 0;
    Ticker ticker_;
};

/// Plays into the simulated room, measures what it plays, and writes it down where that is wanted.
class SimSpeaker final : public Speaker {
 public:
    /// @param record  file for raw S16 at 16 kHz; empty: none
    SimSpeaker(Timers& timers, std::shared_ptr<SimulatedAv> world, unsigned volume, std::string record);
    ~SimSpeaker() override { stop(); }
    SimSpeaker(const SimSpeaker&) = delete;
    SimSpeaker& operator=(const SimSpeaker&) = delete;

    void start(OnStarted started, Pull pull, OnGone gone) override;
    void stop() override;
    void set_volume(unsigned percent) override;
    SoundHealth health() const override { return health_; }

 private:
    void begin(const OnStarted& started);
    void tick(TimePoint nominal, std::uint64_t skipped);
    void sound(SoundFrame& frame, TimePoint at);
    void report() const;

    Timers& timers_;
    std::shared_ptr<SimulatedAv> world_;
    unsigned volume_;
    std::string path_;
    std::ofstream record_;
    Pull pull_;
    OnGone gone_;
    SoundHealth health_;
    Timers::Id alarm_ = 0;
    bool running_ = false;
    std::shared_ptr<void> alive_ = std::make_shared<int>();  // tells a tick that the handler destroyed us
    Ticker ticker_;
};

}  // namespace voip::hal::sim
