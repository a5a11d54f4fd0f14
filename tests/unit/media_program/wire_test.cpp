// Foreign words: signals, descriptions, candidates, the daemon's requests; and pictures cut into packets.
#include <random>

#include "daemon/media/program/dtls_record.hpp"
#include "daemon/media/program/messages.hpp"
#include "daemon/media/program/rtp_h264.hpp"
#include "daemon/media/program/sdp.hpp"
#include "daemon/media/program/signal.hpp"
#include "tests/unit/media_program/scene.hpp"

namespace {

using namespace voip;
using namespace voip::media;

json::Value parse(const std::string& text) {
    auto value = json::parse(text);
    REQUIRE(value);
    return *value;
}

const std::string fingerprint =
    "sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
const std::string common =
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef012345\r\na=fingerprint:" + fingerprint + "\r\n";
const std::string offer =
    "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=mid:audio0\r\na=setup:actpass\r\n" +
    common + "m=video 0 UDP/TLS/RTP/SAVPF 102 96\r\na=mid:video1\r\na=bundle-only\r\na=setup:actpass\r\n" +
    common;

std::string answer(const std::string& audio = "111", const std::string& setup = "active",
                   const std::string& more = "") {
    return "v=0\r\no=- 2 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF " + audio +
           "\r\na=mid:audio0\r\na=setup:" + setup + "\r\n" + common + more +
           "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=mid:video1\r\na=setup:" + setup + "\r\n" + common;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::vector<std::byte> nal(unsigned char first, std::size_t size) {
    std::vector<std::byte> bytes{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}, std::byte{first}};
    bytes.resize(4 + size, std::byte{0x55});
    return bytes;
}

}  // namespace

TEST_CASE("signal: 5 kinds survive a round trip", "[media][unit]") {
    for (const Signal& one : {Signal{signal::Offer{3, "v=0\r\n"}}, Signal{signal::Answer{3, "v=0\r\n"}},
                              Signal{signal::Candidate{3, "candidate:1 1 UDP 1 h 1 typ host", "audio0", 0}},
                              Signal{signal::WantOffer{0}}, Signal{signal::Media{true, false}}}) {
        const auto read = decode_signal(encode(one));
        REQUIRE(read);
        CHECK(*read == one);
    }
}

TEST_CASE("signal: 14 bodies are refused with the member's name", "[media][unit]") {
    const std::string long_text(33 * 1024, 'x');
    for (const auto& [text, field] : std::initializer_list<std::pair<std::string, std::string>>{
             {R"([])", ""},
             {R"({})", "type"},
             {R"({"type":7})", "type"},
             {R"({"type":"bye"})", "type"},
             {R"({"type":"answer"})", "session"},
             {R"({"type":"answer","session":-1,"sdp":"v=0"})", "session"},
             {R"({"type":"answer","session":1.5,"sdp":"v=0"})", "session"},
             {R"({"type":"answer","session":1})", "sdp"},
             {R"({"type":"answer","session":1,"sdp":7})", "sdp"},
             {R"({"type":"answer","session":1,"sdp":")" + long_text + "\"}", "sdp"},
             {R"({"type":"candidate","session":1,"candidate":"a\nb"})", "candidate"},
             {R"({"type":"candidate","session":1,"candidate":"c","sdpMLineIndex":99})", "sdpMLineIndex"},
             {R"({"type":"want-offer","session":"1"})", "session"},
             {R"({"type":"media","camera":"on","microphone":true})", "camera"}}) {
        INFO(text.substr(0, 100));
        const auto read = decode_signal(parse(text));
        REQUIRE_FALSE(read);
        CHECK(read.error().field == field);
        CHECK(read.error().err_code == code::argument);
    }
    CHECK(decode_signal(
        parse(R"({"type":"candidate","session":1,"candidate":"","sdpMid":null,"sdpMLineIndex":null})")));
}

TEST_CASE("answer: one that fits the offer is taken, with its fingerprint", "[media][unit]") {
    const auto judged =
        sdp::judge_answer(offer, answer("111", "active",
                                        "a=candidate:1 1 udp 1 0c1d.local 50000 typ host\r\na=candidate:2 1 "
                                        "udp 1 192.0.2.9 50000 typ host\r\n"));
    REQUIRE(judged);
    CHECK(judged->algorithm == "sha-256");
    CHECK("sha-256 " + judged->fingerprint == fingerprint);
    CHECK((judged->audio && judged->video));
    CHECK(judged->sdp.find(".local") == std::string::npos);
    CHECK(judged->sdp.find("192.0.2.9") != std::string::npos);
}

TEST_CASE("answer: a browser that takes the sound alone is taken", "[media][unit]") {
    const std::string rejected = answer().substr(0, answer().find("m=video")) +
                                 "m=video 0 UDP/TLS/RTP/SAVPF 102\r\na=mid:video1\r\na=inactive\r\n";
    const auto judged = sdp::judge_answer(offer, rejected);
    REQUIRE(judged);
    CHECK(judged->audio);
    CHECK_FALSE(judged->video);
}

