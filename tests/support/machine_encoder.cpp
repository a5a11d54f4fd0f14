#include "tests/support/machine_encoder.hpp"

#include <map>
#include <mutex>
#include <string>

#include "tests/support/catch.hpp"

namespace voip::test {
namespace {

constexpr const char* name = "v4l2h264enc";

MachineEncoder::Kind kind_now;
std::mutex mutex;  // settings come on any thread
std::map<std::string, int> controls;

struct Instance {
    GstBin parent;
    GstElement* encoder;
};
struct Class {
    GstBinClass parent;
};
gpointer parent_class;

GstElement* add(GstBin* bin, const char* element) {
    GstElement* const made = gst_element_factory_make(element, nullptr);
    REQUIRE(made);
    gst_bin_add(bin, made);
    return made;
}

void set_controls(Instance* self, const GstStructure* given) {
    const std::lock_guard lock(mutex);
    for (int i = 0; i < gst_structure_n_fields(given); ++i) {
        const gchar* const control = gst_structure_nth_field_name(given, static_cast<guint>(i));
        gint value = 0;
        if (gst_structure_get_int(given, control, &value)) controls[control] = value;
    }
    gint bits = 0;
    if (gst_structure_get_int(given, "video_bitrate", &bits))
        g_object_set(self->encoder, "bitrate", static_cast<guint>(bits), nullptr);
}

void set_property(GObject* object, guint, const GValue* value, GParamSpec*) {
    set_controls(reinterpret_cast<Instance*>(object), gst_value_get_structure(value));
}

gboolean send_event(GstElement* element, GstEvent* event) {
    return gst_element_send_event(reinterpret_cast<Instance*>(element)->encoder, event);
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange change) {
    if (change == GST_STATE_CHANGE_NULL_TO_READY && kind_now == MachineEncoder::Kind::does_not_start)
        return GST_STATE_CHANGE_FAILURE;
    return GST_ELEMENT_CLASS(parent_class)->change_state(element, change);
}

void class_init(gpointer made, gpointer) {
    parent_class = g_type_class_peek_parent(made);
    G_OBJECT_CLASS(made)->set_property = &set_property;
    GST_ELEMENT_CLASS(made)->send_event = &send_event;
    GST_ELEMENT_CLASS(made)->change_state = &change_state;
    g_object_class_install_property(
        G_OBJECT_CLASS(made), 1,
        g_param_spec_boxed("extra-controls", "", "", GST_TYPE_STRUCTURE, G_PARAM_WRITABLE));
    gst_element_class_set_static_metadata(GST_ELEMENT_CLASS(made), "Machine's H.264 encoder",
                                          "Codec/Encoder/Video/Hardware", "for tests", "none");
}

void instance_init(GTypeInstance* made, gpointer) {
    using Kind = MachineEncoder::Kind;
    auto* const self = reinterpret_cast<Instance*>(made);
    GstBin* const bin = GST_BIN(made);
    GstElement* const first = add(bin, kind_now == Kind::says_nothing ? "valve" : "identity");
    self->encoder = add(bin, "openh264enc");
    GstElement* const last = add(bin, "capssetter");  // a driver says which level it makes
    if (kind_now == Kind::says_nothing) g_object_set(first, "drop", TRUE, nullptr);
    if (kind_now == Kind::fails_after_3) g_object_set(first, "error-after", 4, nullptr);
    gst_util_set_object_arg(G_OBJECT(self->encoder), "rate-control", "bitrate");
    gst_util_set_object_arg(G_OBJECT(last), "caps",
                            kind_now == Kind::other_format
                                ? "video/x-h264,profile=(string)high,level=(string)3.1"
                                : "video/x-h264,level=(string)3.1");
    REQUIRE(gst_element_link_many(first, self->encoder, last, nullptr));
    const auto show = [&](GstElement* element, const char* pad) {
        GstPad* const inner = gst_element_get_static_pad(element, pad);
        gst_element_add_pad(GST_ELEMENT(made), gst_ghost_pad_new(pad, inner));
        gst_object_unref(inner);
    };
    show(first, "sink");
    show(last, "src");
}

GType type() {
    static const GType made =
        g_type_register_static_simple(GST_TYPE_BIN, "TestMachineEncoder", sizeof(Class), &class_init,
                                      sizeof(Instance), &instance_init, static_cast<GTypeFlags>(0));
    return made;
}

}  // namespace

MachineEncoder::MachineEncoder(Kind kind) {
    kind_now = kind;
    controls.clear();
    REQUIRE(gst_init_check(nullptr, nullptr, nullptr));
    REQUIRE(gst_element_register(nullptr, name, GST_RANK_NONE, type()));
    feature_ = gst_registry_lookup_feature(gst_registry_get(), name);
    REQUIRE(feature_);
}
MachineEncoder::~MachineEncoder() {
    gst_registry_remove_feature(gst_registry_get(), feature_);
    gst_object_unref(feature_);
}

int MachineEncoder::told(const char* control) {
    const std::lock_guard lock(mutex);
    const auto found = controls.find(control);
    return found == controls.end() ? -1 : found->second;
}

}  // namespace voip::test
