#include "tests/component/engine/service_bench.hpp"

namespace voip::test {
namespace {

Answer<json::Value> parsed(std::string_view text) {
    const auto value = json::parse(text);
    REQUIRE(value);
    return *value;
}
std::string text_of(const json::Value* params, std::string_view name) {
    const json::Value* member = params ? params->find(name) : nullptr;
    return member && member->as_string() ? *member->as_string() : "(none)";
}

TEST_CASE("dial: the deviceToken is filled in and the room comes back", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.handlers["voip.initByCaller"] = [](const json::Value&) {
        return parsed(R"({"isSuccess": true, "roomId": "r1", "groupId": "r1", "chargeType": "duration"})");
    };
    const auto outcome = bench.run(bench.road->dial(call_to("openid-1"), bench.in(10s)));
    REQUIRE(outcome);
    REQUIRE(outcome->result());
    CHECK(outcome->result()->is_success);
    CHECK(outcome->result()->room_id == "r1");
    const json::Value* asked = bench.channel.asked("voip.initByCaller");
    CHECK(text_of(asked, "voipToken") == *bench.device->current_device_token());
    CHECK(text_of(asked, "callId") == "call-1");
}

TEST_CASE("dial: a token that is there already stays, and wmpf gets none", "[engine][component]") {
    {
        ServiceBench bench;
        bench.go_online();
        InitByCaller request = call_to("openid-1");
        request.voip_token = "own-token";
        (void)bench.run(bench.road->dial(request, bench.in(10s)));
        CHECK(text_of(bench.channel.asked("voip.initByCaller"), "voipToken") == "own-token");
    }
    ServiceBench wmpf(FakeService::epoch, voip::Registration::wmpf);
    wmpf.go_online();
    (void)wmpf.run(wmpf.road->dial(call_to("openid-1"), wmpf.in(10s)));
    REQUIRE(wmpf.channel.asked("voip.initByCaller"));
    CHECK_FALSE(wmpf.channel.asked("voip.initByCaller")->find("voipToken"));
}

TEST_CASE("dial: a resolved failure, a thrown one and a bad answer are three things", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    auto& handler = bench.channel.handlers["voip.initByCaller"];
    handler = [](const json::Value&) {
        return parsed(R"({"isSuccess": false, "errCode": 9, "errMsg": "no"})");
    };
    const auto resolved = bench.run(bench.road->dial(call_to("o"), bench.in(10s)));
    REQUIRE(resolved);
    REQUIRE(resolved->result());
    CHECK_FALSE(resolved->result()->is_success);
    CHECK(resolved->result()->err_code == 9);
    handler = [](const json::Value&) { return Answer<json::Value>(Fault{1004, "wrong", "listener.id", {}}); };
    const auto thrown = bench.run(bench.road->dial(call_to("o"), bench.in(10s)));
    REQUIRE(thrown);
    REQUIRE(thrown->fault());
    CHECK(thrown->fault()->err_code == 1004);
    CHECK(thrown->fault()->field == "listener.id");
    for (const char* bad : {"5", "{\"isSuccess\": true}", "{\"isSuccess\": true, \"roomId\": 7}"}) {
        CAPTURE(bad);
        handler = [bad](const json::Value&) { return parsed(bad); };
        const auto broken = bench.run(bench.road->dial(call_to("o"), bench.in(10s)));
        REQUIRE(broken);
        REQUIRE(broken->fault());
        CHECK(broken->fault()->err_code == code::bad_answer);
    }
}

TEST_CASE("dial: without a valid deviceToken it waits for one, then gives up at its deadline",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.service.holds = true;
    bench.device->reject_device_token(*bench.device->current_device_token());
    const auto late = bench.begin(bench.road->dial(call_to("o"), bench.in(5s)));
    bench.advance(5s);
    REQUIRE(*late);
    REQUIRE((*late)->error());
    CHECK((*late)->error()->is(Errc::timeout));
    const auto in_time = bench.begin(bench.road->dial(call_to("o"), bench.in(5s)));
    bench.service.release();
    bench.advance(1s);
    REQUIRE(*in_time);
    CHECK(text_of(bench.channel.asked("voip.initByCaller"), "voipToken") == bench.service.tokens.back());
}

TEST_CASE("requests: off line everything is wrong_state at once", "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.channel.unreachable = true;
    bench.road->start(bench.listener);
    bench.settle();
    CHECK_FALSE(bench.road->online());
    const auto dialled = bench.run(bench.road->dial(call_to("o"), bench.in(10s)));
    const auto joined = bench.run(bench.road->join(RoomJoin{"r1", {}}, bench.in(10s)));
    const auto resumed = bench.run(bench.road->resume(RoomResume{"r1", "c1"}, bench.in(10s)));
    const auto hung_up = bench.run(bench.road->hang_up(RoomHangUp{"r1", {}, {}}, bench.in(10s)));
    REQUIRE((dialled && joined && resumed && hung_up));
    REQUIRE((dialled->error() && joined->error() && resumed->error() && hung_up->error()));
    CHECK(dialled->error()->is(Errc::wrong_state));
    CHECK(joined->error()->is(Errc::wrong_state));
    CHECK(resumed->error()->is(Errc::wrong_state));
    CHECK(hung_up->error()->is(Errc::wrong_state));
    CHECK_FALSE(bench.road->signal(RoomSignal{"r1", json::Value(1)}));
}

TEST_CASE("requests: join, resume and hang up carry their members and read their answers",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.handlers["room.join"] = [](const json::Value&) {
        return parsed(R"({"roomId": "r1", "phase": "joining", "iceServers":
                          [{"urls": ["turn:t.example"], "username": "u", "credential": "c"}]})");
    };
    bench.channel.handlers["room.resume"] = [](const json::Value&) {
        return parsed(R"({"roomId": "r1", "phase": "talking", "keepTime": 42})");
    };
    bench.channel.handlers["room.hangUp"] = [](const json::Value&) { return parsed(R"({"roomId": "r1"})"); };
    const auto joined = bench.run(bench.road->join(RoomJoin{"r1", 1}, bench.in(10s)));
    REQUIRE(joined);
    REQUIRE(joined->result());
    CHECK(joined->result()->ice_servers.size() == 1);
    CHECK(json::write(*bench.channel.asked("room.join")) == R"({"roomId":"r1","cameraStatus":1})");
    bench.channel.handlers["room.iceServers"] = [](const json::Value&) {
        return parsed(R"({"iceServers": [{"urls": ["stun:s.example"]}]})");
    };
    const auto servers = bench.run(bench.road->ice_servers("r1", bench.in(10s)));
    REQUIRE((servers && servers->result()));
    CHECK(servers->result()->at(0).urls == std::vector<std::string>{"stun:s.example"});
    CHECK(json::write(*bench.channel.asked("room.iceServers")) == R"({"roomId":"r1"})");
    const auto resumed = bench.run(bench.road->resume(RoomResume{"r1", "c1"}, bench.in(10s)));
    REQUIRE(resumed);
    REQUIRE(resumed->result());
    CHECK(resumed->result()->keep_time == 42);
    CHECK(text_of(bench.channel.asked("room.resume"), "callId") == "c1");
    const auto ended =
        bench.run(bench.road->hang_up(RoomHangUp{"r1", HangUpReason::forceFromApp, {}}, bench.in(10s)));
    REQUIRE(ended);
    CHECK(ended->result());
    CHECK(text_of(bench.channel.asked("room.hangUp"), "reason") == "forceFromApp");
}

TEST_CASE("requests: a channel that breaks before the answer is `closed`, a lost answer is a timeout",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.silent.insert("voip.initByCaller");
    const auto broken = bench.begin(bench.road->dial(call_to("o"), bench.in(10s)));
    CHECK_FALSE(*broken);
    bench.channel.last().pair.cut();
    bench.settle();
    REQUIRE(*broken);
    REQUIRE((*broken)->error());
    CHECK((*broken)->error()->is(Errc::closed));
    bench.advance(1s);
    REQUIRE(bench.road->online());
    const auto lost = bench.begin(bench.road->dial(call_to("o"), bench.in(10s)));
    bench.advance(9s);
    CHECK_FALSE(*lost);
    bench.advance(1s);
    REQUIRE(*lost);
    REQUIRE((*lost)->error());
    CHECK((*lost)->error()->is(Errc::timeout));
    CHECK(bench.road->online());  // one lost answer is no reason to drop a call's channel
}

TEST_CASE("requests: a late answer changes nothing", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.handlers["room.join"] = [](const json::Value&) {
        return parsed(R"({"roomId": "r1", "phase": "joining", "iceServers": []})");
    };
    bench.channel.last().pair.delay(StreamPair::b, 3s);
    const auto first = bench.begin(bench.road->join(RoomJoin{"r1", {}}, bench.in(2s)));
    bench.advance(2s);
    REQUIRE(*first);
    CHECK((*first)->error());
    bench.channel.last().pair.delay(StreamPair::b, 0s);
    bench.advance(2s);  // the late one arrives
    const auto second = bench.run(bench.road->join(RoomJoin{"r1", {}}, bench.in(2s)));
    REQUIRE(second);
    CHECK(second->result());
    CHECK(bench.road->online());
}

TEST_CASE("requests: after code 13 the token is fetched anew, once for two who ask", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const auto old = bench.device->current_device_token();
    const std::size_t before = bench.service.count("/v1/device/token");
    bench.service.holds = true;
    const auto one = bench.begin(bench.road->renew_device_token(bench.in(10s)));
    const auto two = bench.begin(bench.road->renew_device_token(bench.in(10s)));
    bench.service.release();
    bench.settle();
    REQUIRE((*one && *two));
    CHECK((*one)->result());
    CHECK((*two)->result());
    CHECK(bench.service.count("/v1/device/token") == before + 1);
    CHECK(bench.device->current_device_token() != old);
    CHECK(bench.road->online());
    CHECK(bench.channel.connections.size() == 1);
}

TEST_CASE("incoming: acknowledged with {} and heard before any person answers", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const auto reply = bench.run(
        bench.channel.last().peer->call("call.incoming", *parsed(incoming_call("r9")), bench.in(5s)));
    REQUIRE(reply);
    REQUIRE(reply->result());
    CHECK(json::write(*reply->result()) == "{}");
    REQUIRE(bench.listener.incoming.size() == 1);
    CHECK(bench.listener.incoming[0].room.room_id == "r9");
    CHECK(bench.listener.incoming[0].room.caller.id == "openid-1");
}

TEST_CASE("incoming: a busy device answers 1005", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.listener.refusal = Fault{code::busy, "busy", {}, {}};
    const auto reply = bench.run(
        bench.channel.last().peer->call("call.incoming", *parsed(incoming_call("r9")), bench.in(5s)));
    REQUIRE(reply);
    REQUIRE(reply->fault());
    CHECK(reply->fault()->err_code == code::busy);
}

TEST_CASE("incoming: damaged calls and unknown methods are refused and never reach the listener",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const auto& peer = bench.channel.last().peer;
    for (const char* bad : {"{}", R"({"roomId": ""})", R"({"roomId": 7})", R"([1])"}) {
        CAPTURE(bad);
        const auto reply = bench.run(peer->call("call.incoming", *parsed(bad), bench.in(5s)));
        REQUIRE(reply);
        CHECK(reply->fault());
    }
    const auto unknown = bench.run(peer->call("device.reboot", *parsed("{}"), bench.in(5s)));
    REQUIRE(unknown);
    REQUIRE(unknown->fault());
    CHECK(unknown->fault()->err_code == -32601);
    CHECK(bench.listener.incoming.empty());
    CHECK(bench.road->online());
}

TEST_CASE("events: room events and signals arrive in order; damaged ones are dropped, the channel stays",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.listener.story.clear();
    bench.channel.notify("voip.event",
                         R"({"eventName": "startVoip", "roomId": "r1", "groupId": "r1", "data": {}})");
    bench.channel.notify("voip.event",
                         R"({"eventName": "noSuchEvent", "roomId": "r1", "groupId": "r1", "data": {}})");
    bench.channel.notify("voip.event", R"({"eventName": "hangOnVoip", "roomId": 5, "data": {}})");
    bench.channel.notify("room.signal", R"({"roomId": "r1", "body": {"sdp": "v=0"}})");
    bench.channel.notify("room.signal", R"({"body": 1})");
    bench.channel.notify("news", R"({})");
    bench.channel.notify("voip.event",
                         R"({"eventName": "endVoip", "roomId": "r1", "groupId": "r1", "data": {}})");
    bench.settle();
    CHECK(bench.listener.story ==
          std::vector<std::string>{"event startVoip r1", R"(signal {"sdp":"v=0"})", "event endVoip r1"});
    CHECK(bench.road->online());
}

TEST_CASE("signals: ours goes out as a notification", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    CHECK(bench.road->signal(RoomSignal{"r1", json::Value("candidate")}));
    bench.settle();
    REQUIRE(bench.channel.notifications.size() == 1);
    CHECK(bench.channel.notifications[0].first == "room.signal");
    CHECK(json::write(bench.channel.notifications[0].second) == R"({"roomId":"r1","body":"candidate"})");
}

TEST_CASE("secrets: tokens, tickets, signalling and queries are in no log line of a busy day",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.handlers["voip.initByCaller"] = [](const json::Value&) {
        return Answer<json::Value>(Fault{13, "the deviceToken is wrong", {}, {}});
    };
    (void)bench.run(bench.road->dial(call_to("o"), bench.in(10s)));
    CHECK(bench.road->signal(RoomSignal{"r1", json::Value("sdp-secret")}));
    bench.channel.notify("room.signal", R"({"roomId": "r1", "body": "sdp-secret"})");
    bench.channel.notify("room.signal", R"({"roomId": 1, "body": "sdp-secret"})");
    (void)bench.run(bench.channel.last().peer->call(
        "call.incoming", *parsed(incoming_call("r9", "q=query-secret")), bench.in(5s)));
    bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
    bench.settle();
    bench.channel.refusals = {401, 401, 503};
    bench.channel.say_goodbye(4401);
    bench.advance(2min);
    bench.channel.last().pair.inject(StreamPair::b, std::string("this is not JSON sdp-secret"));
    bench.advance(2min);
    const std::string log = bench.all_logs();
    CHECK(log.find("on line") != std::string::npos);
    CHECK(log.find("channel renewed") != std::string::npos);
    CHECK(log.find("deviceToken-") == std::string::npos);
    CHECK(log.find("pushToken-secret") == std::string::npos);
    CHECK(log.find("sdp-secret") == std::string::npos);
    CHECK(log.find("query-secret") == std::string::npos);
    CHECK(log.find(ticket) == std::string::npos);
}

}  // namespace
}  // namespace voip::test
