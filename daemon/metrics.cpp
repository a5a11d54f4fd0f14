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

/// OpenMetrics text: one family after the other. @source OpenMetrics 1.0, "Text format"
class Page {
 public:
    void head(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
        text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    }
    /// A sample of the family whose head was written last; `rest`: suffix and labels.
    void sample(std::string_view rest, const std::string& value) {
        text_.append(name_).append(rest).append(" ").append(value).append("\n");
    }
    void gauge(std::string_view name, const std::string& value, std::string_view help) {
        head(name, "gauge", help);
        sample("", value);
    }
    void gauge(std::string_view name, std::uint64_t value, std::string_view help) {
        gauge(name, std::to_string(value), help);
    }
    void counter(std::string_view name, std::uint64_t value, std::string_view help) {
        head(name, "counter", help);
        sample("_total", std::to_string(value));
    }
    [[nodiscard]] std::string end() { return std::move(text_) + "# EOF\n"; }

 private:
    std::string text_, name_;
};

std::string label(std::string_view name, std::string_view value) {
    return "{" + std::string(name) + "=\"" + std::string(value) + "\"}";
}

void write_channel(Page& page, const Gauges& gauges) {
    page.gauge("wmpf_voipd_online", gauges.online ? 1 : 0, "Whether calls can be placed and taken.");
    page.counter("wmpf_voipd_connects", gauges.connects, "Times the device came on line.");
    page.counter("wmpf_voipd_reconnects", gauges.connects > 0 ? gauges.connects - 1 : 0,
                 "Times it came back on line after it had been there.");
    if (gauges.device_token_expires == 0) return;
    const auto seconds = [](UnixMillis millis) { return number(static_cast<double>(millis) / 1000); };
    page.gauge("wmpf_voipd_device_token_expiry_timestamp_seconds", seconds(gauges.device_token_expires),
               "When the deviceToken expires.");
    page.gauge("wmpf_voipd_device_token_age_seconds",
               seconds(gauges.service_time - gauges.device_token_issued),
               "How long ago the deviceToken was issued, by the service's clock.");
}

void write_inside(Page& page, const Gauges& gauges) {
    page.gauge("wmpf_voipd_api_clients", gauges.api_clients, "Clients of the local API.");
    page.gauge("wmpf_voipd_api_subscribers", gauges.api_subscribers, "Clients that subscribed to the room.");
    page.counter("wmpf_voipd_api_clients_dropped", gauges.api_clients_dropped,
                 "Clients that were cut because they did not read.");
    page.gauge("wmpf_voipd_queue_events", gauges.call_queue, "Events that wait for the call.");
    page.counter("wmpf_voipd_queue_events_dropped", gauges.events_dropped,
                 "Events that found that queue full and did not matter.");
    page.head("wmpf_voipd_queue_bytes", "gauge",
              "Bytes that wait to be sent: to the slowest client, to the service.");
    page.sample(label("queue", "api"), std::to_string(gauges.api_queue_bytes));
    page.sample(label("queue", "channel"), std::to_string(gauges.channel_queue_bytes));
    page.head("wmpf_voipd_resident_bytes", "gauge", "Resident memory.");
    page.sample("", std::to_string(gauges.resident_bytes));
    page.gauge("wmpf_voipd_media_resident_bytes", gauges.media_resident_bytes,
               "Resident memory of the media program; 0: no call.");
    page.gauge("wmpf_voipd_state_free_bytes", gauges.state_free_bytes, "Room left in the state folder.");
}

void write_quality(Page& page, const MediaQuality& now) {
    const auto figure = [&](std::string_view name, const std::optional<double>& value,
                            std::string_view help) {
        if (value) page.gauge(name, number(*value), help);
    };
    figure("wmpf_voipd_media_send_kbps", now.send_kbps, "Sound and picture sent in the live call.");
    figure("wmpf_voipd_media_receive_kbps", now.receive_kbps, "The same, received.");
    figure("wmpf_voipd_media_frames_per_second", now.fps, "Pictures sent in a second.");
    figure("wmpf_voipd_media_loss_percent", now.loss_percent, "Our packets that did not arrive.");
    figure("wmpf_voipd_media_round_trip_ms", now.round_trip_ms, "There and back.");
}

}  // namespace

void Metrics::Sum::add(Duration length) {
    seconds += std::chrono::duration<double>(length).count();
    ++count;
}

