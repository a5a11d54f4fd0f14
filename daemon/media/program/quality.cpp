#include "daemon/media/program/quality.hpp"

#include <cmath>

namespace voip::media {
namespace {

double seconds(Duration length) {
    return std::chrono::duration<double>(length).count();
}

double kbps(std::uint64_t bytes, std::uint64_t before, double length) {
    return bytes > before ? static_cast<double>(bytes - before) * 8 / 1000 / length : 0;
}

double millis(Duration length) {
    return std::chrono::duration<double, std::milli>(length).count();
}

double tenths(double value) {
    return std::round(value * 10) / 10;
}

}  // namespace

bool QualityMeter::update(const TransportStats& stats, const Devices::Counters& counters,
                          const hal::CameraFormat& format, bool camera, TimePoint now) {
    const Last before = last_.value_or(Last{stats, counters.pictures_sent, now});
    const double length = seconds(now - before.at);
    MediaQuality& q = quality_;
    if (length > 0) {
        const auto& old = before.stats;
        const double picture = kbps(stats.picture_bytes_sent, old.picture_bytes_sent, length);
        q.send_kbps = tenths(picture + kbps(stats.sound_bytes_sent, old.sound_bytes_sent, length));
        q.receive_kbps = tenths(kbps(stats.sound_bytes_received, old.sound_bytes_received, length) +
                                kbps(stats.picture_bytes_received, old.picture_bytes_received, length));
        q.fps = tenths(static_cast<double>(counters.pictures_sent - before.pictures_sent) / length);
        report_.sent_kbps = static_cast<unsigned>(picture);
    }
    if (camera) {
        q.width = format.width;
        q.height = format.height;
    }
    if (stats.loss) q.loss_percent = tenths(*stats.loss * 100);
    if (stats.round_trip) q.round_trip_ms = tenths(millis(*stats.round_trip));
    if (stats.jitter) q.jitter_ms = tenths(millis(*stats.jitter));
    if (stats.sound_received > Duration::zero())
        q.concealed_percent = tenths(100 * seconds(stats.sound_concealed) / seconds(stats.sound_received));
    q.key_frames = static_cast<double>(counters.key_frames);
    q.frames_sent = static_cast<double>(counters.pictures_sent);
    q.frames_received = static_cast<double>(stats.pictures_received);
    q.sound_frames_sent = static_cast<double>(counters.sound_sent);
    q.sound_frames_received = static_cast<double>(counters.sound_received);
    q.frames_dropped = static_cast<double>(counters.pictures_dropped);
    q.sound_frames_dropped = static_cast<double>(counters.sound_dropped);
    q.relayed = stats.relayed;
    q.codec = counters.pictures_sent > 0 ? "H264, Opus" : "Opus";
    report_.loss = stats.picture_loss;
    report_.round_trip = stats.round_trip;
    report_.remb_kbps = stats.remb_kbps;
    const bool heard = stats.bytes_received > before.stats.bytes_received;
    last_ = Last{stats, counters.pictures_sent, now};
    return heard;
}

}  // namespace voip::media
