#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

void dev(ServiceSettings& settings) {
    settings.modes.dev = true;
}

json::Value rule(std::string method, int err_code) {
    return json::Value().set("method", std::move(method)).set("errCode", err_code);
}

struct DevPair {
    DevPair() : world(dev), door(world.device("SN-1")), anna(world.person("Anna")) {
        world.grant(anna, door);
        device = world.open(door.token);
        phone = world.open(anna.token);
    }
    void order(const json::Value& fault) { REQUIRE(world.post("/v1/dev/faults", fault).status == 200); }
    World world;
    Device door;
    Person anna;
    std::unique_ptr<Channel> device, phone;
};

}  // namespace

TEST_CASE("fault rules: all 15 backend codes and 10008 resolve initByCaller once, then the call goes through",
          "[service][component]") {
    DevPair pair;
    for (const int code : {1, 2, 3, 5, 7, 9, 12, 13, 14, 15, 17, 19, 20, 22, 23, 24, 10008}) {
        INFO(code);
        pair.order(rule("voip.initByCaller", code).set("openId", pair.anna.open_id));
        const auto refused = pair.device->ask("voip.initByCaller", device_calls(pair.door, pair.anna));
        CHECK_FALSE(*refused.find("isSuccess")->as_bool());
        CHECK(number_of(refused, "errCode") == code);
        CHECK_FALSE(text_of(refused, "errMsg").empty());
    }
    CHECK(*pair.device->ask("voip.initByCaller", device_calls(pair.door, pair.anna))
               .find("isSuccess")
               ->as_bool());
}

TEST_CASE("fault rules: plugin codes are thrown, callDevice and room.join throw every code",
          "[service][component]") {
    DevPair pair;
    pair.order(rule("voip.initByCaller", 1002));
    CHECK(pair.device->fault("voip.initByCaller", device_calls(pair.door, pair.anna)) == 1002);
    pair.order(rule("voip.callDevice", 15).set("sn", "SN-1"));
    CHECK(pair.phone->fault("voip.callDevice", json::Value().set("sn", "SN-1")) == 15);
    pair.order(rule("room.join", 2104).set("times", 2));
    CHECK(pair.phone->fault("room.join", in_room("x")) == 2104);
    CHECK(pair.device->fault("room.join", in_room("x")) == 2104);
    CHECK(pair.device->fault("room.join", in_room("x")) == 1);
}

TEST_CASE("fault rules: a dropped answer leaves the room; the same callId then gives it",
          "[service][component]") {
    DevPair pair;
    pair.order(rule("voip.initByCaller", 0).set("drop", true));
    const auto request = device_calls(pair.door, pair.anna, "call-1");
    pair.device->start_call("voip.initByCaller", request);
    const std::string room = pair.phone->next().text("roomId");  // the work was done
    CHECK(pair.device->until("startVoip").text("roomId") == room);
    CHECK_FALSE(pair.device->finished_call());
    const auto again = pair.device->ask("voip.initByCaller", request);
    CHECK(text_of(again, "roomId") == room);
    CHECK(pair.world.service().rooms() == 1);
}

TEST_CASE("fault rules: a delay of 0.3 s comes before the work; paths take rules too",
          "[service][component]") {
    DevPair pair;
    pair.order(rule("room.hangUp", 0).set("delaySeconds", 0.3));
    const TimePoint start = pair.world.timers().now();
    CHECK(pair.device->fault("room.hangUp", in_room("x")) == 1);
    CHECK(pair.world.timers().now() - start >= 300ms);
    pair.order(rule("/v1/device/token", 5030).set("sn", "SN-1").set("errMsg", "the disk is full"));
    const auto refused = pair.world.post("/v1/device/token", pair.world.claim(pair.door));
    CHECK(refused.status == 503);
    CHECK(text_of(body_of(refused), "errMsg") == "the disk is full");
    CHECK(pair.world.post("/v1/device/token", pair.world.claim(pair.door)).status == 200);
    pair.order(rule("/wxa/getsnticket", -1));
    CHECK(number_of(body_of(pair.world.post("/wxa/getsnticket", json::Object{})), "errcode") == -1);
    pair.order(rule("/v1/channel", 4010));
    CHECK(pair.world.refused_channel(bearer(pair.door.token)).status == 401);
}

TEST_CASE("fault rules: listed, cleared, and a bad one is 400 with its member", "[service][component]") {
    World world(dev);
    CHECK(world.post("/v1/dev/faults", rule("x", 9).set("times", 3)).status == 200);
    const auto list = body_of(world.get("/v1/dev/faults"));
    REQUIRE(list.find("faults")->as_array()->size() == 1);
    CHECK(number_of(list.find("faults")->as_array()->front(), "times") == 3);
    const auto bad = world.post("/v1/dev/faults", rule("x", 9).set("times", "3"));
    CHECK(bad.status == 400);
    CHECK(text_of(body_of(bad), "field") == "times");
    transport::HttpRequest clear;
    clear.method = "DELETE";
    clear.target = "/v1/dev/faults";
    CHECK(world.request(clear).status == 200);
    CHECK(body_of(world.get("/v1/dev/faults")).find("faults")->as_array()->empty());
    CHECK(world.post("/v1/dev/faults", rule("x", 9), {{"Origin", "https://evil.example"}}).status == 403);
}

TEST_CASE("development: without --dev its paths do not exist (404)", "[service][component]") {
    World world;
    CHECK(world.post("/v1/dev/faults", rule("x", 9)).status == 404);
    CHECK(world.get("/v1/dev/faults").status == 404);
}

TEST_CASE("development: --dev on 0.0.0.0 is refused without --dev-allow-lan", "[service][component]") {
    World world;
    LogHub silent([](Level, std::string_view) {});
    ServiceSettings settings;
    settings.config.listen = {"0.0.0.0", 0};
    settings.config.state_dir = (world.folder() / "other").string();
    settings.modes.dev = true;
    Service service(world.io().get_executor(), world.timers(), settings, silent);
    const auto started = service.start();
    REQUIRE_FALSE(started);
    CHECK(started.error().is(Errc::bad_config));
    CHECK(started.error().context.find("--dev-allow-lan") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(world.folder() / "other"));
}
