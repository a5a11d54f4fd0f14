#include "hal/linux/av/camera.hpp"

#include <linux/v4l2-controls.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "hal/linux/av/thinner.hpp"
#include "hal/linux/av/unit_maker.hpp"

namespace voip::hal::linux {
namespace {

constexpr unsigned most_waiting = 2;    // pictures for the loop; more are thrown away
constexpr Duration first_picture = 5s;  // cameras that have to find their exposure
constexpr Duration next_picture = 3s;
constexpr Duration busy_patience = 600ms, pause = 50ms;  // the call before is just letting it go
constexpr Duration close_time = 1s;                      // for pictures that are still being encoded

encode::PixelFormat pixel_format(Pixels pixels) {
    switch (pixels) {
        case Pixels::nv12: return encode::PixelFormat::nv12;
        case Pixels::yuyv: return encode::PixelFormat::yuyv;
        case Pixels::jpeg: return encode::PixelFormat::jpeg;
        case Pixels::h264:
        case Pixels::i420: break;
    }
    return encode::PixelFormat::i420;
}

/// Who makes H.264 of the pictures.
const char* encoder_name(const encode::Encoder* encoder) {
    if (!encoder) return "camera";
    return encoder->stats().hardware ? "machine" : "processor";
}

}  // namespace

/// Between loop and thread.
struct V4l2Camera::Shared {
    /// False: the loop is behind, and this one is thrown away.
    bool put(V4l2Frame frame) {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        if (frames_.size() >= most_waiting) {
            ++lost;
            return false;
        }
        frames_.push_back(std::move(frame));
        return true;
    }
    std::optional<V4l2Frame> take() {
        const std::lock_guard lock(mutex_);
        if (frames_.empty()) return std::nullopt;
        V4l2Frame first = std::move(frames_.front());
        frames_.pop_front();
        return first;
    }
    /// Nothing is lent out any more. After it nothing is kept.
    void clear() {
        std::deque<V4l2Frame> old;  // given back outside of the lock
        const std::lock_guard lock(mutex_);
        old.swap(frames_);
        closed_ = true;
    }

    std::atomic<unsigned> fps{15}, kbps{600};
    std::atomic<bool> key_wanted{false};
    std::atomic<std::uint64_t> lost{0};

 private:
    std::mutex mutex_;
    std::deque<V4l2Frame> frames_;
    bool closed_ = false;
};

struct V4l2Camera::Opened {
    std::string path, card;
    Pixels pixels = Pixels::yuyv;
    V4l2Node::Format format;
};

/// The thread's work. `self` is only for what is posted, which does not run any more once it is stopped.
class V4l2Camera::Streaming {
 public:
    Streaming(Run& run, V4l2Camera* self, const CameraSettings& settings, std::shared_ptr<Shared> shared)
        : run_(run), self_(self), settings_(settings), shared_(std::move(shared)) {}

    void run() {
        if (auto opened = open(); !opened)
            return run_.post([self = self_, why = opened.error()] { self->refuse(why); });
        last_ = thread_now();
        while (!run_.stopped()) {
            if (auto done = step(); !done) {
                run_.post([self = self_, why = done.error()] { self->end(why); });
                break;
            }
        }
        close();
    }

 private:
    Result<void> open() {
        const TimePoint until = thread_now() + busy_patience;
        for (;;) {
            auto opened = try_open();
            if (opened || !opened.error().is(Errc::io) || thread_now() >= until) return opened;
            if (run_.sleep(pause)) return fail(Errc::cancelled);
        }
    }

    Result<void> try_open() {
        auto found = find_camera(settings_);
        if (!found) return found.error();
        auto format = found->node->set(found->choice, settings_.width, settings_.height);
        if (!format) return format.error();
        Opened opened{found->node->path(), found->node->card(), found->choice.pixels, *format};
        native_ = opened.pixels == Pixels::h264;
        fps_ = shared_->fps;
        if (native_) set_up_encoding(*found->node);
        auto started = V4l2Stream::start(std::move(found->node));
        if (!started) return started.error();
        stream_ = *std::move(started);
        run_.post([self = self_, opened = std::move(opened)] { self->on_opened(opened); });
        return {};
    }

