#include "daemon/media/program/gst/webrtc_transport.hpp"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/video/video-event.h>

#include <boost/asio/post.hpp>
#include <random>
#include <thread>
#include <utility>

#include "daemon/media/program/gst/callback.hpp"
#include "daemon/media/program/gst/certificate.hpp"
#include "daemon/media/program/gst/meters.hpp"
#include "daemon/media/program/gst/outlet.hpp"
#include "daemon/media/program/gst/owned.hpp"
#include "daemon/media/program/gst/receiver.hpp"
#include "daemon/media/program/gst/shared.hpp"
#include "daemon/media/program/gst/webrtc_types.hpp"
#include "daemon/media/program/rtp_h264.hpp"
#include "daemon/media/program/sdp.hpp"

namespace voip::media::gst {
namespace {

constexpr Duration last_word_time = 50ms;  // much longer than a queue holds it
constexpr guint check_gap_ms =
    5;  // between two checks of a connection's paths. @source RFC 8445, 14.2: the least
constexpr guint sound_payload = 111, picture_payload = 102;
constexpr guint64 picture_queue_bytes = 1024 * 1024, sound_queue_bytes = 32000;  // one second of sound

/// Elements in a pipeline, the sound's chain and the picture's, both ending in webrtcbin.
struct Chain {
    GstElement* source = nullptr;  // owned by the pipeline
    GObject* transceiver = nullptr;
};

GstElement* add(GstElement* pipeline, const char* factory) {
    GstElement* const element = gst_element_factory_make(factory, nullptr);
    if (element) gst_bin_add(GST_BIN(pipeline), element);
    return element;
}

void set_word(gpointer object, const char* property, const char* word) {
    gst_util_set_object_arg(G_OBJECT(object), property, word);
}

void set_up_source(GstElement* source, GstCaps* caps, guint64 max_bytes) {
    g_object_set(source, "caps", caps, "is-live", TRUE, "do-timestamp", FALSE, "block", FALSE, "max-bytes",
                 max_bytes, nullptr);
    set_word(source, "format", "time");
    set_word(source, "leaky-type", "downstream");
    set_word(source, "stream-type", "stream");
}

/// The pad of webrtcbin that takes `caps`, linked behind `last`.
bool link_to(GstElement* webrtc, GstElement* last, GstCaps* caps, Chain& chain) {
    GstPadTemplate* const pattern =
        gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtc), "sink_%u");
    const Owned<GstPad> sink(gst_element_request_pad(webrtc, pattern, nullptr, caps));
    const Owned<GstPad> source(gst_element_get_static_pad(last, "src"));
    if (!sink || !source || gst_pad_link(source.get(), sink.get()) != GST_PAD_LINK_OK) return false;
    g_object_get(sink.get(), "transceiver", &chain.transceiver, nullptr);
    return chain.transceiver != nullptr;
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

std::uint32_t random_number() {
    std::random_device random;
    return static_cast<std::uint32_t>(random());
}

std::string with_remb(std::string sdp) {
    const std::string pli = "a=rtcp-fb:" + std::to_string(picture_payload) + " nack pli\r\n";
    const auto at = sdp.find(pli);
    if (at != std::string::npos)
        sdp.insert(at, "a=rtcp-fb:" + std::to_string(picture_payload) + " goog-remb\r\n");
    return sdp;
}

/// The library never asked for REMB, and would not know what to do with the word.
std::string without_remb(const std::string& sdp) {
    std::string kept;
    for (std::size_t at = 0; at < sdp.size();) {
        const auto end = std::min(sdp.find('\n', at), sdp.size() - 1) + 1;
        const std::string_view line(sdp.data() + at, end - at);
        if (!(line.starts_with("a=rtcp-fb:") && line.find("goog-remb") != std::string_view::npos))
            kept += line;
        at = end;
    }
    return kept;
}

class WebrtcTransport final : public MediaTransport {
 public:
    WebrtcTransport(boost::asio::any_io_executor executor, Timers& timers, Handlers handlers, Log log)
        : executor_(std::move(executor)),
          timers_(timers),
          log_(std::move(log)),
          shared_(std::make_shared<Shared>()) {
        sound_ssrc_ = random_number();
        picture_ssrc_ = random_number();
        auto own = intercept(std::move(handlers));
        shared_->outlet = std::make_shared<Outlet>(executor_, std::move(own));
        shared_->meters = std::make_shared<Meters>(sound_ssrc_, picture_ssrc_);
    }
    ~WebrtcTransport() override { cut({}); }

