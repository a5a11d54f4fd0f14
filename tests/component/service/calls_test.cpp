#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

using Names = std::vector<std::string>;

/// A device, an authorised person, and a channel of each.
struct Pair {
    explicit Pair(const std::function<void(ServiceSettings&)>& change = {})
        : world(change), door(world.device("SN-1")), anna(world.person("Anna")) {
        world.grant(anna, door);
        device = world.open(door.token);
        phone = world.open(anna.token);
    }
    /// initByCaller of the device; the roomId. Both sides have heard of it.
    std::string ring(std::string call_id = {}) {
        const auto result = device->ask("voip.initByCaller", device_calls(door, anna, std::move(call_id)));
        INFO(json::write(result));
        REQUIRE(*result.find("isSuccess")->as_bool());
        REQUIRE(device->next().name() == "startVoip");
        REQUIRE(phone->next().name() == "call.incoming");
        return text_of(result, "roomId");
    }
    /// Rings and joins both: everybody is talking.
    std::string talk(std::string call_id = {}) {
        const std::string room = ring(std::move(call_id));
        (void)device->ask("room.join", in_room(room));
        (void)phone->ask("room.join", in_room(room));
        (void)device->until("calling");
        (void)phone->until("calling");
        return room;
    }
    World world;
    Device door;
    Person anna;
    std::unique_ptr<Channel> device, phone;
};

}  // namespace

TEST_CASE("call: device to user, answered, talked and hung up by the user", "[service][component]") {
    Pair pair;
    const auto result = pair.device->ask("voip.initByCaller", device_calls(pair.door, pair.anna, "call-1"));
    const std::string room = text_of(result, "roomId");
    CHECK(*result.find("isSuccess")->as_bool());
    CHECK(text_of(result, "groupId") == room);
    CHECK(room.size() >= 16);
    CHECK(pair.device->next().name() == "startVoip");
    const Told incoming = pair.phone->next();
    CHECK(incoming.method == "call.incoming");
    CHECK(incoming.text("roomId") == room);
    CHECK(incoming.text("callId") == "call-1");
    CHECK(number_of(incoming.params, "businessType") == 1);
    CHECK(text_of(*incoming.params.find("caller"), "id") == "SN-1");
    CHECK(text_of(*incoming.params.find("caller"), "name").find("Door") == 0);
    CHECK(text_of(*incoming.params.find("listener"), "name") == "Anna");

    CHECK(text_of(pair.device->ask("room.join", in_room(room)), "roomId") == room);
    CHECK(pair.device->next().name() == "joinedRoomByCaller");
    const auto joined = pair.phone->ask("room.join", in_room(room));
    CHECK(text_of(joined, "phase") == "talking");
    CHECK(joined.find("iceServers")->as_array()->empty());
    CHECK(pair.phone->names(2) == Names{"hangOnVoip", "calling"});
    CHECK(pair.device->names(2) == Names{"hangOnVoip", "calling"});

    CHECK(text_of(pair.phone->ask("room.hangUp", in_room(room)), "roomId") == room);
    const Told hung_up = pair.phone->next();
    CHECK(hung_up.name() == "hangUpVoip");
    CHECK(text_of(hung_up.data(), "origin") == "manual");
    CHECK(text_of(hung_up.data(), "status") == "endByListener");
    CHECK(pair.phone->names(2) == Names{"endVoip", "finishVoip"});
    CHECK(text_of(pair.device->next().data(), "origin") == "other");
    CHECK(pair.device->names(2) == Names{"endVoip", "finishVoip"});
    CHECK(pair.world.service().rooms() == 0);
    CHECK(text_of(pair.phone->ask("room.hangUp", in_room(room)), "roomId") == room);  // repeated: harmless
}

