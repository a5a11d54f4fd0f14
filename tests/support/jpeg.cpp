#include "tests/support/jpeg.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include <stdexcept>
#include <string>

#include "hal/encode/gst_owned.hpp"

namespace voip::test {

using hal::encode::GstOwned;

namespace {

void need(bool good, const char* what) {
    if (!good) throw std::runtime_error(std::string("JPEG: ") + what);
}

}  // namespace

std::vector<std::byte> jpeg(std::span<const std::byte> i420, unsigned width, unsigned height,
                            const char* sampling) {
    need(static_cast<bool>(hal::encode::start_gstreamer()), "GStreamer does not start");
    const std::string text =
        "appsrc name=begin format=time caps=video/x-raw,format=I420,framerate=15/1,width=" +
        std::to_string(width) + ",height=" + std::to_string(height) +
        " ! videoconvert ! video/x-raw,format=" + sampling +
        " ! jpegenc quality=95 ! appsink name=end sync=false";
    const GstOwned<GstElement> pipeline(
        static_cast<GstElement*>(gst_object_ref_sink(gst_parse_launch(text.c_str(), nullptr))));
    const GstOwned<GstElement> begin(gst_bin_get_by_name(GST_BIN(pipeline.get()), "begin"));
    const GstOwned<GstElement> end(gst_bin_get_by_name(GST_BIN(pipeline.get()), "end"));
    need(gst_element_set_state(pipeline.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE, "no encoder");
    GstBuffer* const raw = gst_buffer_new_memdup(i420.data(), i420.size());
    GST_BUFFER_PTS(raw) = 0;
    need(gst_app_src_push_buffer(GST_APP_SRC(begin.get()), raw) == GST_FLOW_OK, "not taken");
    gst_app_src_end_of_stream(GST_APP_SRC(begin.get()));
    GstSample* const sample = gst_app_sink_pull_sample(GST_APP_SINK(end.get()));
    need(sample != nullptr, "nothing came out");
    GstBuffer* const made = gst_sample_get_buffer(sample);
    std::vector<std::byte> bytes(gst_buffer_get_size(made));
    gst_buffer_extract(made, 0, bytes.data(), bytes.size());
    gst_sample_unref(sample);
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    return bytes;
}

std::vector<std::byte> without_tables(std::span<const std::byte> jpeg) {
    constexpr std::byte mark{0xff}, huffman{0xc4}, scan{0xda};
    std::vector<std::byte> kept(jpeg.begin(), jpeg.begin() + 2);
    std::size_t at = 2;
    bool left_out = false;
    while (at + 4 <= jpeg.size()) {
        need(jpeg[at] == mark, "no segment");
        if (jpeg[at + 1] == scan) break;
        const std::size_t length =
            2 + std::to_integer<std::size_t>(jpeg[at + 2]) * 256 + std::to_integer<std::size_t>(jpeg[at + 3]);
        const bool table = jpeg[at + 1] == huffman;
        if (!table)
            kept.insert(kept.end(), jpeg.begin() + static_cast<long>(at),
                        jpeg.begin() + static_cast<long>(at + length));
        left_out = left_out || table;
        at += length;
    }
    need(left_out, "it has no tables");
    kept.insert(kept.end(), jpeg.begin() + static_cast<long>(at), jpeg.end());
    return kept;
}

}  // namespace voip::test
