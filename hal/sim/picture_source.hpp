#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "core/timers.hpp"
#include "hal/av.hpp"

namespace voip::hal::sim {

/// Where the simulated camera's pictures come from: the test pattern through the encoder, or a file.
/// @thread loop only
class PictureSource {
 public:
    struct Handlers {
        Camera::OnPicture picture;
        Camera::OnGone failed;  ///< the source has ended
    };
    virtual ~PictureSource() = default;
    /// What its pictures are like.
    [[nodiscard]] virtual CameraFormat format() const = 0;
    /// Time for a picture: it comes through the handler, now or soon.
    virtual void take(TimePoint captured, UnixMillis wall) = 0;
    virtual void request_key() = 0;
    virtual void set_bitrate(unsigned kbps) = 0;
    virtual void set_frame_rate(unsigned fps) = 0;
    [[nodiscard]] virtual std::uint64_t dropped() const { return 0; }  ///< as Camera::dropped()
};

/// @errors as Camera::start()
[[nodiscard]] Result<std::unique_ptr<PictureSource>> open_pattern(asio::any_io_executor executor,
                                                                  const CameraSettings& settings, Log log,
                                                                  PictureSource::Handlers handlers);
[[nodiscard]] Result<std::unique_ptr<PictureSource>> open_h264_file(const CameraSettings& settings,
                                                                    PictureSource::Handlers handlers);

}  // namespace voip::hal::sim
