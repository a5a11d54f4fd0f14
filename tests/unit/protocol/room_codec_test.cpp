#include "protocol/room_codec.hpp"

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using test::edited;
using test::parsed;

namespace {

template <class Message>
using Decode = Answer<Message> (*)(const json::Value&);

template <class Message>
void check_round_trip(Decode<Message> decode, const Message& message) {
    const auto again = decode(encode(message));
    INFO(json::write(encode(message)));
    REQUIRE(again);
    CHECK(*again == message);
}

struct Wrong {
    const char* edits;
    int err_code;
    const char* field;
};

template <class Message, std::size_t n>
void check_wrong(Decode<Message> decode, const char* good, const Wrong (&cases)[n]) {
    CHECK(decode(parsed(good)));
    for (const Wrong& c : cases) {
        INFO(c.edits);
        const auto message = decode(edited(parsed(good), c.edits));
        REQUIRE_FALSE(message);
        CHECK(message.error().err_code == c.err_code);
        CHECK(message.error().field == c.field);
    }
    for (const char* text : {"null", "[]", "\"x\"", "1"}) {
        const auto message = decode(parsed(text));
        REQUIRE_FALSE(message);
        CHECK(message.error().err_code == code::argument);
    }
}

RoomFacts facts() {
    RoomFacts room;
    room.room_id = "r-1";
    room.call_id = "c-1";
    room.room_type = RoomType::voice;
    room.business_type = user_to_device;
    room.caller = {"o-desk", "Desk", 0};
    room.listener = {"SN-1", "front door", 1};
    room.charge_type = ChargeType::license;
    room.time_limit_s = 600;
    room.state = MiniprogramState::developer;
    room.custom_query = "a=1&b=2";
    return room;
}

const char* const incoming_text = R"({"roomId":"r","callId":"c","roomType":"video","businessType":1,
    "caller":{"id":"SN-1"},"listener":{"id":"o-desk"}})";

}  // namespace

TEST_CASE("room: call.incoming survives the wire, with 60 s and with 0.25 s of ringing", "[protocol][unit]") {
    check_round_trip(decode_call_incoming, CallIncoming{facts(), 60});
    check_round_trip(decode_call_incoming, CallIncoming{facts(), 0.25});
    check_round_trip(decode_call_incoming, CallIncoming{facts(), 59.999});
    CHECK(json::write(*encode(CallIncoming{facts(), 60}).find("ringSeconds")) == "60");
    CHECK(json::write(*encode(CallIncoming{facts(), 0.25}).find("ringSeconds")) == "0.25");
    CHECK(*encode(CallIncoming{facts(), 60}).find("groupId") == json::Value("r-1"));
}

TEST_CASE("room: call.incoming needs six members, the rest has defaults", "[protocol][unit]") {
    const auto incoming = decode_call_incoming(parsed(incoming_text));
    REQUIRE(incoming);
    CHECK(incoming->ring_seconds == 60.0);
    CHECK(incoming->room.time_limit_s == 0);
    CHECK(incoming->room.charge_type == ChargeType::duration);
    CHECK(incoming->room.state == MiniprogramState::formal);
    CHECK(incoming->room.custom_query.empty());
    CHECK(incoming->room.caller == Party{"SN-1", "", 0});
}

