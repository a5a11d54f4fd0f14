#include "daemon/media/program/gst/signals.hpp"

#include "daemon/media/program/gst/callback.hpp"
#include "daemon/media/program/gst/webrtc_types.hpp"

// All of these run on threads of GStreamer's.
namespace voip::media::gst {
namespace {

using Handlers = MediaTransport::Handlers;

void tell_lost(const std::shared_ptr<Shared>& shared, std::string why) {
    shared->outlet->post(
        [why = std::move(why)](const Handlers& handlers) { handlers.lost(fail(Errc::io, why)); });
}

void on_offer(const std::shared_ptr<Shared>& shared, GstElement* webrtc, const GstStructure* reply) {
    SessionDescription* description = nullptr;
    if (reply) gst_structure_get(reply, "offer", session_description_type(), &description, nullptr);
    if (!description) return tell_lost(shared, "no offer could be made");
    const Owned<gchar> text(gst_sdp_message_as_text(description->sdp));
    // In this order, so that no answer is there before: it would be refused. Nothing of it is done before we
    // return, candidates included.
    g_signal_emit_by_name(webrtc, "set-local-description", description, nullptr);
    g_boxed_free(session_description_type(), description);
    shared->outlet->post([sdp = text_of(text.get())](const Handlers& handlers) { handlers.offer(sdp); });
}

void on_negotiation_needed(GstElement* webrtc, gpointer data) {
    const auto shared = shared_of<Shared>(data);
    if (shared->offered.exchange(true)) return;
    auto* const made =
        promise([shared, webrtc](const GstStructure* reply) { on_offer(shared, webrtc, reply); });
    g_signal_emit_by_name(webrtc, "create-offer", nullptr, made);
}

void on_candidate(GstElement*, guint line, gchar* candidate, gpointer data) {
    const auto shared = shared_of<Shared>(data);
    shared->meters->on_route([&](IceRoute& route) { route.on_local(text_of(candidate)); });
    shared->outlet->post(
        [line, text = text_of(candidate)](const Handlers& handlers) { handlers.candidate(text, {}, line); });
}

void on_gathering(GstElement* webrtc, GParamSpec*, gpointer data) {
    if (enum_property(webrtc, "ice-gathering-state") != "complete") return;
    shared_of<Shared>(data)->outlet->post([](const Handlers& handlers) { handlers.candidate({}, {}, 0); });
}

void on_connection(GstElement* webrtc, GParamSpec*, gpointer data) {
    const auto shared = shared_of<Shared>(data);
    const auto state = enum_property(webrtc, "connection-state");
    if (state == "connected") shared->outlet->post([](const Handlers& handlers) { handlers.connected(); });
    if (state == "failed" || state == "closed") tell_lost(shared, "the other side could not be reached");
}

void on_element(GstElement*, GstElement*, GstElement* element, gpointer data) {
    shared_of<Shared>(data)->on_element(element);
}

GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer data) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        GError* error = nullptr;
        gst_message_parse_error(message, &error, nullptr);
        const Owned<GError> owned(error);
        tell_lost(shared_of<Shared>(data), error ? error->message : "failed");
    }
    gst_message_unref(message);
    return GST_BUS_DROP;
}

}  // namespace

void watch_connection(GstElement* pipeline, GstElement* webrtc, const std::shared_ptr<Shared>& shared) {
    connect_shared<Shared>(webrtc, "on-negotiation-needed", G_CALLBACK(on_negotiation_needed), shared);
    connect_shared<Shared>(webrtc, "on-ice-candidate", G_CALLBACK(on_candidate), shared);
    connect_shared<Shared>(webrtc, "notify::ice-gathering-state", G_CALLBACK(on_gathering), shared);
    connect_shared<Shared>(webrtc, "notify::connection-state", G_CALLBACK(on_connection), shared);
    connect_shared<Shared>(webrtc, "deep-element-added", G_CALLBACK(on_element), shared);
    const Owned<GstBus> bus(gst_element_get_bus(pipeline));
    gst_bus_set_sync_handler(bus.get(), on_message, new std::shared_ptr<Shared>(shared),
                             delete_shared<Shared>);
}

}  // namespace voip::media::gst
