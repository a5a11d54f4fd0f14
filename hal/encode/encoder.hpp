#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/log.hpp"
#include "hal/camera.hpp"

/// Turns raw pictures into the H.264 that hal/camera.hpp promises, for cameras that do not encode themselves.
/// Built on GStreamer's elements; a build without the media program has none and says so.
namespace voip::hal::encode {

namespace asio = boost::asio;

/// `jpeg`: a JPEG picture each, of any of its samplings of colour.
enum class PixelFormat { i420, nv12, yuyv, jpeg };

/// Bytes of a whole picture whose lines are `stride` bytes apart (of the first plane; an I420 plane of colour
/// has half of it). Not for JPEG.
[[nodiscard]] constexpr std::size_t picture_bytes(PixelFormat format, std::size_t stride,
                                                  std::size_t height) noexcept {
    return format == PixelFormat::yuyv ? stride * height : stride * height * 3 / 2;
}

struct RawPicture {
    std::shared_ptr<const void> owner;  ///< keeps the bytes; let go on any thread
    std::span<const std::byte> bytes;   ///< planes one after the other; not copied
    TimePoint captured;                 ///< later than that of the picture before
};

struct EncoderSettings {
    PixelFormat format = PixelFormat::i420;
    unsigned width = 640, height = 480;  ///< even
    unsigned stride = 0;  ///< bytes from line to line of the first plane; 0: no padding. Even. Not for JPEG
    unsigned fps = 15;    ///< 1 to 30: the rate at which pictures come unless told otherwise
    unsigned bitrate_kbps = 600;
    /// Take the machine's own encoder (V4L2, memory to memory) where it has one. Should that fail, whenever
    /// it is, the processor goes on with a key picture.
    bool hardware = false;
    Log log = {};
};

struct EncoderStats {
    std::uint64_t encoded = 0;
    std::uint64_t dropped = 0;  ///< pictures that came while too many were under way, or that were damaged
    bool hardware = false;      ///< the machine's own encoder is at work
};

/// Constrained baseline, one access unit a picture, SPS and PPS before each IDR picture. The first picture is
/// a key one, and so is one a second at least.
/// @thread loop only. Handlers run from the loop; they may destroy the encoder, after which none runs. The
/// destructor waits for the picture under way (some milliseconds).
class Encoder {
 public:
    using OnPicture = std::function<void(AccessUnit)>;
    using OnFailed = std::function<void(const Error&)>;

    virtual ~Encoder() = default;
    /// Never blocks: with two pictures under way (the machine's encoder: three) the new one is dropped. While
    /// pictures are under way the executor has outstanding work. @errors io (wrong size): the picture is
    /// dropped
    virtual Result<void> encode(RawPicture picture) = 0;
    /// The next picture given is a key one.
    virtual void request_key() = 0;
    virtual void set_bitrate(unsigned kbps) = 0;    ///< 50 to 8000
    virtual void set_frame_rate(unsigned fps) = 0;  ///< the rate at which pictures come from now on
    [[nodiscard]] virtual EncoderStats stats() const = 0;
};

/// @param failed  at most once: io, timeout (it took a picture and gave nothing for 2 s); no picture comes
/// after it
/// @errors not_found (an element is not installed, or this build has no encoder), io
[[nodiscard]] Result<std::unique_ptr<Encoder>> open_encoder(asio::any_io_executor executor,
                                                            const EncoderSettings& settings,
                                                            Encoder::OnPicture picture,
                                                            Encoder::OnFailed failed);

/// Loads what open_encoder() needs, so that a later start costs no disk and works in a sandbox; takes some
/// 30 ms, a second where GStreamer has to look for its plugins first. @errors as open_encoder()
[[nodiscard]] Result<void> prepare_encoder();

}  // namespace voip::hal::encode
