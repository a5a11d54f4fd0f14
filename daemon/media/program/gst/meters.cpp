#include "daemon/media/program/gst/meters.hpp"

#include <gst/rtp/gstrtcpbuffer.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/media/program/gst/callback.hpp"
#include "daemon/media/program/remb.hpp"
#include "daemon/media/program/rtp_h264.hpp"

namespace voip::media::gst {
namespace {

std::string_view factory_of(GstElement* element) {
    GstElementFactory* const factory = gst_element_get_factory(element);
    const gchar* const name = factory ? GST_OBJECT_NAME(factory) : nullptr;
    return name ? name : "";
}

GstPadProbeReturn count_bytes(GstPad*, GstPadProbeInfo* info, gpointer counter) {
    auto& bytes = *static_cast<std::atomic<std::uint64_t>*>(counter);
    if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER)
        bytes.fetch_add(gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info)));
    if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST)
        bytes.fetch_add(gst_buffer_list_calculate_size(GST_PAD_PROBE_INFO_BUFFER_LIST(info)));
    return GST_PAD_PROBE_OK;
}

template <class Use>
void each_block(GstRTCPPacket& packet, const Use& use) {
    for (guint i = 0; i < gst_rtcp_packet_get_rb_count(&packet); ++i) {
        guint32 ssrc = 0, highest = 0, jitter = 0, lsr = 0, dlsr = 0;
        guint8 fraction = 0;
        gint32 lost = 0;
        gst_rtcp_packet_get_rb(&packet, i, &ssrc, &fraction, &lost, &highest, &jitter, &lsr, &dlsr);
        use(ssrc, fraction / 256.0);
    }
}

std::optional<unsigned> remb_of(GstRTCPPacket& packet) {
    if (gst_rtcp_packet_fb_get_type(&packet) != GST_RTCP_PSFB_TYPE_AFB) return std::nullopt;
    const std::size_t words = gst_rtcp_packet_fb_get_fci_length(&packet);
    const auto* const bytes = reinterpret_cast<const std::byte*>(gst_rtcp_packet_fb_get_fci(&packet));
    return bytes ? rtp::remb_kbps({bytes, words * 4}) : std::nullopt;
}

template <class T>
std::optional<T> field(const GstStructure* from, const char* name,
                       gboolean (*get)(const GstStructure*, const gchar*, T*)) {
    T value{};
    return get(from, name, &value) ? std::optional<T>(value) : std::nullopt;
}

}  // namespace

void Meters::watch(GstElement* webrtc) {
    connect_shared(webrtc, "deep-element-added", G_CALLBACK(on_element), shared_from_this());
}

void Meters::on_element(GstElement*, GstElement*, GstElement* element, gpointer data) {
    Meters& self = *shared_of<Meters>(data);
    if (factory_of(element) == "nicesrc") {
        GstPad* const pad = gst_element_get_static_pad(element, "src");
        add_probe(
            pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
            count_bytes, std::shared_ptr<std::atomic<std::uint64_t>>(self.shared_from_this(), &self.bytes_));
        gst_object_unref(pad);
    }
    if (factory_of(element) == "rtpsession") {
        auto session = object_property<GObject>(element, "internal-session");
        if (!session) return;
        connect_shared(session.get(), "on-receiving-rtcp", G_CALLBACK(on_rtcp), self.shared_from_this());
        const std::lock_guard lock(self.mutex_);
        self.session_ = std::move(session);
    }
}