TEST_CASE("answer: 12 that do not fit are refused", "[media][unit]") {
    const std::string good = answer();
    for (const std::string& bad :
         {std::string(), std::string("v=1\r\n"), good.substr(0, good.find("m=video")), answer("0"),
          answer("111 97"), answer("111", "actpass"), answer("111", "holdconn"),
          replaced(good, "a=mid:video1", "a=mid:x"),
          replaced(good, "ice-pwd:0123456789abcdef012345", "ice-pwd:short"),
          replaced(good, "sha-256", "sha-1"), replaced(good, "UDP/TLS/RTP/SAVPF", "RTP/AVP"),
          replaced(good, "m=audio", "m=application")}) {
        INFO(bad);
        CHECK_FALSE(sdp::judge_answer(offer, bad));
    }
    std::string two = good;
    two.replace(two.rfind("00:11:22"), 2, "01");
    CHECK_FALSE(sdp::judge_answer(offer, two));
}

TEST_CASE("answer, candidate: a line that libraries take for two is refused", "[media][unit]") {
    const std::string good = "a=candidate:2 1 udp 1 192.0.2.9 50000 typ host";
    REQUIRE(sdp::judge_answer(offer, answer("111", "active", good + "\r\n")));
    REQUIRE(sdp::judge_candidate(good));
    for (const std::string& end : {std::string("\r"), std::string(1, '\0')}) {
        INFO(static_cast<int>(end[0]));
        CHECK_FALSE(sdp::judge_candidate(good + end + "a=setup:actpass"));
        for (const std::string& hidden : {good + end + "a=setup:actpass", "a=x" + end + end})
            CHECK_FALSE(sdp::judge_answer(offer, answer("111", "active", hidden + "\r\n")));
    }
    CHECK_FALSE(sdp::judge_candidate(good + "\n"));
}

TEST_CASE("description: REMB is asked for beside the PLI of one payload type, and taken out again",
          "[media][unit]") {
    const std::string plain =
        "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtcp-fb:102 nack pli\r\na=mid:1\r\n";
    const std::string asked =
        "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtcp-fb:102 goog-remb\r\na=rtcp-fb:102 nack "
        "pli\r\na=mid:1\r\n";
    CHECK(sdp::with_remb(plain, 102) == asked);
    CHECK(sdp::with_remb(plain, 10) == plain);
    CHECK(sdp::with_remb("", 102).empty());
    CHECK(sdp::without_remb(asked) == plain);
    CHECK(sdp::without_remb(plain) == plain);
    CHECK(sdp::without_remb("a=rtcp-fb:102 goog-remb").empty());
    CHECK(sdp::without_remb("a=x\na=rtcp-fb:* goog-remb\nb=goog-remb") == "a=x\nb=goog-remb");
    CHECK(sdp::without_remb("").empty());
}

TEST_CASE("candidate: UDP addresses are used, names, TCP and ends skipped, garbage refused",
          "[media][unit]") {
    using sdp::CandidateUse;
    const auto use = [](const char* text) { return sdp::judge_candidate(text); };
    CHECK(*use("candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0") == CandidateUse::use);
    CHECK(*use("a=candidate:1 1 UDP 1 2001:db8::1 50000 typ relay raddr 0.0.0.0 rport 0") ==
          CandidateUse::use);
    CHECK(*use("") == CandidateUse::skip);
    CHECK(*use("candidate:1 1 udp 1 0a1b2c.local 50000 typ host") == CandidateUse::skip);
    CHECK(*use("candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active") == CandidateUse::skip);
    for (const char* bad :
         {"x", "candidate:", "candidate:1 1 udp", "candidate:1 x udp 1 192.0.2.1 1 typ host",
          "candidate:1 1 udp 1 192.0.2.1 70000 typ host", "candidate:1 1 udp 1 192.0.2.1 1 host"}) {
        INFO(bad);
        CHECK_FALSE(use(bad));
    }
}

TEST_CASE("requests: what the daemon sends is read, 10 faults are named", "[media][unit]") {
    const auto prepare =
        decode_prepare(parse(R"({"generation":7,"board":{"driver":"sim","camera":{"enabled":true,
        "device":"","format":"raw","width":320,"height":240,"fps":10,"rotation":90},"microphone":true,
        "speaker":{"enabled":true,"volume":30}},"media":{"echo":false,"noise":true,"gain":true,"playoutDelay":120,
        "bitrate":800,"bitrateFloor":100,"display":"fake","addresses":["127.0.0.1"],"reconnectSeconds":7.5},
        "log":"debug"})"));
    REQUIRE(prepare);
    CHECK(prepare->camera == CameraPlan{true, "", "raw", 320, 240, 10, 90});
    CHECK(prepare->speaker.volume == 30);
    CHECK(prepare->reconnect == 7500ms);
    CHECK_FALSE(prepare->echo);
    for (const auto& [text, field] : std::initializer_list<std::pair<const char*, const char*>>{
             {"{}", "generation"},
             {R"({"generation":1})", "board"},
             {R"({"generation":1,"board":{}})", "board.driver"},
             {R"({"generation":1,"board":{"driver":"sim","camera":7},"media":{}})", "board.camera"},
             {R"({"generation":1,"board":{"driver":"sim","camera":{"rotation":45}},"media":{}})",
              "board.camera.rotation"},
             {R"({"generation":1,"board":{"driver":"sim","camera":{"format":"x"}},"media":{}})",
              "board.camera.format"},
             {R"({"generation":1,"board":{"driver":"sim"}})", "media"},
             {R"({"generation":1,"board":{"driver":"sim"},"media":{"bitrate":9000}})", "media.bitrate"},
             {R"({"generation":1,"board":{"driver":"sim"},"media":{"bitrate":60,"bitrateFloor":70}})",
              "media.bitrateFloor"},
             {R"({"generation":1,"board":{"driver":"sim"},"media":{},"log":"loud"})", "log"}}) {
        INFO(text);
        const auto bad = decode_prepare(parse(text));
        REQUIRE_FALSE(bad);
        CHECK(bad.error().field == field);
    }
    CHECK(decode_start(parse(R"({"roomType":"voice","camera":false,"microphone":true,"volume":5,
        "iceServers":[{"urls":["stun:h"]}]})"))
              ->ice_servers.size() == 1);
    CHECK(decode_start(parse(R"({"camera":false,"microphone":true})")).error().field == "roomType");
    CHECK(decode_set(parse(R"({"volume":101})")).error().field == "volume");
}