TEST_CASE("room: call.incoming, 34 wrong members", "[protocol][unit]") {
    const Wrong cases[] = {
        {R"({"-roomId":0})", 1, "roomId"},
        {R"({"roomId":""})", 1, "roomId"},
        {R"({"roomId":5})", 1, "roomId"},
        {R"({"roomId":null})", 1, "roomId"},
        {R"({"roomId":["r"]})", 1, "roomId"},
        {R"({"roomId":"a\u0007"})", 1, "roomId"},
        {R"({"groupId":"other"})", 1, "groupId"},
        {R"({"groupId":5})", 1, "groupId"},
        {R"({"-callId":0})", 1, "callId"},
        {R"({"callId":""})", 1, "callId"},
        {R"({"callId":7})", 1, "callId"},
        {R"({"-roomType":0})", 1004, "roomType"},
        {R"({"roomType":"x"})", 1004, "roomType"},
        {R"({"-businessType":0})", 1004, "businessType"},
        {R"({"businessType":0})", 1004, "businessType"},
        {R"({"businessType":3})", 1004, "businessType"},
        {R"({"-caller":0})", 1004, "caller"},
        {R"({"caller":[]})", 1004, "caller"},
        {R"({"caller.id":""})", 1004, "caller.id"},
        {R"({"caller.name":1})", 1004, "caller.name"},
        {R"({"caller.cameraStatus":2})", 1004, "caller.cameraStatus"},
        {R"({"-listener":0})", 1004, "listener"},
        {R"({"-listener.id":0})", 1004, "listener.id"},
        {R"({"listener.name":"a\nb"})", 1004, "listener.name"},
        {R"({"chargeType":"x"})", 1004, "chargeType"},
        {R"({"timeLimit":-1})", 1004, "timeLimit"},
        {R"({"timeLimit":86401})", 1004, "timeLimit"},
        {R"({"miniprogramState":"x"})", 1004, "miniprogramState"},
        {R"({"customQuery":"x"})", 1004, "customQuery"},
        {R"({"customQuery":1})", 1004, "customQuery"},
        {R"({"ringSeconds":-1})", 1004, "ringSeconds"},
        {R"({"ringSeconds":86401})", 1004, "ringSeconds"},
        {R"({"ringSeconds":"60"})", 1004, "ringSeconds"},
        {R"({"ringSeconds":null})", 1004, "ringSeconds"},
    };
    CHECK(std::size(cases) == 34);
    check_wrong(decode_call_incoming, incoming_text, cases);
}

TEST_CASE("room: room.join and its answer", "[protocol][unit]") {
    check_round_trip(decode_room_join, RoomJoin{"r-1", std::nullopt});
    check_round_trip(decode_room_join, RoomJoin{"r-1", 1});
    CHECK(json::write(encode(RoomJoin{"r-1", std::nullopt})) == R"({"roomId":"r-1"})");
    check_round_trip(decode_room_joined, RoomJoined{"r-1", Phase::ringing, {}});
    check_round_trip(decode_room_joined,
                     RoomJoined{"r-1",
                                Phase::talking,
                                {{{"stun:a:3478"}, "", ""}, {{"turn:b", "turns:b"}, "170:r-1", "secret"}}});
    const Wrong join[] = {{R"({"roomId":""})", 1, "roomId"},
                          {R"({"roomId":7})", 1, "roomId"},
                          {R"({"cameraStatus":2})", 1004, "cameraStatus"},
                          {R"({"cameraStatus":"0"})", 1004, "cameraStatus"}};
    check_wrong(decode_room_join, R"({"roomId":"r"})", join);
    const Wrong joined[] = {
        {R"({"-roomId":0})", 1, "roomId"},
        {R"({"-phase":0})", 1004, "phase"},
        {R"({"phase":"idle"})", 1004, "phase"},
        {R"({"phase":"ended"})", 1004, "phase"},
        {R"({"phase":"x"})", 1004, "phase"},
        {R"({"-iceServers":0})", 1004, "iceServers"},
        {R"({"iceServers":{}})", 1004, "iceServers"},
        {R"({"iceServers":[5]})", 1004, "iceServers[0]"},
        {R"({"iceServers":[{}]})", 1004, "iceServers[0].urls"},
        {R"({"iceServers":[{"urls":"stun:a"}]})", 1004, "iceServers[0].urls"},
        {R"({"iceServers":[{"urls":[]},{"urls":["a",""]}]})", 1004, "iceServers[1].urls[1]"},
        {R"({"iceServers":[{"urls":[],"username":5}]})", 1004, "iceServers[0].username"},
        {R"({"iceServers":[{"urls":[],"credential":{}}]})", 1004, "iceServers[0].credential"}};
    check_wrong(decode_room_joined, R"({"roomId":"r","phase":"joining","iceServers":[]})", joined);
}

TEST_CASE("room: room.iceServers answers a list, at most 16", "[protocol][unit]") {
    std::vector<IceServer> servers(limits::ice_servers, IceServer{{"stun:a"}, "u", "c"});
    json::Value answer;
    answer.set("iceServers", encode(servers));
    const auto read = decode_ice_servers(answer);
    REQUIRE(read);
    CHECK(*read == servers);
    servers.push_back(servers.front());
    answer.set("iceServers", encode(servers));
    CHECK_FALSE(decode_ice_servers(answer));
    CHECK(decode_ice_servers(parsed("[]")).error().err_code == 1004);
}

