// One connection of the real library with a phone in the same process.
#include <atomic>
#include <future>

#include "daemon/media/program/gst/owned.hpp"
#include "tests/component/media_program/transport_bench.hpp"

using namespace voip;
using test::TransportBench;

TEST_CASE("media transport: picture and sound arrive, and the phone's tone comes back",
          "[media][component]") {
    TransportBench bench;
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK_FALSE(bench.lost);
    REQUIRE(bench.play_until([&] {
        return bench.phone->counters().pictures > 15 && bench.phone->loudness(1000) > 0.3 &&
               bench.samples_heard > 8000;
    }));
    CHECK(bench.phone->counters().width == 320);
    CHECK(bench.phone->counters().height == 240);
    const auto stats = bench.device->stats();
    CHECK(stats.sound_bytes_sent > 0);
    CHECK(stats.picture_bytes_sent > 0);
    CHECK(stats.sound_bytes_received > 0);
    CHECK(stats.bytes_received > stats.sound_bytes_received);
}

TEST_CASE("media transport: no picture packet leaves before the first picture, which needs no new session",
          "[media][component]") {
    TransportBench bench;
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    REQUIRE(bench.play_until([&] { return bench.phone->counters().sound_packets > 50; }, false));
    CHECK(bench.phone->counters().picture_packets == 0);
    CHECK(bench.device->stats().picture_bytes_sent == 0);
    CHECK(bench.play_until([&] { return bench.phone->counters().pictures > 5; }));
}

TEST_CASE("media transport: no sound packet leaves before the first sound, not even a silent one",
          "[media][component]") {
    TransportBench bench;
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    REQUIRE(bench.play_until([&] { return bench.phone->counters().pictures > 8; }, true, false));
    CHECK(bench.phone->counters().sound_packets == 0);
    CHECK(bench.play_until([&] { return bench.phone->counters().sound_packets > 10; }));
}

TEST_CASE("media transport: a session without picture has no line for it", "[media][component]") {
    TransportBench bench;
    media::TransportSettings voice;
    voice.send_picture = false;
    bench.open(voice);
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK(bench.offer.find("m=video") == std::string::npos);
    CHECK(bench.play_until([&] { return bench.samples_heard > 8000 && bench.phone->loudness(1000) > 0.3; },
                           false));
}

TEST_CASE("media transport: a phone without microphone hears all the same", "[media][component]") {
    TransportBench bench;
    bench.open({}, {.tone_hz = 0});
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK(bench.play_until([&] { return bench.phone->loudness(1000) > 0.3; }, false));
    CHECK(bench.samples_heard == 0);
}

TEST_CASE("media transport: the phone's picture is decoded and counted", "[media][component]") {
    TransportBench bench;
    media::TransportSettings both;
    both.receive_picture = true;
    both.display = "fake";
    bench.open(both, {.picture = true});
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK(bench.play_until([&] { return bench.device->stats().pictures_received > 10; }));
    CHECK(bench.device->stats().picture_bytes_received > 0);
}

TEST_CASE("media transport: on 1 host no relay is between", "[media][component]") {
    TransportBench bench;
    bench.open({});
    CHECK_FALSE(bench.device->stats().relayed);
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK(bench.until([&] { return bench.device->stats().relayed == false; }));
}

TEST_CASE("media transport: a key picture that the phone wants is asked for", "[media][component]") {
    TransportBench bench;
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    REQUIRE(bench.play_until([&] { return bench.phone->counters().pictures > 5; }));
    const unsigned before = bench.keys_wanted;
    bench.phone->ask_key_picture();
    CHECK(bench.play_until([&] { return bench.keys_wanted > before; }));
}

TEST_CASE("media transport: a turned camera tells the phone by the packet's orientation",
          "[media][component]") {
    TransportBench bench;
    bench.rotation = 90;
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK(bench.play_until([&] { return bench.phone->counters().orientation.load(); }));
}

TEST_CASE("media transport: whoever has another certificate than the answer's is not spoken to",
          "[media][component]") {
    TransportBench bench;
    bench.on_answer = [](std::string sdp) {
        constexpr std::string_view mark = "a=fingerprint:sha-256 ";
        for (auto at = sdp.find(mark); at != std::string::npos; at = sdp.find(mark, at + 1)) {
            char& digit = sdp[at + mark.size()];
            digit = digit == '0' ? '1' : '0';
        }
        return sdp;
    };
    bench.open({});
    REQUIRE(bench.until([&] { return bench.lost.has_value(); }));
    CHECK(bench.lost->is(Errc::refused));
    CHECK_FALSE(bench.connected);
}

TEST_CASE("media transport: answers and candidates that are none are refused and harm nothing",
          "[media][component]") {
    TransportBench bench;
    bool spoiled = false;
    bench.on_answer = [&](std::string sdp) {
        for (const std::string& bad :
             {std::string("v=0\r\n"), std::string("garbage"), sdp.substr(0, sdp.size() / 2),
              sdp + "m=audio 9\r\n", std::string(32768, 'x')})
            bench.device->take_answer(bad, [&](Result<void> outcome) {
                spoiled = spoiled || outcome;
                CHECK(outcome.error().is(Errc::bad_message));
            });
        for (const char* bad : {"candidate", "candidate:1 1 udp x 127.0.0.1 9 typ host", "a=candidate:1",
                                "candidate:1 1 udp 1 nonsense 9 typ host"})
            CHECK_FALSE(bench.device->take_candidate(bad, 0));
        CHECK_FALSE(bench.device->take_candidate("candidate:1 1 udp 1 127.0.0.1 9 typ host", 7));
        CHECK(bench.device->take_candidate("candidate:1 1 udp 1 4f1c-9.local 9 typ host", 0));
        CHECK(bench.device->take_candidate("", 0));
        return sdp;
    };
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK_FALSE(spoiled);
    REQUIRE(bench.answered);
    CHECK(*bench.answered);
}

TEST_CASE("media transport: after one connection comes the next, with the same key", "[media][component]") {
    TransportBench bench;
    const auto fingerprint = [&] {
        const auto at = bench.offer.find("a=fingerprint:");
        return bench.offer.substr(at, bench.offer.find('\r', at) - at);
    };
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    const std::string first = fingerprint();
    bench.close();
    bench.connected = false;
    bench.open({});
    REQUIRE(bench.until([&] { return bench.connected; }));
    CHECK(fingerprint() == first);
    CHECK(bench.play_until([&] { return bench.phone->counters().pictures > 5; }));
}

TEST_CASE("media transport: the offer is told when the library has it for its own, not 1 step before",
          "[media][component]") {
    struct Seen {
        std::atomic<bool> own{false};
        std::promise<void> offer;
        std::future<void> told = offer.get_future();
        bool too_early = false;  // before `own`
    } seen;
    TransportBench bench;
    const guint signal = g_signal_lookup("set-local-description", g_type_from_name("GstWebRTCBin"));
    const gulong hook = g_signal_add_emission_hook(
        signal, 0,
        [](GSignalInvocationHint*, guint, const GValue*, gpointer data) -> gboolean {
            auto* const self = static_cast<Seen*>(data);
            if (self->own.exchange(true)) return TRUE;  // the phone's
            self->too_early = self->told.wait_for(200ms) == std::future_status::ready;
            return TRUE;
        },
        &seen, nullptr);
    bench.on_offer = [&seen] { seen.offer.set_value(); };
    bench.open({});
    CHECK(bench.until([&] { return bench.connected; }));
    g_signal_remove_emission_hook(signal, hook);
    CHECK(seen.own);
    CHECK_FALSE(seen.too_early);
}