void Meters::on_rtcp(GObject*, GstBuffer* buffer, gpointer data) {
    Meters& self = *shared_of<Meters>(data);
    GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
    if (!gst_rtcp_buffer_map(buffer, GST_MAP_READ, &rtcp)) return;
    const std::lock_guard lock(self.mutex_);
    const auto take = [&](guint32 ssrc, double loss) {
        if (ssrc == self.sound_ssrc_) self.reports_.sound_loss = loss;
        if (ssrc == self.picture_ssrc_) self.reports_.picture_loss = loss;
    };
    GstRTCPPacket packet;
    for (gboolean more = gst_rtcp_buffer_get_first_packet(&rtcp, &packet); more;
         more = gst_rtcp_packet_move_to_next(&packet)) {
        const GstRTCPType type = gst_rtcp_packet_get_type(&packet);
        if (type == GST_RTCP_TYPE_SR || type == GST_RTCP_TYPE_RR) each_block(packet, take);
        if (type == GST_RTCP_TYPE_PSFB)
            if (const auto remb = remb_of(packet)) self.reports_.remb_kbps = remb;
    }
    gst_rtcp_buffer_unmap(&rtcp);
}

void Meters::on_route(const std::function<void(IceRoute&)>& tell) {
    const std::lock_guard lock(mutex_);
    tell(route_);
}

void Meters::release() {
    Owned<GObject> session;
    const std::lock_guard lock(mutex_);
    session = std::exchange(session_, nullptr);
}

TransportStats Meters::read() {
    TransportStats stats;
    stats.bytes_received = bytes_.load();
    stats.pictures_received = pictures_.load();
    stats.sound_received = Duration(sound_.load());
    stats.sound_concealed = Duration(concealed_.load());
    const std::lock_guard lock(mutex_);
    if (reports_.sound_loss || reports_.picture_loss)
        stats.loss = std::max(reports_.sound_loss.value_or(0), reports_.picture_loss.value_or(0));
    stats.picture_loss = reports_.picture_loss;
    stats.remb_kbps = std::exchange(reports_.remb_kbps, std::nullopt);
    stats.relayed = route_.relayed();
    if (session_) read_session(stats);
    return stats;
}

void Meters::read_session(TransportStats& stats) {
    GstStructure* structure = nullptr;
    g_object_get(session_.get(), "stats", &structure, nullptr);
    const Owned<GstStructure> owned(structure);
    if (!owned) return;
    const GValue* const sources = gst_structure_get_value(owned.get(), "source-stats");
    if (!sources) return;
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS  // GValueArray is what the library gives
        const auto* const array = static_cast<GValueArray*>(g_value_get_boxed(sources));
    for (guint i = 0; array && i < array->n_values; ++i)
        if (const GstStructure* const source = gst_value_get_structure(&array->values[i]))
            read_source(source, stats);
    G_GNUC_END_IGNORE_DEPRECATIONS
}

void Meters::read_source(const GstStructure* source, TransportStats& stats) {
    const bool ours = field(source, "internal", gst_structure_get_boolean).value_or(FALSE);
    const auto ssrc = field(source, "ssrc", gst_structure_get_uint).value_or(0);
    const auto sent = field(source, "octets-sent", gst_structure_get_uint64).value_or(0);
    const auto received = field(source, "octets-received", gst_structure_get_uint64).value_or(0);
    if (ours && ssrc == sound_ssrc_) stats.sound_bytes_sent += sent;
    if (ours && ssrc != sound_ssrc_) stats.picture_bytes_sent += sent;  // what is sent again as well
    if (ours) return;
    const auto clock_rate = field(source, "clock-rate", gst_structure_get_int).value_or(-1);
    if (clock_rate == static_cast<gint>(rtp::video_clock))
        stats.picture_bytes_received += received;
    else
        stats.sound_bytes_received += received;
    const auto jitter = field(source, "jitter", gst_structure_get_uint);
    const bool sends = field(source, "is-sender", gst_structure_get_boolean).value_or(FALSE);
    if (jitter && clock_rate > 0 && sends)
        stats.jitter = std::max(stats.jitter.value_or(Duration{}),
                                from_seconds(static_cast<double>(*jitter) / clock_rate));
    const bool reports = field(source, "have-rb", gst_structure_get_boolean).value_or(FALSE);
    const auto round_trip = field(source, "rb-round-trip", gst_structure_get_uint);
    if (reports && round_trip && *round_trip > 0) stats.round_trip = from_seconds(*round_trip / 65536.0);
}

}  // namespace voip::media::gst
