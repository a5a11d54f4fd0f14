#include "tests/support/webrtc_phone.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <array>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "daemon/media/program/gst/callback.hpp"
#include "daemon/media/program/gst/library.hpp"
#include "daemon/media/program/gst/owned.hpp"
#include "daemon/media/program/gst/webrtc_types.hpp"

namespace voip::test {
namespace {

using namespace media::gst;
constexpr std::size_t ear_samples = 8000;

std::string description_of(const WebRtcPhone::Settings& settings) {
    std::string text =
        "webrtcbin name=webrtc bundle-policy=max-bundle latency=" + std::to_string(settings.latency_ms) + " ";
    const std::string tone = "audiotestsrc is-live=true freq=" + std::to_string(settings.tone_hz) +
                             " volume=0.5 samplesperbuffer=320";
    if (settings.mouth || settings.tone_hz > 0)
        text += (settings.mouth ? "appsrc name=mouth is-live=true format=time" : tone) +
                " ! audio/x-raw,format=S16LE,layout=interleaved,rate=16000,channels=1 ! "
                "opusenc frame-size=20 inband-fec=true ! rtpopuspay pt=111 ! application/x-rtp,media=audio,"
                "encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111 ! webrtc.sink_0 ";
    if (settings.picture)
        text +=
            "videotestsrc is-live=true pattern=ball ! "
            "video/x-raw,format=I420,width=320,height=240,framerate=15/1 ! openh264enc complexity=low ! "
            "h264parse ! video/x-h264,stream-format=byte-stream,alignment=au ! rtph264pay config-interval=-1 "
            "! "
            "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=102,"
            "packetization-mode=(string)1 ! webrtc.sink_1 ";
    return text;
}

}  // namespace

struct WebRtcPhone::State : std::enable_shared_from_this<State> {
    State(boost::asio::any_io_executor on, Settings with, Handlers to)
        : executor(std::move(on)), settings(std::move(with)), handlers(std::move(to)) {}

    void open();
    void close();
    void begin_mouth();
    void answer();
    void on_pad(GstPad* pad);
    void hear(GstBuffer* buffer);
    template <class Action>
    void post(Action action) {
        boost::asio::post(executor, [self = shared_from_this(), action = std::move(action)] {
            if (self->pipeline) action(*self);
        });
    }

    boost::asio::any_io_executor executor;
    Settings settings;
    Handlers handlers;
    Counters counters;
    Owned<GstElement> pipeline, webrtc;
    Owned<GstPad> picture_pad;  // where a key picture is asked for
    Owned<GstElement> mouth;    // under the mutex
    TimePoint base;             // of the pipeline's time
    mutable std::mutex mutex;
    std::vector<std::int16_t> ear;
};

namespace {

GstPadProbeReturn count(GstPad*, GstPadProbeInfo* info, gpointer counter) {
    const bool list = GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST;
    static_cast<std::atomic<std::uint64_t>*>(counter)->fetch_add(
        list ? gst_buffer_list_length(GST_PAD_PROBE_INFO_BUFFER_LIST(info)) : 1);
    return GST_PAD_PROBE_OK;
}

/// The first byte of an RTP packet says whether it has an extension.
GstPadProbeReturn look(GstPad*, GstPadProbeInfo* info, gpointer seen) {
    guint8 first = 0;
    gst_buffer_extract(GST_PAD_PROBE_INFO_BUFFER(info), 0, &first, 1);
    if (first & 0x10) static_cast<std::atomic<bool>*>(seen)->store(true);
    return GST_PAD_PROBE_OK;
}

GstFlowReturn on_sound(GstAppSink* sink, gpointer data) {
    const Owned<GstSample> sample(gst_app_sink_pull_sample(sink));
    if (!sample) return GST_FLOW_EOS;
    shared_of<WebRtcPhone::State>(data)->hear(gst_sample_get_buffer(sample.get()));
    return GST_FLOW_OK;
}

GstFlowReturn on_picture(GstAppSink* sink, gpointer data) {
    const Owned<GstSample> sample(gst_app_sink_pull_sample(sink));
    if (!sample) return GST_FLOW_EOS;
    auto& counters = shared_of<WebRtcPhone::State>(data)->counters;
    GstVideoInfo info;
    if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get()))) {
        counters.width = static_cast<unsigned>(info.width);
        counters.height = static_cast<unsigned>(info.height);
    }
    if (counters.pictures.fetch_add(1) == 0)
        counters.first_picture_ns =
            static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return GST_FLOW_OK;
}

std::string text_from(const GstStructure* reply, const char* name) {
    SessionDescription* description = nullptr;
    if (!reply || !gst_structure_get(reply, name, session_description_type(), &description, nullptr))
        return {};
    const Owned<gchar> text(gst_sdp_message_as_text(description->sdp));
    g_boxed_free(session_description_type(), description);
    return text.get();
}

