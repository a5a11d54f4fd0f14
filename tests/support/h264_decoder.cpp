#include "tests/support/h264_decoder.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <cstring>
#include <string>

#include "tests/support/catch.hpp"

namespace voip::test {

struct H264Decoder::Pipeline {
    GstElement* whole = nullptr;
    GstElement* source = nullptr;
    GstElement* sink = nullptr;
};

H264Decoder::H264Decoder(unsigned width, unsigned height) : pipeline_(std::make_unique<Pipeline>()) {
    REQUIRE(gst_init_check(nullptr, nullptr, nullptr));
    std::string scaled = "video/x-raw,format=I420";
    if (width > 0) scaled += ",width=" + std::to_string(width) + ",height=" + std::to_string(height);
    const std::string words =
        "appsrc name=in format=time caps=video/x-h264,stream-format=byte-stream,alignment=au ! h264parse ! "
        "openh264dec ! videoconvert ! videoscale ! " +
        scaled + " ! appsink name=out sync=false";
    pipeline_->whole = gst_parse_launch(words.c_str(), nullptr);
    REQUIRE(pipeline_->whole);
    pipeline_->source = gst_bin_get_by_name(GST_BIN(pipeline_->whole), "in");
    pipeline_->sink = gst_bin_get_by_name(GST_BIN(pipeline_->whole), "out");
    gst_element_set_state(pipeline_->whole, GST_STATE_PLAYING);
}

H264Decoder::~H264Decoder() {
    gst_element_set_state(pipeline_->whole, GST_STATE_NULL);
    for (GstElement* element : {pipeline_->source, pipeline_->sink, pipeline_->whole})
        gst_object_unref(element);
}

std::optional<Decoded> H264Decoder::decode(std::span<const std::byte> access_unit) {
    GstBuffer* buffer = gst_buffer_new_memdup(access_unit.data(), access_unit.size());
    gst_app_src_push_buffer(GST_APP_SRC(pipeline_->source), buffer);
    GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(pipeline_->sink), 5 * GST_SECOND);
    if (!sample) return std::nullopt;
    GstVideoInfo info;
    GstVideoFrame frame;
    REQUIRE(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
    REQUIRE(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
    Decoded picture{static_cast<unsigned>(info.width), static_cast<unsigned>(info.height), {}};
    for (guint plane = 0; plane < 3; ++plane) {
        const std::size_t wide = picture.width / (plane == 0 ? 1 : 2);
        const auto* line = static_cast<const std::byte*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
        for (unsigned y = 0; y < picture.height / (plane == 0 ? 1 : 2); ++y) {
            picture.bytes.insert(picture.bytes.end(), line, line + wide);
            line += GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane);
        }
    }
    gst_video_frame_unmap(&frame);
    gst_sample_unref(sample);
    return picture;
}

}  // namespace voip::test
