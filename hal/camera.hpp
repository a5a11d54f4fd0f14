#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::hal {

/// One H.264 picture: an access unit in Annex B form.
struct AccessUnit {
    std::shared_ptr<const void> owner;  ///< keeps the bytes; may be let go on any thread
    std::span<const std::byte> bytes;
    bool key = false;    ///< an IDR picture, SPS and PPS before it
    TimePoint captured;  ///< when the picture was taken
};

/// What the camera really does, after start().
struct CameraFormat {
    unsigned width = 0, height = 0;  ///< as sent, before it is turned upright
    unsigned fps = 0;
    unsigned rotation = 0;  ///< 0, 90, 180, 270 degrees clockwise to see it upright
    friend bool operator==(const CameraFormat&, const CameraFormat&) = default;
};

/// Constrained baseline H.264. The first access unit is a key one, and so is one a second at least.
/// @thread loop only, handlers included; nothing blocks: what may wait has a thread inside the driver
class Camera {
 public:
    using OnPicture = std::function<void(AccessUnit)>;
    using OnStarted = std::function<void(const Result<CameraFormat>&)>;
    using OnGone = std::function<void(const Error&)>;

    virtual ~Camera() = default;
    /// Opens the device and begins. `started` comes once, from the loop; pictures only after a good one.
    /// `gone` comes at most once after that: device_gone, or io; the camera has then stopped by itself.
    /// @errors (through `started`) device_gone, refused (no permission), io (busy, format not offered),
    /// timeout. A camera that runs is stopped first.
    virtual void start(OnStarted started, OnPicture picture, OnGone gone) = 0;
    /// Closes the device; no handler runs after it returns. Harmless when stopped.
    virtual void stop() = 0;
    /// The next picture, or the one after it, is a key one. Bursts are the caller's to thin out.
    virtual void request_key() = 0;
    /// @param kbps  50 to 8000; kept for the next start() too
    virtual void set_bitrate(unsigned kbps) = 0;
    /// @param fps  1 to the configured rate; kept for the next start() too
    virtual void set_frame_rate(unsigned fps) = 0;
    /// Pictures since start() that were lost inside: the encoder had no time for them. A camera that encodes
    /// by itself does not know.
    [[nodiscard]] virtual std::uint64_t dropped() const { return 0; }
};

}  // namespace voip::hal
