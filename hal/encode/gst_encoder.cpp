#include <atomic>
#include <deque>
#include <string>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "hal/encode/encoder.hpp"
#include "hal/encode/gst_owned.hpp"
#include "hal/encode/key_clock.hpp"

namespace voip::hal::encode {
namespace {

constexpr std::size_t max_under_way = 2;  // one is encoded, one waits
constexpr Duration hang_after = 2s;
constexpr const char* encoder_element = "openh264enc";

// What the handlers need. Shared with what is posted, so that the encoder may go at any time.
struct Outlet {
    asio::any_io_executor executor;
    Encoder::OnPicture picture;
    Encoder::OnFailed failed;
    std::function<void(TimePoint)> done;  // of the encoder: the picture of that time is no longer under way
    bool closed = false;                  // loop only
    TimePoint epoch;                      // of the time stamps; set before the first picture
};

void fail_later(const std::shared_ptr<Outlet>& outlet, Error error) {
    asio::post(outlet->executor, [outlet, error = std::move(error)] {
        if (std::exchange(outlet->closed, true)) return;
        outlet->failed(error);
    });
}

// Keeps a sample's bytes mapped for whoever holds the access unit.
class Mapped {
 public:
    explicit Mapped(GstSample* sample) : sample_(sample) {
        good_ = gst_buffer_map(gst_sample_get_buffer(sample), &map_, GST_MAP_READ) != FALSE;
    }
    ~Mapped() {
        if (good_) gst_buffer_unmap(gst_sample_get_buffer(sample_), &map_);
        gst_sample_unref(sample_);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    [[nodiscard]] std::span<const std::byte> bytes() const {
        if (!good_) return {};
        return std::as_bytes(std::span(map_.data, map_.size));
    }

 private:
    GstSample* sample_;
    GstMapInfo map_{};
    bool good_ = false;
};

GstFlowReturn on_sample(GstAppSink* sink, gpointer data) {  // on GStreamer's thread
    const auto& outlet = *static_cast<std::shared_ptr<Outlet>*>(data);
    GstSample* sample = gst_app_sink_pull_sample(sink);
    if (!sample) return GST_FLOW_EOS;
    const auto mapped = std::make_shared<Mapped>(sample);
    const GstBuffer* buffer = gst_sample_get_buffer(sample);
    AccessUnit unit;
    unit.owner = mapped;
    unit.bytes = mapped->bytes();
    unit.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    unit.captured = outlet->epoch + std::chrono::nanoseconds(GST_BUFFER_PTS(buffer));
    asio::post(outlet->executor, [outlet, unit = std::move(unit)]() mutable {
        if (outlet->closed) return;
        outlet->done(unit.captured);
        outlet->picture(std::move(unit));
    });
    return GST_FLOW_OK;
}

GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer data) {  // on any thread
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        GError* error = nullptr;
        gst_message_parse_error(message, &error, nullptr);
        fail_later(*static_cast<std::shared_ptr<Outlet>*>(data),
                   fail(Errc::io, std::string("encoder: ") + error->message));
        g_error_free(error);
    }
    gst_message_unref(message);
    return GST_BUS_DROP;
}

void free_outlet(gpointer data) {
    delete static_cast<std::shared_ptr<Outlet>*>(data);
}
void free_owner(gpointer data) {
    delete static_cast<std::shared_ptr<const void>*>(data);
}

GstVideoFormat gst_format(PixelFormat format) {
    switch (format) {
        case PixelFormat::i420: return GST_VIDEO_FORMAT_I420;
        case PixelFormat::nv12: return GST_VIDEO_FORMAT_NV12;
        case PixelFormat::yuyv: return GST_VIDEO_FORMAT_YUY2;
    }
    return GST_VIDEO_FORMAT_UNKNOWN;
}

// Where the planes lie in the caller's bytes.
struct Layout {
    guint planes = 0;
    gsize offset[GST_VIDEO_MAX_PLANES] = {};
    gint stride[GST_VIDEO_MAX_PLANES] = {};
    std::size_t bytes = 0;
};

Layout layout_of(const EncoderSettings& settings) {
    const std::size_t least = settings.format == PixelFormat::yuyv ? settings.width * 2u : settings.width;
    const std::size_t stride = settings.stride == 0 ? least : settings.stride;
    const std::size_t first = stride * settings.height;
    Layout layout{.planes = 1, .bytes = picture_bytes(settings.format, stride, settings.height)};
    layout.stride[0] = static_cast<gint>(stride);
    if (settings.format == PixelFormat::nv12) {
        layout.planes = 2;
        layout.offset[1] = first;
        layout.stride[1] = layout.stride[0];
    }
    if (settings.format == PixelFormat::i420) {
        layout.planes = 3;
        layout.offset[1] = first;
        layout.offset[2] = first + first / 4;
        layout.stride[1] = layout.stride[2] = layout.stride[0] / 2;
    }
    return layout;
}

Result<GstElement*> add(GstBin* bin, const char* element) {
    GstElement* made = gst_element_factory_make(element, nullptr);
    if (!made)
        return fail(Errc::not_found, std::string("GStreamer's element ") + element + " is not installed");
    gst_bin_add(bin, made);  // takes it
    return made;
}

class GstEncoder final : public Encoder {
 public:
    GstEncoder(asio::any_io_executor executor, const EncoderSettings& settings, OnPicture picture,
               OnFailed failed)
        : settings_(settings), layout_(layout_of(settings)), rate_(settings.fps) {
        outlet_->executor = std::move(executor);
        outlet_->picture = std::move(picture);
        outlet_->failed = std::move(failed);
        outlet_->done = [this](TimePoint captured) { picture_done(captured); };
    }
    ~GstEncoder() override {
        outlet_->closed = true;
        if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    }
    GstEncoder(const GstEncoder&) = delete;
    GstEncoder& operator=(const GstEncoder&) = delete;