TEST_CASE("call: user to device with the pushToken, and callDevice without one", "[service][component]") {
    Pair pair;
    const auto push = pair.device->ask("device.getPushToken");
    const auto result =
        pair.phone->ask("voip.initByCaller", person_calls(pair.anna, pair.door, text_of(push, "pushToken")));
    INFO(json::write(result));
    CHECK(*result.find("isSuccess")->as_bool());
    CHECK(text_of(result, "chargeType") == "duration");
    CHECK(pair.phone->next().name() == "startVoip");
    const Told incoming = pair.device->next();
    CHECK(incoming.method == "call.incoming");
    CHECK(text_of(*incoming.params.find("caller"), "name") == "Anna");
    (void)pair.device->ask("room.hangUp", in_room(text_of(result, "roomId")).set("reason", "manual"));
    const Told rejected = pair.phone->next();
    CHECK(rejected.name() == "rejectVoip");
    CHECK(pair.phone->names(2) == Names{"endVoip", "finishVoip"});
    (void)pair.device->until("finishVoip");

    const auto made = pair.phone->ask("voip.callDevice", json::Value()
                                                             .set("roomType", "video")
                                                             .set("sn", "SN-1")
                                                             .set("modelId", model)
                                                             .set("encodeVideoRotation", 1)
                                                             .set("enableListenerCamera", false));
    const Told called = pair.device->next();
    CHECK(called.text("roomId") == text_of(made, "roomId"));
    CHECK(called.text("chargeType") == "license");
    CHECK(called.text("customQuery") == "encodeVideoRotation=1");
    CHECK(number_of(*called.params.find("listener"), "cameraStatus") == 1);
    (void)pair.phone->ask("room.hangUp", in_room(text_of(made, "roomId")));
    CHECK(text_of(pair.device->until("cancelVoip").data(), "status") == "other");
}

TEST_CASE("call: cancelled while ringing, and busy when the listener refuses with 1005",
          "[service][component]") {
    Pair pair;
    const std::string room = pair.ring();
    (void)pair.device->ask("room.hangUp", in_room(room));
    CHECK(pair.device->names(3) == Names{"cancelVoip", "endVoip", "finishVoip"});
    CHECK(pair.phone->names(3) == Names{"cancelVoip", "endVoip", "finishVoip"});

    pair.phone->refuse_incoming = Fault{1005, "busy", {}, {}};
    (void)pair.device->ask("voip.initByCaller", device_calls(pair.door, pair.anna));
    CHECK(pair.device->names(4) == Names{"startVoip", "busy", "endVoip", "finishVoip"});
}

TEST_CASE("call: signals pass to the other member only, from 32 KiB on they are refused",
          "[service][component]") {
    Pair pair;
    const std::string room = pair.talk();
    const auto body = json::Value().set("type", "offer").set("sdp", std::string(1000, 'x'));
    (void)pair.device->ask("room.signal", in_room(room).set("body", body));
    const Told signal = pair.phone->next();
    CHECK(signal.method == "room.signal");
    CHECK(*signal.params.find("body") == body);
    pair.phone->notify("room.signal", in_room(room).set("body", "candidate"));
    CHECK(pair.device->next().text("body") == "candidate");
    CHECK(pair.device->fault("room.signal", in_room(room).set("body", std::string(33 * 1024, 'x'))) == 4130);
    const Person berta = pair.world.person("Berta");
    const auto stranger = pair.world.open(berta.token);
    CHECK(stranger->fault("room.signal", in_room(room).set("body", "x")) == 1);
    CHECK(stranger->fault("room.hangUp", in_room(room)) == 1);
    CHECK(stranger->fault("room.join", in_room(room)) == 1);
    CHECK(stranger->fault("room.iceServers", in_room(room)) == 1);
    CHECK(pair.phone->silent());
}

TEST_CASE("call: members get TURN credentials of their room, user `expiry:roomId`", "[service][component]") {
    Pair pair([](ServiceSettings& settings) {
        settings.config.turn.urls = {"stun:stun.example.org", "turn:turn.example.org"};
        settings.config.turn.secret = "a secret of some length";
        settings.config.turn.ttl = 600s;
    });
    const std::string room = pair.ring();
    const auto joined = pair.device->ask("room.join", in_room(room));
    REQUIRE(joined.find("iceServers")->as_array()->size() == 2);
    const std::string user = text_of(joined.find("iceServers")->as_array()->at(1), "username");
    CHECK(user.substr(user.find(':') + 1) == room);
    CHECK(std::abs(std::stoll(user) - (pair.world.wall() / 1000 + 600)) < 20);
    CHECK(pair.phone->ask("room.iceServers", in_room(room)).find("iceServers")->as_array()->size() == 2);
}