TEST_CASE("room: room.resume and its answer", "[protocol][unit]") {
    check_round_trip(decode_room_resume, RoomResume{"r-1", "c-1"});
    check_round_trip(decode_room_resumed, RoomResumed{"r-1", Phase::talking, 17});
    const Wrong resume[] = {{R"({"roomId":""})", 1, "roomId"},
                            {R"({"-callId":0})", 1, "callId"},
                            {R"({"callId":null})", 1, "callId"},
                            {R"({"callId":""})", 1, "callId"}};
    check_wrong(decode_room_resume, R"({"roomId":"r","callId":"c"})", resume);
    const Wrong resumed[] = {{R"({"phase":"alerting"})", 1004, "phase"},
                             {R"({"-keepTime":0})", 1004, "keepTime"},
                             {R"({"keepTime":-1})", 1004, "keepTime"},
                             {R"({"keepTime":1.5})", 1004, "keepTime"}};
    check_wrong(decode_room_resumed, R"({"roomId":"r","phase":"ringing","keepTime":0})", resumed);
}

TEST_CASE("room: room.hangUp, five reasons and manual as the default", "[protocol][unit]") {
    for (const auto reason : {HangUpReason::manual, HangUpReason::unloadCallPage, HangUpReason::forceFromApp,
                              HangUpReason::busy, HangUpReason::abort})
        check_round_trip(decode_room_hang_up, RoomHangUp{"r-1", reason, ""});
    check_round_trip(decode_room_hang_up, RoomHangUp{"r-1", HangUpReason::abort, "camera\nlost"});
    CHECK(decode_room_hang_up(parsed(R"({"roomId":"r"})"))->reason == HangUpReason::manual);
    const Wrong cases[] = {{R"({"-roomId":0})", 1, "roomId"},
                           {R"({"roomId":12})", 1, "roomId"},
                           {R"({"reason":"other"})", 1004, "reason"},
                           {R"({"reason":1})", 1004, "reason"},
                           {R"({"errMsg":5})", 1004, "errMsg"}};
    check_wrong(decode_room_hang_up, R"({"roomId":"r"})", cases);
}

TEST_CASE("room: a hang-up with an errMsg of 5000 bytes is cut, not refused by the service",
          "[protocol][unit]") {
    const auto again =
        decode_room_hang_up(encode(RoomHangUp{"r", HangUpReason::abort, std::string(5000, 'x')}));
    REQUIRE(again);
    CHECK(again->err_msg == std::string(limits::err_msg_bytes, 'x'));
    CHECK(
        decode_room_hang_up(parsed(R"({"roomId":"r"})").set("errMsg", std::string(513, 'x'))).error().field ==
        "errMsg");
}

TEST_CASE("room: room.signal carries any JSON up to 32 KiB, else Fault 4130", "[protocol][unit]") {
    for (const char* body : {"null", "5", "\"sdp\"", "[1,{}]", R"({"type":"offer","sdp":"v=0\r\n"})"})
        check_round_trip(decode_room_signal, RoomSignal{"r-1", parsed(body)});
    const std::string full(limits::signal_bytes - 2, 's');  // two quotes
    check_round_trip(decode_room_signal, RoomSignal{"r-1", full});
    const auto large = decode_room_signal(encode(RoomSignal{"r-1", full + "s"}));
    REQUIRE_FALSE(large);
    CHECK(large.error().err_code == code::too_large);
    CHECK(large.error().field == "body");
    const Wrong cases[] = {{R"({"roomId":""})", 1, "roomId"}, {R"({"-body":0})", 1004, "body"}};
    check_wrong(decode_room_signal, R"({"roomId":"r","body":null})", cases);
}

TEST_CASE("room: an id of 128 bytes is taken, one of 129 is Fault 1", "[protocol][unit]") {
    CHECK(decode_room_join(encode(RoomJoin{std::string(128, 'r'), {}})));
    CHECK(decode_room_join(encode(RoomJoin{std::string(129, 'r'), {}})).error().err_code == 1);
    CHECK(decode_room_resume(encode(RoomResume{"r", std::string(64, 'c')})));
    CHECK(decode_room_resume(encode(RoomResume{"r", std::string(65, 'c')})).error().err_code == 1);
}

