#include "protocol/transport/dial.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"

using namespace voip;

namespace {

std::vector<std::string> addresses_of(const std::string& host) {
    test::Loop loop;
    const auto found = loop.run(transport::resolve(loop.timers, host, 8443, loop.timers.now() + 5s));
    std::vector<std::string> texts;
    if (!found) return {"error: " + found.error().context};
    for (const auto& endpoint : *found)
        texts.push_back(endpoint.address().to_string() + " " + std::to_string(endpoint.port()));
    return texts;
}

}  // namespace

TEST_CASE("dial: 3 hosts need no resolver, localhost with both of its addresses",
          "[transport][component][RFC6761-6.3]") {
    CHECK(addresses_of("localhost") == std::vector<std::string>{"127.0.0.1 8443", "::1 8443"});
    CHECK(addresses_of("192.0.2.7") == std::vector<std::string>{"192.0.2.7 8443"});
    CHECK(addresses_of("2001:db8::1") == std::vector<std::string>{"2001:db8::1 8443"});
}