TEST_CASE("call: identity comes from the channel: another SN is resolved 2, another openId 7",
          "[service][component]") {
    Pair pair;
    auto request = device_calls(pair.door, pair.anna);
    request.set("caller", json::Value().set("id", "SN-2"));
    const auto foreign = pair.device->ask("voip.initByCaller", request);
    CHECK_FALSE(*foreign.find("isSuccess")->as_bool());
    CHECK(number_of(foreign, "errCode") == 2);
    auto back = person_calls(pair.anna, pair.door, "token");
    back.set("caller", json::Value().set("id", pair.world.person("Berta").open_id));
    CHECK(number_of(pair.phone->ask("voip.initByCaller", back), "errCode") == 7);
}

TEST_CASE("call: 9, 13, 14 and 20 have their real causes; bad arguments throw 1004 and 1001",
          "[service][component]") {
    Pair pair;
    const Person berta = pair.world.person("Berta");
    const auto code = [](const json::Value& result) { return number_of(result, "errCode"); };
    CHECK(code(pair.device->ask("voip.initByCaller", device_calls(pair.door, berta))) == 9);
    Device wrong_token = pair.door;
    wrong_token.token = "nonsense";
    CHECK(code(pair.device->ask("voip.initByCaller", device_calls(wrong_token, pair.anna))) == 13);
    CHECK(code(pair.phone->ask("voip.initByCaller", person_calls(pair.anna, pair.door, "nonsense"))) == 14);
    REQUIRE(*pair.world.service().registry().revoke_user(berta.open_id, pair.world.wall()));
    CHECK(code(pair.device->ask("voip.initByCaller", device_calls(pair.door, berta))) == 20);
    auto bad = device_calls(pair.door, pair.anna);
    CHECK(pair.device->fault("voip.initByCaller", json::Value(bad).set("roomType", "film")) == 1004);
    CHECK(pair.device->fault("voip.initByCaller", json::Value(bad).set("voipToken", "")) == 1001);
    CHECK(pair.device->fault("voip.initByCaller", json::Value(bad).set("timeLimit", 0)) == 1004);
    CHECK(pair.device->fault("voip.callDevice") == 4030);
}

TEST_CASE("call: a device of a wmpf product leaves voipToken out; with one it throws 1004",
          "[service][component]") {
    Pair pair;
    REQUIRE(pair.world.service().registry().put_product({app, model, "Screen", Registration::wmpf, {}, 0}, "",
                                                        pair.world.wall()));
    pair.device = pair.world.open(pair.door.token);
    const auto request = device_calls(pair.door, pair.anna);
    CHECK(pair.device->fault("voip.initByCaller", request) == 1004);
    json::Value without;
    for (const json::Member& member : *request.as_object())
        if (member.name != "voipToken") without.set(member.name, member.value);
    CHECK(*pair.device->ask("voip.initByCaller", without).find("isSuccess")->as_bool());
}

TEST_CASE("call: callDevice without consent throws 9, and goes through with callDevice.open",
          "[service][component]") {
    for (const bool open : {false, true}) {
        World world([open](ServiceSettings& settings) { settings.config.call_device.open = open; });
        const Device door = world.device("SN-1");
        const Person anna = world.person("Anna");
        const auto phone = world.open(anna.token);
        const auto request = json::Value().set("roomType", "voice").set("sn", "SN-1").set("modelId", model);
        if (open)
            CHECK_FALSE(text_of(phone->ask("voip.callDevice", request), "roomId").empty());
        else
            CHECK(phone->fault("voip.callDevice", request) == 9);
        CHECK(phone->fault("voip.callDevice", json::Value(request).set("modelId", "OTHER")) == 17);
    }
}

TEST_CASE("call: the same callId gives the same room, also from another channel and without a channel",
          "[service][component]") {
    Pair pair;
    const std::string room = pair.ring("call-1");
    const auto request = device_calls(pair.door, pair.anna, "call-1");
    CHECK(text_of(pair.device->ask("voip.initByCaller", request), "roomId") == room);
    const auto newer = pair.world.open(pair.door.token);
    CHECK(text_of(newer->ask("voip.initByCaller", request), "roomId") == room);
    const auto rpc = pair.world.post("/v1/rpc",
                                     json::Value()
                                         .set("jsonrpc", "2.0")
                                         .set("id", 7)
                                         .set("method", "voip.initByCaller")
                                         .set("params", request),
                                     bearer(pair.door.token));
    REQUIRE(rpc.status == 200);
    CHECK(text_of(*body_of(rpc).find("result"), "roomId") == room);
    CHECK(number_of(body_of(rpc), "id") == 7);
    CHECK(pair.world.service().rooms() == 1);
}

