#include "daemon/media/program/gst/receiver.hpp"

#include <gst/app/gstappsink.h>

#include <string_view>
#include <utility>
#include <vector>

#include "daemon/media/program/gst/callback.hpp"
#include "hal/sound.hpp"

namespace voip::media::gst {
namespace {

// The decoder turns what it gets into our sound by itself; what is lost it invents, from what the next packet
// tells of the lost one where it can.
constexpr const char* sound_chain =
    "rtpopusdepay ! opusdec name=decoder plc=true use-inband-fec=true ! "
    "audio/x-raw,format=S16LE,layout=interleaved,rate=16000,channels=1 ! "
    "appsink name=sink sync=false max-buffers=50 drop=true";
constexpr const char* picture_chain = "rtph264depay ! h264parse ! openh264dec name=decoder ! ";
constexpr const char* nothing_chain = "fakesink sync=false async=false";

Owned<GstElement> parse(const std::string& chain) {
    GError* error = nullptr;
    Owned<GstElement> bin(gst_parse_bin_from_description(chain.c_str(), TRUE, &error));
    const Owned<GError> owned(error);
    if (bin) gst_object_ref_sink(bin.get());
    return bin;
}

Owned<GstElement> child(GstElement* bin, const char* name) {
    return Owned<GstElement>(gst_bin_get_by_name(GST_BIN(bin), name));
}

std::string kind_of(GstPad* pad, const char* field) {
    const Owned<GstCaps> caps(gst_pad_get_current_caps(pad));
    if (!caps || gst_caps_is_empty(caps.get())) return {};
    return text_of(gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), field));
}

}  // namespace

void Receiver::watch(GstElement*, GstElement* webrtc) {
    connect_shared(webrtc, "pad-added", G_CALLBACK(on_pad), shared_from_this());
}

void Receiver::on_pad(GstElement* webrtc, GstPad* pad, gpointer data) {
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
    Receiver& self = *shared_of<Receiver>(data);
    const std::string media = kind_of(pad, "media"), codec = kind_of(pad, "encoding-name");
    Owned<GstElement> bin;
    if (media == "audio" && codec == "OPUS") bin = self.sound_bin();
    if (media == "video" && codec == "H264" && !self.display_.empty()) bin = self.picture_bin();
    if (!bin) bin = parse(nothing_chain);
    const Owned<GstObject> pipeline(gst_object_get_parent(GST_OBJECT(webrtc)));
    if (!bin || !pipeline || !gst_bin_add(GST_BIN(pipeline.get()), bin.get())) return;
    gst_element_sync_state_with_parent(bin.get());
    const Owned<GstPad> sink(gst_element_get_static_pad(bin.get(), "sink"));
    if (sink) gst_pad_link(pad, sink.get());
}

Owned<GstElement> Receiver::sound_bin() {
    auto bin = parse(sound_chain);
    if (!bin) return bin;
    const auto sink = child(bin.get(), "sink");
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = [](GstAppSink* from, gpointer data) {
        const Owned<GstSample> sample(gst_app_sink_pull_sample(from));
        if (sample) shared_of<Receiver>(data)->take_sound(sample.get());
        return sample ? GST_FLOW_OK : GST_FLOW_EOS;
    };
    gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks,
                               new std::shared_ptr<Receiver>(shared_from_this()), delete_shared<Receiver>);
    const std::lock_guard lock(mutex_);
    decoder_ = child(bin.get(), "decoder");
    return bin;
}

Owned<GstElement> Receiver::picture_bin() {
    const std::string sink = display_ == "fake" ? "fakesink name=sink sync=false"
                                                : "videoconvert ! " + display_ + " name=sink sync=false";
    auto bin = parse(picture_chain + sink);
    if (!bin) return bin;
    const auto decoder = child(bin.get(), "decoder");
    const Owned<GstPad> pad(gst_element_get_static_pad(decoder.get(), "src"));
    add_probe<Meters>(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer meters) {
            static_cast<Meters*>(meters)->on_picture();
            return GST_PAD_PROBE_OK;
        },
        meters_);
    return bin;
}

void Receiver::take_sound(GstSample* sample) {
    GstBuffer* const buffer = gst_sample_get_buffer(sample);
    GstMapInfo map;
    if (!buffer || !gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
    const auto* const first = reinterpret_cast<const std::int16_t*>(map.data);
    std::vector<std::int16_t> samples(first, first + map.size / sizeof(std::int16_t));
    gst_buffer_unmap(buffer, &map);
    meters_->on_sound(hal::sound_frame_time * static_cast<long>(samples.size()) /
                      static_cast<long>(hal::sound_frame_samples));
    outlet_->post_bounded([samples = std::move(samples)](const MediaTransport::Handlers& handlers) {
        if (handlers.sound) handlers.sound(samples);
    });
}

Duration Receiver::concealed() const {
    const std::lock_guard lock(mutex_);
    if (!decoder_) return {};
    GstStructure* stats = nullptr;
    g_object_get(decoder_.get(), "stats", &stats, nullptr);
    const Owned<GstStructure> owned(stats);
    guint64 samples = 0;
    if (!owned || !gst_structure_get_uint64(owned.get(), "plc-num-samples", &samples)) return {};
    return hal::sound_frame_time * static_cast<long>(samples) / static_cast<long>(hal::sound_frame_samples);
}

}  // namespace voip::media::gst