template <class Use>
void with_text(gint type, const std::string& text, const Use& use) {
    GstSDPMessage* message = nullptr;
    gst_sdp_message_new(&message);
    gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(text.data()),
                                 static_cast<guint>(text.size()), message);
    SessionDescription description{type, message};
    use(&description);
    gst_sdp_message_free(message);
}

}  // namespace

void WebRtcPhone::State::open() {
    close();
    counters.connected = false;
    GError* error = nullptr;
    const std::string text = description_of(settings);
    GstElement* made = nullptr;
    if (settings.tone_hz > 0 || settings.mouth || settings.picture) {
        made = gst_parse_launch(text.c_str(), &error);
        const Owned<GError> owned(error);
        if (!made || error) throw std::runtime_error(error ? error->message : "phone");
        webrtc.reset(gst_bin_get_by_name(GST_BIN(made), "webrtc"));
    } else {
        made = gst_pipeline_new(nullptr);
        GstElement* const bin = gst_element_factory_make("webrtcbin", nullptr);
        gst_util_set_object_arg(G_OBJECT(bin), "bundle-policy", "max-bundle");
        gst_bin_add(GST_BIN(made), bin);
        webrtc.reset(static_cast<GstElement*>(gst_object_ref(bin)));
    }
    pipeline.reset(static_cast<GstElement*>(gst_object_ref_sink(made)));
    const auto ice = object_property<GObject>(webrtc.get(), "ice-agent");
    const auto agent = object_property<GObject>(ice.get(), "agent");
    g_object_set(agent.get(), "ice-tcp", FALSE, "upnp", FALSE, "stun-pacing-timer", 5u, nullptr);
    gboolean taken = FALSE;
    if (!settings.address.empty())
        g_signal_emit_by_name(ice.get(), "add-local-ip-address", settings.address.c_str(), &taken);
    connect_shared(webrtc.get(), "on-ice-candidate",
                   G_CALLBACK(+[](GstElement*, guint line, const gchar* candidate, gpointer data) {
                       shared_of<State>(data)->post([line, text = std::string(candidate)](State& self) {
                           self.handlers.candidate(text, line);
                       });
                   }),
                   shared_from_this());
    connect_shared(webrtc.get(), "pad-added", G_CALLBACK(+[](GstElement*, GstPad* pad, gpointer data) {
                       if (GST_PAD_IS_SRC(pad)) shared_of<State>(data)->on_pad(pad);
                   }),
                   shared_from_this());
    connect_shared(webrtc.get(), "notify::connection-state",
                   G_CALLBACK(+[](GObject* bin, GParamSpec*, gpointer data) {
                       if (enum_property(bin, "connection-state") == "connected")
                           shared_of<State>(data)->counters.connected = true;
                   }),
                   shared_from_this());
    if (settings.mouth) begin_mouth();
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
}

/// Our clock is the system's monotonic one, as GStreamer's is.
void WebRtcPhone::State::begin_mouth() {
    const Owned<GstClock> clock(gst_system_clock_obtain());
    gst_pipeline_use_clock(GST_PIPELINE(pipeline.get()), clock.get());
    gst_element_set_start_time(pipeline.get(), GST_CLOCK_TIME_NONE);
    const GstClockTime now = gst_clock_get_time(clock.get());
    gst_element_set_base_time(pipeline.get(), now);
    const std::lock_guard lock(mutex);
    base = TimePoint(std::chrono::nanoseconds(now));
    mouth.reset(gst_bin_get_by_name(GST_BIN(pipeline.get()), "mouth"));
}

void WebRtcPhone::State::close() {
    {
        const std::lock_guard lock(mutex);
        mouth.reset();
    }
    if (pipeline) gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    {
        const std::lock_guard lock(mutex);
        picture_pad.reset();
    }
    webrtc.reset();
    pipeline.reset();
}

void WebRtcPhone::State::answer() {
    auto described = [self = shared_from_this()](const GstStructure* reply) {
        self->post([text = text_from(reply, "answer")](State& state) {
            if (text.empty()) throw std::runtime_error("the phone could not answer");
            with_text(description_is_answer, text, [&](SessionDescription* description) {
                g_signal_emit_by_name(state.webrtc.get(), "set-local-description", description, nullptr);
            });
            state.handlers.answer(text);
        });
    };
    g_signal_emit_by_name(webrtc.get(), "create-answer", nullptr, promise(std::move(described)));
}

