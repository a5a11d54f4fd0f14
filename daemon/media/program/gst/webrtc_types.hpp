#pragma once
#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include <string_view>

/// The little that is used of GStreamer's WebRTC types. Their header comes in a package that brings a
/// gigabyte of foreign development files (OpenCV, VTK), for one structure of two members; all else is reached
/// through GObject's own means: signals, properties, enumerations by their words.
namespace voip::media::gst {

/// GstWebRTCSessionDescription. @source gst/webrtc/rtcsessiondescription.h: the same since 1.14
struct SessionDescription {
    gint type;  ///< an enumerator of GstWebRTCSDPType
    GstSDPMessage* sdp;
};
[[nodiscard]] inline GType session_description_type() {
    return g_type_from_name("GstWebRTCSessionDescription");
}

/// Of GstWebRTCSDPType, whose words the library knows only after it has used one itself.
/// @source gst/webrtc/webrtc_fwd.h: the same since 1.14
inline constexpr gint description_is_offer = 1, description_is_answer = 3;

/// The word of an object's enumeration property ("connected"); empty when it has none.
[[nodiscard]] inline std::string_view enum_property(gpointer object, const char* name) {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(object), name, &value);
    std::string_view word;
    if (G_VALUE_HOLDS_ENUM(&value)) {
        auto* const enumeration = static_cast<GEnumClass*>(g_type_class_ref(G_VALUE_TYPE(&value)));
        const GEnumValue* const found = g_enum_get_value(enumeration, g_value_get_enum(&value));
        if (found) word = found->value_nick;  // static text of the type
        g_type_class_unref(enumeration);
    }
    g_value_unset(&value);
    return word;
}

}  // namespace voip::media::gst
