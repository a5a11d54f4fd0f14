// The small pure parts: device keeper, gate, keys, stamps, playout, rate, ICE servers, REMB.
#include <cmath>

#include "daemon/media/program/device_keeper.hpp"
#include "daemon/media/program/ice_servers.hpp"
#include "daemon/media/program/key_requests.hpp"
#include "daemon/media/program/picture_gate.hpp"
#include "daemon/media/program/playout.hpp"
#include "daemon/media/program/rate_control.hpp"
#include "daemon/media/program/remb.hpp"
#include "daemon/media/program/sample_clock.hpp"
#include "tests/unit/media_program/scene.hpp"

namespace {

using namespace voip;
using namespace voip::media;
using namespace voip::media::test;
using Command = DeviceKeeper::Command;

hal::AccessUnit picture(bool key, std::size_t bytes = 10) {
    const auto kept = std::make_shared<std::vector<std::byte>>(bytes);
    return {kept, *kept, key, t0};
}

void push(Playout& playout, std::int16_t value, std::size_t frames = 1) {
    const std::vector<std::int16_t> samples(frames * hal::sound_frame_samples, value);
    playout.push(samples);
}

NetworkReport network(double loss, unsigned sent = 600) {
    NetworkReport report;
    report.loss = loss;
    report.sent_kbps = sent;
    return report;
}

}  // namespace

TEST_CASE("device keeper: retries after 1, 2, 4, 8, 8 s, and anew after a good start", "[media][unit]") {
    DeviceKeeper keeper(true);
    TimePoint now = t0;
    CHECK(keeper.want(true, now) == Command::start);
    for (const int pause : {1, 2, 4, 8, 8}) {
        keeper.failed(fail(Errc::io), now);
        CHECK(keeper.wake_at() == now + std::chrono::seconds(pause));
        now += std::chrono::seconds(pause);
        CHECK(keeper.tick(now) == Command::start);
    }
    keeper.started();
    CHECK(keeper.is_on());
    keeper.failed(fail(Errc::device_gone), now);
    CHECK(keeper.wake_at() == now + 1s);
    CHECK(keeper.want(false, now) == Command::none);  // closed by itself
}

TEST_CASE("device keeper: a start without answer is given up after 5 s", "[media][unit]") {
    DeviceKeeper keeper(true);
    CHECK(keeper.want(true, t0) == Command::start);
    CHECK(keeper.tick(t0 + 4999ms) == Command::none);
    CHECK(keeper.tick(t0 + 5s) == Command::stop);
    CHECK(keeper.error()->is(Errc::timeout));
    DeviceKeeper absent(false);
    CHECK(absent.want(true, t0) == Command::none);
}

TEST_CASE("picture gate: opens with what came since the last key picture", "[media][unit]") {
    PictureGate gate;
    CHECK(gate.on_picture(picture(false)).empty());
    CHECK(gate.on_picture(picture(true)).empty());
    CHECK(gate.on_picture(picture(false)).empty());
    const auto first = gate.open();
    REQUIRE(first.size() == 2);
    CHECK(first[0].key);
    CHECK(gate.on_picture(picture(false)).size() == 1);
    gate.close();
    CHECK(gate.on_picture(picture(false)).empty());
    CHECK(gate.open().empty());
    CHECK(gate.needs_key());
    CHECK(gate.on_picture(picture(false)).empty());
    CHECK(gate.on_picture(picture(true)).size() == 1);
    CHECK_FALSE(gate.needs_key());
}

TEST_CASE("picture gate: keeps at most 30 pictures and 512 KiB", "[media][unit]") {
    PictureGate many;
    (void)many.on_picture(picture(true));
    for (int i = 0; i < 30; ++i) (void)many.on_picture(picture(false));
    CHECK(many.open().empty());
    PictureGate large;
    (void)large.on_picture(picture(true, PictureGate::max_bytes + 1));
    CHECK(large.open().empty());
}

TEST_CASE("key requests: at most 2 a second, none is lost", "[media][unit]") {
    KeyRequests keys;
    CHECK(keys.want(t0));
    CHECK_FALSE(keys.want(t0 + 100ms));
    CHECK_FALSE(keys.want(t0 + 200ms));
    CHECK(keys.wake_at() == t0 + 500ms);
    CHECK_FALSE(keys.tick(t0 + 499ms));
    CHECK(keys.tick(t0 + 500ms));
    CHECK_FALSE(keys.want(t0 + 600ms));
    keys.key_came(t0 + 700ms);
    CHECK_FALSE(keys.wake_at());
}

TEST_CASE("sample clock: counts 20 ms a frame through jitter, jumps once after 60 ms", "[media][unit]") {
    SampleClock clock(20ms);
    CHECK(clock.stamp(t0) == t0);
    CHECK(clock.stamp(t0 + 27ms) == t0 + 20ms);
    CHECK(clock.stamp(t0 + 33ms) == t0 + 40ms);
    CHECK(clock.stamp(t0 + 500ms) == t0 + 500ms);
    CHECK(clock.stamp(t0 + 530ms) == t0 + 520ms);
}

