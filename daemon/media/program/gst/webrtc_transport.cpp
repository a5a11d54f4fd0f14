#include "daemon/media/program/gst/webrtc_transport.hpp"

#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include <boost/asio/post.hpp>
#include <random>
#include <thread>
#include <utility>

#include "daemon/media/program/gst/callback.hpp"
#include "daemon/media/program/gst/chains.hpp"
#include "daemon/media/program/gst/handshake.hpp"
#include "daemon/media/program/gst/ice.hpp"
#include "daemon/media/program/gst/shared.hpp"
#include "daemon/media/program/gst/signals.hpp"
#include "daemon/media/program/gst/webrtc_types.hpp"
#include "daemon/media/program/rtp_h264.hpp"
#include "daemon/media/program/sdp.hpp"

namespace voip::media::gst {
namespace {

std::uint32_t random_number() {
    std::random_device random;
    return static_cast<std::uint32_t>(random());
}

class WebrtcTransport final : public MediaTransport {
 public:
    WebrtcTransport(boost::asio::any_io_executor executor, Timers& timers, Handlers handlers, Log log)
        : executor_(std::move(executor)),
          log_(std::move(log)),
          shared_(std::make_shared<Shared>()),
          handshake_(timers, shared_, [this](bool matches) { on_judged(matches); }) {
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
        if (sound_.encoder)
            g_object_set(sound_.encoder, "packet-loss-percentage", static_cast<gint>(percent), nullptr);
    }
    TransportStats stats() override {
        auto stats = shared_->meters->read();
        stats.sound_concealed = shared_->receiver->concealed();
        return stats;
    }
    void close(std::function<void()> closed) override { cut(std::move(closed)); }

 private:
    Handlers intercept(Handlers handlers);
    Result<void> make_elements(const TransportSettings& settings);
    Result<void> play();
    void prime();
    void on_judged(bool matches);
    void lose(Error why);
    void cut(std::function<void()> closed);
    [[nodiscard]] GstClockTime running_time(TimePoint at) const noexcept;

    boost::asio::any_io_executor executor_;
    Log log_;
    std::shared_ptr<Shared> shared_;
    Handshake handshake_;
    std::function<void()> connected_;
    std::function<void(Error)> lost_;
    GstElement* pipeline_ = nullptr;  // owned until cut()
    GstElement* webrtc_ = nullptr;    // of the pipeline, as all that follow
    SoundChain sound_;
    GstElement* picture_ = nullptr;
    std::uint32_t sound_ssrc_, picture_ssrc_;
    std::optional<rtp::H264Packetizer> packetizer_;
    TimePoint base_{};
    std::string offer_;
    std::vector<std::string> mids_;
    bool told_lost_ = false;
};

/// Handlers that first keep what the transport itself needs of an event.
MediaTransport::Handlers WebrtcTransport::intercept(Handlers handlers) {
    connected_ = std::move(handlers.connected);
    lost_ = std::move(handlers.lost);
    handlers.offer = [this, tell = std::move(handlers.offer)](std::string sdp) {
        offer_ = sdp;
        if (const auto medias = sdp::parse(sdp))
            for (const auto& media : *medias) mids_.push_back(media.mid);
        tell(sdp::with_remb(std::move(sdp), picture_payload));
    };
    handlers.candidate = [this, tell = std::move(handlers.candidate)](std::string candidate, std::string,
                                                                      unsigned line) {
        tell(std::move(candidate), line < mids_.size() ? mids_[line] : std::string(), line);
    };
    handlers.connected = [this] { handshake_.on_connected(); };
    shared_->last_word = [this] { handshake_.on_last_word(); };
    handlers.lost = [this](Error why) { lose(std::move(why)); };
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
    watch_connection(pipeline_, webrtc_, shared_);
    if (auto ice = set_up_ice(webrtc_, settings, shared_, log_); !ice) return ice;
    if (auto made = make_elements(settings); !made) return made;
    return play();
}

Result<void> WebrtcTransport::make_elements(const TransportSettings& settings) {
    const Place place{pipeline_, webrtc_, settings, shared_};
    if (settings.send_sound || settings.receive_sound) {
        const auto sound = make_sound(place, sound_ssrc_);
        if (!sound) return sound.error();
        sound_ = *sound;
    }
    if (settings.send_picture || settings.receive_picture) {
        const auto picture = make_picture(place, picture_ssrc_);
        if (!picture) return picture.error();
        picture_ = *picture;
        packetizer_.emplace(picture_ssrc_, std::uint8_t{picture_payload},
                            static_cast<std::uint16_t>(random_number() & 0x7fff));
    }
    return {};
}

Result<void> WebrtcTransport::play() {
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

/// One frame of silence lets the encoder tell its format, without which no offer is made. It goes no further.
void WebrtcTransport::prime() {
    if (sound_.source) send_sound({}, base_);
}

GstClockTime WebrtcTransport::running_time(TimePoint at) const noexcept {
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(at - base_).count();
    return since > 0 ? static_cast<GstClockTime>(since) : 0;
}

void WebrtcTransport::send_sound(const hal::SoundFrame& frame, TimePoint stamp) {
    if (!sound_.source) return;
    const gsize bytes = sizeof(frame);
    GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, bytes, nullptr);
    gst_buffer_fill(buffer, 0, frame.data(), bytes);
    GST_BUFFER_PTS(buffer) = running_time(stamp);
    GST_BUFFER_DURATION(buffer) = 20 * GST_MSECOND;
    (void)gst_app_src_push_buffer(GST_APP_SRC(sound_.source),
                                  buffer);  // takes it over; refused while it stops
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
    auto judged = sdp::judge_answer(sdp::with_remb(offer_, picture_payload), answer);
    if (!judged) return later(judged.error());
    handshake_.expect(judged->algorithm, judged->fingerprint);
    GstSDPMessage* message = nullptr;
    const std::string text = sdp::without_remb(judged->sdp);
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

void WebrtcTransport::on_judged(bool matches) {
    if (told_lost_) return;
    shared_->may_send = matches;
    if (matches) return connected_();
    lose(fail(Errc::refused, "the certificate is not the one of the answer"));
}

void WebrtcTransport::lose(Error why) {
    if (std::exchange(told_lost_, true)) return;
    lost_(std::move(why));
}

void WebrtcTransport::cut(std::function<void()> closed) {
    shared_->outlet->close();
    handshake_.stop();
    if (!pipeline_) {
        if (closed) boost::asio::post(executor_, std::move(closed));
        return;
    }
    // Stopping joins GStreamer's threads, which may wait for the network: not on the loop.
    GstElement* const pipeline = std::exchange(pipeline_, nullptr);
    webrtc_ = picture_ = nullptr;
    sound_ = {};
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
