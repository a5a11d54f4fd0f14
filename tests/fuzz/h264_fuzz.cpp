// Any bytes as an H.264 stream: units and pictures lie inside it, in order, without overlap.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "hal/h264/h264.hpp"

namespace {

using namespace voip::hal::h264;

void demand(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

void judge_units(Bytes stream) {
    const std::byte* end = stream.data();
    for (const Nal& nal : split(stream)) {
        demand(!nal.bytes.empty(), "a unit has its header");
        demand(nal.bytes.data() >= end + (end == stream.data() ? 3 : 2), "units come in order");
        end = nal.bytes.data() + nal.bytes.size();
        demand(end <= stream.data() + stream.size(), "a unit lies in the stream");
        const auto sps = read_sps(nal.bytes);
        if (!sps) continue;
        demand(sps->width > 0 && sps->width <= 16384, "a width is sensible");
        demand(sps->height > 0 && sps->height <= 16384, "a height is sensible");
    }
}

void judge_pictures(Bytes stream) {
    const std::byte* end = stream.data();
    for (const Picture& picture : pictures(stream)) {
        demand(picture.bytes.data() >= end, "pictures come in order");
        end = picture.bytes.data() + picture.bytes.size();
        demand(end <= stream.data() + stream.size(), "a picture lies in the stream");
        const auto again = pictures(picture.bytes);
        demand(again.size() == 1, "a picture alone is one picture");
        demand(again[0].idr == picture.idr && again[0].parameters == picture.parameters, "and the same");
        demand(!is_key(picture.bytes) || (picture.idr && picture.parameters), "a key picture is an IDR one");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes stream = std::as_bytes(std::span(data, size));
    judge_units(stream);
    judge_pictures(stream);
    return 0;
}