    /// Cameras have some of these controls, few have all.
    void set_up_encoding(V4l2Node& node) {
        node.set_control(V4L2_CID_MPEG_VIDEO_H264_PROFILE, V4L2_MPEG_VIDEO_H264_PROFILE_CONSTRAINED_BASELINE);
        node.set_control(V4L2_CID_MPEG_VIDEO_REPEAT_SEQ_HEADER, 1);
        const int second = static_cast<int>(settings_.fps);
        if (!node.set_control(V4L2_CID_MPEG_VIDEO_H264_I_PERIOD, second))
            node.set_control(V4L2_CID_MPEG_VIDEO_GOP_SIZE, second);
        set_bitrate(node);
        if (fps_ != settings_.fps) node.set_interval({1, fps_});
    }
    void set_bitrate(V4l2Node& node) {
        kbps_ = shared_->kbps;
        node.set_control(V4L2_CID_MPEG_VIDEO_BITRATE, static_cast<int>(kbps_ * 1000));
    }

    Result<void> step() {
        run_.clear_wake();
        if (native_)
            if (auto told = obey(); !told) return told;
        const bool ready = stream_->wait(run_.wake_fd(), 200ms);
        const TimePoint now = thread_now();
        if (!ready && now - last_ > (any_ ? next_picture : first_picture))
            return fail(Errc::io, stream_->node().path() + " gives no picture");
        if (!ready) return {};
        auto frame = stream_->frame();
        if (!frame) return frame.error();
        if (!*frame) return {};
        last_ = now;
        any_ = true;
        (*frame)->captured = newest_ = std::max((*frame)->captured, newest_ + 1us);
        native_ ? send_unit(**frame) : send_raw(std::move(**frame));
        return {};
    }

    /// What the loop wants of a camera that encodes.
    Result<void> obey() {
        V4l2Node& node = stream_->node();
        if (shared_->kbps != kbps_) set_bitrate(node);
        const unsigned fps = shared_->fps;
        bool restart = fps != fps_;
        fps_ = fps;
        if (shared_->key_wanted.exchange(false) && !restart)
            (void)node.set_control(V4L2_CID_MPEG_VIDEO_FORCE_KEY_FRAME, 1);
        return restart ? stream_->restart({1, fps}) : Result<void>();
    }

    void send_unit(const V4l2Frame& frame) {
        auto unit = maker_.make(frame.bytes, frame.captured);
        if (const std::string complaint = maker_.complaint(); !complaint.empty())
            run_.post([self = self_, complaint] {
                self->log_.warning("the camera's H.264 may not be shown", kv("why", complaint));
            });
        if (!unit) return;
        run_.post([self = self_, unit = *std::move(unit)]() mutable {
            const OnPicture tell = self->picture_;  // it may destroy us
            tell(std::move(unit));
        });
    }

    void send_raw(V4l2Frame frame) {
        if (!thinner_.take(frame.captured, shared_->fps)) return;
        if (shared_->put(std::move(frame))) run_.post([self = self_] { self->on_raw(); });
    }

    /// The node is closed when the last picture is given back, which is when the encoder has ended.
    void close() {
        struct Closed {
            std::mutex mutex;
            std::condition_variable changed;
            bool done = false;
        };
        const auto closed = std::make_shared<Closed>();
        stream_->on_closed([closed] {
            const std::lock_guard lock(closed->mutex);
            closed->done = true;
            closed->changed.notify_all();
        });
        stream_->end();
        stream_.reset();
        std::unique_lock lock(closed->mutex);
        closed->changed.wait_for(lock, close_time, [&] { return closed->done; });
    }

