#include <atomic>
#include <deque>
#include <string>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "hal/encode/gst_chain.hpp"
#include "hal/encode/gst_owned.hpp"
#include "hal/encode/key_clock.hpp"

namespace voip::hal::encode {
namespace {

constexpr std::size_t max_under_way = 2;    // one is encoded, one waits
constexpr std::size_t max_in_hardware = 3;  // which works on one while another is brought to it
constexpr Duration hang_after = 2s;

// What the handlers need. Shared with what is posted, so that the encoder may go at any time.
struct Outlet {
    asio::any_io_executor executor;
    Encoder::OnPicture picture;
    Encoder::OnFailed failed;
    std::function<void(TimePoint)> done;  // of the encoder: the picture of that time is no longer under way
    std::function<void(TimePoint)> lost;  // the same for one that will not come
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

void on_error(const std::shared_ptr<Outlet>& outlet, GstMessage* message) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    fail_later(outlet, fail(Errc::io, std::string("encoder: ") + error->message));
    g_error_free(error);
}

// An element left a picture out: a JPEG that is damaged, most often.
void on_left_out(const std::shared_ptr<Outlet>& outlet, GstMessage* message) {
    guint64 time = GST_CLOCK_TIME_NONE;
    gst_message_parse_qos(message, nullptr, nullptr, nullptr, &time, nullptr);
    if (!GST_CLOCK_TIME_IS_VALID(time)) return;
    asio::post(outlet->executor, [outlet, captured = outlet->epoch + std::chrono::nanoseconds(time)] {
        if (!outlet->closed) outlet->lost(captured);
    });
}

GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer data) {  // on any thread
    const auto& outlet = *static_cast<std::shared_ptr<Outlet>*>(data);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) on_error(outlet, message);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_QOS) on_left_out(outlet, message);
    gst_message_unref(message);
    return GST_BUS_DROP;
}

void free_outlet(gpointer data) {
    delete static_cast<std::shared_ptr<Outlet>*>(data);
}
void free_owner(gpointer data) {
    delete static_cast<std::shared_ptr<const void>*>(data);
}

// Where the planes lie in the caller's bytes.
struct Layout {
    guint planes = 0;
    gsize offset[GST_VIDEO_MAX_PLANES] = {};
    gint stride[GST_VIDEO_MAX_PLANES] = {};
    std::size_t bytes = 0;
};

