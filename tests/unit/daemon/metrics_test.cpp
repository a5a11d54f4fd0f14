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

}  // namespace
}  // namespace voip::daemon
