#include "hal/sim/picture_source.hpp"

#include "hal/encode/encoder.hpp"
#include "hal/encode/key_clock.hpp"
#include "hal/sim/h264_file.hpp"
#include "hal/sim/pattern.hpp"
#include "hal/sim/picture_pool.hpp"

namespace voip::hal::sim {
namespace {

class PatternSource final : public PictureSource {
 public:
    PatternSource(const CameraSettings& settings, Handlers handlers)
        : settings_(settings),
          failed_(std::move(handlers.failed)),
          pattern_(settings.width, settings.height, settings.rotation),
          pool_(pattern_.bytes()) {}

    Result<void> open(asio::any_io_executor executor, Log log, Camera::OnPicture picture) {
        const encode::EncoderSettings wanted{.width = settings_.width,
                                             .height = settings_.height,
                                             .fps = settings_.fps,
                                             .bitrate_kbps = settings_.bitrate_kbps,
                                             .log = std::move(log)};
        auto opened = encode::open_encoder(std::move(executor), wanted, std::move(picture), failed_);
        if (!opened) return fail(Errc::io, opened.error().text());
        encoder_ = *std::move(opened);
        return {};
    }
    CameraFormat format() const override {
        return {settings_.width, settings_.height, settings_.fps, settings_.rotation};
    }
    void take(TimePoint captured, UnixMillis wall) override {
        const auto bytes = pool_.take();
        pattern_.draw(*bytes, wall, number_++);
        (void)encoder_->encode({bytes, std::span<const std::byte>(*bytes), captured});  // its size is right
    }
    void request_key() override { encoder_->request_key(); }
    void set_bitrate(unsigned kbps) override { encoder_->set_bitrate(kbps); }
    void set_frame_rate(unsigned fps) override { encoder_->set_frame_rate(fps); }
    std::uint64_t dropped() const override { return encoder_->stats().dropped; }

 private:
    CameraSettings settings_;
    Camera::OnGone failed_;
    Pattern pattern_;
    PicturePool pool_;
    std::uint64_t number_ = 0;
    std::unique_ptr<encode::Encoder> encoder_;
};

// The file has the bit rate that it has, and its pictures are shown at the rate of the settings.
class FileSource final : public PictureSource {
 public:
    FileSource(const CameraSettings& settings, H264File file, Camera::OnPicture picture)
        : file_(std::move(file)), picture_(std::move(picture)), fps_(settings.fps) {
        format_ = {file_.sps().width, file_.sps().height, settings.fps, settings.rotation};
    }
    CameraFormat format() const override { return format_; }
    void take(TimePoint captured, UnixMillis) override {
        const H264File::Unit unit = file_.next(keys_.take(captured, Duration(1s) / fps_));
        if (unit.key) keys_.seen(captured);
        const Camera::OnPicture picture = picture_;  // it may destroy us
        picture({unit.owner, unit.bytes, unit.key, captured});
    }
    void request_key() override { keys_.request(); }
    void set_bitrate(unsigned) override {}
    void set_frame_rate(unsigned fps) override { fps_ = fps; }

 private:
    H264File file_;
    Camera::OnPicture picture_;
    CameraFormat format_;
    KeyClock keys_;
    unsigned fps_;
};

}  // namespace

Result<std::unique_ptr<PictureSource>> open_pattern(asio::any_io_executor executor,
                                                    const CameraSettings& settings, Log log,
                                                    PictureSource::Handlers handlers) {
    Camera::OnPicture picture = std::move(handlers.picture);
    auto source = std::make_unique<PatternSource>(settings, std::move(handlers));
    auto opened = source->open(std::move(executor), std::move(log), std::move(picture));
    if (!opened) return opened.error();
    return source;
}

Result<std::unique_ptr<PictureSource>> open_h264_file(const CameraSettings& settings,
                                                      PictureSource::Handlers handlers) {
    auto file = H264File::open(settings.device);
    if (!file) return within("board.camera.device", file.error());
    return std::make_unique<FileSource>(settings, *std::move(file), std::move(handlers.picture));
}

}  // namespace voip::hal::sim
