#include "daemon/metrics.hpp"

#include "core/manual_timers.hpp"
#include "tests/support/catch.hpp"

namespace voip::daemon {
namespace {

RoomSnapshot in(Phase phase) {
    RoomSnapshot snapshot;
    snapshot.phase = phase;
    return snapshot;
}

bool has(const std::string& text, std::string_view line) {
    return ("\n" + text).find("\n" + std::string(line) + "\n") != std::string::npos;
}

TEST_CASE("metrics: one call of 12 s is counted with its times", "[daemon][unit]") {
    ManualTimers timers;
    Metrics metrics(timers);
    metrics.on_snapshot(in(Phase::dialling));
    timers.advance(500ms);
    metrics.on_snapshot(in(Phase::ringing));
    timers.advance(3s);
    metrics.on_snapshot(in(Phase::joining));
    timers.advance(250ms);
    metrics.on_snapshot(in(Phase::talking));
    metrics.on_snapshot(in(Phase::talking));  // the camera was switched
    RoomSnapshot ended = in(Phase::ended);
    ended.keep_time = 12;
    ended.end = RoomEnd{EventName::hangUpVoip, "endByCaller", "manual", 0, ""};
    metrics.on_snapshot(ended);
    metrics.on_snapshot(ended);
    const std::string text = metrics.text(Gauges{});
    CHECK(has(text, "wmpf_voipd_calls_total{direction=\"outgoing\",end=\"hangUpVoip\"} 1"));
    CHECK(has(text, "wmpf_voipd_time_to_ring_seconds_sum 0.500"));
    CHECK(has(text, "wmpf_voipd_time_to_talk_seconds_sum 0.250"));
    CHECK(has(text, "wmpf_voipd_talk_seconds_sum 12.000"));
    CHECK(has(text, "wmpf_voipd_talk_seconds_count 1"));
}

TEST_CASE("metrics: the text ends with # EOF and says 1 when online", "[daemon][unit]") {
    ManualTimers timers;
    Gauges gauges;
    gauges.online = true;
    gauges.connects = 7;
    const std::string text = Metrics(timers).text(gauges);
    CHECK(text.ends_with("# EOF\n"));
    CHECK(has(text, "wmpf_voipd_online 1"));
    CHECK(has(text, "wmpf_voipd_connects_total 7"));
    CHECK(text.find("token_expiry") == std::string::npos);
}

TEST_CASE("metrics: 2 interruptions, 1 failure with code 2005 and the live call's numbers",
          "[daemon][unit]") {
    ManualTimers timers;
    Metrics metrics(timers);
    RoomSnapshot talk = in(Phase::talking);
    for (const char* state :
         {"starting", "flowing", "interrupted", "interrupted", "flowing", "interrupted"}) {
        talk.media.state = state;
        metrics.on_snapshot(talk);
    }
    RoomSnapshot ended = in(Phase::ended);
    ended.end = RoomEnd{EventName::abortVoip, "abortByCaller", "", 2005, "the media program was killed"};
    metrics.on_snapshot(ended);
    metrics.on_snapshot(ended);
    Gauges gauges;
    CHECK(metrics.text(gauges).find("media_send_kbps") == std::string::npos);
    gauges.quality.emplace().send_kbps = 612.5;
    const std::string text = metrics.text(gauges);
    CHECK(has(text, "wmpf_voipd_media_interruptions_total 2"));
    CHECK(has(text, "wmpf_voipd_media_failures_total{code=\"2005\"} 1"));
    CHECK(has(text, "wmpf_voipd_media_send_kbps 612.500"));
    CHECK(text.find("round_trip") == std::string::npos);
}

TEST_CASE("metrics: media 0.7 s after the answer is counted once a call, however often it is interrupted",
          "[daemon][unit]") {
    ManualTimers timers;
    Metrics metrics(timers);
    for (int call = 0; call < 2; ++call) {
        metrics.on_snapshot(in(Phase::ringing));
        timers.advance(5s);
        RoomSnapshot joining = in(Phase::joining);
        joining.media.state = "starting";
        metrics.on_snapshot(joining);
        timers.advance(700ms);
        joining.media.state = "flowing";
        metrics.on_snapshot(joining);
        RoomSnapshot talking = in(Phase::talking);
        for (const char* state : {"flowing", "interrupted", "flowing"}) {
            talking.media.state = state;
            metrics.on_snapshot(talking);
            timers.advance(1s);
        }
        metrics.on_snapshot(in(Phase::ended));
    }
    const std::string text = metrics.text(Gauges{});
    CHECK(has(text, "wmpf_voipd_time_to_media_seconds_sum 1.400"));
    CHECK(has(text, "wmpf_voipd_time_to_media_seconds_count 2"));
}

TEST_CASE("metrics: dropped frames of 2 calls add up, and a late measurement counts nothing twice",
          "[daemon][unit]") {
    ManualTimers timers;
    Metrics metrics(timers);
    const auto measured = [&](double pictures, double sound) {
        MediaQuality quality;
        quality.frames_dropped = pictures;
        quality.sound_frames_dropped = sound;
        metrics.on_quality("room", quality);
    };
    RoomSnapshot ended = in(Phase::ended);
    ended.end = RoomEnd{EventName::hangUpVoip, "endByCaller", "manual", 0, ""};
    metrics.on_snapshot(in(Phase::talking));
    measured(3, 1);
    measured(4, 1);
    metrics.on_snapshot(ended);
    measured(4, 1);
    metrics.on_snapshot(in(Phase::talking));
    measured(2, 0);
    const std::string text = metrics.text(Gauges{});
    CHECK(has(text, "wmpf_voipd_media_frames_dropped_total{kind=\"picture\"} 6"));
    CHECK(has(text, "wmpf_voipd_media_frames_dropped_total{kind=\"sound\"} 1"));
}

TEST_CASE("metrics: a token of 600 s age, 3 connections and what waits are told", "[daemon][unit]") {
    ManualTimers timers;
    Gauges gauges;
    gauges.connects = 3;
    gauges.device_token_issued = 1'767'225'600'000;
    gauges.device_token_expires = gauges.device_token_issued + 3'600'000;
    gauges.service_time = gauges.device_token_issued + 600'000;
    gauges.api_queue_bytes = 77;
    gauges.channel_queue_bytes = 88;
    gauges.call_queue = 2;
    const std::string text = Metrics(timers).text(gauges);
    CHECK(has(text, "wmpf_voipd_reconnects_total 2"));
    CHECK(has(text, "wmpf_voipd_device_token_age_seconds 600.000"));
    CHECK(has(text, "wmpf_voipd_queue_events 2"));
    CHECK(has(text, "wmpf_voipd_queue_bytes{queue=\"api\"} 77"));
    CHECK(has(text, "wmpf_voipd_queue_bytes{queue=\"channel\"} 88"));
}

}  // namespace
}  // namespace voip::daemon
