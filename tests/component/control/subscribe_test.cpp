// Subscriptions: who is told what, in which order, and what happens to those who do not listen.
#include "daemon/control/closing.hpp"
#include "protocol/room_codec.hpp"
#include "tests/component/control/world.hpp"
#include "tests/support/catch.hpp"

namespace voip::control::test {
namespace {

RoomEvent event(EventName name, std::int64_t keep_time = 0) {
    RoomEvent one;
    one.name = name;
    one.room_id = "r-1";
    if (name == EventName::calling || name == EventName::finishVoip) one.data.keep_time = keep_time;
    return one;
}

RoomSnapshot snapshot(Phase phase) {
    RoomSnapshot one;
    one.phase = phase;
    one.room.room_id = "r-1";
    return one;
}

/// "changed talking", "event startVoip", "closing ..." or "answer 7" of each line.
Notes short_form(const std::vector<std::string>& lines) {
    Notes all;
    for (const std::string& line : lines) {
        const json::Value message = parsed(line);
        const json::Value* method = message.find("method");
        if (method == nullptr)
            all.push_back("answer " + json::write(*message.find("id")));
        else if (*method == json::Value("room.changed"))
            all.push_back("changed " + *message.find("params")->find("phase")->as_string());
        else if (*method == json::Value("voip.event"))
            all.push_back("event " + *message.find("params")->find("eventName")->as_string());
        else if (*method == json::Value("room.quality"))
            all.push_back("quality " + json::write(*message.find("params")->find("quality")));
        else
            all.push_back("closing " + *message.find("params")->find("reason")->as_string());
    }
    return all;
}

RawClient subscriber(World& world, std::string_view params = "{}") {
    RawClient client = world.connect();
    client.request(1, "room.subscribe", params);
    world.settle();
    REQUIRE(outcome(client.line()).starts_with("result"));
    return client;
}

}  // namespace

TEST_CASE("subscribe: the snapshot comes first, then everything in order, to 2 subscribers the same bytes",
          "[control][component]") {
    World world;
    world.calls.now = snapshot(Phase::dialling);
    RawClient first = world.connect(), second = subscriber(world);
    first.request(1, "room.subscribe");
    world.settle();
    const json::Value answer = first.line();
    CHECK(*answer.find("result")->find("phase") == json::Value("dialling"));

    world.calls.change(snapshot(Phase::ringing));
    world.calls.tell(event(EventName::startVoip));
    world.calls.tell(event(EventName::joinedRoomByCaller));
    world.calls.change(snapshot(Phase::ended));
    world.calls.tell(event(EventName::endVoip));
    world.calls.tell(event(EventName::finishVoip, 3));
    world.settle();
    const auto lines = first.lines();
    CHECK(lines == second.lines());
    CHECK(short_form(lines) == Notes{"changed ringing", "event startVoip", "event joinedRoomByCaller",
                                     "changed ended", "event endVoip", "event finishVoip"});
    CHECK(*parsed(lines[0]).find("params") == encode(snapshot(Phase::ringing)));
    CHECK(*parsed(lines[5]).find("params") == encode(event(EventName::finishVoip, 3)));
}

TEST_CASE("subscribe: what happens in the same block as the request comes after its answer",
          "[control][component]") {
    World world;
    world.calls.now = snapshot(Phase::talking);
    world.calls.on_hang_up = [&] {
        world.calls.change(snapshot(Phase::ended));
        world.calls.tell(event(EventName::endVoip));
    };
    RawClient client = world.connect();
    client.send(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"voip.forceHangUpVoip\"}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"room.subscribe\"}\n"
        "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"voip.forceHangUpVoip\"}\n");
    world.settle();
    const auto lines = client.lines();
    CHECK(short_form(lines) == Notes{"answer 1", "answer 2", "changed ended", "event endVoip", "answer 3"});
    CHECK(*parsed(lines.at(1)).find("result")->find("phase") == json::Value("ended"));
}

TEST_CASE("subscribe: without a request nobody is told anything and nothing is observed",
          "[control][component]") {
    World world;
    RawClient client = world.connect();
    CHECK(world.calls.observers() == 0);
    world.calls.change(snapshot(Phase::ringing));
    world.settle();
    CHECK(client.lines().empty());
}

TEST_CASE("subscribe: 4 filters get what they asked for, room.changed always", "[control][component]") {
    World world;
    RawClient usual = subscriber(world), none = subscriber(world, R"({"events":[]})"),
              seconds = subscriber(world, R"({"events":["calling"]})"),
              ends = subscriber(world, R"({"events":["endVoip","hangUpVoip"]})");
    world.calls.tell(event(EventName::startVoip));
    world.calls.tell(event(EventName::calling, 1));
    world.calls.change(snapshot(Phase::ended));
    world.calls.tell(event(EventName::hangUpVoip));
    world.calls.tell(event(EventName::endVoip));
    world.settle();
    CHECK(short_form(usual.lines()) ==
          Notes{"event startVoip", "changed ended", "event hangUpVoip", "event endVoip"});
    CHECK(short_form(none.lines()) == Notes{"changed ended"});
    CHECK(short_form(seconds.lines()) == Notes{"event calling", "changed ended"});
    CHECK(short_form(ends.lines()) == Notes{"changed ended", "event hangUpVoip", "event endVoip"});
}

TEST_CASE("subscribe: of 3 subscribers the one that asked hears of each measurement, in order",
          "[control][component]") {
    World world;
    RawClient usual = subscriber(world), numbers = subscriber(world, R"({"events":[],"quality":true})"),
              no_numbers = subscriber(world, R"({"quality":false})");
    MediaQuality quality;
    quality.send_kbps = 600;
    world.calls.measure(quality);
    world.calls.change(snapshot(Phase::ended));
    quality.relayed = true;
    world.calls.measure(quality);
    world.settle();
    const auto lines = numbers.lines();
    CHECK(short_form(lines) == Notes{R"(quality {"sendKbps":600})", "changed ended",
                                     R"(quality {"sendKbps":600,"relayed":true})"});
    CHECK(*parsed(lines[0]).find("params")->find("roomId") == json::Value("r-1"));
    CHECK(*parsed(lines[0]).find("params")->find("groupId") == json::Value("r-1"));
    CHECK(short_form(usual.lines()) == Notes{"changed ended"});
    CHECK(short_form(no_numbers.lines()) == Notes{"changed ended"});
}

TEST_CASE("subscribe: a 2nd request replaces the filter and starts with a new snapshot",
          "[control][component]") {
    World world;
    RawClient client = subscriber(world, R"({"events":["calling"]})");
    CHECK(world.calls.calling_wanted());
    world.calls.change(snapshot(Phase::talking));
    client.request(2, "room.subscribe", R"({"events":["endVoip"]})");
    world.settle();
    const auto lines = client.lines();
    CHECK(short_form(lines) == Notes{"changed talking", "answer 2"});
    CHECK(*parsed(lines.at(1)).find("result")->find("phase") == json::Value("talking"));
    CHECK(!world.calls.calling_wanted());
    CHECK(world.server->subscribers() == 1);
    world.calls.tell(event(EventName::startVoip));
    world.calls.tell(event(EventName::endVoip));
    world.settle();
    CHECK(short_form(client.lines()) == Notes{"event endVoip"});
}

TEST_CASE("subscribe: a filter that is refused leaves the old one", "[control][component]") {
    World world;
    RawClient client = subscriber(world, R"({"events":["endVoip"]})");
    client.request(2, "room.subscribe", R"({"events":["endvoip"]})");
    world.settle();
    CHECK(outcome(client.line()) == "error 1004 events[0]");
    world.calls.tell(event(EventName::startVoip));
    world.calls.tell(event(EventName::endVoip));
    world.settle();
    CHECK(short_form(client.lines()) == Notes{"event endVoip"});
}

TEST_CASE(
    "subscribe: the call is observed by 1 observer, for the seconds of talk only while somebody wants them",
    "[control][component]") {
    World world;
    {
        RawClient plain = subscriber(world);
        CHECK(world.calls.observers() == 1);
        CHECK(!world.calls.calling_wanted());
        {
            RawClient seconds = subscriber(world, R"({"events":["calling"]})");
            CHECK(world.calls.observers() == 1);
            CHECK(world.calls.calling_wanted());
        }
        world.settle();
        CHECK(world.calls.observers() == 1);
        CHECK(!world.calls.calling_wanted());
        RawClient again = subscriber(world);
        CHECK(world.calls.registrations == 3);
    }
    world.settle();
    CHECK(world.calls.observers() == 0);
    CHECK(world.server->subscribers() == 0);
}

TEST_CASE(
    "subscribe: a slow reader gets everything up to api.closing, without a gap; the fast one all of 20000",
    "[control][component]") {
    World world(64, 16 * 1024);
    RawClient slow = subscriber(world, R"({"events":["calling"]})"),
              fast = subscriber(world, R"({"events":["calling"]})");
    std::int64_t told = 0, heard = 0, dropped_at = 0;
    while (told < 20000) {
        world.calls.tell(event(EventName::calling, ++told));
        if (told % 50 != 0) continue;
        world.settle();
        heard += static_cast<std::int64_t>(fast.lines().size());
        if (dropped_at == 0 && world.server->stats().dropped == 1) dropped_at = told;
    }
    CHECK(heard == told);
    REQUIRE(dropped_at > 0);
    CHECK(world.server->stats().dropped == 1);

    std::vector<std::string> lines;
    while (!slow.closed()) {  // it wakes up within its last second
        const auto more = slow.lines();
        lines.insert(lines.end(), more.begin(), more.end());
        world.settle();
    }
    const auto rest = slow.lines();
    lines.insert(lines.end(), rest.begin(), rest.end());
    REQUIRE(lines.size() > 100);
    CHECK(short_form({lines.back()}) == Notes{"closing " + std::string(closing::too_slow)});
    lines.pop_back();
    CHECK(static_cast<std::int64_t>(lines.size()) <= dropped_at);
    CHECK(static_cast<std::int64_t>(lines.size()) > dropped_at - 100);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const json::Value message = parsed(lines[i]);
        REQUIRE(*message.find("params")->find("data")->find("keepTime") ==
                json::Value(static_cast<std::int64_t>(i) + 1));
    }
    CHECK(world.server->clients() == 1);
    const auto says = [](const std::string& line) {
        return line.find("client dropped") != std::string::npos &&
               line.find(closing::too_slow) != std::string::npos;
    };
    CHECK(std::count_if(world.log_lines.begin(), world.log_lines.end(), says) == 1);
}

