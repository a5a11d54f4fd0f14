#include "hal/encode/gst_chain.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>

#include <string_view>
#include <vector>

#include "hal/encode/gst_owned.hpp"

namespace voip::hal::encode {
namespace {

// Some drivers that choose a level themselves choose one that is too low. 3.1 is what every phone takes.
constexpr unsigned level_3_1_pixels = 1280 * 720;
constexpr const char* profile_caps = "video/x-h264,profile=(string)constrained-baseline,level=(string)";
constexpr const char* levels = "{3.1,3.2,4,4.1,4.2,5,5.1,3,2.2,2.1,2}";  // the first that the driver has
constexpr const char* large_levels = "{4,4.1,4.2,5,5.1}";

class Builder {
 public:
    explicit Builder(GstBin* bin) : bin_(bin) {}

    /// The last one that was added feeds it.
    GstElement* add(const char* element) {
        GstElement* const made = gst_element_factory_make(element, nullptr);
        if (!made) {
            missing_ = missing_.empty() ? element : missing_;
            return nullptr;
        }
        gst_bin_add(bin_, made);  // takes it
        elements_.push_back(made);
        return made;
    }
    Result<void> link() {
        if (!missing_.empty())
            return fail(Errc::not_found, "GStreamer's element " + missing_ + " is not installed");
        for (std::size_t i = 1; i < elements_.size(); ++i)
            if (!gst_element_link(elements_[i - 1], elements_[i]))
                return fail(Errc::io, "the encoder's elements do not fit together");
        return {};
    }

 private:
    GstBin* bin_;
    std::vector<GstElement*> elements_;
    std::string missing_;
};

void set_up_source(GstElement* source, const EncoderSettings& settings) {
    const bool jpeg = settings.format == PixelFormat::jpeg;
    const GstOwned<GstCaps> caps(gst_caps_new_simple(
        jpeg ? "image/jpeg" : "video/x-raw", "width", G_TYPE_INT, static_cast<gint>(settings.width), "height",
        G_TYPE_INT, static_cast<gint>(settings.height), "framerate", GST_TYPE_FRACTION,
        static_cast<gint>(settings.fps), 1, nullptr));
    if (jpeg)
        gst_caps_set_simple(caps.get(), "parsed", G_TYPE_BOOLEAN, TRUE, nullptr);
    else
        gst_caps_set_simple(caps.get(), "format", G_TYPE_STRING, raw_format(settings.format), nullptr);
    gst_app_src_set_caps(GST_APP_SRC(source), caps.get());
    g_object_set(source, "format", GST_FORMAT_TIME, "block", FALSE, nullptr);
}

void set_up_software(GstElement* encoder) {
    gst_util_set_object_arg(G_OBJECT(encoder), "rate-control", "bitrate");
    gst_util_set_object_arg(G_OBJECT(encoder), "complexity", "low");
    // Key pictures come when KeyClock says so; one thread, so that a call does not take the whole board.
    g_object_set(encoder, "gop-size", 0u, "multi-thread", 1u, "scene-change-detection", FALSE, nullptr);
}

/// Drivers have some of these controls, few have all; the element passes over the others.
/// @source the kernel's "Codec Control Reference": names as v4l2-ctl shows them; bit rate mode 1 is constant
void set_up_hardware(GstElement* encoder, const EncoderSettings& settings) {
    const auto second = static_cast<gint>(settings.fps);
    GstStructure* const controls =
        gst_structure_new("controls", "video_bitrate_mode", G_TYPE_INT, 1, "video_bitrate", G_TYPE_INT,
                          static_cast<gint>(settings.bitrate_kbps * 1000), "video_b_frames", G_TYPE_INT, 0,
                          "repeat_sequence_header", G_TYPE_INT, 1, "h264_i_frame_period", G_TYPE_INT, second,
                          "video_gop_size", G_TYPE_INT, second, nullptr);
    g_object_set(encoder, "extra-controls", controls, nullptr);
    gst_structure_free(controls);
}

/// What the driver is to make, where it could do more than one thing.
void ask_profile(GstElement* filter, const EncoderSettings& settings) {
    const bool large = settings.width * settings.height > level_3_1_pixels;
    const std::string text = std::string(profile_caps) + (large ? large_levels : levels);
    const GstOwned<GstCaps> caps(gst_caps_from_string(text.c_str()));
    g_object_set(filter, "caps", caps.get(), nullptr);
}

void set_up_sink(GstElement* sink) {
    const GstOwned<GstCaps> caps(gst_caps_from_string(
        "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline"));
    gst_app_sink_set_caps(GST_APP_SINK(sink), caps.get());
    g_object_set(sink, "sync", FALSE, "enable-last-sample", FALSE, nullptr);
}

bool is_v4l2_h264(GstElementFactory* factory) {
    const std::string_view name = gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(factory));
    return name.starts_with("v4l2") && name.ends_with("h264enc");
}

}  // namespace

const char* raw_format(PixelFormat format) noexcept {
    switch (format) {
        case PixelFormat::i420: return "I420";
        case PixelFormat::nv12: return "NV12";
        case PixelFormat::yuyv: return "YUY2";
        case PixelFormat::jpeg: break;
    }
    return "";
}

std::string hardware_encoder() {
    GList* const all = gst_element_factory_list_get_elements(
        GST_ELEMENT_FACTORY_TYPE_VIDEO_ENCODER | GST_ELEMENT_FACTORY_TYPE_HARDWARE, GST_RANK_NONE);
    std::string name;
    for (const GList* each = all; each && name.empty(); each = each->next)
        if (auto* const factory = GST_ELEMENT_FACTORY(each->data); is_v4l2_h264(factory))
            name = gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(factory));
    gst_plugin_feature_list_free(all);
    return name;
}

Result<Chain> build_chain(GstBin* pipeline, const EncoderSettings& settings, const std::string& hardware) {
    Builder builder(pipeline);
    Chain chain{.hardware = !hardware.empty()};
    chain.source = builder.add("appsrc");
    if (settings.format == PixelFormat::jpeg) builder.add("jpegdec");
    if (chain.hardware || settings.format != PixelFormat::i420) builder.add("videoconvert");
    chain.encoder = builder.add(chain.hardware ? hardware.c_str() : software_encoder);
    GstElement* const filter = chain.hardware ? builder.add("capsfilter") : nullptr;
    // The parser puts the parameters before each key picture where the driver does not.
    if (GstElement* const parser = chain.hardware ? builder.add("h264parse") : nullptr)
        g_object_set(parser, "config-interval", -1, nullptr);
    chain.sink = builder.add("appsink");
    if (chain.source) set_up_source(chain.source, settings);
    if (chain.encoder)
        chain.hardware ? set_up_hardware(chain.encoder, settings) : set_up_software(chain.encoder);
    if (chain.encoder && !chain.hardware) chain.set_bitrate(settings.bitrate_kbps);
    if (filter) ask_profile(filter, settings);
    if (chain.sink) set_up_sink(chain.sink);
    if (auto linked = builder.link(); !linked) return linked.error();
    return chain;
}

void Chain::set_bitrate(unsigned kbps) const {
    if (!hardware) return g_object_set(encoder, "bitrate", kbps * 1000u, nullptr);
    GstStructure* const controls =
        gst_structure_new("controls", "video_bitrate", G_TYPE_INT, static_cast<gint>(kbps * 1000), nullptr);
    g_object_set(encoder, "extra-controls", controls, nullptr);
    gst_structure_free(controls);
}

}  // namespace voip::hal::encode