    Result<void> open(const TransportSettings& settings);

    void take_answer(std::string answer, std::function<void(Result<void>)> done) override;
    Result<void> take_candidate(std::string candidate, unsigned line) override;
    void send_sound(const hal::SoundFrame& frame, TimePoint stamp) override;
    void send_picture(const hal::AccessUnit& picture, unsigned rotation) override;
    void expect_loss(unsigned percent) override {
        if (opus_) g_object_set(opus_, "packet-loss-percentage", static_cast<gint>(percent), nullptr);
    }
    TransportStats stats() override {
        auto stats = shared_->meters->read();
        stats.sound_concealed = shared_->receiver->concealed();
        return stats;
    }
    void close(std::function<void()> closed) override { cut(std::move(closed)); }

 private:
    Handlers intercept(Handlers handlers);
    Result<void> make_ice(const TransportSettings& settings);
    void watch_route(GObject* nice);
    Result<void> make_sound(const TransportSettings& settings);
    Result<void> make_picture(const TransportSettings& settings);
    void watch();
    void prime();
    void on_handshake_done();
    void judge_certificate();
    void cut(std::function<void()> closed);
    [[nodiscard]] GstClockTime running_time(TimePoint at) const noexcept;

    boost::asio::any_io_executor executor_;
    Timers& timers_;
    Log log_;
    std::shared_ptr<Shared> shared_;
    std::function<void()> connected_;
    std::function<void(Error)> lost_;
    GstElement* pipeline_ = nullptr;  // owned until cut()
    GstElement* webrtc_ = nullptr;    // of the pipeline, as all that follow
    GstElement* opus_ = nullptr;
    GstElement* sound_ = nullptr;
    GstElement* picture_ = nullptr;
    std::uint32_t sound_ssrc_, picture_ssrc_;
    std::optional<rtp::H264Packetizer> packetizer_;
    TimePoint base_{};
    std::string offer_, algorithm_, fingerprint_;
    std::vector<std::string> mids_;
    bool told_connected_ = false, told_lost_ = false;
    bool handshake_done_ = false, last_word_left_ = false;  // of DTLS
    Timers::Id last_word_alarm_ = 0;
};

/// Handlers that first keep what the transport itself needs of an event.
MediaTransport::Handlers WebrtcTransport::intercept(Handlers handlers) {
    connected_ = std::move(handlers.connected);
    lost_ = std::move(handlers.lost);
    handlers.offer = [this, tell = std::move(handlers.offer)](std::string sdp) {
        offer_ = sdp;
        if (const auto medias = sdp::parse(sdp))
            for (const auto& media : *medias) mids_.push_back(media.mid);
        tell(with_remb(std::move(sdp)));
    };
    handlers.candidate = [this, tell = std::move(handlers.candidate)](std::string candidate, std::string,
                                                                      unsigned line) {
        tell(std::move(candidate), line < mids_.size() ? mids_[line] : std::string(), line);
    };
    handlers.connected = [this] { on_handshake_done(); };
    shared_->last_word = [this] {
        last_word_left_ = true;
        if (handshake_done_) judge_certificate();
    };
    handlers.lost = [this](Error why) {
        if (std::exchange(told_lost_, true)) return;
        lost_(std::move(why));
    };
    return handlers;
}

Result<void> WebrtcTransport::open(const TransportSettings& settings) {
    pipeline_ = gst_pipeline_new(nullptr);
    gst_object_ref_sink(pipeline_);
    webrtc_ = add(pipeline_, "webrtcbin");
    if (!webrtc_) return fail(Errc::io, "GStreamer's element webrtcbin cannot be made");
    set_word(webrtc_, "bundle-policy", "max-bundle");
    g_object_set(webrtc_, "latency", 100u, nullptr);  // how long a lost packet is waited for
    shared_->receiver = std::make_shared<Receiver>(
        shared_->outlet, shared_->meters, settings.receive_picture ? settings.display : std::string());
    shared_->meters->watch(webrtc_);
    shared_->receiver->watch(pipeline_, webrtc_);
    watch();
    if (auto ice = make_ice(settings); !ice) return ice;
    if (settings.send_sound || settings.receive_sound)
        if (auto sound = make_sound(settings); !sound) return sound;
    if (settings.send_picture || settings.receive_picture)
        if (auto picture = make_picture(settings); !picture) return picture;
    // Our clock is the system's monotonic one, as GStreamer's is: stamps need no translation but the base.
    const Owned<GstClock> clock(gst_system_clock_obtain());
    gst_pipeline_use_clock(GST_PIPELINE(pipeline_), clock.get());
    gst_element_set_start_time(pipeline_, GST_CLOCK_TIME_NONE);
    const GstClockTime now = gst_clock_get_time(clock.get());
    base_ = TimePoint(std::chrono::nanoseconds(now));
    gst_element_set_base_time(pipeline_, now);
    if (gst_element_set_state(pipeline_, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
        return fail(Errc::io, "the connection's pipeline does not start");
    prime();
    return {};
}

Result<void> WebrtcTransport::make_ice(const TransportSettings& settings) {
    const auto agent = object_property<GObject>(webrtc_, "ice-agent");
    if (!agent) return fail(Errc::io, "webrtcbin has no ICE agent");
    // UPnP and ICE over TCP cost a fifth of a second and bring candidates that nobody uses.
    if (const auto nice = object_property<GObject>(agent.get(), "agent")) {
        g_object_set(nice.get(), "ice-tcp", FALSE, "upnp", FALSE, "stun-pacing-timer", check_gap_ms, nullptr);
        watch_route(nice.get());
    }
    for (const std::string& address : settings.addresses) {
        gboolean taken = FALSE;
        g_signal_emit_by_name(agent.get(), "add-local-ip-address", address.c_str(), &taken);
        if (!taken) return fail(Errc::io, "media.addresses: " + address + " is not taken");
    }
    if (!settings.ice.stun.empty()) g_object_set(webrtc_, "stun-server", settings.ice.stun.c_str(), nullptr);
    for (const std::string& turn : settings.ice.turn) {
        gboolean taken = FALSE;
        g_signal_emit_by_name(webrtc_, "add-turn-server", turn.c_str(), &taken);
        if (!taken) log_.warning("a TURN server is not taken");  // its address is told with a credential
    }
    for (const std::string& why : settings.ice.skipped) log_.info("ICE server skipped", kv("why", why));
    return {};
}

void WebrtcTransport::watch_route(GObject* nice) {
    connect_shared<Shared>(
        nice, "new-selected-pair",
        G_CALLBACK(+[](GObject*, guint, guint, gchar* local, gchar* remote, gpointer data) {
            shared_of<Shared>(data)->meters->on_route(
                [&](IceRoute& route) { route.on_chosen(text_of(local), text_of(remote)); });
        }),
        shared_);
}

Result<void> WebrtcTransport::make_sound(const TransportSettings& settings) {
    sound_ = add(pipeline_, "appsrc");
    opus_ = add(pipeline_, "opusenc");
    GstElement* const pay = add(pipeline_, "rtpopuspay");
    GstElement* const filter = add(pipeline_, "capsfilter");
    if (!sound_ || !opus_ || !pay || !filter) return fail(Errc::io, "the elements of sound cannot be made");
    const Owned<GstCaps> pcm(gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout",
                                                 G_TYPE_STRING, "interleaved", "rate", G_TYPE_INT,
                                                 int{hal::sound_rate}, "channels", G_TYPE_INT, 1, nullptr));
    set_up_source(sound_, pcm.get(), sound_queue_bytes);
    g_object_set(opus_, "bitrate", 24000, "inband-fec", TRUE, "packet-loss-percentage", 5, "complexity", 5,
                 nullptr);
    set_word(opus_, "frame-size", "20");
    set_word(opus_, "audio-type", "voice");
    g_object_set(pay, "pt", sound_payload, "ssrc", guint{sound_ssrc_}, nullptr);
    const auto caps = sound_rtp_caps();
    g_object_set(filter, "caps", caps.get(), nullptr);
    Chain chain;
    if (!gst_element_link_many(sound_, opus_, pay, filter, nullptr) ||
        !link_to(webrtc_, filter, caps.get(), chain))
        return fail(Errc::io, "the elements of sound cannot be linked");
    const Owned<GstPad> payloads(gst_element_get_static_pad(pay, "src"));
    add_probe<Shared>(
        payloads.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo*, gpointer data) {
            return static_cast<Shared*>(data)->may_send ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
        },
        shared_);
    const Owned<GObject> transceiver(chain.transceiver);
    // Never with NACK: a browser refuses an offer whose sound has retransmission.
    set_word(transceiver.get(), "direction",
             !settings.receive_sound ? "sendonly"
             : !settings.send_sound  ? "recvonly"
                                     : "sendrecv");
    return {};
}

Result<void> WebrtcTransport::make_picture(const TransportSettings& settings) {
    picture_ = add(pipeline_, "appsrc");
    if (!picture_) return fail(Errc::io, "the elements of the picture cannot be made");
    const auto caps = picture_rtp_caps(picture_ssrc_);
    set_up_source(picture_, caps.get(), picture_queue_bytes);
    Chain chain;
    if (!link_to(webrtc_, picture_, caps.get(), chain))
        return fail(Errc::io, "the elements of the picture cannot be linked");
    const Owned<GObject> transceiver(chain.transceiver);
    g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
    set_word(transceiver.get(), "direction",
             !settings.receive_picture ? "sendonly"
             : !settings.send_picture  ? "recvonly"
                                       : "sendrecv");
    packetizer_.emplace(picture_ssrc_, std::uint8_t{picture_payload},
                        static_cast<std::uint16_t>(random_number() & 0x7fff));
    const Owned<GstPad> pad(gst_element_get_static_pad(picture_, "src"));
    add_probe<Shared>(
        pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
            if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info)))
                static_cast<Shared*>(data)->outlet->post(
                    [](const Handlers& handlers) { handlers.key_wanted(); });
            return GST_PAD_PROBE_OK;
        },
        shared_);
    return {};
}