void WebRtcPhone::State::on_pad(GstPad* pad) {
    Owned<GstCaps> caps(gst_pad_get_current_caps(pad));
    if (!caps) caps.reset(gst_pad_query_caps(pad, nullptr));
    const std::string_view media = gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "media");
    const bool sound = media == "audio";
    const auto self = shared_from_this();
    add_probe(pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
              count,
              std::shared_ptr<std::atomic<std::uint64_t>>(
                  self, sound ? &counters.sound_packets : &counters.picture_packets));
    if (!sound)
        add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, look,
                  std::shared_ptr<std::atomic<bool>>(self, &counters.orientation));
    const char* const chain_text =
        sound ? "rtpopusdepay ! opusdec plc=true ! audio/x-raw,format=S16LE,rate=16000,channels=1 ! "
                "appsink name=end sync=false"
              : "rtph264depay ! h264parse ! openh264dec ! appsink name=end sync=false";
    GstElement* const chain = gst_parse_bin_from_description(chain_text, TRUE, nullptr);
    GstAppSinkCallbacks callbacks{};
    callbacks.new_sample = sound ? on_sound : on_picture;
    const Owned<GstElement> end(gst_bin_get_by_name(GST_BIN(chain), "end"));
    gst_app_sink_set_callbacks(GST_APP_SINK(end.get()), &callbacks, new std::shared_ptr<State>(self),
                               delete_shared<State>);
    gst_bin_add(GST_BIN(GST_OBJECT_PARENT(GST_OBJECT_PARENT(pad))), chain);
    gst_element_sync_state_with_parent(chain);
    const Owned<GstPad> sink(gst_element_get_static_pad(chain, "sink"));
    gst_pad_link(pad, sink.get());
    const std::lock_guard lock(mutex);
    if (!sound) picture_pad.reset(static_cast<GstPad*>(gst_object_ref(pad)));
}

void WebRtcPhone::State::hear(GstBuffer* buffer) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (counters.first_sound_ns == 0)
        counters.first_sound_ns = static_cast<std::uint64_t>(now.time_since_epoch().count());
    std::vector<std::int16_t> samples(gst_buffer_get_size(buffer) / 2);
    gst_buffer_extract(buffer, 0, samples.data(), samples.size() * 2);
    if (handlers.sound) handlers.sound(samples, now);
    const std::lock_guard lock(mutex);
    ear.insert(ear.end(), samples.begin(), samples.end());
    if (ear.size() > ear_samples) ear.erase(ear.begin(), ear.end() - ear_samples);
}

WebRtcPhone::WebRtcPhone(boost::asio::any_io_executor executor, Settings settings, Handlers handlers)
    : state_(std::make_shared<State>(std::move(executor), std::move(settings), std::move(handlers))) {}

WebRtcPhone::~WebRtcPhone() {
    state_->close();
}

void WebRtcPhone::take_offer(const std::string& sdp) {
    state_->open();
    auto set = [self = state_](const GstStructure*) { self->post([](State& state) { state.answer(); }); };
    with_text(description_is_offer, sdp, [&](SessionDescription* description) {
        g_signal_emit_by_name(state_->webrtc.get(), "set-remote-description", description,
                              promise(std::move(set)));
    });
}

void WebRtcPhone::take_candidate(const std::string& candidate, unsigned line) {
    if (state_->webrtc && !candidate.empty())
        g_signal_emit_by_name(state_->webrtc.get(), "add-ice-candidate", line, candidate.c_str());
}

void WebRtcPhone::ask_key_picture() {
    const std::lock_guard lock(state_->mutex);
    if (state_->picture_pad)
        gst_pad_send_event(state_->picture_pad.get(),
                           gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

void WebRtcPhone::say(std::span<const std::int16_t> samples, TimePoint stamp) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->mouth || stamp < state_->base) return;
    GstBuffer* const buffer = gst_buffer_new_memdup(samples.data(), samples.size_bytes());
    GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(stamp - state_->base).count());
    GST_BUFFER_DURATION(buffer) = 20 * GST_MSECOND;
    (void)gst_app_src_push_buffer(GST_APP_SRC(state_->mouth.get()), buffer);
}

void WebRtcPhone::hang_up() {
    state_->close();
}

const WebRtcPhone::Counters& WebRtcPhone::counters() const {
    return state_->counters;
}

double WebRtcPhone::loudness(double hz) const {
    const std::lock_guard lock(state_->mutex);
    if (state_->ear.empty()) return 0;
    double re = 0, im = 0;
    for (std::size_t i = 0; i < state_->ear.size(); ++i) {
        const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / 16000;
        re += state_->ear[i] * std::cos(phase);
        im += state_->ear[i] * std::sin(phase);
    }
    return 2 * std::hypot(re, im) / static_cast<double>(state_->ear.size()) / 32768;
}

void load_phone_plugins() {
    constexpr std::array<std::string_view, 5> needed{"audiotestsrc", "videotestsrc", "videoparsersbad",
                                                     "openh264", "videoconvertscale"};
    if (const auto loaded = load_plugins(needed); !loaded) throw std::runtime_error(loaded.error().text());
}

}  // namespace voip::test
