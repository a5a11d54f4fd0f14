// Every method of the local API over a real Unix socket: what it asks of the daemon and what it answers.
#include <unistd.h>

#include <set>

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/room_codec.hpp"
#include "tests/component/control/world.hpp"
#include "tests/support/catch.hpp"

namespace voip::control::test {
namespace {

struct Exchange {
    std::string_view method, params, asked, answer;  // asked: the note of the fake, empty when it makes none
};

constexpr std::string_view room_1 = R"(result {"roomId":"r-1"})";
constexpr std::string_view success =
    R"(result {"isSuccess":true,"roomId":"r-1","groupId":"r-1","chargeType":"duration"})";

constexpr Exchange exchanges[] = {
    {"voip.initByCaller", R"({"roomType":"voice","listener":{"id":"o-1"}})", "init voice SN-1 to o-1",
     success},
    {"voip.initByCaller", R"({"roomType":"tv","listener":{"id":"o-1"}})", "", "error 1004 roomType"},
    {"voip.initByCaller", R"({"roomType":"voice","listener":{"id":"o-1"},"caller":{"id":"SN-2"}})", "",
     "error 2 caller.id"},
    {"voip.initByCaller", "", "", "error 1004 roomType"},
    {"voip.call", R"({"contact":"reception"})", "call contact=reception openId= any 0", success},
    {"voip.call", R"({"openId":"o-1","roomType":"video","timeLimit":9})", "call contact= openId=o-1 video 9",
     success},
    {"voip.call", "{}", "", "error 1004 contact"},
    {"voip.answer", "", "answer -", room_1},
    {"voip.answer", R"({"roomId":"r-1"})", "answer r-1", room_1},
    {"voip.answer", R"({"roomId":""})", "", "error 1 roomId"},
    {"voip.forceHangUpVoip", "", "hang up - forceFromApp", room_1},
    {"voip.forceHangUpVoip", R"({"roomId":"r-1","reason":"manual"})", "hang up r-1 manual", room_1},
    {"voip.forceHangUpVoip", R"({"roomId":7})", "", "error 1 roomId"},
    {"voip.setMedia", R"({"camera":false,"volume":80})", "media - off - 80",
     R"(result {"state":"flowing","camera":true,"microphone":true,"volume":80})"},
    {"voip.setMedia", R"({"volume":101})", "", "error 1004 volume"},
    {"call.history", "", "history 20 -", ""},
    {"call.history", R"({"limit":5,"before":17})", "history 5 17", ""},
    {"call.history", R"({"limit":0})", "", "error 1004 limit"},
    {"contact.list", "", "",
     R"(result {"contacts":[{"contact":"reception","name":"Reception","people":[{"openId":"o-1","name":"Anna","authorisation":"ok"}]}]})"},
    {"contact.set", R"({"contact":"b","people":[{"openId":"o-2"}]})", "set contact b 1",
     R"(result {"contact":"b","name":"","people":[{"openId":"o-2","name":"","authorisation":"unknown"}]})"},
    {"contact.set", R"({"contact":"b","people":[]})", "", "error 1004 people"},
    {"contact.remove", R"({"contact":"b"})", "remove contact b", "result {}"},
    {"contact.remove", R"({"contact":"b"})", "remove contact b", "error 1004 contact"},
    {"device.register", R"({"snTicket":"0123456789abcdefghijABCDEFGHIJ01"})", "register",
     R"(result {"registered":true})"},
    {"device.register", R"({"snTicket":"short"})", "", "error 1004 snTicket"},
    {"device.getPushToken", "", "push token",
     R"(result {"pushToken":"push-token-secret","expireTimestamp":1730000000000})"},
    {"board.press", R"({"button":"call"})", "press call", "result {}"},
    {"board.press", R"({"button":"call","long":true})", "press call long", "result {}"},
    {"board.press", "{}", "", "error 1004 button"},
    {"board.relay", R"({"relay":"door","seconds":1.5})", "relay door 1500",
     R"(result {"relay":"door","until":1730000000000})"},
    {"board.relay", R"({"relay":"door"})", "relay door -",
     R"(result {"relay":"door","until":1730000000000})"},
    {"board.relay", R"({"relay":"window"})", "relay window -", "error 1004 relay"},
    {"board.get", "", "",
     R"(result {"driver":"fake","buttons":[],"lamp":null,"relays":[],"camera":null,"microphone":null,"speaker":null})"},
    {"health.get", "", "",
     R"(result {"status":"ok","parts":[{"name":"channel","state":"ok","since":1,"reason":""}]})"},
    {"metrics.get", "", "", R"(result {"text":"x 1\n# EOF\n"})"},
    {"log.set", R"({"levels":"call:debug"})", "levels call:debug", R"(result {"levels":"call:debug"})"},
    {"log.set", "{}", "", "error 1004 levels"},
    {"config.reload", "", "reload", R"(result {"applied":["log.level"],"needsRestart":[]})"},
    {"device.get", "", "", ""},
    {"room.get", "", "", ""},
    {"room.subscribe", "", "", ""},
    {"room.subscribe", R"({"events":["nothing"]})", "", "error 1004 events[0]"},
};

}  // namespace

TEST_CASE("local API: 42 requests ask the daemon and answer as the page says", "[control][component]") {
    World world;
    RawClient client = world.connect();
    int id = 0;
    std::uint64_t faults = 0;
    std::set<std::string_view> asked;
    for (const Exchange& one : exchanges) {
        INFO(one.method << " " << one.params);
        world.notes.clear();
        client.request(++id, one.method, one.params);
        world.settle();
        const json::Value response = client.line();
        CHECK(*response.find("id") == json::Value(id));
        CHECK(world.notes == (one.asked.empty() ? Notes{} : Notes{std::string(one.asked)}));
        if (one.answer.empty())
            CHECK(outcome(response).starts_with("result {"));
        else
            CHECK(outcome(response) == one.answer);
        asked.insert(one.method);
        faults += outcome(response).starts_with("error") ? 1U : 0U;
    }
    CHECK(asked.size() == commands().size());
    CHECK(world.device.ticket == "0123456789abcdefghijABCDEFGHIJ01");
    CHECK(world.board.asker == "uid:" + std::to_string(::getuid()));
    CHECK(world.server->stats().requests == std::size(exchanges));
    CHECK(world.server->stats().faults == faults);
}

TEST_CASE("local API: room.get and room.subscribe give the same snapshot", "[control][component]") {
    World world;
    world.calls.now.phase = Phase::talking;
    world.calls.now.room.room_id = "r-7";
    world.calls.now.keep_time = 12;
    RawClient client = world.connect();
    client.request(1, "room.get");
    client.request(2, "room.subscribe", "{}");
    world.settle();
    const auto lines = client.lines();
    REQUIRE(lines.size() == 2);
    const json::Value first = parsed(lines[0]), second = parsed(lines[1]);
    CHECK(*first.find("result") == encode(world.calls.now));
    CHECK(*second.find("result") == encode(world.calls.now));
    CHECK(*first.find("result")->find("keepTime") == json::Value(12));
}

TEST_CASE("local API: faults of the daemon reach the client with code, field and data",
          "[control][component]") {
    World world;
    RawClient client = world.connect();
    world.calls.init_answer = Fault{code::busy, "in a call", "", {}};
    client.request(1, "voip.call", R"({"contact":"a"})");
    world.settle();
    CHECK(outcome(client.line()) == "error 1005");
    world.calls.init_answer = refused(code::not_authorised);
    client.request(2, "voip.call", R"({"contact":"a"})");
    world.settle();
    const json::Value resolved = client.line();
    CHECK(*resolved.find("result")->find("isSuccess") == json::Value(false));
    CHECK(*resolved.find("result")->find("errCode") == json::Value(9));
    world.calls.room_answer = Fault{code::room_wrong, "no such call", "", {}};
    for (const std::string_view method : {"voip.answer", "voip.forceHangUpVoip"}) {
        client.request(3, method);
        world.settle();
        CHECK(outcome(client.line()) == "error 1");
    }
    world.device.register_answer =
        Fault{code::ticket_expired, "expired", "", json::Value(json::Object{{"serverTime", 5}})};
    client.request(4, "device.register", R"({"snTicket":"0123456789abcdefghijABCDEFGHIJ01"})");
    world.settle();
    const json::Value response = client.line();
    CHECK(outcome(response) == "error 10008");
    CHECK(*response.find("error")->find("data")->find("serverTime") == json::Value(5));
}

TEST_CASE("local API: 1 request that waits does not hold up the others", "[control][component]") {
    World world;
    RawClient client = world.connect();
    world.calls.hold = true;
    client.request(1, "voip.call", R"({"contact":"a"})");
    client.request(2, "room.get");
    world.settle();
    CHECK(*client.line().find("id") == json::Value(2));
    CHECK(world.calls.waiting == 1);
    world.calls.release();
    world.settle();
    CHECK(*client.line().find("id") == json::Value(1));
}

TEST_CASE("local API: who goes away while 2 requests wait cancels them and nothing else",
          "[control][component]") {
    World world;
    RawClient other = world.connect();
    {
        RawClient client = world.connect();
        world.calls.hold = true;
        client.request(1, "voip.call", R"({"contact":"a"})");
        client.request(2, "voip.initByCaller", R"({"roomType":"voice","listener":{"id":"o-1"}})");
        world.settle();
        CHECK(world.calls.waiting == 2);
    }
    world.settle();
    CHECK(world.calls.cancelled == 2);
    CHECK(world.server->clients() == 1);
    other.request(3, "room.get");
    world.settle();
    CHECK(*other.line().find("id") == json::Value(3));
}

TEST_CASE("local API: a contact that would make the list longer than 64 KiB is not taken",
          "[control][component]") {
    World world;
    RawClient client = world.connect();
    const std::string long_text(100, 'n');
    for (int i = 0; i < 200; ++i)
        world.contacts.all.push_back(
            {std::to_string(i), long_text, {{"o-" + std::to_string(i), long_text, {}}}});
    client.request(1, "contact.list");
    world.settle();
    REQUIRE(outcome(client.line()).starts_with("result"));
    const auto before = world.contacts.all;
    json::Array people;
    for (int i = 0; i < 16; ++i) {
        json::Value person;
        person.set("openId", std::string(120, 'o') + std::to_string(i)).set("name", std::string(120, 'p'));
        people.push_back(std::move(person));
    }
    const json::Value params(json::Object{{"contact", "large"}, {"people", people}});
    int taken = 0;
    for (int i = 0; i < 4; ++i) {
        json::Value one = params;
        one.set("contact", "large" + std::to_string(i));
        client.request(2, "contact.set", json::write(one));
        world.settle();
        const std::string answer = outcome(client.line());
        if (answer.starts_with("result"))
            ++taken;
        else
            CHECK(answer == "error 4130");
    }
    CHECK(taken < 4);
    client.request(3, "contact.list");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
    // Replacing an old one by a smaller one still works.
    client.request(4, "contact.set", R"({"contact":"0","people":[{"openId":"o"}]})");
    world.settle();
    CHECK(outcome(client.line()).starts_with("result"));
}

TEST_CASE("local API: figures above 64 KiB are fault 4130 and the client lives", "[control][component]") {
    World world;
    RawClient client = world.connect();
    world.operation.text = std::string(limits::message_bytes, 'x');
    client.request(1, "metrics.get");
    world.settle();
    CHECK(outcome(client.line()) == "error 4130");
    client.request(2, "room.get");
    world.settle();
    CHECK(*client.line().find("id") == json::Value(2));
}

}  // namespace voip::control::test
