#include "hal/sim/sim_camera.hpp"

#include <algorithm>

namespace voip::hal::sim {

SimCamera::SimCamera(asio::any_io_executor executor, Timers& timers, std::shared_ptr<SimulatedAv> world,
                     const CameraSettings& settings)
    : executor_(std::move(executor)),
      timers_(timers),
      world_(std::move(world)),
      settings_(settings),
      fps_(settings.fps),
      ticker_(timers) {}

void SimCamera::start(OnStarted started, OnPicture picture, OnGone gone) {
    stop();
    picture_ = std::move(picture);
    gone_ = std::move(gone);
    alarm_ = timers_.call_at(timers_.now(), [this, started = std::move(started)] { begin(started); });
}

void SimCamera::stop() {
    timers_.cancel(alarm_);
    alarm_ = 0;
    ticker_.stop();
    if (source_) world_->log.info("camera closed");
    source_.reset();
}

void SimCamera::begin(const OnStarted& started) {
    alarm_ = 0;
    if (world_->camera.blocked) return;
    auto opened = open();
    if (!opened) {
        world_->log.warning("camera does not start", kv("why", opened.error().text()));
        return started(opened.error());
    }
    source_ = *std::move(opened);
    const CameraFormat format = source_->format();
    world_->log.info("camera opened", kv("width", format.width), kv("height", format.height), kv("fps", fps_),
                     kv("rotation", format.rotation));
    source_->set_frame_rate(fps_);
    ticker_.start(timers_.now(), fps_, Duration(1s) / fps_,
                  [this](TimePoint nominal, std::uint64_t) { tick(nominal); });
    started(format);
}

Result<std::unique_ptr<PictureSource>> SimCamera::open() {
    if (const auto error = world_->camera.trip()) return fail(*error, world_->camera.name);
    PictureSource::Handlers handlers{[this](AccessUnit unit) {
                                         const OnPicture picture = picture_;  // it may destroy us
                                         picture(std::move(unit));
                                     },
                                     [this](const Error& why) { end(why); }};
    if (!settings_.device.empty()) return open_h264_file(settings_, std::move(handlers));
    return open_pattern(executor_, settings_, world_->log, std::move(handlers));
}

void SimCamera::tick(TimePoint nominal) {
    if (world_->camera.blocked) return;
    if (const auto error = world_->camera.trip()) return end(fail(*error, world_->camera.name));
    const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(timers_.now() - nominal).count();
    source_->take(nominal, timers_.wall_now() - late);
}

void SimCamera::end(const Error& why) {
    world_->log.warning("camera is gone", kv("why", why.text()));
    const OnGone gone = gone_;
    stop();
    gone(why);
}

void SimCamera::request_key() {
    if (source_) source_->request_key();
}

void SimCamera::set_bitrate(unsigned kbps) {
    settings_.bitrate_kbps = std::clamp(kbps, 50u, 8000u);
    if (source_) source_->set_bitrate(settings_.bitrate_kbps);
}

void SimCamera::set_frame_rate(unsigned fps) {
    fps_ = std::clamp(fps, 1u, settings_.fps);
    ticker_.set_rate(fps_);
    if (source_) source_->set_frame_rate(fps_);
}

}  // namespace voip::hal::sim