    Result<void> open() {
        pipeline_.reset(gst_pipeline_new(nullptr));
        if (auto built = build(); !built) return built;
        if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
            return fail(Errc::io, "the encoder does not start");
        return {};
    }

    Result<void> encode(RawPicture picture) override {
        if (picture.bytes.size() < layout_.bytes)
            return fail(Errc::io, "picture of " + std::to_string(picture.bytes.size()) + " bytes, not " +
                                      std::to_string(layout_.bytes));
        if (outlet_->closed) return {};
        if (under_way_.size() >= max_under_way) {
            ++stats_.dropped;
            if (picture.captured - under_way_.front().captured > hang_after)
                fail_later(outlet_, fail(Errc::timeout, "the encoder gives no picture"));
            return {};
        }
        if (stats_.encoded == 0 && under_way_.empty()) outlet_->epoch = picture.captured;
        if (keys_.take(picture.captured, std::chrono::nanoseconds(1s) / rate_)) force_key();
        under_way_.push_back({picture.captured, asio::make_work_guard(outlet_->executor)});
        gst_app_src_push_buffer(GST_APP_SRC(source_), wrap(std::move(picture)));  // takes it
        return {};
    }

    void request_key() override { keys_.request(); }
    void set_bitrate(unsigned kbps) override {
        settings_.bitrate_kbps = kbps;
        tell_bitrate();
    }
    void set_frame_rate(unsigned fps) override { rate_ = fps; }
    EncoderStats stats() const override { return stats_; }

 private:
    struct UnderWay {
        TimePoint captured;
        asio::executor_work_guard<asio::any_io_executor> work;
    };

    Result<void> build() {
        GstBin* bin = GST_BIN(pipeline_.get());
        const bool convert = settings_.format != PixelFormat::i420;
        const auto source = add(bin, "appsrc");
        const auto converter = convert ? add(bin, "videoconvert") : source;
        const auto encoder = add(bin, encoder_element);
        const auto sink = add(bin, "appsink");
        for (const auto* element : {&source, &converter, &encoder, &sink})
            if (!*element) return element->error();
        source_ = *source;
        encoder_ = *encoder;
        set_up_source();
        set_up_encoder();
        set_up_sink(*sink);
        if ((convert && !gst_element_link(source_, *converter)) || !gst_element_link(*converter, encoder_) ||
            !gst_element_link(encoder_, *sink))
            return fail(Errc::io, "the encoder's elements do not fit together");
        const GstOwned<GstBus> bus(gst_element_get_bus(pipeline_.get()));
        gst_bus_set_sync_handler(bus.get(), &on_message, new std::shared_ptr<Outlet>(outlet_), &free_outlet);
        return {};
    }

