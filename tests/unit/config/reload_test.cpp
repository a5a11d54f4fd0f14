#include "tests/unit/config/support.hpp"

namespace {

using namespace voip;
using namespace voip::config;
using namespace voip::config::test;
using Paths = std::vector<std::string>;

constexpr LoadOptions for_demo{.demo = true};

Reloaded reloaded(const std::string& from, const std::string& to) {
    return reload(whole(load(from, for_demo)), whole(load(to, for_demo)));
}

}  // namespace

TEST_CASE("config: reloading the same file changes 0 options", "[config][unit]") {
    const auto outcome =
        reloaded(R"({"board": {"buttons": [{"name": "a"}]}})", R"({"board": {"buttons": [{"name": "a"}]}})");
    CHECK(outcome.applied.empty());
    CHECK(outcome.needs_restart.empty());
}

TEST_CASE("config: a reload takes live options over and keeps the others", "[config][unit]") {
    const auto outcome =
        reloaded("{}", R"({"device": {"sn": "x"}, "call": {"ringSeconds": 50, "engine": "none",
        "autoAnswer": 3, "quietHours": [{"from": "01:00", "to": "02:00"}]}, "api": {"maxClients": 2},
        "log": {"level": "debug", "areas": {"call": "err"}}})");
    CHECK(outcome.applied ==
          Paths{"call.ringSeconds", "call.autoAnswer", "call.quietHours", "log.level", "log.areas"});
    CHECK(outcome.needs_restart == Paths{"device.sn", "call.engine", "api.maxClients"});
    CHECK(outcome.config.call.ring == 50s);
    CHECK(outcome.config.call.auto_answer == Duration(3s));
    CHECK(outcome.config.call.quiet_hours.size() == 1);
    CHECK(outcome.config.call.engine == Engine::service);
    CHECK(outcome.config.device.sn.empty());
    CHECK(outcome.config.api.max_clients == 64);
    CHECK(outcome.config.log.text() == "call:err,*:debug");
}

TEST_CASE("config: of the buttons a reload takes over whom they call", "[config][unit]") {
    const auto outcome = reloaded(R"({"board": {"buttons": [{"name": "a", "contact": "x"}, {"name": "b"}]}})",
                                  R"({"board": {"buttons": [{"name": "a", "openId": "o"},
                                      {"name": "b", "contact": "y", "roomType": "voice"}]}})");
    CHECK(outcome.applied == Paths{"board.buttons[0].contact", "board.buttons[0].openId",
                                   "board.buttons[1].contact", "board.buttons[1].roomType"});
    CHECK(outcome.needs_restart.empty());
    CHECK(outcome.config.board.buttons[0] == Button{"a", "", "o", RoomType::video, 1500ms});
    CHECK(outcome.config.board.buttons[1].room_type == RoomType::voice);
}

TEST_CASE("config: buttons that were renamed, exchanged or added wait for a restart as a whole",
          "[config][unit]") {
    const std::string from =
        R"({"board": {"buttons": [{"name": "a", "contact": "x"}, {"name": "b", "contact": "y"}]}})";
    for (
        const char* to : {
            R"({"board": {"buttons": [{"name": "b", "contact": "y"}, {"name": "a", "contact": "x"}]}})",
            R"({"board": {"buttons": [{"name": "a", "contact": "z"}, {"name": "c", "contact": "y"}]}})",
            R"({"board": {"buttons": [{"name": "a", "contact": "z"}]}})",
            R"({"board": {"buttons": [{"name": "a", "contact": "z", "longPressSeconds": 2}, {"name": "b"}]}})",
        }) {
        INFO(to);
        const auto outcome = reloaded(from, to);
        CHECK(outcome.applied.empty());
        CHECK(outcome.needs_restart == Paths{"board.buttons"});
        CHECK(outcome.config.board.buttons == whole(load(from, for_demo)).board.buttons);
    }
}