TEST_CASE("playout: waits for 2 frames, then gives every one in order", "[media][unit]") {
    Playout playout;
    hal::SoundFrame frame{};
    push(playout, 1);
    CHECK_FALSE(playout.pull(frame));
    push(playout, 2);
    CHECK(playout.pull(frame));
    CHECK(frame[0] == 1);
    CHECK(playout.pull(frame));
    CHECK(frame[319] == 2);
    CHECK_FALSE(playout.pull(frame));
    CHECK(frame[0] == 0);
    CHECK(playout.dry() == 1);
    CHECK(playout.target() == 3);
}

TEST_CASE("playout: the target grows to 8 with each dry moment and shrinks each 10 calm seconds",
          "[media][unit]") {
    Playout playout;
    hal::SoundFrame frame{};
    for (int dry = 0; dry < 20; ++dry) {
        push(playout, 1, playout.target());
        while (playout.pull(frame)) {
        }
    }
    CHECK(playout.target() == Playout::most);
    push(playout, 1, playout.target());
    for (unsigned i = 0; i < 2 * Playout::calm_pulls; ++i) {
        CHECK(playout.pull(frame));
        push(playout, 1);
    }
    CHECK(playout.target() == Playout::most - 2);
}

TEST_CASE("playout: of 5 frames that come at once 3 are left out within 4 s, where none of them is needed",
          "[media][unit]") {
    Playout playout;
    hal::SoundFrame frame{};
    push(playout, 1, 5);
    for (int i = 0; i < 4 * 50; ++i) {
        CHECK(playout.pull(frame));
        push(playout, 1);
    }
    CHECK(playout.waiting() == Playout::least);
    CHECK(playout.dropped() == 3);
    CHECK(playout.dry() == 0);
}

TEST_CASE("playout: what jitter needs every now and then is kept", "[media][unit]") {
    Playout playout;
    hal::SoundFrame frame{};
    push(playout, 1, 5);
    for (int i = 0; i < 10 * 50; ++i) {
        CHECK(playout.pull(frame));
        if (i % 40 < 4) continue;  // 80 ms without sound, then all of it
        push(playout, 1, i % 40 == 4 ? 5 : 1);
    }
    CHECK(playout.dropped() == 0);
}

TEST_CASE("playout: a burst is worked off a frame at a time, above 1 s at once", "[media][unit]") {
    Playout playout;
    hal::SoundFrame frame{};
    push(playout, 1, 20);
    for (int i = 0; i < 400; ++i) {
        CHECK(playout.pull(frame));
        push(playout, 1);
    }
    CHECK(playout.waiting() <= Playout::least + Playout::slack + 1);
    CHECK(playout.dry() == 0);
    push(playout, 1, 200);
    CHECK(playout.waiting() == Playout::max_frames);
}

TEST_CASE("rate control: loss above 10 % cuts by half of it, below 2 % grows to the ceiling",
          "[media][unit]") {
    RateControl rate({100, 600, 640, 480, 15});
    CHECK(rate.target().kbps == 600);
    CHECK(rate.on_report(network(0.2), t0).kbps == 540);
    CHECK(rate.on_report(network(0.0), t0 + 1s).kbps == 540);  // rests 3 s
    TimePoint now = t0 + 3s;
    CHECK(rate.on_report(network(0.05), now).kbps == 540);
    unsigned before = 540;
    for (int i = 0; i < 10; ++i, now += 1s) {
        const unsigned next = rate.on_report(network(0.0, before), now).kbps;
        CHECK(next >= before);
        before = next;
    }
    CHECK(before == 600);
}

TEST_CASE("rate control: never below the floor, frames are left out before the picture falls apart",
          "[media][unit]") {
    RateControl rate({100, 600, 640, 480, 30});
    TimePoint now = t0;
    for (int i = 0; i < 30; ++i, now += 1s) (void)rate.on_report(network(0.9, 100), now);
    CHECK(rate.target().kbps == 100);
    CHECK(rate.target().fps >= 5);
    CHECK(rate.target().fps < 15);
}

TEST_CASE("rate control: REMB is the most, for 10 s; a queue is a cut of 15 %", "[media][unit]") {
    RateControl rate({100, 600, 640, 480, 15});
    NetworkReport report = network(0.0);
    report.remb_kbps = 300;
    CHECK(rate.on_report(report, t0).kbps == 260);
    CHECK(rate.on_report(network(0.0), t0 + 5s).kbps == 260);
    CHECK(rate.on_report(network(0.0), t0 + 11s).kbps > 260);
    RateControl queue({100, 600, 640, 480, 15});
    NetworkReport trip = network(0.05);
    trip.round_trip = 50ms;
    (void)queue.on_report(trip, t0);
    trip.round_trip = 349ms;
    CHECK(queue.on_report(trip, t0 + 1s).kbps == 600);
    trip.round_trip = 350ms;
    CHECK(queue.on_report(trip, t0 + 2s).kbps == 510);
}

