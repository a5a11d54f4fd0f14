#include "daemon/media/program/ice_route.hpp"

#include "tests/support/catch.hpp"

using voip::media::IceRoute;

namespace {

constexpr auto our_host = "candidate:1 1 UDP 2015363327 10.1.0.2 41234 typ host";
constexpr auto our_relay =
    "candidate:5 1 UDP 8060927 198.51.100.1 50001 typ relay raddr 10.1.0.2 rport 41234";
constexpr auto their_host = "candidate:2150 1 udp 2122260223 10.2.0.2 5000 typ host generation 0 ufrag a";
constexpr auto their_relay =
    "candidate:3301 1 udp 41885439 198.51.100.1 50002 typ relay raddr 203.0.113.1 rport 5000 generation 0";

IceRoute with_candidates() {
    IceRoute route;
    for (const auto* ours : {our_host, our_relay}) route.on_local(ours);
    for (const auto* theirs : {their_host, their_relay}) route.on_remote(theirs);
    return route;
}

}  // namespace

TEST_CASE("ice route: before a pair is chosen of 4 candidates nothing is known", "[media][unit]") {
    CHECK_FALSE(with_candidates().relayed());
}

TEST_CASE("ice route: media is relayed where either of 2 sides is a relay", "[media][unit]") {
    auto route = with_candidates();
    route.on_chosen("1", "2150");
    CHECK(route.relayed() == false);
    route.on_chosen("5", "2150");
    CHECK(route.relayed() == true);
    route.on_chosen("1", "3301");
    CHECK(route.relayed() == true);
    route.on_chosen("5", "3301");
    CHECK(route.relayed() == true);
    route.on_chosen("1", "remote1");  // an address nobody told
    CHECK(route.relayed() == false);
}

TEST_CASE("ice route: a relay that is told after 1 pair was chosen counts", "[media][unit]") {
    IceRoute route;
    route.on_local(our_host);
    route.on_chosen("1", "3301");
    CHECK(route.relayed() == false);
    route.on_remote(their_relay);
    CHECK(route.relayed() == true);
}

TEST_CASE("ice route: the foundation of one side says nothing about the other", "[media][unit]") {
    auto route = with_candidates();
    route.on_chosen("3301", "5");
    CHECK(route.relayed() == false);
}

TEST_CASE("ice route: nonsense and more than 64 candidates do no harm", "[media][unit]") {
    IceRoute route;
    for (const auto* text : {"", "candidate:", "candidate:5 1 UDP 1 x 1 typ relay", "relay"})
        route.on_remote(text);
    for (std::size_t i = 0; i < IceRoute::max_candidates; ++i) route.on_remote(their_host);
    route.on_remote(their_relay);
    route.on_chosen("1", "3301");
    CHECK(route.relayed() == false);
}