    Run& run_;
    V4l2Camera* self_;
    CameraSettings settings_;
    std::shared_ptr<Shared> shared_;
    std::shared_ptr<V4l2Stream> stream_;
    UnitMaker maker_;
    Thinner thinner_;
    bool native_ = false, any_ = false;
    unsigned fps_ = 0, kbps_ = 0;  // what the camera was told
    TimePoint last_, newest_;
};

V4l2Camera::V4l2Camera(asio::any_io_executor executor, const CameraSettings& settings, Log log)
    : executor_(executor),
      settings_(settings),
      fps_(settings.fps),
      log_(std::move(log)),
      worker_(std::move(executor), "camera") {}

void V4l2Camera::start(OnStarted started, OnPicture picture, OnGone gone) {
    stop();
    started_ = std::move(started);
    picture_ = std::move(picture);
    gone_ = std::move(gone);
    shared_ = std::make_shared<Shared>();
    shared_->fps = fps_;
    shared_->kbps = settings_.bitrate_kbps;
    run_ = worker_.start([this, settings = settings_,
                          shared = shared_](Run& run) { Streaming(run, this, settings, shared).run(); },
                         [this](const Error& why) { refuse(why); });
}

void V4l2Camera::stop() {
    worker_.stop();
    run_.reset();
    encoder_.reset();
    if (shared_) shared_->clear();
}

void V4l2Camera::on_opened(const Opened& opened) {
    if (opened.pixels != Pixels::h264)
        if (auto ready = open_encoder(opened); !ready) return refuse(ready.error());
    const CameraFormat format{opened.format.width, opened.format.height, settings_.fps, settings_.rotation};
    log_.info("camera opened", kv("device", opened.path), kv("name", opened.card), kv("width", format.width),
              kv("height", format.height), kv("fps", format.fps),
              kv("encoder", encoder_name(encoder_.get())));
    if (opened.format.interval.rate() < settings_.fps - 0.5)
        log_.warning("the camera is slower than board.camera.fps",
                     kv("rate", describe_rate(opened.format.interval.rate())));
    const OnStarted tell = started_;
    tell(format);
}

Result<void> V4l2Camera::open_encoder(const Opened& opened) {
    encode::EncoderSettings wanted;
    wanted.format = pixel_format(opened.pixels);
    wanted.width = opened.format.width;
    wanted.height = opened.format.height;
    wanted.stride = opened.format.stride;
    wanted.fps = settings_.fps;
    wanted.bitrate_kbps = settings_.bitrate_kbps;
    wanted.hardware = settings_.format == CameraSettings::Format::automatic;
    wanted.log = log_;
    auto encoder = encode::open_encoder(
        executor_, wanted,
        [this](AccessUnit unit) {
            const OnPicture tell = picture_;  // it may destroy us
            tell(std::move(unit));
        },
        [this](const Error& why) { end(why); });
    if (!encoder) return fail(Errc::io, encoder.error().text());
    encoder_ = *std::move(encoder);
    encoder_->set_frame_rate(fps_);
    return {};
}

void V4l2Camera::on_raw() {
    auto frame = shared_->take();
    if (!frame || !encoder_) return;
    if (auto taken = encoder_->encode({frame->owner, frame->bytes, frame->captured}); !taken)
        log_.info("a picture of the camera is left out", kv("why", taken.error().text()));
}

void V4l2Camera::refuse(const Error& why) {
    const OnStarted tell = started_;
    stop();
    tell(why);
}

void V4l2Camera::end(const Error& why) {
    const OnGone tell = gone_;
    stop();
    tell(why);
}

void V4l2Camera::request_key() {
    if (encoder_) return encoder_->request_key();
    if (!run_) return;
    shared_->key_wanted = true;
    run_->wake();
}

void V4l2Camera::set_bitrate(unsigned kbps) {
    settings_.bitrate_kbps = std::clamp(kbps, 50u, 8000u);
    if (encoder_) return encoder_->set_bitrate(settings_.bitrate_kbps);
    if (!run_) return;
    shared_->kbps = settings_.bitrate_kbps;
    run_->wake();
}

std::uint64_t V4l2Camera::dropped() const {
    return (shared_ ? shared_->lost.load() : 0) + (encoder_ ? encoder_->stats().dropped : 0);
}

void V4l2Camera::set_frame_rate(unsigned fps) {
    fps_ = std::clamp(fps, 1u, settings_.fps);
    if (encoder_) encoder_->set_frame_rate(fps_);
    if (!run_) return;
    shared_->fps = fps_;
    run_->wake();
}

}  // namespace voip::hal::linux
