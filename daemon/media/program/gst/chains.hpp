#pragma once
#include <gst/gst.h>

#include <cstdint>
#include <memory>

#include "daemon/media/program/gst/shared.hpp"

/// The elements that carry our sound and our picture into webrtcbin.
namespace voip::media::gst {

inline constexpr guint sound_payload = 111, picture_payload = 102;  ///< numbers of RTP's payload types

/// A new element in the pipeline, which owns it; null where it cannot be made.
GstElement* add(GstElement* pipeline, const char* factory);
/// Sets a property by a word of its enumeration.
void set_word(gpointer object, const char* property, const char* word);

/// Where the chains are put. The pipeline owns all elements.
struct Place {
    GstElement* pipeline;
    GstElement* webrtc;
    const TransportSettings& settings;
    const std::shared_ptr<Shared>& shared;
};

struct SoundChain {
    GstElement* source = nullptr;   ///< an appsrc, of our PCM
    GstElement* encoder = nullptr;  ///< opusenc
};
/// @param ssrc  of the packets. @errors io
[[nodiscard]] Result<SoundChain> make_sound(const Place& place, std::uint32_t ssrc);

/// An appsrc of the picture's RTP packets. @param ssrc  of the packets. @errors io
[[nodiscard]] Result<GstElement*> make_picture(const Place& place, std::uint32_t ssrc);

}  // namespace voip::media::gst
