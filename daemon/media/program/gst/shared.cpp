#include "daemon/media/program/gst/shared.hpp"

#include <string_view>

#include "daemon/media/program/dtls_record.hpp"
#include "daemon/media/program/gst/callback.hpp"

namespace voip::media::gst {

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
    add_probe<Shared>(
        pad.get(), GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad*, GstPadProbeInfo* info, gpointer data) {
            GstMapInfo map;
            GstBuffer* const datagram = GST_PAD_PROBE_INFO_BUFFER(info);
            if (!gst_buffer_map(datagram, &map, GST_MAP_READ)) return GST_PAD_PROBE_OK;
            const bool last = changes_cipher({reinterpret_cast<const std::byte*>(map.data), map.size});
            gst_buffer_unmap(datagram, &map);
            const auto shared = static_cast<Shared*>(data)->shared_from_this();
            if (last)
                shared->outlet->post([shared](const MediaTransport::Handlers&) { shared->last_word(); });
            return GST_PAD_PROBE_OK;
        },
        shared_from_this());
}

}  // namespace voip::media::gst
