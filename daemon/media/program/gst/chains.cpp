#include "daemon/media/program/gst/chains.hpp"

#include <gst/video/video-event.h>

#include "daemon/media/program/gst/callback.hpp"
#include "daemon/media/program/rtp_h264.hpp"

namespace voip::media::gst {
namespace {

constexpr guint64 picture_queue_bytes = 1024 * 1024, sound_queue_bytes = 32000;  // one second of sound

void set_up_source(GstElement* source, GstCaps* caps, guint64 max_bytes) {
    g_object_set(source, "caps", caps, "is-live", TRUE, "do-timestamp", FALSE, "block", FALSE, "max-bytes",
                 max_bytes, nullptr);
    set_word(source, "format", "time");
    set_word(source, "leaky-type", "downstream");
    set_word(source, "stream-type", "stream");
}

/// Links `last` to the pad of webrtcbin that takes `caps`; the pad's transceiver, null where that fails.
Owned<GObject> link_to(GstElement* webrtc, GstElement* last, GstCaps* caps) {
    GstPadTemplate* const pattern =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtc), "sink_%u");
    const Owned<GstPad> sink(gst_element_request_pad(webrtc, pattern, nullptr, caps));
    const Owned<GstPad> source(gst_element_get_static_pad(last, "src"));
    if (!sink || !source || gst_pad_link(source.get(), sink.get()) != GST_PAD_LINK_OK) return {};
    return object_property<GObject>(sink.get(), "transceiver");
}

void set_direction(GObject* transceiver, bool send, bool receive) {
    set_word(transceiver, "direction", !receive ? "sendonly" : !send ? "recvonly" : "sendrecv");
}

Owned<GstCaps> pcm_caps() {
    return Owned<GstCaps>(gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout",
                                              G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT,
                                              int{hal::sound_rate}, "channels", G_TYPE_INT, 1, nullptr));
}

Owned<GstCaps> sound_rtp_caps() {
    return Owned<GstCaps>(gst_caps_new_simple(
        "application/x-rtp", "media", G_TYPE_STRING, "audio", "encoding-name", G_TYPE_STRING, "OPUS",
        "clock-rate", G_TYPE_INT, 48000, "encoding-params", G_TYPE_STRING, "2", "payload", G_TYPE_INT,
        int{sound_payload}, "minptime", G_TYPE_STRING, "10", "useinbandfec", G_TYPE_STRING, "1", nullptr));
}

Owned<GstCaps> picture_rtp_caps(std::uint32_t ssrc) {
    return Owned<GstCaps>(gst_caps_new_simple(
        "application/x-rtp", "media", G_TYPE_STRING, "video", "encoding-name", G_TYPE_STRING, "H264",
        "clock-rate", G_TYPE_INT, int{rtp::video_clock}, "payload", G_TYPE_INT, int{picture_payload},
        "packetization-mode", G_TYPE_STRING, "1", "profile-level-id", G_TYPE_STRING, "42e01f",
        "level-asymmetry-allowed", G_TYPE_STRING, "1", "rtcp-fb-nack-pli", G_TYPE_BOOLEAN, TRUE, "extmap-3",
        G_TYPE_STRING, "urn:3gpp:video-orientation", "ssrc", G_TYPE_UINT, guint{ssrc}, nullptr));
}

/// Sound stays here until the other side is known to be the one that answered.
void hold_back(GstElement* payloader, const std::shared_ptr<Shared>& shared) {
    const Owned<GstPad> payloads(gst_element_get_static_pad(payloader, "src"));
    add_probe<Shared>(
        payloads.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer data) {
            return static_cast<Shared*>(data)->may_send ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
        },
        shared);
}

void tell_key_requests(GstElement* source, const std::shared_ptr<Shared>& shared) {
    const Owned<GstPad> pad(gst_element_get_static_pad(source, "src"));
    add_probe<Shared>(
        pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
            if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)))
                static_cast<Shared*>(data)->outlet->post(
                    [](const MediaTransport::Handlers& handlers) { handlers.key_wanted(); });
            return GST_PAD_PROBE_OK;
        },
        shared);
}

}  // namespace

GstElement* add(GstElement* pipeline, const char* factory) {
    GstElement* const element = gst_element_factory_make(factory, nullptr);
    if (element) gst_bin_add(GST_BIN(pipeline), element);
    return element;
}

void set_word(gpointer object, const char* property, const char* word) {
    gst_util_set_object_arg(G_OBJECT(object), property, word);
}

Result<SoundChain> make_sound(const Place& place, std::uint32_t ssrc) {
    const SoundChain chain{add(place.pipeline, "appsrc"), add(place.pipeline, "opusenc")};
    GstElement* const pay = add(place.pipeline, "rtpopuspay");
    GstElement* const filter = add(place.pipeline, "capsfilter");
    if (!chain.source || !chain.encoder || !pay || !filter)
        return fail(Errc::io, "the elements of sound cannot be made");
    set_up_source(chain.source, pcm_caps().get(), sound_queue_bytes);
    g_object_set(chain.encoder, "bitrate", 24000, "inband-fec", TRUE, "packet-loss-percentage", 5,
                 "complexity", 5, nullptr);
    set_word(chain.encoder, "frame-size", "20");
    set_word(chain.encoder, "audio-type", "voice");
    g_object_set(pay, "pt", sound_payload, "ssrc", guint{ssrc}, nullptr);
    const auto caps = sound_rtp_caps();
    g_object_set(filter, "caps", caps.get(), nullptr);
    const bool linked = gst_element_link_many(chain.source, chain.encoder, pay, filter, nullptr) != FALSE;
    const auto transceiver = linked ? link_to(place.webrtc, filter, caps.get()) : nullptr;
    if (!transceiver) return fail(Errc::io, "the elements of sound cannot be linked");
    hold_back(pay, place.shared);
    // Never with NACK: a browser refuses an offer whose sound has retransmission.
    set_direction(transceiver.get(), place.settings.send_sound, place.settings.receive_sound);
    return chain;
}

Result<GstElement*> make_picture(const Place& place, std::uint32_t ssrc) {
    GstElement* const source = add(place.pipeline, "appsrc");
    if (!source) return fail(Errc::io, "the elements of the picture cannot be made");
    const auto caps = picture_rtp_caps(ssrc);
    set_up_source(source, caps.get(), picture_queue_bytes);
    const auto transceiver = link_to(place.webrtc, source, caps.get());
    if (!transceiver) return fail(Errc::io, "the elements of the picture cannot be linked");
    g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
    set_direction(transceiver.get(), place.settings.send_picture, place.settings.receive_picture);
    tell_key_requests(source, place.shared);
    return source;
}

}  // namespace voip::media::gst
