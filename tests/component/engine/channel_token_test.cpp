#include "tests/component/engine/service_bench.hpp"

namespace voip::test {
namespace {

TEST_CASE("channel: 4401 fetches another token and reconnects without waiting", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(1min);
    const std::string old = bench.channel.opens[0].token;
    bench.channel.say_goodbye(4401);
    bench.settle();
    REQUIRE(bench.channel.opens.size() == 2);
    CHECK(bench.channel.opens[1].token != old);
    CHECK(bench.channel.opens[1].token == bench.service.tokens.back());
    CHECK(bench.road->online());
}

TEST_CASE("channel: a service that says 4401 to every token is asked with delays, not in a loop",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const std::size_t opened = bench.channel.opens.size();
    for (int i = 0; i < 50; ++i) {
        if (bench.road->online()) bench.channel.say_goodbye(4401);
        bench.settle();
    }
    CHECK(bench.channel.opens.size() <= opened + 2);
    bench.advance(31s);
    CHECK(bench.channel.opens.size() >= opened + 2);
}

TEST_CASE("channel: 401 at the upgrade renews the token once, then waits", "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.channel.refusals = {401, 401};
    const std::size_t tokens = bench.service.tokens.size();
    bench.road->start(bench.listener);
    bench.settle();
    CHECK(bench.channel.opens.size() == 2);
    CHECK(bench.channel.opens[0].token != bench.channel.opens[1].token);
    CHECK_FALSE(bench.road->online());
    CHECK(bench.device->facts().channel.reason.find("HTTP 401") != std::string::npos);
    bench.advance(31s);
    CHECK(bench.road->online());
    CHECK(bench.channel.opens.size() == 3);
    CHECK(bench.service.tokens.size() == tokens + 2);
}

TEST_CASE("channel: a revoked device stops knocking and shows why", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.service.forced = {401, R"({"errCode": 4014, "errMsg": "the device is revoked"})"};
    bench.channel.say_goodbye(4401);
    bench.advance(1h);
    CHECK(bench.channel.opens.size() == 1);
    CHECK(bench.state() == RegistrationState::refused);
    CHECK(bench.device->facts().channel.reason == "no deviceToken: the device is revoked");
    bench.service.forced.reset();
    bench.road->hurry();
    bench.advance(1s);
    CHECK(bench.road->online());
}

TEST_CASE("channel: 4409 warns and stands back 60 to 120 s; hurry ends that", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.say_goodbye(4409);
    bench.settle();
    CHECK(bench.all_logs().find("another daemon uses this SN") != std::string::npos);
    CHECK(bench.device->facts().channel.reason.find("4409") != std::string::npos);
    bench.advance(59s);
    CHECK(bench.channel.opens.size() == 1);
    bench.advance(62s);
    CHECK(bench.channel.opens.size() == 2);
    CHECK(bench.road->online());
    bench.channel.say_goodbye(4409);
    bench.settle();
    CHECK_FALSE(bench.road->online());
    bench.road->hurry();
    bench.advance(500ms);
    CHECK(bench.road->online());
}

TEST_CASE("channel: expiring is answered with a fresh token on the same channel", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const std::string old = bench.channel.opens[0].token;
    bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
    bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
    bench.settle();
    CHECK(bench.channel.count("channel.renew") == 1);
    const json::Value* token = bench.channel.asked("channel.renew")->find("token");
    REQUIRE(token);
    CHECK(*token->as_string() == bench.service.tokens.back());
    CHECK(*token->as_string() != old);
    CHECK(bench.channel.opens.size() == 1);
    CHECK(bench.listener.count("offline") == 0);
    bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
    bench.settle();
    CHECK(bench.channel.count("channel.renew") == 2);
    CHECK(*bench.channel.asked("channel.renew")->find("token")->as_string() == bench.service.tokens.back());
}

TEST_CASE("channel: a token that was renewed meanwhile serves, without another request",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(3540s);  // the keeper has a new one since 80 to 90 %
    const std::size_t tokens = bench.service.tokens.size();
    CHECK(tokens == 2);
    bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
    bench.settle();
    CHECK(bench.service.tokens.size() == tokens);
    REQUIRE(bench.channel.asked("channel.renew"));
    CHECK(*bench.channel.asked("channel.renew")->find("token")->as_string() == bench.service.tokens.back());
}

TEST_CASE("channel: a renewal that fails is a warning; the 4401 that follows is survived",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.service.unreachable = true;
    bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
    bench.advance(30s);
    CHECK(bench.channel.count("channel.renew") == 0);
    CHECK(bench.road->online());
    CHECK(bench.all_logs().find("there is no new token yet") != std::string::npos);
    bench.service.unreachable = false;
    bench.channel.say_goodbye(4401);
    bench.advance(61s);
    CHECK(bench.road->online());
}

}  // namespace
}  // namespace voip::test