void WebrtcTransport::watch() {
    connect_shared<Shared>(
        webrtc_, "on-negotiation-needed", G_CALLBACK(+[](GstElement* webrtc, gpointer data) {
            const auto shared = shared_of<Shared>(data);
            if (shared->offered.exchange(true)) return;
            const Owned<GstElement> owner(GST_ELEMENT(gst_object_ref(webrtc)));
            auto* const made = promise([shared, webrtc](const GstStructure* reply) {
                SessionDescription* description = nullptr;
                if (reply)
                    gst_structure_get(reply, "offer", session_description_type(), &description, nullptr);
                if (!description) {
                    shared->outlet->post([](const Handlers& handlers) {
                        handlers.lost(fail(Errc::io, "no offer could be made"));
                    });
                    return;
                }
                const Owned<gchar> text(gst_sdp_message_as_text(description->sdp));
                // In this order, so that no answer is there before: it would be refused. Nothing of it is
                // done before we return, candidates included.
                g_signal_emit_by_name(webrtc, "set-local-description", description, nullptr);
                g_boxed_free(session_description_type(), description);
                shared->outlet->post(
                    [sdp = text_of(text.get())](const Handlers& handlers) { handlers.offer(sdp); });
            });
            g_signal_emit_by_name(webrtc, "create-offer", nullptr, made);
        }),
        shared_);
    connect_shared<Shared>(
        webrtc_, "on-ice-candidate",
        G_CALLBACK(+[](GstElement*, guint line, gchar* candidate, gpointer data) {
            const auto shared = shared_of<Shared>(data);
            shared->meters->on_route([&](IceRoute& route) { route.on_local(text_of(candidate)); });
            shared->outlet->post([line, text = text_of(candidate)](const Handlers& handlers) {
                handlers.candidate(text, {}, line);
            });
        }),
        shared_);
    connect_shared<Shared>(webrtc_, "notify::ice-gathering-state",
                           G_CALLBACK(+[](GstElement* webrtc, GParamSpec*, gpointer data) {
                               if (enum_property(webrtc, "ice-gathering-state") != "complete") return;
                               shared_of<Shared>(data)->outlet->post(
                                   [](const Handlers& handlers) { handlers.candidate({}, {}, 0); });
                           }),
                           shared_);
    connect_shared<Shared>(
        webrtc_, "notify::connection-state", G_CALLBACK(+[](GstElement* webrtc, GParamSpec*, gpointer data) {
            const auto shared = shared_of<Shared>(data);
            const auto state = enum_property(webrtc, "connection-state");
            if (state == "connected")
                shared->outlet->post([](const Handlers& handlers) { handlers.connected(); });
            if (state == "failed" || state == "closed")
                shared->outlet->post([](const Handlers& handlers) {
                    handlers.lost(fail(Errc::io, "the other side could not be reached"));
                });
        }),
        shared_);
    connect_shared<Shared>(webrtc_, "deep-element-added",
                           G_CALLBACK(+[](GstElement*, GstElement*, GstElement* element, gpointer data) {
                               shared_of<Shared>(data)->on_element(element);
                           }),
                           shared_);
    const Owned<GstBus> bus(gst_element_get_bus(pipeline_));
    gst_bus_set_sync_handler(
        bus.get(),
        [](GstBus*, GstMessage* message, gpointer data) {
            if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
                GError* error = nullptr;
                gst_message_parse_error(message, &error, nullptr);
                const Owned<GError> owned(error);
                shared_of<Shared>(data)->outlet->post(
                    [text = std::string(error ? error->message : "failed")](const Handlers& handlers) {
                        handlers.lost(fail(Errc::io, text));
                    });
            }
            gst_message_unref(message);
            return GST_BUS_DROP;
        },
        new std::shared_ptr<Shared>(shared_), delete_shared<Shared>);
}

