#include "protocol/transport/https_client.hpp"
#include "protocol/transport/url.hpp"
#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

TEST_CASE("channel: channel.ping is answered with {} to both kinds of members, and only on a channel",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const Person anna = world.person("Anna");
    for (const std::string& token : {device.token, anna.token})
        CHECK(world.open(token)->ask("channel.ping") == json::Value(json::Object{}));
    const auto request = json::Value().set("jsonrpc", "2.0").set("id", 1).set("method", "channel.ping");
    const auto without = body_of(world.post("/v1/rpc", request, bearer(anna.token)));
    CHECK(number_of(*without.find("error"), "code") == 1011);
}

TEST_CASE("channel: the newest of a device wins, the older is closed 4409", "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const auto older = world.open(device.token);
    const auto newer = world.open(device.token);
    CHECK(older->close_reason().find("4409") != std::string::npos);
    CHECK(newer->fault("room.hangUp", in_room("none")) == 1);
    CHECK(world.service().is_online(rooms::device("SN-1")));
}

TEST_CASE("channel: the 6th of a user closes the oldest with 4409", "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    std::vector<std::unique_ptr<Channel>> channels;
    for (int i = 0; i < 6; ++i) channels.push_back(world.open(anna.token));
    CHECK(channels[0]->close_reason().find("4409") != std::string::npos);
    for (std::size_t i = 1; i < 6; ++i) CHECK(channels[i]->fault("room.hangUp", in_room("none")) == 1);
}

TEST_CASE("channel: a token of 1 s brings channel.expiring, then 4401", "[service][component]") {
    World world([](ServiceSettings& settings) { settings.config.tokens.device = 1s; });
    const Device device = world.device("SN-1");
    const auto channel = world.open(device.token);
    const Told told = channel->next();
    CHECK(told.method == "channel.expiring");
    CHECK(number_of(told.params, "expiresIn") <= 1);
    CHECK(channel->close_reason().find("4401") != std::string::npos);
    CHECK_FALSE(world.service().is_online(rooms::device("SN-1")));
}

TEST_CASE("channel: channel.renew with a fresh token outlives the first; a foreign or bad one does not do",
          "[service][component]") {
    World world([](ServiceSettings& settings) { settings.config.tokens.device = 2s; });
    Device device = world.device("SN-1");
    const Device other = world.device("SN-2");
    const auto channel = world.open(device.token);
    CHECK(channel->fault("channel.renew", json::Value().set("token", other.token)) == 4030);
    CHECK(channel->fault("channel.renew", json::Value().set("token", "nonsense")) == 4010);
    CHECK(channel->fault("channel.renew") == 1004);
    (void)channel->until("channel.expiring");
    world.renew(device);
    CHECK(number_of(channel->ask("channel.renew", json::Value().set("token", device.token)), "expiresIn") >=
          1);
    CHECK(channel->until("channel.expiring").method == "channel.expiring");  // of the second token's life
    CHECK_FALSE(channel->ended());
    CHECK(channel->close_reason().find("4401") != std::string::npos);
}

TEST_CASE("channel: no token, a foreign token, an expired one and an access_token are 401",
          "[service][component]") {
    World world([](ServiceSettings& settings) { settings.config.tokens.device = 1ms; });
    CHECK(world.refused_channel({}).status == 401);
    CHECK(code_of(world.refused_channel(bearer("nonsense"))) == 4010);
    const Device device = world.device("SN-1");
    CHECK(world.refused_channel(bearer(device.token)).status == 401);
    const auto access = world.service().registry().issue_access_token(app, secret, world.wall());
    REQUIRE(access);
    CHECK(code_of(world.refused_channel(bearer(access->token))) == 4010);
}

TEST_CASE("channel: a token in the URL is refused with 400, on every path of /v1", "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    CHECK(world.refused_channel({}, "/v1/channel?token=" + anna.token).status == 400);
    CHECK(world.refused_channel(bearer(anna.token), "/v1/channel?access_token=x").status == 400);
    CHECK(world.get("/v1/user/getDeviceVoIPList?userToken=" + anna.token).status == 400);
    for (const std::string& line : world.log()) CHECK(line.find(anna.token) == std::string::npos);
}

TEST_CASE("channel: without the subprotocol it is 400, without an upgrade 426, elsewhere 404",
          "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    CHECK(world.refused_channel(bearer(anna.token), "/v1/channel", "other.v1").status == 400);
    CHECK(world.refused_channel(bearer(anna.token), "/v1/elsewhere").status == 404);
    CHECK(world.get("/v1/channel", bearer(anna.token)).status == 426);
    CHECK(world.post("/v1/channel", json::Object{}).status == 405);
}

TEST_CASE("channel: unknown methods are -32601, wrong params 1004, the other kind of member 4030",
          "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto phone = world.open(anna.token);
    CHECK(phone->fault("room.explode") == -32601);
    CHECK(phone->fault("voip.initByCaller", json::Array{}) == 1004);
    CHECK(phone->fault("device.profile") == 4030);
    CHECK(phone->fault("room.join", json::Value().set("roomId", 7)) == 1);
    CHECK(phone->fault("room.hangUp") == 1);
    phone->notify("room.explode", json::Object{});
    CHECK(phone->fault("room.iceServers", in_room("x")) == 1);  // still open
}

TEST_CASE("channel: what is not JSON-RPC is answered -32700 and closed; others do not notice",
          "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto witness = world.open(anna.token);
    auto trust = transport::TlsClientContext::make({world.service().ca_file().string(), {}});
    const auto url = transport::parse_url(world.service().url() + "/v1/channel");
    transport::WebSocketSettings wanted;
    wanted.subprotocol = "wmpf-voip.v1";
    wanted.headers = bearer(anna.token);
    const TimePoint end = world.timers().now() + 10s;
    auto opened = world.wait(transport::open_websocket(world.timers(), *trust, *url, wanted, end));
    REQUIRE(opened);
    std::vector<std::string> rubbish{"{not json"};
    REQUIRE(world.wait(opened->stream->send(std::move(rubbish))));
    const auto answer = world.wait(opened->stream->receive());
    REQUIRE(answer);
    CHECK(answer->find("-32700") != std::string::npos);
    CHECK_FALSE(world.wait(opened->stream->receive()));
    opened->stream.reset();
    CHECK(witness->fault("room.hangUp", in_room("none")) == 1);
}

TEST_CASE("rpc: methods that need a channel are refused 1011, no request is 400, no token 401",
          "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto request = [](std::string method) {
        return json::Value()
            .set("jsonrpc", "2.0")
            .set("id", "a")
            .set("method", std::move(method))
            .set("params", json::Value().set("roomId", "x"));
    };
    const auto refused = world.post("/v1/rpc", request("room.join"), bearer(anna.token));
    CHECK(refused.status == 200);
    CHECK(number_of(*body_of(refused).find("error"), "code") == 1011);
    CHECK(number_of(*body_of(world.post("/v1/rpc", request("room.hangUp"), bearer(anna.token))).find("error"),
                    "code") == 1);
    CHECK(world.post("/v1/rpc", json::Value().set("method", "x"), bearer(anna.token)).status == 400);
    CHECK(world.post("/v1/rpc", request("room.hangUp")).status == 401);
}
