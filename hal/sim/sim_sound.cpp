#include "hal/sim/sim_sound.hpp"

#include <algorithm>

namespace voip::hal::sim {
namespace {

constexpr unsigned frames_a_second = 50;

}  // namespace

void SimMicrophone::start(OnStarted started, OnFrame frame, OnGone gone) {
    stop();
    frame_ = std::move(frame);
    gone_ = std::move(gone);
    health_ = {};
    alarm_ = timers_.call_at(timers_.now(), [this, started = std::move(started)] { begin(started); });
}

void SimMicrophone::stop() {
    timers_.cancel(alarm_);
    alarm_ = 0;
    ticker_.stop();
}

void SimMicrophone::begin(const OnStarted& started) {
    alarm_ = 0;
    if (world_->microphone.blocked) return;
    if (const auto error = world_->microphone.trip()) {
        world_->log.warning("microphone does not start", kv("why", make_error_code(*error).message()));
        return started(fail(*error, world_->microphone.name));
    }
    world_->room.begin_tone(timers_.now());
    // A frame is there when its last sample is.
    ticker_.start(timers_.now() + sound_frame_time, frames_a_second, card_buffer,
                  [this](TimePoint nominal, std::uint64_t skipped) { tick(nominal, skipped); });
    started({});
}

void SimMicrophone::tick(TimePoint nominal, std::uint64_t skipped) {
    if (world_->microphone.blocked) return;
    if (const auto error = world_->microphone.trip()) {
        world_->log.warning("microphone is gone", kv("why", make_error_code(*error).message()));
        const OnGone gone = gone_;
        stop();
        return gone(fail(*error, world_->microphone.name));
    }
    health_.xruns += skipped > 0 ? 1 : 0;
    ++health_.frames;
    const TimePoint captured = nominal - sound_frame_time;
    const OnFrame frame = frame_;  // it may destroy us
    frame(world_->room.pick_up(captured), captured);
}

SimSpeaker::SimSpeaker(Timers& timers, std::shared_ptr<SimulatedAv> world, unsigned volume,
                       std::string record)
    : timers_(timers),
      world_(std::move(world)),
      volume_(std::min(volume, 100u)),
      path_(std::move(record)),
      ticker_(timers) {}

void SimSpeaker::start(OnStarted started, Pull pull, OnGone gone) {
    stop();
    pull_ = std::move(pull);
    gone_ = std::move(gone);
    health_ = {};
    alarm_ = timers_.call_at(timers_.now(), [this, started = std::move(started)] { begin(started); });
}

void SimSpeaker::stop() {
    timers_.cancel(alarm_);
    alarm_ = 0;
    ticker_.stop();
    record_.close();
    if (std::exchange(running_, false)) report();
}

void SimSpeaker::begin(const OnStarted& started) {
    alarm_ = 0;
    if (world_->speaker.blocked) return;
    if (const auto error = world_->speaker.trip()) {
        world_->log.warning("speaker does not start", kv("why", make_error_code(*error).message()));
        return started(fail(*error, world_->speaker.name));
    }
    if (!path_.empty()) {
        record_.open(path_, std::ios::binary | std::ios::trunc);
        if (!record_) world_->log.warning("cannot record", kv("file", path_));
    }
    running_ = true;
    ticker_.start(timers_.now(), frames_a_second, card_buffer,
                  [this](TimePoint nominal, std::uint64_t skipped) { tick(nominal, skipped); });
    started({});
}

void SimSpeaker::tick(TimePoint nominal, std::uint64_t skipped) {
    if (world_->speaker.blocked) return;
    if (const auto error = world_->speaker.trip()) {
        world_->log.warning("speaker is gone", kv("why", make_error_code(*error).message()));
        const OnGone gone = gone_;
        stop();
        return gone(fail(*error, world_->speaker.name));
    }
    health_.xruns += skipped > 0 ? 1 : 0;
    ++health_.frames;
    SoundFrame frame{};
    const Pull pull = pull_;  // it may stop or destroy us: then nothing is heard any more
    const std::weak_ptr<void> alive = alive_;
    pull(frame, nominal + speaker_latency);
    if (!alive.expired() && running_) sound(frame, nominal + speaker_latency);
}

void SimSpeaker::sound(SoundFrame& frame, TimePoint at) {
    for (std::int16_t& sample : frame)
        sample = static_cast<std::int16_t>(sample * static_cast<int>(volume_) / 100);
    world_->room.play(frame, at);
    world_->listener.hear(frame);
    if (record_.is_open())
        record_.write(reinterpret_cast<const char*>(frame.data()),
                      static_cast<std::streamsize>(sizeof frame));
}

void SimSpeaker::set_volume(unsigned percent) {
    volume_ = std::min(percent, 100u);
}

void SimSpeaker::report() const {
    const Heard heard = world_->heard();
    world_->log.notice("speaker heard", kv("seconds", heard.frames / frames_a_second),
                       kv("levelDb", heard.level_db), kv("dominantHz", heard.dominant_hz),
                       kv("tonePercent", heard.tone_percent), kv("quiet", heard.quiet),
                       kv("onsets", heard.onsets), kv("gaps", heard.gaps), kv("xruns", health_.xruns));
}

}  // namespace voip::hal::sim