/// One frame of silence lets the encoder tell its format, without which no offer is made. It goes no further.
void WebrtcTransport::prime() {
    if (sound_) send_sound({}, base_);
}

GstClockTime WebrtcTransport::running_time(TimePoint at) const noexcept {
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(at - base_).count();
    return since > 0 ? static_cast<GstClockTime>(since) : 0;
}

void WebrtcTransport::send_sound(const hal::SoundFrame& frame, TimePoint stamp) {
    if (!sound_) return;
    const gsize bytes = sizeof(frame);
    GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
    gst_buffer_fill(buffer, 0, frame.data(), bytes);
    GST_BUFFER_PTS(buffer) = running_time(stamp);
    GST_BUFFER_DURATION(buffer) = 20 * GST_MSECOND;
    (void)gst_app_src_push_buffer(GST_APP_SRC(sound_), buffer);  // takes it over; refused while it stops
}

void WebrtcTransport::send_picture(const hal::AccessUnit& picture, unsigned rotation) {
    if (!picture_ || !packetizer_) return;
    const GstClockTime time = running_time(picture.captured);
    const auto ticks = static_cast<std::uint32_t>(gst_util_uint64_scale(time, rtp::video_clock, GST_SECOND));
    GstBufferList* const list = gst_buffer_list_new();
    for (const auto& packet : packetizer_->packets(picture.bytes, ticks, rotation)) {
        GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, packet.size(), nullptr);
        gst_buffer_fill(buffer, 0, packet.data(), packet.size());
        GST_BUFFER_PTS(buffer) = time;
        gst_buffer_list_add(list, buffer);
    }
    (void)gst_app_src_push_buffer_list(GST_APP_SRC(picture_), list);
}

