#include "daemon/media/program/gst/shared.hpp"

#include <string_view>

#include "daemon/media/program/dtls_record.hpp"
#include "daemon/media/program/gst/callback.hpp"

namespace voip::media::gst {

namespace {

bool is_last_word(GstBuffer* datagram) {
    GstMapInfo map;
    if (!gst_buffer_map(datagram, &map, GST_MAP_READ)) return false;
    const bool last = changes_cipher({reinterpret_cast<const std::byte*>(map.data), map.size});
    gst_buffer_unmap(datagram, &map);
    return last;
}

/// Hands our last word to the network in the pad's place, and only then tells of it: a probe runs before its
/// buffer moves, and from the loop media would overtake it.
GstPadProbeReturn on_handshake(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
    GstBuffer* const datagram = GST_PAD_PROBE_INFO_BUFFER(info);
    const Owned<GstPad> peer(is_last_word(datagram) ? gst_pad_get_peer(pad) : nullptr);
    if (!peer) return GST_PAD_PROBE_OK;
    GST_PAD_PROBE_INFO_DATA(info) = nullptr;
    GST_PAD_PROBE_INFO_FLOW_RETURN(info) = gst_pad_chain(peer.get(), datagram);  // takes it over
    const auto shared = static_cast<Shared*>(data)->shared_from_this();
    shared->outlet->post([shared](const MediaTransport::Handlers&) { shared->last_word(); });
    return GST_PAD_PROBE_HANDLED;
}

}  // namespace

/// The certificate is asked of dtlsdec; dtlsenc sends what belongs to the handshake, from a thread of its
/// own.
void Shared::on_element(GstElement* element) {
    GstElementFactory* const factory = gst_element_get_factory(element);
    const std::string_view name = factory ? GST_OBJECT_NAME(factory) : "";
    if (name == "dtlsdec") {
        const std::lock_guard lock(mutex);
        dtls.emplace_back(GST_ELEMENT(gst_object_ref(element)));
    }
    if (name != "dtlsenc") return;
    const Owned<GstPad> pad(gst_element_get_static_pad(element, "src"));
    add_probe<Shared>(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_handshake, shared_from_this());
}

}  // namespace voip::media::gst
