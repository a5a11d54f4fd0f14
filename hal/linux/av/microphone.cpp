#include "hal/linux/av/microphone.hpp"

#include "hal/linux/av/open_sound.hpp"
#include "hal/linux/av/sound_clock.hpp"

namespace voip::hal::linux {
namespace {

constexpr Duration microphone_buffer = 400ms;  // a thread that gets no processor for so long loses nothing
constexpr unsigned most_on_the_way = 12;       // frames that wait for the loop: 240 ms
constexpr Duration longest_silence = 2s;       // a card that gives nothing for so long is broken

}  // namespace

struct AlsaMicrophone::Shared {
    std::atomic<std::uint64_t> xruns{0};
    std::atomic<unsigned> on_the_way{0};
};

AlsaMicrophone::AlsaMicrophone(asio::any_io_executor executor, std::string device, Log log)
    : device_(std::move(device)), log_(std::move(log)), worker_(std::move(executor), "microphone") {}

void AlsaMicrophone::start(OnStarted started, OnFrame frame, OnGone gone) {
    stop();
    started_ = std::move(started);
    frame_ = std::move(frame);
    gone_ = std::move(gone);
    frames_ = 0;
    shared_ = std::make_shared<Shared>();
    worker_.start(
        [this, device = device_, shared = shared_](Run& run) { record(run, this, device, *shared); },
        [this](const Error& why) {
            const OnStarted tell = started_;
            stop();
            tell(why);
        });
}

void AlsaMicrophone::stop() {
    worker_.stop();
}

SoundHealth AlsaMicrophone::health() const {
    return {frames_, shared_ ? shared_->xruns.load() : 0};
}

void AlsaMicrophone::end(const Error& why) {
    const OnGone gone = gone_;
    stop();
    gone(why);
}

// On the thread: `self` is only for what is posted, which does not run any more once it is stopped.
void AlsaMicrophone::record(Run& run, AlsaMicrophone* self, const std::string& device, Shared& shared) {
    auto pcm = open_sound(run, device, Pcm::Direction::capture, {}, microphone_buffer);
    auto running = pcm ? pcm->start() : Result<void>(pcm.error());
    run.post([self, running, name = pcm ? pcm->opened_as() : device] {
        const OnStarted tell = self->started_;
        if (!running) self->stop();
        if (running) self->log_.info("microphone opened", kv("device", name));
        tell(running);
    });
    if (!running) return;

    SoundClock clock;
    Pace pace(2 * sound_frame_time);
    SoundFrame frame{};
    std::size_t filled = 0;
    std::uint64_t xruns = 0;
    TimePoint heard = thread_now();
    const auto gone = [&run, self](const Error& why) { run.post([self, why] { self->end(why); }); };
    while (!run.stopped()) {
        if (const Duration ahead = pace.wait(thread_now()); ahead > Duration::zero()) (void)run.sleep(ahead);
        (void)pcm->wait(run.wake_fd(), 100ms);
        const auto got = pcm->read(std::span(frame).subspan(filled));
        if (!got) return gone(got.error());
        filled += *got;
        const TimePoint now = thread_now();
        if (pcm->xruns() != xruns) {
            shared.xruns += pcm->xruns() - xruns;
            xruns = pcm->xruns();
            clock.reset();
            filled = 0;
        }
        if (*got > 0) heard = now;
        if (now - heard > longest_silence)
            return gone(fail(Errc::io, "sound device " + device + " gives no sound"));
        if (filled < frame.size()) continue;
        filled = 0;
        pace.frame(now);
        const TimePoint latest = now - sound_frame_time;
        const TimePoint captured = std::min(clock.next(latest - pcm->delay()), latest);
        if (shared.on_the_way >= most_on_the_way) {
            ++shared.xruns;
            continue;
        }
        ++shared.on_the_way;
        run.post([self, frame, captured] {
            --self->shared_->on_the_way;
            ++self->frames_;
            const OnFrame tell = self->frame_;  // it may destroy us
            tell(frame, captured);
        });
    }
}

}  // namespace voip::hal::linux
