#include "hal/linux/av/speaker.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

#include "hal/linux/av/open_sound.hpp"
#include "hal/linux/av/sound_clock.hpp"

namespace voip::hal::linux {
namespace {

constexpr Duration speaker_buffer = 60ms;
constexpr Duration soonest = 2 * sound_frame_time;  // cards begin when so much is there
constexpr Duration stall = 2s;                      // a card that takes nothing for so long is broken

}  // namespace

/// Frames from the loop to the thread.
struct AlsaSpeaker::Shared {
    void put(const SoundFrame& frame) {
        const std::lock_guard lock(mutex_);
        frames_.push_back(frame);
    }
    std::optional<SoundFrame> take() {
        const std::lock_guard lock(mutex_);
        if (frames_.empty()) return std::nullopt;
        const SoundFrame first = frames_.front();
        frames_.pop_front();
        return first;
    }

    std::atomic<std::uint64_t> xruns{0};

 private:
    std::mutex mutex_;
    std::deque<SoundFrame> frames_;
};

/// The thread's work. `self` is only for what is posted, which does not run any more once it is stopped.
class AlsaSpeaker::Playing {
 public:
    Playing(Run& run, AlsaSpeaker* self, std::string device, std::shared_ptr<Shared> shared)
        : run_(run), self_(self), device_(std::move(device)), shared_(std::move(shared)) {}

    void run() {
        auto pcm = open_sound(run_, device_, Pcm::Direction::playback, {}, speaker_buffer);
        const Result<void> opened = pcm ? Result<void>() : Result<void>(pcm.error());
        run_.post([self = self_, opened, name = pcm ? pcm->opened_as() : device_] {
            const OnStarted tell = self->started_;
            if (!opened) self->stop();
            if (opened) self->log_.info("speaker opened", kv("device", name));
            tell(opened);
        });
        while (pcm && !run_.stopped())
            if (auto done = step(*pcm); !done)
                return run_.post([self = self_, why = done.error()] { self->end(why); });
    }

 private:
    Result<void> step(Pcm& pcm) {
        if (!asked_) ask(pcm);
        if (rest_.empty() && !next_frame()) {
            (void)run_.sleep(100ms);  // the card plays what it has
            run_.clear_wake();
            return {};
        }
        if (const Duration ahead = pace_.wait(thread_now()); ahead > Duration::zero()) {
            (void)run_.sleep(ahead);
            run_.clear_wake();
            return {};
        }
        if (pcm.wait(run_.wake_fd(), 100ms) == Pcm::Wake::woken) run_.clear_wake();
        return write(pcm);
    }

    bool next_frame() {
        const auto taken = shared_->take();
        if (!taken) return false;
        frame_ = *taken;
        rest_ = frame_;
        asked_ = false;
        taken_at_ = thread_now();
        return true;
    }

    Result<void> write(Pcm& pcm) {
        const auto taken = pcm.write(rest_);
        if (!taken) return taken.error();
        if (pcm.xruns() != xruns_) {
            shared_->xruns += pcm.xruns() - xruns_;
            xruns_ = pcm.xruns();
            clock_.reset();
        }
        const TimePoint now = thread_now();
        if (*taken == 0 && now - taken_at_ > stall)
            return fail(Errc::io, "sound device " + device_ + " takes no sound");
        if (*taken > 0) taken_at_ = now;
        rest_ = rest_.subspan(*taken);
        if (*taken > 0 && rest_.empty()) pace_.frame(now);
        return {};
    }

    void ask(Pcm& pcm) {
        asked_ = true;
        const Duration mine = sound_frame_time * static_cast<int>(rest_.size()) / sound_frame_samples;
        const TimePoint plays_at = clock_.next(thread_now() + std::max(pcm.delay() + mine, soonest));
        run_.post([self = self_, plays_at] { self->pull_for(plays_at); });
    }

    Run& run_;
    AlsaSpeaker* self_;
    std::string device_;
    std::shared_ptr<Shared> shared_;
    SoundClock clock_;
    Pace pace_{speaker_buffer + 2 * sound_frame_time};
    SoundFrame frame_{};
    std::span<const std::int16_t> rest_;  // of the frame that is being written
    bool asked_ = false;                  // one frame is always on its way from the loop
    TimePoint taken_at_;
    std::uint64_t xruns_ = 0;
};

AlsaSpeaker::AlsaSpeaker(asio::any_io_executor executor, std::string device, unsigned volume, Log log)
    : device_(std::move(device)),
      volume_(std::min(volume, 100u)),
      log_(std::move(log)),
      worker_(std::move(executor), "speaker") {}

void AlsaSpeaker::start(OnStarted started, Pull pull, OnGone gone) {
    stop();
    started_ = std::move(started);
    pull_ = std::move(pull);
    gone_ = std::move(gone);
    frames_ = 0;
    shared_ = std::make_shared<Shared>();
    run_ = worker_.start(
        [this, device = device_, shared = shared_](Run& run) { Playing(run, this, device, shared).run(); },
        [this](const Error& why) {
            const OnStarted tell = started_;
            stop();
            tell(why);
        });
}

void AlsaSpeaker::stop() {
    worker_.stop();
    run_.reset();
}

void AlsaSpeaker::pull_for(TimePoint plays_at) {
    const auto run = run_;
    const auto shared = shared_;
    ++frames_;
    SoundFrame frame{};
    const Pull pull = pull_;  // it may stop or destroy us: then nothing is heard any more
    pull(frame, std::max(plays_at, thread_now() + 1ms));
    if (run->stopped()) return;
    for (std::int16_t& sample : frame)
        sample = static_cast<std::int16_t>(sample * static_cast<int>(volume_) / 100);
    shared->put(frame);
    run->wake();
}

void AlsaSpeaker::end(const Error& why) {
    const OnGone gone = gone_;
    stop();
    gone(why);
}

void AlsaSpeaker::set_volume(unsigned percent) {
    volume_ = std::min(percent, 100u);
}

SoundHealth AlsaSpeaker::health() const {
    return {frames_, shared_ ? shared_->xruns.load() : 0};
}

}  // namespace voip::hal::linux
