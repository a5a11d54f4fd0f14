#pragma once
#include <memory>
#include <string>

#include "core/log.hpp"
#include "hal/linux/av/worker.hpp"
#include "hal/sound.hpp"

namespace voip::hal::linux {

/// A speaker behind ALSA, fed by a thread of its own. From a pull to when it is heard it takes 80 to 100 ms,
/// as much as the loop may be away before there is a gap.
class AlsaSpeaker final : public Speaker {
 public:
    AlsaSpeaker(asio::any_io_executor executor, std::string device, unsigned volume, Log log);
    ~AlsaSpeaker() override { stop(); }
    AlsaSpeaker(const AlsaSpeaker&) = delete;
    AlsaSpeaker& operator=(const AlsaSpeaker&) = delete;

    void start(OnStarted started, Pull pull, OnGone gone) override;
    void stop() override;
    void set_volume(unsigned percent) override;
    SoundHealth health() const override;

 private:
    struct Shared;
    class Playing;
    void pull_for(TimePoint plays_at);
    void end(const Error& why);

    std::string device_;
    unsigned volume_;
    Log log_;
    OnStarted started_;
    Pull pull_;
    OnGone gone_;
    std::uint64_t frames_ = 0;
    std::shared_ptr<Shared> shared_;  // with the thread
    std::shared_ptr<Run> run_;
    Worker worker_;
};

}  // namespace voip::hal::linux