TEST_CASE("subscribe: who never reads again is cut 1 s after he was dropped and costs no memory after that",
          "[control][component]") {
    World world(64, 16 * 1024);
    const auto deaf = world.connect_as(0);
    world.send(deaf, R"({"jsonrpc":"2.0","id":1,"method":"room.subscribe"})");
    REQUIRE(deaf->lines.size() == 1);
    deaf->pair.stall(voip::test::StreamPair::a);
    while (world.server->stats().dropped == 0) world.calls.tell(event(EventName::startVoip));
    world.settle();
    CHECK(world.server->clients() == 1);
    for (int i = 0; i < 1000; ++i) world.calls.tell(event(EventName::startVoip));  // no longer for him
    world.advance(1100ms);
    CHECK(world.server->clients() == 0);
    CHECK(world.server->subscribers() == 0);
    CHECK(world.calls.observers() == 0);
}

TEST_CASE("subscribe: a subscriber cut in the middle of telling does not disturb the other 2",
          "[control][component]") {
    World world(64, 16 * 1024);
    const auto first = world.connect_as(0), second = world.connect_as(0), third = world.connect_as(0);
    for (const auto& client : {first, second, third})
        world.send(client, R"({"jsonrpc":"2.0","id":1,"method":"room.subscribe"})");
    second->pair.stall(voip::test::StreamPair::a);
    int told = 0;
    while (world.server->stats().dropped == 0) {
        world.calls.tell(event(EventName::startVoip));
        if (++told % 10 == 0) world.settle();
    }
    world.calls.tell(event(EventName::endVoip));
    world.advance(2s);
    for (const auto& client : {first, third}) {
        CHECK(static_cast<int>(client->lines.size()) == told + 2);
        CHECK(short_form({client->lines.back()}) == Notes{"event endVoip"});
    }
    CHECK(second->end);
}

}  // namespace voip::control::test