void WebrtcTransport::take_answer(std::string answer, std::function<void(Result<void>)> done) {
    const auto later = [this, done](Result<void> result) {
        shared_->outlet->post([done, result](const Handlers&) { done(result); });
    };
    if (!pipeline_ || offer_.empty()) return later(fail(Errc::bad_message, "there is no offer to answer"));
    auto judged = sdp::judge_answer(with_remb(offer_), answer);
    if (!judged) return later(judged.error());
    algorithm_ = judged->algorithm;
    fingerprint_ = judged->fingerprint;
    GstSDPMessage* message = nullptr;
    const std::string text = without_remb(judged->sdp);
    if (gst_sdp_message_new_from_text(text.c_str(), &message) != GST_SDP_OK)
        return later(fail(Errc::bad_message, "the answer is no session description"));
    SessionDescription description{description_is_answer, message};
    auto* const set = promise([shared = shared_, done](const GstStructure* reply) {
        const bool refused = reply && gst_structure_has_field(reply, "error");
        shared->outlet->post([done, refused](const Handlers&) {
            done(refused ? Result<void>(fail(Errc::bad_message, "the answer does not fit the offer"))
                         : Result<void>());
        });
    });
    g_signal_emit_by_name(webrtc_, "set-remote-description", &description, set);
    gst_sdp_message_free(message);
}

