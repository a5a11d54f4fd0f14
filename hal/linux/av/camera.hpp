#pragma once
#include <memory>
#include <optional>

#include "core/log.hpp"
#include "hal/av.hpp"
#include "hal/encode/encoder.hpp"
#include "hal/linux/av/v4l2.hpp"
#include "hal/linux/av/worker.hpp"

namespace voip::hal::linux {

/// A camera behind V4L2, driven by a thread of its own. One that encodes gives what is sent; pictures of any
/// other are encoded here, out of the camera's own memory.
class V4l2Camera final : public Camera {
 public:
    V4l2Camera(asio::any_io_executor executor, const CameraSettings& settings, Log log);
    ~V4l2Camera() override { stop(); }
    V4l2Camera(const V4l2Camera&) = delete;
    V4l2Camera& operator=(const V4l2Camera&) = delete;

    void start(OnStarted started, OnPicture picture, OnGone gone) override;
    void stop() override;
    void request_key() override;
    void set_bitrate(unsigned kbps) override;
    void set_frame_rate(unsigned fps) override;
    [[nodiscard]] std::uint64_t dropped() const override;

 private:
    struct Shared;
    struct Opened;
    class Streaming;
    void on_opened(const Opened& opened);
    [[nodiscard]] Result<void> open_encoder(const Opened& opened);
    void on_raw();
    void refuse(const Error& why);
    void end(const Error& why);

    asio::any_io_executor executor_;
    CameraSettings settings_;  // the bit rate is that of now
    unsigned fps_;             // of now: at most that of the settings
    Log log_;
    OnStarted started_;
    OnPicture picture_;
    OnGone gone_;
    std::unique_ptr<encode::Encoder> encoder_;  // present while raw pictures come
    std::shared_ptr<Shared> shared_;            // with the thread
    std::shared_ptr<Run> run_;
    Worker worker_;
};

/// The node of a camera and what it offers. @param device  empty: the first node that offers what is wanted
/// @errors as Camera::start()
struct FoundCamera {
    std::unique_ptr<V4l2Node> node;
    Choice choice;
};
[[nodiscard]] Result<FoundCamera> find_camera(const CameraSettings& settings);

}  // namespace voip::hal::linux
