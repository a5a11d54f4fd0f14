#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>

#include "core/error.hpp"

/// GStreamer's reference counts as owners.
namespace voip::hal::encode {

struct GstUnref {
    template <class Object>
    void operator()(Object* object) const {
        gst_object_unref(object);
    }
    void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
template <class Object>
using GstOwned = std::unique_ptr<Object, GstUnref>;

/// Initialises GStreamer; more than once is harmless.
[[nodiscard]] inline Result<void> start_gstreamer() {
    GError* error = nullptr;
    if (gst_init_check(nullptr, nullptr, &error)) return {};
    std::string why = error ? error->message : "no reason given";
    if (error) g_error_free(error);
    return fail(Errc::io, "GStreamer does not start: " + why);
}

}  // namespace voip::hal::encode
