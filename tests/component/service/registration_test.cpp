#include "tests/component/service/world.hpp"

using namespace voip;
using namespace voip::service;
using namespace voip::service::test;

TEST_CASE("registration: a device registers, gets a token of 3600 s and opens a channel",
          "[service][component]") {
    World world;
    Device device{"SN-1", crypto::KeyPair::generate(), {}};
    const auto registered = world.post("/v1/device/register", world.claim(device, world.ticket("SN-1")));
    INFO(registered.body);
    REQUIRE(registered.status == 200);
    CHECK_FALSE(registered.header("Date").empty());
    CHECK(std::abs(number_of(body_of(registered), "serverTime") - world.wall()) < 20000);
    const auto token = world.post("/v1/device/token", world.claim(device));
    REQUIRE(token.status == 200);
    CHECK(number_of(body_of(token), "expiresIn") == 3600);
    device.token = text_of(body_of(token), "deviceToken");
    const auto channel = world.open(device.token);
    CHECK(channel->ask("device.profile").find("users")->as_array()->empty());
    CHECK(world.service().is_online(rooms::device("SN-1")));
}

TEST_CASE("registration: repeated with the same key it is done, with another key it is 409 with errCode 9",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    CHECK(world.post("/v1/device/register", world.claim(device, world.ticket("SN-1"))).status == 200);
    const Device other{"SN-1", crypto::KeyPair::generate(), {}};
    const auto refused = world.post("/v1/device/register", world.claim(other, world.ticket("SN-1")));
    CHECK(refused.status == 409);
    CHECK(code_of(refused) == 9);
    // and the first key still works
    CHECK(world.post("/v1/device/token", world.claim(device)).status == 200);
}

TEST_CASE(
    "registration: a ticket of another SN, a used one and a made-up one are 10008, a malformed one 9800011",
    "[service][component]") {
    World world;
    const Device device{"SN-1", crypto::KeyPair::generate(), {}};
    CHECK(code_of(world.post("/v1/device/register", world.claim(device, world.ticket("SN-2")))) == 10008);
    CHECK(code_of(world.post("/v1/device/register", world.claim(device, std::string(32, 'x')))) == 10008);
    CHECK(code_of(world.post("/v1/device/register", world.claim(device, "short"))) == 9800011);
    const std::string once = world.ticket("SN-1");
    CHECK(world.post("/v1/device/register", world.claim(device, once)).status == 200);
    REQUIRE(*world.service().registry().reset_key("SN-1", world.wall()));
    const Device repaired{"SN-1", crypto::KeyPair::generate(), {}};
    CHECK(code_of(world.post("/v1/device/register", world.claim(repaired, once))) == 10008);
    CHECK(world.post("/v1/device/register", world.claim(repaired, world.ticket("SN-1"))).status == 200);
}

TEST_CASE("registration: SN and model are judged by their rules", "[service][component]") {
    World world;
    const Device device{"SN-1", crypto::KeyPair::generate(), {}};
    auto claim = world.claim(device, world.ticket("SN-1"));
    CHECK(code_of(world.post("/v1/device/register", json::Value(claim).set("sn", "S N"))) == 9800002);
    CHECK(code_of(world.post("/v1/device/register", json::Value(claim).set("sn", std::string(129, 'S')))) ==
          9800001);
    const auto missing = world.post("/v1/device/register", json::Value(claim).set("publicKey", nullptr));
    CHECK(missing.status == 400);
    CHECK(text_of(body_of(missing), "field") == "publicKey");
}

TEST_CASE("device token: an hour's skew is 401 with 4011 and the server's time", "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    auto claim = world.claim(device);
    claim.set("timestamp", world.wall() / 1000 - 3600);
    const auto refused = world.post("/v1/device/token", claim);
    CHECK(refused.status == 401);
    CHECK(code_of(refused) == 4011);
    CHECK(std::abs(number_of(body_of(refused), "serverTime") - world.wall()) < 20000);
}

TEST_CASE("device token: a nonce serves once (4012), also after a restart", "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const auto claim = world.claim(device);
    CHECK(world.post("/v1/device/token", claim).status == 200);
    CHECK(code_of(world.post("/v1/device/token", claim)) == 4012);
    world.restart();
    const auto refused = world.post("/v1/device/token", claim);
    CHECK(refused.status == 401);
    CHECK(code_of(refused) == 4012);
    CHECK(world.post("/v1/device/token", world.claim(device)).status == 200);
}

TEST_CASE("device token: another key, a changed member and another host's signature are 4013",
          "[service][component]") {
    World world;
    const Device device = world.device("SN-1");
    const Device thief{"SN-1", crypto::KeyPair::generate(), {}};
    CHECK(code_of(world.post("/v1/device/token", world.claim(thief))) == 4013);
    auto changed = world.claim(device);
    changed.set("nonce", crypto::random_text(24));
    const auto refused = world.post("/v1/device/token", changed);
    CHECK(refused.status == 401);
    CHECK(code_of(refused) == 4013);
    // Signed for 127.0.0.1, sent to localhost: as if another service passed it on.
    world.dial("localhost");
    CHECK(code_of(world.post("/v1/device/token", world.claim(device))) == 4013);
    world.dial("127.0.0.1");
    CHECK(world.post("/v1/device/token", world.claim(device)).status == 200);
}

TEST_CASE("device token: an unknown SN is 9800004, a revoked device 4014", "[service][component]") {
    World world;
    const Device stranger{"SN-9", crypto::KeyPair::generate(), {}};
    const auto unknown = world.post("/v1/device/token", world.claim(stranger));
    CHECK(unknown.status == 401);
    CHECK(code_of(unknown) == 9800004);
    const Device device = world.device("SN-1");
    REQUIRE(*world.service().registry().revoke_device("SN-1", world.wall()));
    CHECK(code_of(world.post("/v1/device/token", world.claim(device))) == 4014);
    CHECK(world.refused_channel(bearer(device.token)).status == 401);
}