TEST_CASE("rate control: a still scene of 50 kbit/s does not wind the rate up, one that fills it does",
          "[media][unit]") {
    RateControl rate({100, 600, 640, 480, 15});
    TimePoint now = t0;
    for (int i = 0; i < 30; ++i, now += 1s) (void)rate.on_report(network(0.5, 100), now);
    REQUIRE(rate.target().kbps == 100);
    for (int i = 0; i < 30; ++i, now += 1s) (void)rate.on_report(network(0.0, 50), now);
    CHECK(rate.target().kbps == 100);
    for (int i = 0; i < 60; ++i, now += 1s) (void)rate.on_report(network(0.0, rate.target().kbps), now);
    CHECK(rate.target().kbps == 600);
}

TEST_CASE("rate control: a new connection begins with half and rests 3 s, what is known of the old is gone",
          "[media][unit]") {
    RateControl rate({100, 600, 640, 480, 15});
    NetworkReport before = network(0.0);
    before.remb_kbps = 440;
    before.round_trip = 20ms;
    CHECK(rate.on_report(before, t0).kbps == 400);
    CHECK(rate.on_new_connection(t0 + 1s).kbps == 200);
    NetworkReport after = network(0.0);
    after.round_trip = 400ms;  // the way is longer now: no queue
    CHECK(rate.on_report(after, t0 + 3s).kbps == 200);
    CHECK(rate.on_report(after, t0 + 4s).kbps == 216);
    for (int i = 5; i < 25; ++i) (void)rate.on_report(after, t0 + std::chrono::seconds(i));
    CHECK(rate.target().kbps == 600);
}

TEST_CASE(
    "rate control: 640x480 keeps 15 frames down to 184 kbit/s, then loses them before it loses its size",
    "[media][unit]") {
    RateControl rate({50, 600, 640, 480, 15});
    const auto fps_at = [&](unsigned kbps) {
        NetworkReport report = network(0.05);
        report.remb_kbps = kbps + 40;  // the sound's share
        return rate.on_report(report, t0).fps;
    };
    CHECK(fps_at(600) == 15);
    CHECK(fps_at(185) == 15);
    CHECK(fps_at(160) == 15);  // 13 would be: not worth a stutter
    CHECK(fps_at(147) == 11);
    CHECK(fps_at(62) == 5);
    CHECK(fps_at(50) == 5);
    CHECK(rate.on_format(320, 240, 25).fps == 16);  // a quarter of the pixels: the same bits carry more
    CHECK(rate.on_format(320, 240, 4).fps == 4);    // a camera slower than the least
}

TEST_CASE("ICE servers: user and password are percent-encoded, what is no use is skipped with a reason",
          "[media][unit]") {
    const IceServer turn{{"turn:turn.example.net:3478?transport=tcp", "turns:turn.example.net:5349"},
                         "1795401316:room/1",
                         "ab+c/d="};
    const IceServer stun{{"stun:stun.example.net", "stun:other.example.net"}, "", ""};
    const IcePlan plan = plan_ice({turn, stun});
    CHECK(plan.stun == "stun://stun.example.net:3478");
    CHECK(plan.turn == std::vector<std::string>{
                           "turn://1795401316%3Aroom%2F1:ab%2Bc%2Fd%3D@turn.example.net:3478?transport=tcp"});
    REQUIRE(plan.skipped.size() == 1);
    CHECK(plan.skipped[0].find("ab+c") == std::string::npos);
    for (const char* bad : {"", "turn:", "http://x", "turn:a b", "turn:h:0", "turn:h:65536",
                            "turn:h?transport=sctp", "turn:[::1", "stun:@", "turn"}) {
        INFO(bad);
        const IcePlan none = plan_ice({IceServer{{bad}, "u", "p"}});
        CHECK(none.turn.empty());
        CHECK(none.stun.empty());
        CHECK(none.skipped.size() == 1);
    }
}

TEST_CASE("REMB: the rate of a message, nothing of 4 others", "[media][unit]") {
    const auto bytes = [](std::initializer_list<int> values) {
        std::vector<std::byte> all;
        for (const int value : values) all.push_back(static_cast<std::byte>(value));
        return all;
    };
    // 1 source, exponent 3, mantissa 0x1E848: 125000 << 3 = 1 000 000 bit/s
    CHECK(rtp::remb_kbps(bytes({'R', 'E', 'M', 'B', 1, 3 << 2 | 1, 0xE8, 0x48})) == 1000U);
    CHECK_FALSE(rtp::remb_kbps({}));
    CHECK_FALSE(rtp::remb_kbps(bytes({'R', 'E', 'M', 'X', 1, 0, 0, 0})));
    CHECK_FALSE(rtp::remb_kbps(bytes({'R', 'E', 'M', 'B', 1, 0, 0})));
    CHECK(rtp::remb_kbps(bytes({'R', 'E', 'M', 'B', 1, 0xff, 0xff, 0xff})) > 1000000U);
}
