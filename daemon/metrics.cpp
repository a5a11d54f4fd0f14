#include "daemon/metrics.hpp"

#include <cstdio>
#include <string_view>

namespace voip::daemon {
namespace {

std::string number(double value) {
    char text[32];
    const int size = std::snprintf(text, sizeof text, "%.3f", value);
    return {text, static_cast<std::size_t>(size)};
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
    out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    out.append("# HELP ").append(name).append(" ").append(help).append("\n");
}

void line(std::string& out, std::string_view name, const std::string& value) {
    out.append(name).append(" ").append(value).append("\n");
}

}  // namespace

void Metrics::note_media(const RoomSnapshot& snapshot) {
    if (snapshot.media.state == "interrupted" && media_ == "flowing") ++interruptions_;
    media_ = snapshot.media.state;
    // @source protocol/README.md, "Codes": the join domain
    constexpr int first = 2000, last = 2104;
    const bool failed = snapshot.end && snapshot.end->err_code >= first && snapshot.end->err_code <= last;
    if (failed && snapshot.phase == Phase::ended && last_ != Phase::ended)
        ++media_failures_[snapshot.end->err_code];
}

void Metrics::on_snapshot(const RoomSnapshot& snapshot) {
    note_media(snapshot);
    const TimePoint now = timers_.now();
    const bool begins = last_ == Phase::idle || last_ == Phase::ended;
    if (snapshot.phase == last_) return;  // media or other members changed
    if (begins) began_ = now;
    const auto add = [&](Sum& sum, TimePoint since) {
        sum.seconds += std::chrono::duration<double>(now - since).count();
        ++sum.count;
    };
    if (snapshot.phase == Phase::ringing) add(to_ring_, began_);
    if (snapshot.phase == Phase::joining) answered_ = now;
    if (snapshot.phase == Phase::talking) add(to_talk_, last_ == Phase::joining ? answered_ : now);
    if (snapshot.phase == Phase::ended && snapshot.end) {
        ++ended_[{std::string(to_string(snapshot.direction)),
                  std::string(to_string(snapshot.end->event_name))}];
        talk_.seconds += static_cast<double>(snapshot.keep_time);
        ++talk_.count;
    }
    last_ = snapshot.phase;
}

std::string Metrics::text(const Gauges& gauges) const {
    std::string out;
    head(out, "wmpf_voipd_calls", "counter", "Calls that ended, by direction and terminal event.");
    for (const auto& [key, count] : ended_)
        line(out, "wmpf_voipd_calls_total{direction=\"" + key.first + "\",end=\"" + key.second + "\"}",
             std::to_string(count));
    const auto summary = [&](std::string_view name, const Sum& sum, std::string_view help) {
        head(out, name, "summary", help);
        line(out, std::string(name) + "_sum", number(sum.seconds));
        line(out, std::string(name) + "_count", std::to_string(sum.count));
    };
    summary("wmpf_voipd_time_to_ring_seconds", to_ring_, "From the press to the room.");
    summary("wmpf_voipd_time_to_talk_seconds", to_talk_, "From the answer to talking.");
    summary("wmpf_voipd_talk_seconds", talk_, "Talk time of calls that ended.");
    const auto gauge = [&](std::string_view name, std::uint64_t value, std::string_view help) {
        head(out, name, "gauge", help);
        line(out, name, std::to_string(value));
    };
    gauge("wmpf_voipd_online", gauges.online ? 1 : 0, "Whether calls can be placed and taken.");
    head(out, "wmpf_voipd_connects", "counter", "Times the device came on line.");
    line(out, "wmpf_voipd_connects_total", std::to_string(gauges.connects));
    gauge("wmpf_voipd_api_clients", gauges.api_clients, "Clients of the local API.");
    gauge("wmpf_voipd_api_subscribers", gauges.api_subscribers, "Clients that subscribed to the room.");
    gauge("wmpf_voipd_resident_bytes", gauges.resident_bytes, "Resident memory.");
    if (gauges.device_token_expires > 0) {
        head(out, "wmpf_voipd_device_token_expiry_timestamp_seconds", "gauge",
             "When the deviceToken expires.");
        line(out, "wmpf_voipd_device_token_expiry_timestamp_seconds",
             number(static_cast<double>(gauges.device_token_expires) / 1000));
    }
    head(out, "wmpf_voipd_media_interruptions", "counter", "Times that flowing media was interrupted.");
    line(out, "wmpf_voipd_media_interruptions_total", std::to_string(interruptions_));
    head(out, "wmpf_voipd_media_failures", "counter",
         "Calls that ended because joining or media failed, by code.");
    for (const auto& [code, count] : media_failures_)
        line(out, "wmpf_voipd_media_failures_total{code=\"" + std::to_string(code) + "\"}",
             std::to_string(count));
    const auto figure = [&](std::string_view name, const std::optional<double>& value,
                            std::string_view help) {
        if (!value) return;
        head(out, name, "gauge", help);
        line(out, name, number(*value));
    };
    const MediaQuality now = gauges.quality.value_or(MediaQuality{});
    figure("wmpf_voipd_media_send_kbps", now.send_kbps, "Sound and picture sent in the live call.");
    figure("wmpf_voipd_media_receive_kbps", now.receive_kbps, "The same, received.");
    figure("wmpf_voipd_media_frames_per_second", now.fps, "Pictures sent in a second.");
    figure("wmpf_voipd_media_loss_percent", now.loss_percent, "Our packets that did not arrive.");
    figure("wmpf_voipd_media_round_trip_ms", now.round_trip_ms, "There and back.");
    return out + "# EOF\n";
}

}  // namespace voip::daemon