Result<void> WebrtcTransport::take_candidate(std::string candidate, unsigned line) {
    const auto use = sdp::judge_candidate(candidate);
    if (!use) return use.error();
    if (*use == sdp::CandidateUse::skip || !webrtc_) return {};
    if (line >= mids_.size()) return fail(Errc::bad_message, "sdpMLineIndex: the offer has no such line");
    shared_->meters->on_route([&](IceRoute& route) { route.on_remote(candidate); });
    g_signal_emit_by_name(webrtc_, "add-ice-candidate", guint{line}, candidate.c_str());
    return {};
}

/// The library calls it connected when the other side's last word has come, while ours may still stand in a
/// queue: media that overtook it could not be deciphered, and the first key picture would be lost.
void WebrtcTransport::on_handshake_done() {
    if (std::exchange(handshake_done_, true)) return;
    if (last_word_left_) return judge_certificate();
    last_word_alarm_ = timers_.call_at(timers_.now() + last_word_time, [this] {
        last_word_alarm_ = 0;
        judge_certificate();
    });
}

/// The library does not compare the certificate with the description; without this whoever sits on the way
/// could put himself in between.
void WebrtcTransport::judge_certificate() {
    timers_.cancel(std::exchange(last_word_alarm_, 0));
    if (std::exchange(told_connected_, true) || told_lost_) return;
    bool matches = false;
    {
        const std::lock_guard lock(shared_->mutex);
        for (const auto& dtls : shared_->dtls) {
            const std::string pem = text_property(dtls.get(), "peer-pem");
            if (pem.empty()) continue;
            matches = fingerprint_of(pem, algorithm_) == fingerprint_;
            if (!matches) break;
        }
    }
    shared_->may_send = matches;
    if (matches) return connected_();
    told_lost_ = true;
    lost_(fail(Errc::refused, "the certificate is not the one of the answer"));
}

void WebrtcTransport::cut(std::function<void()> closed) {
    shared_->outlet->close();
    timers_.cancel(std::exchange(last_word_alarm_, 0));
    if (!pipeline_) {
        if (closed) boost::asio::post(executor_, std::move(closed));
        return;
    }
    // Stopping joins GStreamer's threads, which may wait for the network: not on the loop.
    GstElement* const pipeline = std::exchange(pipeline_, nullptr);
    webrtc_ = opus_ = sound_ = picture_ = nullptr;
    std::thread([pipeline, shared = shared_, executor = executor_, closed = std::move(closed)]() mutable {
        gst_element_set_state(pipeline, GST_STATE_NULL);
        shared->meters->release();
        {
            const std::lock_guard lock(shared->mutex);
            shared->dtls.clear();
        }
        gst_object_unref(pipeline);
        if (closed) boost::asio::post(executor, std::move(closed));
    }).detach();
}

}  // namespace

Result<std::unique_ptr<MediaTransport>> open_webrtc(boost::asio::any_io_executor executor, Timers& timers,
                                                    const TransportSettings& settings,
                                                    MediaTransport::Handlers handlers, Log log) {
    auto transport =
        std::make_unique<WebrtcTransport>(std::move(executor), timers, std::move(handlers), std::move(log));
    if (auto opened = transport->open(settings); !opened) return opened.error();
    return Result<std::unique_ptr<MediaTransport>>(std::unique_ptr<MediaTransport>(std::move(transport)));
}

}  // namespace voip::media::gst