TEST_CASE(
    "requests: Unix sockets are needed for window systems, and for sound that is not the hardware's own",
    "[media][unit]") {
    Prepare plain;
    CHECK_FALSE(needs_unix_sockets(plain));
    for (const char* display : {"fake", "kmssink", "fbdevsink"}) {
        plain.display = display;
        CHECK_FALSE(needs_unix_sockets(plain));
    }
    for (const char* display : {"waylandsink", "ximagesink", "xvimagesink", "glimagesink"}) {
        Prepare window;
        window.display = display;
        CHECK(needs_unix_sockets(window));
    }
    Prepare board;
    board.driver = "linux";
    board.microphone.device = "plughw:1";
    CHECK(needs_unix_sockets(board));  // the speaker's is "default"
    board.speaker.device = "hw:CARD=x";
    CHECK_FALSE(needs_unix_sockets(board));
    board.microphone.device = "pulse";
    CHECK(needs_unix_sockets(board));
    board.microphone.enabled = false;
    CHECK_FALSE(needs_unix_sockets(board));
}

TEST_CASE(
    "dtls: a record that changes the cipher is found behind others; cut ones and 2000 random ones are safe",
    "[media][unit]") {
    const auto record = [](unsigned char type, std::size_t length) {
        std::vector<std::byte> made(13 + length);
        made[0] = std::byte{type};
        made[11] = static_cast<std::byte>(length >> 8);
        made[12] = static_cast<std::byte>(length & 0xff);
        return made;
    };
    const auto joined = [](std::vector<std::byte> first, const std::vector<std::byte>& second) {
        first.insert(first.end(), second.begin(), second.end());
        return first;
    };
    CHECK(changes_cipher(record(20, 1)));
    CHECK(changes_cipher(joined(record(22, 300), joined(record(20, 1), record(22, 48)))));
    CHECK_FALSE(changes_cipher(record(22, 300)));
    CHECK_FALSE(changes_cipher({}));
    auto cut = joined(record(22, 300), record(20, 1));
    cut.resize(320);
    CHECK_FALSE(changes_cipher(cut));
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::byte> noise(random() % 64);
        for (std::byte& one : noise) one = static_cast<std::byte>(random() % 24);
        (void)changes_cipher(noise);
    }
}

TEST_CASE("packets: parameter sets together, small pictures whole, large ones in pieces of 1200 bytes",
          "[media][unit]") {
    rtp::H264Packetizer packetizer(0x01020304, 102, 65535);
    auto unit = nal(0x67, 20);
    for (const auto& part : {nal(0x68, 6), nal(0x65, 5000)})
        unit.insert(unit.end(), part.begin(), part.end());
    const auto packets = packetizer.packets(unit, 90000, 90);
    REQUIRE(packets.size() >= 6);
    const auto type = [](const std::byte octet) { return std::to_integer<int>(octet) & 0x1f; };
    std::size_t payload = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const auto& packet = packets[i];
        CHECK(packet.size() <= rtp::max_packet);
        CHECK(std::to_integer<int>(packet[0]) >> 6 == 2);
        const bool marker = (std::to_integer<int>(packet[1]) & 0x80) != 0;
        CHECK(marker == (i + 1 == packets.size()));
        CHECK((std::to_integer<int>(packet[1]) & 0x7f) == 102);
        const unsigned sequence =
            std::to_integer<unsigned>(packet[2]) << 8 | std::to_integer<unsigned>(packet[3]);
        CHECK(sequence == ((65535 + i) & 0xffff));  // over the end of its range too
        payload += packet.size();
    }
    CHECK(type(packets[0][12]) == 24);  // STAP-A
    CHECK(payload > 5000);
    CHECK(packetizer.packets({}, 0, 0).empty());
    CHECK(packetizer.packets(std::vector<std::byte>(100, std::byte{0}), 0, 0).empty());
}
