#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "core/log.hpp"
#include "hal/linux/av/worker.hpp"
#include "hal/sound.hpp"

namespace voip::hal::linux {

/// A microphone behind ALSA, read by a thread of its own.
class AlsaMicrophone final : public Microphone {
 public:
    AlsaMicrophone(asio::any_io_executor executor, std::string device, Log log);
    ~AlsaMicrophone() override { stop(); }
    AlsaMicrophone(const AlsaMicrophone&) = delete;
    AlsaMicrophone& operator=(const AlsaMicrophone&) = delete;

    void start(OnStarted started, OnFrame frame, OnGone gone) override;
    void stop() override;
    SoundHealth health() const override;

 private:
    struct Shared;
    static void record(Run& run, AlsaMicrophone* self, const std::string& device, Shared& shared);
    void end(const Error& why);

    std::string device_;
    Log log_;
    OnStarted started_;
    OnFrame frame_;
    OnGone gone_;
    std::uint64_t frames_ = 0;
    std::shared_ptr<Shared> shared_;  // with the thread
    Worker worker_;
};

}  // namespace voip::hal::linux
