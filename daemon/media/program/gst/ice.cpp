#include "daemon/media/program/gst/ice.hpp"

#include "daemon/media/program/gst/callback.hpp"

namespace voip::media::gst {
namespace {

constexpr guint check_gap_ms =
    5;  // between two checks of a connection's paths. @source RFC 8445, 14.2: the least

void watch_route(GObject* nice, const std::shared_ptr<Shared>& shared) {
    connect_shared<Shared>(
        nice, "new-selected-pair",
        G_CALLBACK(+[](GObject*, guint, guint, gchar* local, gchar* remote, gpointer data) {
            shared_of<Shared>(data)->meters->on_route(
                [&](IceRoute& route) { route.on_chosen(text_of(local), text_of(remote)); });
        }),
        shared);
}

void add_servers(GstElement* webrtc, const IcePlan& servers, const Log& log) {
    if (!servers.stun.empty()) g_object_set(webrtc, "stun-server", servers.stun.c_str(), nullptr);
    for (const std::string& turn : servers.turn) {
        gboolean taken = FALSE;
        g_signal_emit_by_name(webrtc, "add-turn-server", turn.c_str(), &taken);
        if (!taken) log.warning("a TURN server is not taken");  // its address is told with a credential
    }
    for (const std::string& why : servers.skipped) log.info("ICE server skipped", kv("why", why));
}

}  // namespace

Result<void> set_up_ice(GstElement* webrtc, const TransportSettings& settings,
                        const std::shared_ptr<Shared>& shared, const Log& log) {
    const auto agent = object_property<GObject>(webrtc, "ice-agent");
    if (!agent) return fail(Errc::io, "webrtcbin has no ICE agent");
    // UPnP and ICE over TCP cost a fifth of a second and bring candidates that nobody uses.
    if (const auto nice = object_property<GObject>(agent.get(), "agent")) {
        g_object_set(nice.get(), "ice-tcp", FALSE, "upnp", FALSE, "stun-pacing-timer", check_gap_ms, nullptr);
        watch_route(nice.get(), shared);
    }
    for (const std::string& address : settings.addresses) {
        gboolean taken = FALSE;
        g_signal_emit_by_name(agent.get(), "add-local-ip-address", address.c_str(), &taken);
        if (!taken) return fail(Errc::io, "media.addresses: " + address + " is not taken");
    }
    add_servers(webrtc, settings.ice, log);
    return {};
}

}  // namespace voip::media::gst
