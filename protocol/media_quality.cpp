#include "protocol/media_quality.hpp"

#include <cmath>
#include <utility>

#include "protocol/reader.hpp"

namespace voip {
namespace {

using Q = MediaQuality;
constexpr double most = 1e12;  // far above a day of frames, and exact as a double
constexpr TextRule codec_text{64, 0};

json::Value number(double value) {
    if (std::floor(value) == value && std::abs(value) <= most)
        return json::Value(static_cast<std::int64_t>(value));
    return json::Value(value);
}

}  // namespace

const std::array<QualityNumber, 16> quality_numbers{{{"sendKbps", &Q::send_kbps},
                                                     {"receiveKbps", &Q::receive_kbps},
                                                     {"fps", &Q::fps},
                                                     {"width", &Q::width},
                                                     {"height", &Q::height},
                                                     {"lossPercent", &Q::loss_percent},
                                                     {"roundTripMs", &Q::round_trip_ms},
                                                     {"jitterMs", &Q::jitter_ms},
                                                     {"concealedPercent", &Q::concealed_percent},
                                                     {"keyFrames", &Q::key_frames},
                                                     {"framesSent", &Q::frames_sent},
                                                     {"framesReceived", &Q::frames_received},
                                                     {"soundFramesSent", &Q::sound_frames_sent},
                                                     {"soundFramesReceived", &Q::sound_frames_received},
                                                     {"framesDropped", &Q::frames_dropped},
                                                     {"soundFramesDropped", &Q::sound_frames_dropped}}};

json::Value encode(const MediaQuality& quality) {
    json::Value object{json::Object{}};
    for (const QualityNumber& each : quality_numbers)
        if (const auto& value = quality.*each.place) object.set(each.name, number(*value));
    if (quality.relayed) object.set("relayed", *quality.relayed);
    if (!quality.codec.empty()) object.set("codec", quality.codec);
    return object;
}

MediaQuality read_media_quality(Reader& reader) {
    MediaQuality quality;
    for (const QualityNumber& each : quality_numbers)
        quality.*each.place = reader.optional_number(each.name, 0, most);
    quality.relayed = reader.optional_boolean("relayed");
    quality.codec = reader.optional_string("codec", codec_text).value_or("");
    return quality;
}

Answer<MediaQuality> decode_media_quality(const json::Value& value) {
    Reader reader(value);
    return reader.finish(read_media_quality(reader));
}

}  // namespace voip