TEST_CASE("snapshot: all 7 phases survive the wire, with and without an end", "[protocol][unit]") {
    for (const auto state : {Phase::idle, Phase::dialling, Phase::ringing, Phase::alerting, Phase::joining,
                             Phase::talking, Phase::ended}) {
        RoomSnapshot snapshot;
        snapshot.phase = state;
        check_round_trip(decode_room_snapshot, snapshot);  // an idle or dialling one has empty ids
        snapshot.direction = Direction::incoming;
        snapshot.room = facts();
        snapshot.room.state = MiniprogramState::formal;  // these two are not shown
        snapshot.room.custom_query.clear();
        snapshot.since = 1767225600123;
        snapshot.keep_time = 12;
        snapshot.media = {"flowing", true, false};
        if (state == Phase::talking) snapshot.media.quality = test::some_quality();
        check_round_trip(decode_room_snapshot, snapshot);
        snapshot.end = RoomEnd{EventName::abortVoip, "abortByListener", "other", 2007, "no camera"};
        check_round_trip(decode_room_snapshot, snapshot);
    }
}

TEST_CASE("snapshot: an idle room is written whole, with empty ids and end null", "[protocol][unit]") {
    CHECK(
        json::write(encode(RoomSnapshot{})) ==
        R"({"roomId":"","groupId":"","callId":"","phase":"idle","direction":"outgoing","roomType":"video",)"
        R"("businessType":1,"caller":{"id":"","name":"","cameraStatus":0},)"
        R"("listener":{"id":"","name":"","cameraStatus":0},"chargeType":"duration","timeLimit":0,"since":0,)"
        R"("keepTime":0,"media":{"state":"none","camera":false,"microphone":false},"end":null})");
    const auto least = decode_room_snapshot(parsed(R"({"phase":"idle"})"));
    REQUIRE(least);
    CHECK(*least == RoomSnapshot{});
}

TEST_CASE("snapshot: 30 wrong members", "[protocol][unit]") {
    const Wrong cases[] = {
        {R"({"-phase":0})", 1004, "phase"},
        {R"({"phase":"calling"})", 1004, "phase"},
        {R"({"direction":"in"})", 1004, "direction"},
        {R"({"roomId":5})", 1004, "roomId"},
        {R"({"groupId":"x"})", 1, "groupId"},
        {R"({"callId":5})", 1004, "callId"},
        {R"({"roomType":"x"})", 1004, "roomType"},
        {R"({"businessType":0})", 1004, "businessType"},
        {R"({"caller":5})", 1004, "caller"},
        {R"({"caller":{"id":5}})", 1004, "caller.id"},
        {R"({"caller":{"cameraStatus":5}})", 1004, "caller.cameraStatus"},
        {R"({"listener":{"name":5}})", 1004, "listener.name"},
        {R"({"chargeType":"x"})", 1004, "chargeType"},
        {R"({"timeLimit":-1})", 1004, "timeLimit"},
        {R"({"since":-1})", 1004, "since"},
        {R"({"since":1.5})", 1004, "since"},
        {R"({"keepTime":"1"})", 1004, "keepTime"},
        {R"({"media":null})", 1004, "media"},
        {R"({"media":{"state":"off"}})", 1004, "media.state"},
        {R"({"media":{"camera":1}})", 1004, "media.camera"},
        {R"({"media":{"microphone":null}})", 1004, "media.microphone"},
        {R"({"media":{"quality":null}})", 1004, "media.quality"},
        {R"({"media":{"quality":{"fps":-1}}})", 1004, "media.quality.fps"},
        {R"({"media":{"quality":{"codec":5}}})", 1004, "media.quality.codec"},
        {R"({"end":5})", 1004, "end"},
        {R"({"end":{}})", 1004, "end.eventName"},
        {R"({"end":{"eventName":"x"}})", 1004, "end.eventName"},
        {R"({"end":{"eventName":"busy","status":5}})", 1004, "end.status"},
        {R"({"end":{"eventName":"busy","errCode":"5"}})", 1004, "end.errCode"},
        {R"({"end":{"eventName":"busy","errMsg":5}})", 1004, "end.errMsg"},
    };
    CHECK(std::size(cases) == 30);
    check_wrong(decode_room_snapshot, R"({"phase":"talking"})", cases);
}

TEST_CASE("media: the 5 states survive the wire, with and without quality", "[protocol][unit]") {
    for (const char* state : {"none", "starting", "flowing", "interrupted", "failed"}) {
        check_round_trip(decode_media_state, MediaState{state, true, false});
        check_round_trip(decode_media_state, MediaState{state, true, false, test::some_quality()});
    }
    CHECK(decode_media_state(parsed(R"({"state":"x"})")).error().field == "state");
}