TEST_CASE("call: the 11th dial of a member in a minute throws 4290", "[service][component]") {
    Pair pair;
    const Person berta = pair.world.person("Berta");  // not authorised: each attempt counts all the same
    for (int i = 0; i < 10; ++i)
        CHECK(number_of(pair.device->ask("voip.initByCaller", device_calls(pair.door, berta)), "errCode") ==
              9);
    CHECK(pair.device->fault("voip.initByCaller", device_calls(pair.door, pair.anna)) == 4290);
}

TEST_CASE("call: a caller in a room is refused 1005 (thrown), a busy listener gives a room and busy",
          "[service][component]") {
    Pair pair;
    (void)pair.talk();
    CHECK(pair.device->fault("voip.initByCaller", device_calls(pair.door, pair.anna, "second")) == 1005);
    const Device gate = pair.world.device("SN-2");
    pair.world.grant(pair.anna, gate);
    const auto other = pair.world.open(gate.token);
    CHECK(*other->ask("voip.initByCaller", device_calls(gate, pair.anna)).find("isSuccess")->as_bool());
    CHECK(other->names(4) == Names{"startVoip", "busy", "endVoip", "finishVoip"});
}

TEST_CASE("call: nobody answers in the ring time of 0.3 s: timeout on both sides", "[service][component]") {
    Pair pair([](ServiceSettings& settings) { settings.config.rooms.ring = 300ms; });
    (void)pair.ring();
    CHECK(pair.device->names(3) == Names{"timeout", "endVoip", "finishVoip"});
    CHECK(pair.phone->names(3) == Names{"timeout", "endVoip", "finishVoip"});
}

TEST_CASE("call: a caller that never joins within 0.3 s aborts the room", "[service][component]") {
    Pair pair([](ServiceSettings& settings) { settings.config.rooms.join = 300ms; });
    const std::string room = pair.ring();
    (void)pair.phone->ask("room.join", in_room(room));
    const Told aborted = pair.phone->until("abortVoip");
    CHECK(text_of(aborted.data(), "status") == "abortByListener");
    CHECK(text_of(pair.device->until("abortVoip").data(), "status") == "unknown");
}

TEST_CASE("call: who joins a room that ends at that moment hears of the end before the refusal, 100 times",
          "[service][component]") {
    Pair pair([](ServiceSettings& settings) { settings.config.limits.dials_per_minute = 600; });
    int refused = 0;
    for (int round = 0; round < 100; ++round) {
        const std::string room = pair.ring();
        pair.phone->start_call("room.hangUp", in_room(room));
        pair.device->start_call("room.join", in_room(room));
        pair.world.drive([&] { return pair.device->finished_call().has_value(); });
        const bool fault = pair.device->finished_call()->fault() != nullptr;
        refused += fault ? 1 : 0;
        if (fault) REQUIRE_FALSE(pair.device->silent());
        (void)pair.device->until("finishVoip");
        (void)pair.phone->until("finishVoip");
        pair.world.drive([&] { return pair.phone->finished_call().has_value(); });
    }
    CHECK(refused > 0);  // else nothing was tried
}

TEST_CASE("call: a user without a channel is rung as soon as one opens", "[service][component]") {
    Pair pair;
    pair.phone->close();
    (void)pair.device->ask("voip.initByCaller", device_calls(pair.door, pair.anna));
    CHECK(pair.device->next().name() == "startVoip");
    const auto later = pair.world.open(pair.anna.token);
    CHECK(later->next().method == "call.incoming");
}

TEST_CASE("call: all 5 channels of a user ring, the first that joins wins, 4 hear cancelVoip other",
          "[service][component]") {
    Pair pair;
    std::vector<std::unique_ptr<Channel>> phones;
    for (int i = 0; i < 4; ++i) phones.push_back(pair.world.open(pair.anna.token));
    const std::string room = pair.ring();
    for (const auto& phone : phones) CHECK(phone->next().method == "call.incoming");
    (void)phones[2]->ask("room.join", in_room(room));
    const auto lost = [](Channel& channel) {
        const Told cancelled = channel.next();
        CHECK(cancelled.name() == "cancelVoip");
        CHECK(text_of(cancelled.data(), "status") == "other");
        CHECK(channel.names(2) == Names{"endVoip", "finishVoip"});
    };
    lost(*pair.phone);
    for (const std::size_t i : {0u, 1u, 3u}) lost(*phones[i]);
    CHECK(pair.phone->fault("room.join", in_room(room)) == 1);
    CHECK(phones[2]->next().name() == "hangOnVoip");
}

