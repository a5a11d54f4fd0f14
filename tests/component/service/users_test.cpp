#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

namespace {

json::Value with(std::string_view name, std::string value) {
    return json::Value().set(name, std::move(value));
}

/// The value of the session cookie that an answer sets.
std::string cookie_of(const transport::HttpResponse& response) {
    const std::string_view text = response.header("Set-Cookie");
    return std::string(text.substr(0, text.find(';')));
}

}  // namespace

TEST_CASE("log-in: a one-time code gives a token of 30 days and a cookie, once", "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto code = world.service().registry().make_enrolment_code(anna.open_id, world.wall());
    REQUIRE(code);
    const auto login = world.post("/v1/user/login", with("code", code->token));
    REQUIRE(login.status == 200);
    CHECK(text_of(body_of(login), "openId") == anna.open_id);
    CHECK(text_of(body_of(login), "name") == "Anna");
    CHECK(number_of(body_of(login), "expiresIn") == 30 * 24 * 3600);
    const std::string cookie(login.header("Set-Cookie"));
    CHECK(cookie.find("; Secure; HttpOnly; SameSite=Strict") != std::string::npos);
    const auto list = world.get("/v1/user/getDeviceVoIPList", bearer(text_of(body_of(login), "userToken")));
    CHECK(list.status == 200);
    const auto again = world.post("/v1/user/login", with("code", code->token));
    CHECK(again.status == 401);
    CHECK(code_of(again) == 4010);
}

TEST_CASE("log-in: after 5 failures of an address the 6th try is 429, also with a right code",
          "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto code = world.service().registry().make_enrolment_code(anna.open_id, world.wall());
    for (int i = 0; i < 5; ++i)
        CHECK(world.post("/v1/user/login", with("code", "WRONGWRONGWRONG")).status == 401);
    const auto refused = world.post("/v1/user/login", with("code", code->token));
    CHECK(refused.status == 429);
    CHECK(code_of(refused) == 4290);
    CHECK(std::stoi(std::string(refused.header("Retry-After"))) <= 60);
}

TEST_CASE("log-in: by name it is 403 without a development mode", "[service][component]") {
    World world;
    (void)world.person("Anna");
    const auto refused = world.post("/v1/user/login", with("name", "Anna"));
    CHECK(refused.status == 403);
    CHECK(code_of(refused) == 4030);
}

TEST_CASE("log-in: by a new name makes the user with --dev, and is refused in a demo",
          "[service][component]") {
    World dev([](ServiceSettings& settings) { settings.modes.dev = true; });
    const auto first = dev.post("/v1/user/login", with("name", "Berta"));
    REQUIRE(first.status == 200);
    const auto second = dev.post("/v1/user/login", with("name", "Berta"));
    CHECK(text_of(body_of(second), "openId") == text_of(body_of(first), "openId"));
    CHECK(dev.post("/v1/user/login", with("name", "")).status == 400);
    CHECK(dev.post("/v1/user/login", json::Object{}).status == 400);

    World demo([](ServiceSettings& settings) { settings.modes.demo = true; });
    const Person anna = demo.person("Anna");
    CHECK(text_of(body_of(demo.post("/v1/user/login", with("name", "Anna"))), "openId") == anna.open_id);
    CHECK(demo.post("/v1/user/login", with("name", "Berta")).status == 401);
}

TEST_CASE("session: says who is logged in, and offers the code alone to everybody", "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto nobody = body_of(world.get("/v1/user/session"));
    CHECK(nobody == json::Value().set("login", json::Array{"code"}));
    const auto known = body_of(world.get("/v1/user/session", bearer(anna.token)));
    CHECK(*known.find("user") == json::Value().set("openId", anna.open_id).set("name", "Anna"));
    const auto stale = world.get("/v1/user/session", bearer("gone"));
    CHECK(stale.status == 200);
    CHECK_FALSE(body_of(stale).find("user"));
    const Device device = world.device("SN-1");
    CHECK_FALSE(body_of(world.get("/v1/user/session", bearer(device.token))).find("user"));
    const Headers foreign{{"Cookie", "voip_session=" + anna.token}, {"Origin", "https://evil.example"}};
    CHECK_FALSE(body_of(world.get("/v1/user/session", foreign)).find("user"));
}

TEST_CASE("session: where names are allowed, those of at most 32 people who are not revoked are offered",
          "[service][component]") {
    World demo([](ServiceSettings& settings) { settings.modes.demo = true; });
    const Person anna = demo.person("Anna");
    (void)demo.person("Berta");
    REQUIRE(demo.service().registry().revoke_user(anna.open_id, demo.wall()));
    const auto offered = body_of(demo.get("/v1/user/session"));
    CHECK(*offered.find("login") == json::Value(json::Array{"code", "name"}));
    CHECK(*offered.find("names") == json::Value(json::Array{"Berta"}));
    CHECK(*offered.find("newNames") == json::Value(false));
    for (int i = 0; i < 40; ++i) (void)demo.person("P" + std::to_string(i));
    CHECK(body_of(demo.get("/v1/user/session")).find("names")->as_array()->size() == 32);

    World dev([](ServiceSettings& settings) { settings.modes.dev = true; });
    CHECK(*body_of(dev.get("/v1/user/session")).find("newNames") == json::Value(true));
}

