#include "daemon/call/doors.hpp"

#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::call;

namespace {

struct Bench {
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }};
    std::vector<std::string> lines, opened;
    std::optional<Fault> trouble;
    Doors doors{
        {"door", "gate"},
        [this](const std::string& relay, const std::string& by, const std::string& room) -> Answer<Duration> {
            if (trouble) return *trouble;
            opened.push_back(relay + " for " + by + " in " + room);
            return Duration(3s);
        },
        Log(hub, "doors")};

    static RoomSnapshot call(Phase phase, Direction direction = Direction::outgoing) {
        RoomSnapshot made;
        made.phase = phase;
        made.direction = direction;
        made.room.room_id = "r1";
        made.room.caller = {"c-id", "caller", 0};
        made.room.listener = {"l-id", "listener", 0};
        return made;
    }
};

json::Value order(std::string relay) {
    return json::Value().set("type", "relay").set("relay", std::move(relay));
}

}  // namespace

TEST_CASE("doors: a talking call opens one that is allowed, for 3 s, and the log says who did",
          "[call][unit]") {
    Bench bench;
    const auto reply = bench.doors.answer(order("gate"), Bench::call(Phase::talking));
    CHECK(*reply == order("gate").set("seconds", 3.0));
    CHECK(bench.opened == std::vector<std::string>{"gate for l-id in r1"});
    REQUIRE(bench.lines.size() == 1);
    for (const char* part : {"door opened", "gate", "l-id", "listener", "r1"})
        CHECK(bench.lines[0].find(part) != std::string::npos);
    (void)bench.doors.answer(order("door"), Bench::call(Phase::joining, Direction::incoming));
    CHECK(bench.lines[1].find("c-id") != std::string::npos);
}

TEST_CASE("doors: none opens in the 5 phases without both sides in, nor one that is not allowed",
          "[call][unit]") {
    Bench bench;
    for (const Phase phase : {Phase::idle, Phase::dialling, Phase::ringing, Phase::alerting, Phase::ended}) {
        const auto reply = bench.doors.answer(order("door"), Bench::call(phase));
        CHECK(*reply->find("errCode") == json::Value(4030));
    }
    for (const char* relay : {"lift", "", "DOOR"})
        CHECK(*bench.doors.answer(order(relay), Bench::call(Phase::talking))->find("errCode") ==
              json::Value(4030));
    CHECK(bench.opened.empty());
    CHECK(bench.lines.size() == 8);
}

TEST_CASE("doors: a relay that fails is told by its code", "[call][unit]") {
    Bench bench;
    bench.trouble = Fault{5030, "the line is gone", {}, {}};
    const auto reply = bench.doors.answer(order("door"), Bench::call(Phase::talking));
    CHECK(*reply->find("errCode") == json::Value(5030));
    CHECK_FALSE(reply->find("seconds"));
}

TEST_CASE("doors: names are told when asked for; other bodies are not theirs", "[call][unit]") {
    Bench bench;
    const auto names =
        bench.doors.answer(json::Value().set("type", "want-relays"), Bench::call(Phase::talking));
    CHECK(*names->find("relays") == json::Value(json::Array{"door", "gate"}));
    for (const json::Value& body :
         {json::Value().set("type", "offer"), json::Value().set("type", 7), json::Value(json::Object{}),
          json::Value(json::Array{}), json::Value("relay"), json::Value()})
        CHECK_FALSE(bench.doors.answer(body, Bench::call(Phase::talking)));
    CHECK(bench.opened.empty());
}
