#include "tests/support/h264_clip.hpp"

#include <gst/app/gstappsink.h>

#include <stdexcept>
#include <string>

#include "daemon/media/program/gst/owned.hpp"

namespace voip::test {
namespace {

using media::gst::Owned;

}  // namespace

std::vector<std::vector<std::byte>> encode_pictures(unsigned width, unsigned height, unsigned count,
                                                    const std::string& pattern) {
    const std::string text =
        "videotestsrc num-buffers=" + std::to_string(count) + " pattern=" + pattern +
        " ! video/x-raw,format=I420,width=" + std::to_string(width) + ",height=" + std::to_string(height) +
        ",framerate=15/1 ! "
        "openh264enc gop-size=15 bitrate=600000 complexity=low ! h264parse config-interval=-1 ! "
        "video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=end sync=false";
    GError* error = nullptr;
    const Owned<GstElement> pipeline(
        static_cast<GstElement*>(gst_object_ref_sink(gst_parse_launch(text.c_str(), &error))));
    if (error) throw std::runtime_error(error->message);
    const Owned<GstElement> end(gst_bin_get_by_name(GST_BIN(pipeline.get()), "end"));
    gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
    std::vector<std::vector<std::byte>> made;
    while (GstSample* const sample = gst_app_sink_pull_sample(GST_APP_SINK(end.get()))) {
        const Owned<GstSample> owned(sample);
        GstBuffer* const buffer = gst_sample_get_buffer(sample);
        auto& bytes = made.emplace_back(gst_buffer_get_size(buffer));
        gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
    }
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    if (made.size() != count) throw std::runtime_error("the clip was not encoded");
    return made;
}

hal::AccessUnit Clip::picture(std::size_t number, TimePoint captured) const {
    return {nullptr, pictures[number % pictures.size()], is_key(number), captured};
}

const Clip& clip() {
    static const Clip made{encode_pictures(Clip::width, Clip::height, 30)};
    return made;
}

}  // namespace voip::test