Layout layout_of(const EncoderSettings& settings) {
    if (settings.format == PixelFormat::jpeg) return {.bytes = 1};
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

class GstEncoder final : public Encoder {
 public:
    GstEncoder(asio::any_io_executor executor, const EncoderSettings& settings, OnPicture picture,
               OnFailed failed)
        : executor_(std::move(executor)),
          settings_(settings),
          picture_(std::move(picture)),
          failed_(std::move(failed)),
          layout_(layout_of(settings)),
          rate_(settings.fps) {}
    ~GstEncoder() override { end(); }
    GstEncoder(const GstEncoder&) = delete;
    GstEncoder& operator=(const GstEncoder&) = delete;

    Result<void> open() {
        const std::string hardware = settings_.hardware ? hardware_encoder() : "";
        auto begun = begin(hardware);
        if (begun || hardware.empty()) return begun;
        complain(begun.error());
        return begin({});
    }

    Result<void> encode(RawPicture picture) override {
        if (picture.bytes.size() < layout_.bytes)
            return fail(Errc::io, "picture of " + std::to_string(picture.bytes.size()) + " bytes, not " +
                                      std::to_string(layout_.bytes));
        if (outlet_->closed) return {};
        if (under_way_.size() >= (chain_.hardware ? max_in_hardware : max_under_way)) {
            ++dropped_;
            if (picture.captured - under_way_.front().captured > hang_after)
                fail_later(outlet_, fail(Errc::timeout, "the encoder gives no picture"));
            return {};
        }
        if (std::exchange(fresh_, false)) outlet_->epoch = picture.captured;
        if (keys_.take(picture.captured, std::chrono::nanoseconds(1s) / rate_)) force_key();
        under_way_.push_back({picture.captured, asio::make_work_guard(outlet_->executor)});
        gst_app_src_push_buffer(GST_APP_SRC(chain_.source), wrap(std::move(picture)));  // takes it
        return {};
    }

    void request_key() override { keys_.request(); }
    void set_bitrate(unsigned kbps) override {
        settings_.bitrate_kbps = kbps;
        chain_.set_bitrate(kbps);
    }
    void set_frame_rate(unsigned fps) override { rate_ = fps; }
    EncoderStats stats() const override { return {encoded_, dropped_, chain_.hardware}; }

 private:
    struct UnderWay {
        TimePoint captured;
        asio::executor_work_guard<asio::any_io_executor> work;
    };

    Result<void> begin(const std::string& hardware) {
        outlet_ = make_outlet();
        pipeline_.reset(gst_pipeline_new(nullptr));
        auto chain = build_chain(GST_BIN(pipeline_.get()), settings_, hardware);
        if (!chain) return chain.error();
        chain_ = *chain;
        fresh_ = true;
        GstAppSinkCallbacks callbacks{};
        callbacks.new_sample = &on_sample;
        gst_app_sink_set_callbacks(GST_APP_SINK(chain_.sink), &callbacks,
                                   new std::shared_ptr<Outlet>(outlet_), &free_outlet);
        const GstOwned<GstBus> bus(gst_element_get_bus(pipeline_.get()));
        gst_bus_set_sync_handler(bus.get(), &on_message, new std::shared_ptr<Outlet>(outlet_), &free_outlet);
        if (gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE) return {};
        end();
        return fail(Errc::io, "the encoder does not start");
    }

    std::shared_ptr<Outlet> make_outlet() {
        auto outlet = std::make_shared<Outlet>();
        outlet->executor = executor_;
        outlet->picture = picture_;
        outlet->failed = [this](const Error& why) { on_failed(why); };
        outlet->done = [this](TimePoint captured) { encoded_ += done(captured) ? 1u : 0u; };
        outlet->lost = [this](TimePoint captured) { dropped_ += done(captured) ? 1u : 0u; };
        return outlet;
    }

    void end() {
        outlet_->closed = true;
        if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    }

    void complain(const Error& why) const {
        settings_.log.warning("the machine's encoder does not work: the processor encodes",
                              kv("why", why.text()));
    }

    void on_failed(const Error& why) {
        const OnFailed tell = failed_;  // it may destroy us
        if (!chain_.hardware) return tell(why);
        complain(why);
        end();
        under_way_.clear();
        keys_.request();
        if (auto begun = begin({}); !begun) tell(begun.error());
    }

    void force_key() {
        gst_element_send_event(chain_.encoder,
                               gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
    }

    GstBuffer* wrap(RawPicture picture) {
        // GStreamer takes a writable pointer, but the memory is marked read-only.
        const auto bytes = const_cast<std::byte*>(picture.bytes.data());
        const std::size_t size = layout_.planes > 0 ? layout_.bytes : picture.bytes.size();
        GstBuffer* buffer = gst_buffer_new_wrapped_full(
            GST_MEMORY_FLAG_READONLY, bytes, size, 0, size,
            new std::shared_ptr<const void>(std::move(picture.owner)), &free_owner);
        if (layout_.planes > 0)
            gst_buffer_add_video_meta_full(
                buffer, GST_VIDEO_FRAME_FLAG_NONE, gst_video_format_from_string(raw_format(settings_.format)),
                settings_.width, settings_.height, layout_.planes, layout_.offset, layout_.stride);
        const auto since = std::chrono::nanoseconds(picture.captured - outlet_->epoch).count();
        GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(since);
        return buffer;
    }

    /// False: it was none of ours, or is done already.
    bool done(TimePoint captured) {
        const std::size_t before = under_way_.size();
        while (!under_way_.empty() && under_way_.front().captured <= captured) under_way_.pop_front();
        return under_way_.size() < before;
    }

    asio::any_io_executor executor_;
    EncoderSettings settings_;
    OnPicture picture_;
    OnFailed failed_;
    Layout layout_;
    unsigned rate_;  // at which pictures come
    std::shared_ptr<Outlet> outlet_;
    KeyClock keys_;
    std::deque<UnderWay> under_way_;
    std::uint64_t encoded_ = 0, dropped_ = 0;
    bool fresh_ = true;  // no picture was given to this pipeline yet
    GstOwned<GstElement> pipeline_;
    Chain chain_;
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
    for (const char* element : {"appsrc", "videoconvert", software_encoder, "appsink"}) {
        const GstOwned<GstElement> made(gst_element_factory_make(element, nullptr));
        if (!made)
            return fail(Errc::not_found, std::string("GStreamer's element ") + element + " is not installed");
        gst_object_ref_sink(made.get());  // so that letting it go frees it
    }
    return {};
}

}  // namespace voip::hal::encode