    void set_up_source() {
        const GstOwned<GstCaps> caps(gst_caps_new_simple(
            "video/x-raw", "format", G_TYPE_STRING, gst_video_format_to_string(gst_format(settings_.format)),
            "width", G_TYPE_INT, static_cast<gint>(settings_.width), "height", G_TYPE_INT,
            static_cast<gint>(settings_.height), "framerate", GST_TYPE_FRACTION,
            static_cast<gint>(settings_.fps), 1, nullptr));
        gst_app_src_set_caps(GST_APP_SRC(source_), caps.get());
        g_object_set(source_, "format", GST_FORMAT_TIME, "block", FALSE, nullptr);
    }

    void set_up_encoder() {
        gst_util_set_object_arg(G_OBJECT(encoder_), "rate-control", "bitrate");
        gst_util_set_object_arg(G_OBJECT(encoder_), "complexity", "low");
        // Key pictures come when KeyClock says so; one thread, so that a call does not take the whole board.
        g_object_set(encoder_, "gop-size", 0u, "multi-thread", 1u, "scene-change-detection", FALSE, nullptr);
        tell_bitrate();
    }

    void set_up_sink(GstElement* sink) {
        const GstOwned<GstCaps> caps(gst_caps_from_string(
            "video/x-h264,stream-format=byte-stream,alignment=au,profile=constrained-baseline"));
        gst_app_sink_set_caps(GST_APP_SINK(sink), caps.get());
        g_object_set(sink, "sync", FALSE, "enable-last-sample", FALSE, nullptr);
        GstAppSinkCallbacks callbacks{};
        callbacks.new_sample = &on_sample;
        gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, new std::shared_ptr<Outlet>(outlet_),
                                   &free_outlet);
    }

    // In any state; the element takes the rate of pictures from their time stamps.
    void tell_bitrate() { g_object_set(encoder_, "bitrate", settings_.bitrate_kbps * 1000u, nullptr); }

    void force_key() {
        gst_element_send_event(encoder_,
                               gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
    }

    GstBuffer* wrap(RawPicture picture) {
        // GStreamer takes a writable pointer, but the memory is marked read-only.
        const auto bytes = const_cast<std::byte*>(picture.bytes.data());
        GstBuffer* buffer = gst_buffer_new_wrapped_full(
            GST_MEMORY_FLAG_READONLY, bytes, layout_.bytes, 0, layout_.bytes,
            new std::shared_ptr<const void>(std::move(picture.owner)), &free_owner);
        gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, gst_format(settings_.format),
                                       settings_.width, settings_.height, layout_.planes, layout_.offset,
                                       layout_.stride);
        const auto since = std::chrono::nanoseconds(picture.captured - outlet_->epoch).count();
        GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(since);
        return buffer;
    }

    void picture_done(TimePoint captured) {
        ++stats_.encoded;
        while (!under_way_.empty() && under_way_.front().captured <= captured) under_way_.pop_front();
    }

    EncoderSettings settings_;
    Layout layout_;
    unsigned rate_;  // at which pictures come
    std::shared_ptr<Outlet> outlet_ = std::make_shared<Outlet>();
    KeyClock keys_;
    std::deque<UnderWay> under_way_;
    EncoderStats stats_;
    GstOwned<GstElement> pipeline_;
    GstElement* source_ = nullptr;  // of the pipeline, as the next one
    GstElement* encoder_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<Encoder>> open_encoder(asio::any_io_executor executor, const EncoderSettings& settings,
                                              Encoder::OnPicture picture, Encoder::OnFailed failed) {
    if (auto ready = start_gstreamer(); !ready) return ready.error();
    auto encoder =
        std::make_unique<GstEncoder>(std::move(executor), settings, std::move(picture), std::move(failed));
    if (auto opened = encoder->open(); !opened) return opened.error();
    return encoder;
}

Result<void> prepare_encoder() {
    if (auto ready = start_gstreamer(); !ready) return ready;
    for (const char* element : {"appsrc", "videoconvert", encoder_element, "appsink"}) {
        const GstOwned<GstElement> made(gst_element_factory_make(element, nullptr));
        if (!made)
            return fail(Errc::not_found, std::string("GStreamer's element ") + element + " is not installed");
        gst_object_ref_sink(made.get());  // so that letting it go frees it
    }
    return {};
}

}  // namespace voip::hal::encode