void Metrics::note_media(const RoomSnapshot& snapshot) {
    if (snapshot.media.state == "interrupted" && media_ == "flowing") ++interruptions_;
    if (snapshot.media.state == "flowing" && !flowed_ && answered_) {
        flowed_ = true;
        to_media_.add(timers_.now() - *answered_);
    }
    media_ = snapshot.media.state;
    // @source protocol/README.md, "Codes": the join domain
    constexpr int first = 2000, last = 2104;
    const bool failed = snapshot.end && snapshot.end->err_code >= first && snapshot.end->err_code <= last;
    if (failed && snapshot.phase == Phase::ended && last_ != Phase::ended)
        ++media_failures_[snapshot.end->err_code];
}

void Metrics::on_snapshot(const RoomSnapshot& snapshot) {
    const TimePoint now = timers_.now();
    const bool was_live = last_ != Phase::idle && last_ != Phase::ended;
    const bool is_live = snapshot.phase != Phase::idle && snapshot.phase != Phase::ended;
    if (is_live && !was_live) {
        began_ = now;
        answered_.reset();
        flowed_ = false;
    }
    if (snapshot.phase == Phase::joining && last_ != Phase::joining) answered_ = now;
    note_media(snapshot);
    if (snapshot.phase == last_) return;  // media or other members changed
    if (snapshot.phase == Phase::ringing) to_ring_.add(now - began_);
    if (snapshot.phase == Phase::talking)
        to_talk_.add(last_ == Phase::joining && answered_ ? now - *answered_ : Duration::zero());
    if (snapshot.phase == Phase::ended && snapshot.end) {
        ++ended_[{std::string(to_string(snapshot.direction)),
                  std::string(to_string(snapshot.end->event_name))}];
        talk_.add(std::chrono::seconds(snapshot.keep_time));
        dropped_.pictures += dropped_now_.pictures;
        dropped_.sound += dropped_now_.sound;
        dropped_now_ = {};
    }
    last_ = snapshot.phase;
}

void Metrics::on_quality(const std::string&, const MediaQuality& quality) {
    if (last_ == Phase::idle || last_ == Phase::ended) return;  // of a call that has been counted
    dropped_now_ = {quality.frames_dropped.value_or(0), quality.sound_frames_dropped.value_or(0)};
}

std::string Metrics::text(const Gauges& gauges) const {
    Page page;
    page.head("wmpf_voipd_calls", "counter", "Calls that ended, by direction and terminal event.");
    for (const auto& [key, count] : ended_)
        page.sample("_total{direction=\"" + key.first + "\",end=\"" + key.second + "\"}",
                    std::to_string(count));
    const auto summary = [&](std::string_view name, const Sum& sum, std::string_view help) {
        page.head(name, "summary", help);
        page.sample("_sum", number(sum.seconds));
        page.sample("_count", std::to_string(sum.count));
    };
    summary("wmpf_voipd_time_to_ring_seconds", to_ring_, "From the press to the room.");
    summary("wmpf_voipd_time_to_talk_seconds", to_talk_, "From the answer to talking.");
    summary("wmpf_voipd_time_to_media_seconds", to_media_, "From the answer to flowing media.");
    summary("wmpf_voipd_talk_seconds", talk_, "Talk time of calls that ended.");
    write_channel(page, gauges);
    write_inside(page, gauges);
    page.counter("wmpf_voipd_media_interruptions", interruptions_,
                 "Times that flowing media was interrupted.");
    page.head("wmpf_voipd_media_failures", "counter",
              "Calls that ended because joining or media failed, by code.");
    for (const auto& [code, count] : media_failures_)
        page.sample("_total" + label("code", std::to_string(code)), std::to_string(count));
    page.head("wmpf_voipd_media_frames_dropped", "counter",
              "Pictures not sent and 20 ms frames of sound not played, on the device.");
    const auto whole = [](double value) { return std::to_string(static_cast<std::uint64_t>(value)); };
    page.sample("_total" + label("kind", "picture"), whole(dropped_.pictures + dropped_now_.pictures));
    page.sample("_total" + label("kind", "sound"), whole(dropped_.sound + dropped_now_.sound));
    write_quality(page, gauges.quality.value_or(MediaQuality{}));
    return page.end();
}

}  // namespace voip::daemon