TEST_CASE("call: a room outlives a restart of the service when its members resume it",
          "[service][component]") {
    Pair pair;
    const std::string room = pair.talk("call-1");
    pair.world.restart();
    CHECK(pair.device->close_reason().find("1001") != std::string::npos);
    CHECK(pair.phone->close_reason().find("1001") != std::string::npos);
    CHECK(pair.world.service().rooms() == 1);
    pair.device = pair.world.open(pair.door.token);
    pair.phone = pair.world.open(pair.anna.token);
    const auto again = json::Value().set("roomId", room).set("callId", "call-1");
    CHECK(text_of(pair.device->ask("room.resume", again), "phase") == "talking");
    CHECK(text_of(pair.phone->ask("room.resume", again), "phase") == "talking");
    CHECK(pair.phone->fault("room.resume", json::Value(again).set("callId", "call-2")) == 1);
    (void)pair.device->ask("room.signal", in_room(room).set("body", "still here"));
    CHECK(pair.phone->until("room.signal").text("body") == "still here");
    (void)pair.device->ask("room.hangUp", in_room(room));
    CHECK(pair.phone->until("hangUpVoip").name() == "hangUpVoip");
}

TEST_CASE(
    "call: after a restart no signal passes before the resume (1), and none above 32 KiB after it (4130)",
    "[service][component]") {
    Pair pair;
    const std::string room = pair.talk("call-1");
    pair.world.restart();
    pair.device = pair.world.open(pair.door.token);
    pair.phone = pair.world.open(pair.anna.token);
    const auto again = json::Value().set("roomId", room).set("callId", "call-1");
    CHECK(pair.device->fault("room.signal", in_room(room).set("body", "too early")) == 1);
    (void)pair.device->ask("room.resume", again);
    (void)pair.phone->ask("room.resume", again);
    CHECK(pair.phone->fault("room.signal", in_room(room).set("body", std::string(33 * 1024, 'x'))) == 4130);
    (void)pair.phone->ask("room.signal", in_room(room).set("body", "in time"));
    CHECK(pair.device->until("room.signal").text("body") == "in time");
}

TEST_CASE("call: a room nobody resumes within 0.3 s of a restart is over (1)", "[service][component]") {
    Pair pair([](ServiceSettings& settings) { settings.config.rooms.resume = 300ms; });
    const std::string room = pair.talk("call-1");
    pair.world.restart();
    CHECK(pair.world.service().rooms() == 1);
    pair.world.drive([&] { return pair.world.service().rooms() == 0; });
    pair.device = pair.world.open(pair.door.token);
    CHECK(pair.device->fault("room.resume", json::Value().set("roomId", room).set("callId", "call-1")) == 1);
}

TEST_CASE("call: tokens and signalling bodies never reach the log, at level debug",
          "[service][component][INV-12]") {
    Pair pair;
    const std::string push = text_of(pair.device->ask("device.getPushToken"), "pushToken");
    const std::string room = pair.talk();
    (void)pair.device->ask("room.signal", in_room(room).set("body", "v=0 a=ice-pwd:hidden"));
    (void)pair.phone->until("room.signal");
    (void)pair.device->ask("room.hangUp", in_room(room));
    (void)pair.phone->until("finishVoip");
    const std::string ticket = pair.world.ticket("SN-1");
    (void)pair.world.post("/v1/user/requestDeviceVoIP",
                          json::Value().set("sn", "SN-1").set("modelId", model).set("snTicket", ticket),
                          bearer(pair.anna.token));
    (void)pair.world.get("/cgi-bin/token?grant_type=client_credential&appid=wxtest&secret=" +
                         std::string(secret));
    bool ended = false;
    for (const std::string& line : pair.world.log()) {
        INFO(line);
        for (const std::string& hidden :
             {pair.door.token, pair.anna.token, push, ticket, std::string(secret), std::string("ice-pwd")})
            CHECK(line.find(hidden) == std::string::npos);
        ended = ended || line.find("room ended") != std::string::npos;
    }
    CHECK(ended);
}
