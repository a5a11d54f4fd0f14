#include "service/guard/turn.hpp"

#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

TEST_CASE("turn: user name and credential of a known secret, 3600 s ahead", "[service][unit]") {
    config::Turn settings;
    settings.urls = {"stun:stun.example.org", "turn:turn.example.org:3478?transport=udp",
                     "turns:turn.example.org"};
    settings.secret = "north wind and the sun";
    settings.ttl = 3600s;
    const auto servers = ice_servers(settings, "room-1", 1700000000123);
    REQUIRE(servers.size() == 2);
    CHECK(servers[0].urls == std::vector<std::string>{"stun:stun.example.org"});
    CHECK(servers[0].credential.empty());
    CHECK(servers[1].urls.size() == 2);
    CHECK(servers[1].username == "1700003600:room-1");
    // printf %s "1700003600:room-1" | openssl dgst -sha1 -hmac "north wind and the sun" -binary | base64
    CHECK(servers[1].credential == "11H4Z8gDcKqzTkofdpCsTjFprzU=");
}

TEST_CASE("turn: without a relay there is no credential, without anything an empty list", "[service][unit]") {
    config::Turn settings;
    CHECK(ice_servers(settings, "room-1", 0).empty());
    settings.urls = {"stun:a", "stun:b"};
    const auto servers = ice_servers(settings, "room-1", 0);
    REQUIRE(servers.size() == 1);
    CHECK(servers[0].username.empty());
}
