#pragma once
#include <gst/gst.h>

#include <string>

#include "hal/encode/encoder.hpp"

/// GStreamer's elements from the caller's pictures to H.264, and what each kind of encoder has to be told.
namespace voip::hal::encode {

/// Elements of a pipeline, which owns them.
struct Chain {
    GstElement* source = nullptr;   ///< appsrc
    GstElement* encoder = nullptr;  ///< the processor's or the machine's
    GstElement* sink = nullptr;     ///< appsink
    bool hardware = false;

    /// In any state. @param kbps  50 to 8000
    void set_bitrate(unsigned kbps) const;
};

/// The element of an H.264 encoder that this machine has behind V4L2 (memory to memory); empty: none.
[[nodiscard]] std::string hardware_encoder();
/// Encodes on the processor; always the same one.
inline constexpr const char* software_encoder = "openh264enc";

/// Puts the elements into a pipeline and links them.
/// @param hardware  the element of hardware_encoder(); empty: the processor encodes
/// @errors not_found (an element is not installed), io (they do not fit together)
[[nodiscard]] Result<Chain> build_chain(GstBin* pipeline, const EncoderSettings& settings,
                                        const std::string& hardware);

/// GStreamer's name of a format that is not compressed.
[[nodiscard]] const char* raw_format(PixelFormat format) noexcept;

}  // namespace voip::hal::encode
