#include "tests/support/h264_clip.hpp"

#include <gst/app/gstappsink.h>

#include <stdexcept>
#include <string>

#include "daemon/media/program/gst/owned.hpp"

namespace voip::test {
namespace {

using media::gst::Owned;

Clip encode() {
    const std::string text =
        "videotestsrc num-buffers=30 pattern=ball ! "
        "video/x-raw,format=I420,width=320,height=240,framerate=15/1 ! "
        "openh264enc gop-size=15 complexity=low ! h264parse config-interval=-1 ! "
        "video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=end sync=false";
    GError* error = nullptr;
    const Owned<GstElement> pipeline(
        static_cast<GstElement*>(gst_object_ref_sink(gst_parse_launch(text.c_str(), &error))));
    if (error) throw std::runtime_error(error->message);
    const Owned<GstElement> end(gst_bin_get_by_name(GST_BIN(pipeline.get()), "end"));
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    Clip made;
    while (GstSample* const sample = gst_app_sink_pull_sample(GST_APP_SINK(end.get()))) {
        const Owned<GstSample> owned(sample);
        GstBuffer* const buffer = gst_sample_get_buffer(sample);
        auto& bytes = made.pictures.emplace_back(gst_buffer_get_size(buffer));
        gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
    }
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    if (made.pictures.size() != 30) throw std::runtime_error("the clip was not encoded");
    return made;
}

}  // namespace

hal::AccessUnit Clip::picture(std::size_t number, TimePoint captured) const {
    return {nullptr, pictures[number % pictures.size()], is_key(number), captured};
}

const Clip& clip() {
    static const Clip made = encode();
    return made;
}

}  // namespace voip::test
