#pragma once
#include <gst/gst.h>

#include <memory>
#include <string>

/// GLib's and GStreamer's counted and allocated things as owners.
namespace voip::media::gst {

struct Release {
    void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
    void operator()(GstSample* sample) const { gst_sample_unref(sample); }
    void operator()(GstStructure* structure) const { gst_structure_free(structure); }
    void operator()(GError* error) const { g_error_free(error); }
    void operator()(gchar* text) const { g_free(text); }
    template <class Object>
    void operator()(Object* object) const {
        g_object_unref(object);
    }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

[[nodiscard]] inline std::string text_of(const gchar* text) {
    return text ? text : "";
}

/// A property that holds an object; a reference of our own, null when there is none.
template <class Object>
[[nodiscard]] Owned<Object> object_property(gpointer owner, const char* name) {
    Object* object = nullptr;
    g_object_get(owner, name, &object, nullptr);
    return Owned<Object>(object);
}
[[nodiscard]] inline std::string text_property(gpointer owner, const char* name) {
    gchar* text = nullptr;
    g_object_get(owner, name, &text, nullptr);
    const Owned<gchar> owned(text);
    return text_of(text);
}

}  // namespace voip::media::gst
