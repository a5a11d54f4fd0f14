#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

using Names = std::vector<std::string>;

std::int64_t errcode(const transport::HttpResponse& response) {
    REQUIRE(response.status == 200);
    return number_of(body_of(response), "errcode");
}

/// The vendor's backend with its access_token.
struct Backend {
    explicit Backend(World& w) : world(w) {
        const auto answer = world.get(std::string("/cgi-bin/token?grant_type=client_credential&appid=") +
                                      app + "&secret=" + secret);
        token = text_of(body_of(answer), "access_token");
        REQUIRE_FALSE(token.empty());
        CHECK(number_of(body_of(answer), "expires_in") == 7200);
    }
    transport::HttpResponse post(std::string path, const json::Value& body) {
        return world.post(std::move(path) + "?access_token=" + token, body);
    }
    transport::HttpResponse call(const Device& device, const Person& person) {
        return post("/wxa/business/iot/voip/call", json::Value()
                                                       .set("model_id", model)
                                                       .set("sn", device.sn)
                                                       .set("openid", person.open_id)
                                                       .set("room_type", "video")
                                                       .set("query", "floor=2"));
    }
    World& world;
    std::string token;
};

}  // namespace

TEST_CASE("backend: an access_token needs the right secret (40001); 5 failures block the address",
          "[service][component]") {
    World world;
    const Backend backend(world);
    CHECK(errcode(world.get("/cgi-bin/token?grant_type=x")) == 40001);
    for (int i = 0; i < 5; ++i)
        CHECK(errcode(world.get("/cgi-bin/token?grant_type=client_credential&appid=wxtest&secret=wrong")) ==
              40001);
    CHECK(errcode(world.get("/cgi-bin/token?grant_type=client_credential&appid=wxtest&secret=" +
                            std::string(secret))) == -1);
}

TEST_CASE("backend: getsnticket gives 32 letters and digits that register a device; its 4 faults",
          "[service][component]") {
    World world;
    Backend backend(world);
    const auto ask = [&](json::Value sn, json::Value model_id) {
        return backend.post("/wxa/getsnticket",
                            json::Value().set("sn", std::move(sn)).set("model_id", std::move(model_id)));
    };
    const auto answer = ask("SN-1", model);
    CHECK(errcode(answer) == 0);
    const std::string ticket = text_of(body_of(answer), "sn_ticket");
    CHECK(ticket.size() == 32);
    const Device device{"SN-1", crypto::KeyPair::generate(), {}};
    CHECK(world.post("/v1/device/register", world.claim(device, ticket)).status == 200);
    CHECK(errcode(ask(std::string(129, 'S'), model)) == 9800001);
    CHECK(errcode(ask("S N", model)) == 9800002);
    CHECK(errcode(ask("SN-1", "OTHER")) == 9800003);
    transport::HttpRequest form;
    form.method = "POST";
    form.target = "/wxa/getsnticket?access_token=" + backend.token;
    form.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    form.body = "sn=SN-1&model_id=MODEL1";
    CHECK(errcode(world.request(form)) == 9800003);
    backend.token = "wrong";
    CHECK(errcode(ask("SN-1", model)) == 40001);
}

TEST_CASE(
    "backend: a call for the device: it acknowledges, the user's phone rings, the device joins as caller",
    "[service][component]") {
    World world;
    Backend backend(world);
    const Device device = world.device("SN-1");
    const Person anna = world.person("Anna");
    world.grant(anna, device);
    const auto door = world.open(device.token);
    const auto phone = world.open(anna.token);
    CHECK(errcode(backend.call(device, anna)) == 0);
    const Told asked = door->next();
    CHECK(asked.method == "call.incoming");
    CHECK(number_of(asked.params, "businessType") == 1);
    CHECK(text_of(*asked.params.find("caller"), "id") == "SN-1");
    CHECK(asked.text("customQuery") == "floor=2");
    const Told rung = phone->until("call.incoming");
    CHECK(rung.text("roomId") == asked.text("roomId"));
    (void)door->ask("room.join", in_room(asked.text("roomId")));
    (void)phone->ask("room.join", in_room(asked.text("roomId")));
    CHECK(phone->until("calling").name() == "calling");
}

TEST_CASE(
    "backend: a busy device answers 1005, one without a channel 1002; 2, 9, 17 and 40001 have their causes",
    "[service][component]") {
    World world([](ServiceSettings& settings) { settings.config.rooms.ring = 300ms; });
    Backend backend(world);
    const Device device = world.device("SN-1");
    const Person anna = world.person("Anna");
    CHECK(errcode(backend.call(device, anna)) == 9);
    world.grant(anna, device);
    const auto door = world.open(device.token);
    door->refuse_incoming = Fault{1005, "busy", {}, {}};
    CHECK(errcode(backend.call(device, anna)) == 1005);
    Device unknown = device;
    unknown.sn = "SN-9";
    CHECK(errcode(backend.call(unknown, anna)) == 2);
    CHECK(errcode(backend.post("/wxa/business/iot/voip/call", json::Value().set("sn", 7))) == 1004);
    door->close();
    CHECK(errcode(backend.call(device, anna)) == 1002);  // waits for its channel, 5 s or the ring time
    CHECK(world.service().rooms() == 0);
    backend.token = "wrong";
    CHECK(errcode(backend.call(device, anna)) == 40001);
}

TEST_CASE("backend: an access_token is no good under /v1", "[service][component]") {
    World world;
    Backend backend(world);
    CHECK(world.get("/v1/user/getDeviceVoIPList", bearer(backend.token)).status == 401);
    CHECK(world.refused_channel(bearer(backend.token)).status == 401);
}
