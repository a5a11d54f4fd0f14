#include "daemon/media/program/gst/library.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "daemon/media/program/gst/dtls_setup.hpp"
#include "daemon/media/program/gst/owned.hpp"

namespace voip::media::gst {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 9> for_calls{"coreelements", "app", "nice", "dtls",  "srtp",
                                                    "rtpmanager",   "rtp", "opus", "webrtc"};

// A sink's plugin and what stands before it; the first three are for every display.
constexpr std::array<std::string_view, 2> for_fake{"videoparsersbad", "openh264"};
constexpr std::array<std::string_view, 4> for_kms{"videoparsersbad", "openh264", "videoconvertscale", "kms"};
constexpr std::array<std::string_view, 4> for_wayland{"videoparsersbad", "openh264", "videoconvertscale",
                                                      "waylandsink"};
constexpr std::array<std::string_view, 4> for_fb{"videoparsersbad", "openh264", "videoconvertscale",
                                                 "fbdevsink"};
constexpr std::array<std::string_view, 4> for_x{"videoparsersbad", "openh264", "videoconvertscale",
                                                "ximagesink"};
constexpr std::array<std::string_view, 4> for_xv{"videoparsersbad", "openh264", "videoconvertscale",
                                                 "xvimagesink"};
constexpr std::array<std::string_view, 4> for_gl{"videoparsersbad", "openh264", "videoconvertscale",
                                                 "opengl"};

// The machine's encoder is replaced by the processor's when it fails: what that needs comes first.
constexpr std::array<std::string_view, 5> for_encoders{"openh264", "videoconvertscale", "jpeg",
                                                       "videoparsersbad", "video4linux2"};
constexpr std::size_t for_processor = 3;

struct Display {
    std::string_view sink;
    Names plugins;
};
constexpr std::array<Display, 7> displays{{{"fake", for_fake},
                                           {"fbdevsink", for_fb},
                                           {"glimagesink", for_gl},
                                           {"kmssink", for_kms},
                                           {"waylandsink", for_wayland},
                                           {"ximagesink", for_x},
                                           {"xvimagesink", for_xv}}};

std::string path_of(std::string_view plugin) {
    return std::string(WMPF_GST_PLUGINS "/libgst").append(plugin).append(".so");
}

Result<void> load_plugin(std::string_view name) {
    const std::string path = path_of(name);
    GError* error = nullptr;
    GstPlugin* const plugin = gst_plugin_load_file(path.c_str(), &error);
    const Owned<GError> owned(error);
    if (!plugin) return fail(Errc::not_found, path + ": " + (error ? error->message : "not a plugin"));
    gst_object_unref(plugin);  // the registry keeps its own reference
    return {};
}

}  // namespace

Result<void> start_library() {
    // Before the first thread: setenv() and getenv() do not mix with others.
    ::setenv("GST_REGISTRY_DISABLE", "yes", 1);
    ::setenv("GST_REGISTRY_FORK", "no", 1);
    GError* error = nullptr;
    const bool started = gst_init_check(nullptr, nullptr, &error);
    const Owned<GError> owned(error);
    if (!started) return fail(Errc::io, error ? error->message : "GStreamer does not start");
    return {};
}

Names call_plugins() noexcept {
    return for_calls;
}

Names display_plugins(std::string_view display) noexcept {
    const auto* const found = std::find_if(displays.begin(), displays.end(),
                                           [&](const Display& each) { return each.sink == display; });
    return found == displays.end() ? Names() : found->plugins;
}

Names encoder_plugins(hal::Encoding encoding) noexcept {
    switch (encoding) {
        case hal::Encoding::camera: return {};
        case hal::Encoding::processor: return Names(for_encoders).first(for_processor);
        case hal::Encoding::machine: break;
    }
    return for_encoders;
}

Result<void> load_plugins(Names names) {
    for (const auto name : names)
        if (const auto loaded = load_plugin(name); !loaded) return loaded.error();
    if (std::ranges::find(names, "dtls") != names.end()) (void)set_up_handshake();
    return {};
}

bool set_up_handshake() {
    return set_up_dtls(path_of("dtls").c_str());
}

void try_plugins(Names names) {
    for (const auto name : names) (void)load_plugin(name);
}

Result<void> make_key() {
    // The first DTLS element makes it, and all later ones share it.
    GstElement* const element = gst_element_factory_make("dtlsdec", nullptr);
    if (!element) return fail(Errc::not_found, "GStreamer's element dtlsdec");
    gst_object_ref_sink(element);
    const bool made = !text_property(element, "pem").empty();
    gst_object_unref(element);
    if (!made) return fail(Errc::io, "no key could be made");
    return {};
}

}  // namespace voip::media::gst