TEST_CASE("log-out: the token is over and its channel closes with 4401, other log-ins go on",
          "[service][component]") {
    World world;
    const Person anna = world.person("Anna");
    const auto other = world.service().registry().issue_user_token(anna.open_id, world.wall());
    const auto channel = world.open(anna.token);
    const auto kept = world.open(other->token.token);
    CHECK(world.post("/v1/user/logout", json::Object{}, bearer(anna.token)).status == 200);
    CHECK(channel->close_reason().find("4401") != std::string::npos);
    CHECK(world.get("/v1/user/getDeviceVoIPList", bearer(anna.token)).status == 401);
    CHECK(kept->fault("room.hangUp", in_room("none")) == 1);
}

TEST_CASE("authorisation: a ticket of the device gives it, and the device is told contacts.changed",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const Person anna = world.person("Anna");
    const auto channel = world.open(device.token);
    const auto ask = [&](const Person& who, const std::string& ticket, std::string name = "Gate") {
        return world.post("/v1/user/requestDeviceVoIP",
                          json::Value()
                              .set("sn", "SN-1")
                              .set("modelId", model)
                              .set("snTicket", ticket)
                              .set("deviceName", std::move(name)),
                          bearer(who.token));
    };
    const std::string ticket = world.ticket("SN-1");
    REQUIRE(ask(anna, ticket).status == 200);
    CHECK(channel->next().method == "contacts.changed");
    const auto profile =
        channel->ask("device.profile", json::Value().set("name", "Gate").set("camera", true));
    REQUIRE(profile.find("users")->as_array()->size() == 1);
    CHECK(text_of(profile.find("users")->as_array()->front(), "openId") == anna.open_id);

    const auto list = body_of(world.get("/v1/user/getDeviceVoIPList", bearer(anna.token)));
    REQUIRE(list.find("list")->as_array()->size() == 1);
    const json::Value& entry = list.find("list")->as_array()->front();
    CHECK(entry == json::Value()
                       .set("sn", "SN-1")
                       .set("modelId", model)
                       .set("deviceName", "Gate")
                       .set("status", 1)
                       .set("online", true));

    // single use: somebody else cannot take the same ticket; a wrong model or name is refused
    const Person berta = world.person("Berta");
    CHECK(code_of(ask(berta, ticket)) == 10008);
    CHECK(code_of(ask(berta, world.ticket("SN-1"), "a name of too many letters")) == 1004);
    CHECK(world.get("/v1/user/getDeviceVoIPList", bearer(device.token)).status == 403);
}

TEST_CASE("push tokens: only for the authorised (9), only when the device fetched one (14)",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const Person anna = world.person("Anna");
    const auto phone = world.open(anna.token);
    const auto channel = world.open(device.token);
    const auto wanted = json::Value().set("sn", "SN-1");
    CHECK(phone->fault("user.getPushToken", wanted) == 9);
    world.grant(anna, device);
    CHECK(phone->fault("user.getPushToken", wanted) == 14);
    const auto fetched = channel->ask("device.getPushToken");
    const auto seen = phone->ask("user.getPushToken", wanted);
    CHECK(text_of(seen, "pushToken") == text_of(fetched, "pushToken"));
    CHECK(number_of(seen, "expireTimestamp") - world.wall() > 23 * 3600 * 1000);
    CHECK(phone->fault("user.getPushToken", json::Value().set("sn", 7)) == 1004);
    CHECK(phone->fault("device.getPushToken") == 4030);
    CHECK(channel->fault("user.getPushToken", wanted) == 4030);
}

TEST_CASE("cookie: it opens a channel from the own page, and is 403 from a page of another place",
          "[service][component]") {
    World world([](ServiceSettings& settings) { settings.modes.dev = true; });
    const auto login = world.post("/v1/user/login", with("name", "Anna"));
    const std::string cookie = cookie_of(login);
    const std::string own = world.service().url();
    const auto channel = world.open_with({{"Cookie", cookie}, {"Origin", own}});
    CHECK(channel->fault("room.hangUp", in_room("none")) == 1);
    const auto refused = world.refused_channel({{"Cookie", cookie}, {"Origin", "https://evil.example"}});
    CHECK(refused.status == 403);
    CHECK(code_of(refused) == 4030);
    CHECK(world.post("/v1/rpc", json::Object{}, {{"Cookie", cookie}, {"Origin", "https://evil.example"}})
              .status == 403);
    CHECK(world.get("/v1/user/getDeviceVoIPList", {{"Cookie", cookie}, {"Origin", own}}).status == 200);
    CHECK(world.get("/v1/user/getDeviceVoIPList", {{"Cookie", cookie}, {"Origin", "null"}}).status == 403);
    CHECK(world.post("/v1/user/login", with("name", "Anna"), {{"Origin", "https://evil.example"}}).status ==
          403);
}
