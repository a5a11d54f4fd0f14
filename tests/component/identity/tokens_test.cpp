#include "tests/component/identity/bench.hpp"

namespace voip::test {
namespace {

TEST_CASE("tokens: a day takes 27 to 30 renewals, each before the old token ends", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    for (int minute = 0; minute < 24 * 60; ++minute) {
        bench.advance(1min);
        REQUIRE(bench.device->current_device_token());
    }
    const std::size_t renewals = bench.service.count("/v1/device/token") - 1;
    CHECK(renewals >= 26);  // 3600 s at 80 to 90 %
    CHECK(renewals <= 30);
}

TEST_CASE("tokens: between two renewals there is 1 alarm and no wake-up", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    CHECK(bench.timers.pending() == 1);
    const Duration until = bench.timers.next() - bench.timers.now();
    CHECK(until >= 2880s);
    CHECK(until <= 3240s);
}

TEST_CASE("tokens: an outage at renewal is tried again with delays and keeps the old token",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    const auto first = bench.device->current_device_token();
    bench.advance(2879s);
    bench.service.unreachable = true;
    bench.advance(700s);
    CHECK(bench.device->current_device_token() == first);
    const std::size_t asked = bench.service.count("/v1/device/token");
    CHECK(asked >= 8);
    CHECK(asked <= 60);
    bench.service.unreachable = false;
    bench.advance(60s);
    REQUIRE(bench.device->current_device_token());
    CHECK(bench.device->current_device_token() != first);
}

TEST_CASE("tokens: an expired token is never handed out; who waits gets the next one",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.unreachable = true;
    bench.advance(3599s);
    CHECK(bench.device->current_device_token());
    bench.advance(1s);
    CHECK_FALSE(bench.device->current_device_token());
    CHECK(bench.device->facts().device_token_expires == 0);
    CHECK(bench.device->facts().channel.reason.find("no deviceToken: service.test") != std::string::npos);
    const auto waiting = bench.begin(bench.device->device_token(bench.timers.now() + 1h));
    bench.advance(30min);
    CHECK_FALSE(*waiting);
    bench.service.unreachable = false;
    bench.advance(61s);
    REQUIRE(*waiting);
    REQUIRE(**waiting);
    CHECK(***waiting == bench.service.tokens.back());
}

TEST_CASE("tokens: waiting for a token ends at its deadline", "[identity][component]") {
    IdentityBench bench;
    bench.start();
    const auto waiting = bench.begin(bench.device->device_token(bench.timers.now() + 10s));
    bench.advance(9s);
    CHECK_FALSE(*waiting);
    bench.advance(1s);
    REQUIRE(*waiting);
    REQUIRE_FALSE(**waiting);
    CHECK((*waiting)->error().is(Errc::timeout));
}

TEST_CASE("tokens: who waits for a token gets it when the device is registered", "[identity][component]") {
    IdentityBench bench;
    bench.start();
    const auto waiting = bench.begin(bench.device->device_token(bench.timers.now() + 1h));
    bench.service.tickets.insert(ticket);
    (void)bench.run(bench.device->register_device(ticket));
    bench.settle();
    REQUIRE(*waiting);
    CHECK(**waiting);
}

TEST_CASE("tokens: 3 demands at once are 1 request", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    const auto old = bench.device->current_device_token();
    const auto deadline = bench.timers.now() + 10s;
    bench.service.holds = true;
    const auto one = bench.begin(bench.device->renew_device_token(deadline));
    const auto two = bench.begin(bench.device->renew_device_token(deadline));
    const auto three = bench.begin(bench.device->renew_device_token(deadline));
    bench.service.release();
    bench.settle();
    for (const auto& demand : {one, two, three}) {
        REQUIRE(*demand);
        CHECK((*demand)->result());
    }
    CHECK(bench.service.count("/v1/device/token") == 2);
    CHECK(bench.device->current_device_token() != old);
}

TEST_CASE("tokens: a demand tells how the fetch ended", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.forced = {401, R"({"errCode": 4014, "errMsg": "revoked"})"};
    const auto refused = bench.run(bench.device->renew_device_token(bench.timers.now() + 10s));
    REQUIRE(refused);
    REQUIRE(refused->fault());
    CHECK(refused->fault()->err_code == code::revoked);
    bench.service.forced.reset();
    bench.service.unreachable = true;
    const auto lost = bench.run(bench.device->renew_device_token(bench.timers.now() + 10s));
    REQUIRE(lost);
    REQUIRE(lost->error());
    CHECK(lost->error()->is(Errc::unreachable));
    bench.service.unreachable = false;
    bench.service.holds = true;
    const auto late = bench.begin(bench.device->renew_device_token(bench.timers.now() + 3s));
    bench.advance(3s);
    REQUIRE(*late);
    REQUIRE((*late)->error());
    CHECK((*late)->error()->is(Errc::timeout));
}

TEST_CASE("tokens: a revoked device asks 4 to 8 times an hour, says so, and recovers by itself",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.forced = {401, R"({"errCode": 4014, "errMsg": "the device is revoked"})"};
    bench.advance(3600s);
    CHECK(bench.state() == RegistrationState::refused);
    CHECK(bench.device->facts().registration.err_code == code::revoked);
    const std::size_t before = bench.service.paths.size();
    bench.advance(3600s);
    CHECK(bench.service.paths.size() - before >= 4);
    CHECK(bench.service.paths.size() - before <= 8);
    bench.service.forced.reset();
    bench.advance(15min);
    CHECK(bench.state() == RegistrationState::registered);
    CHECK(bench.device->current_device_token());
    const std::string log = bench.all_logs();
    const std::string told = "the service refuses this device";
    CHECK(log.find(told) != std::string::npos);
    CHECK(log.find(told) == log.rfind(told));  // once, not each time
}

TEST_CASE("tokens: hurry cuts a delay short but asks at most once a second", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.forced = {401, R"({"errCode": 4014, "errMsg": "revoked"})"};
    (void)bench.run(bench.device->renew_device_token(bench.timers.now() + 10s));
    bench.service.forced.reset();
    const std::size_t before = bench.service.paths.size();
    for (int press = 0; press < 20; ++press) bench.device->hurry();
    bench.settle();
    CHECK(bench.service.paths.size() == before);
    bench.advance(1s);
    CHECK(bench.service.paths.size() == before + 1);
    CHECK(bench.state() == RegistrationState::registered);
    for (int press = 0; press < 20; ++press) bench.device->hurry();
    bench.advance(10s);
    CHECK(bench.service.paths.size() == before + 1);  // a good token is left alone
}

TEST_CASE("tokens: a rejected token is not handed out again; an older one is nobody's matter",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    const std::string first = *bench.device->current_device_token();
    bench.service.holds = true;
    bench.device->reject_device_token("another");
    CHECK(bench.device->current_device_token() == first);
    bench.device->reject_device_token(first);
    CHECK_FALSE(bench.device->current_device_token());
    bench.settle();
    bench.service.release();
    bench.settle();
    REQUIRE(bench.device->current_device_token());
    CHECK(bench.device->current_device_token() != first);
    bench.device->reject_device_token(first);
    CHECK(bench.device->current_device_token());
}

TEST_CASE("tokens: answers that hold no usable token are tried again later", "[identity][component]") {
    const char* const answers[] = {"{}",
                                   R"({"deviceToken": "", "expiresIn": 3600})",
                                   R"({"deviceToken": "t", "expiresIn": 0})",
                                   R"({"deviceToken": "t", "expiresIn": -5})",
                                   R"({"deviceToken": "t", "expiresIn": "3600"})",
                                   R"({"deviceToken": 5, "expiresIn": 3600})",
                                   R"({"deviceToken": "t\n", "expiresIn": 3600})",
                                   R"({"deviceToken": "t", "expiresIn": 99999999999})"};
    for (const char* answer : answers) {
        CAPTURE(answer);
        IdentityBench bench;
        bench.start_registered();
        const auto good = bench.device->current_device_token();
        bench.service.forced = {200, answer};
        const auto renewed = bench.run(bench.device->renew_device_token(bench.timers.now() + 10s));
        REQUIRE(renewed);
        REQUIRE(renewed->error());
        CHECK(renewed->error()->is(Errc::bad_message));
        CHECK(bench.device->current_device_token() == good);
        bench.service.forced.reset();
        bench.advance(61s);
        CHECK(bench.device->current_device_token() != good);
    }
}

TEST_CASE("tokens: a service that never answers is given up after 10 s each time", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    bench.service.holds = true;
    const auto renewed = bench.begin(bench.device->renew_device_token(bench.timers.now() + 1h));
    bench.advance(9s);
    CHECK_FALSE(*renewed);
    bench.advance(1s);
    REQUIRE(*renewed);
    REQUIRE((*renewed)->error());
    CHECK((*renewed)->error()->is(Errc::timeout));
}

/// The channel's side of device.getPushToken.
struct PushService {
    explicit PushService(IdentityBench& b) : bench(b), released(b.timers) {}
    asio::awaitable<Reply> serve(std::string method, json::Value params, TimePoint deadline) {
        CHECK(method == "device.getPushToken");
        CHECK(json::write(params) == "{}");
        ++asked;
        while (holds) {
            const WakeReason reason = co_await released.wait(deadline);
            if (reason == WakeReason::deadline) co_return Reply(timed_out);
            if (reason == WakeReason::cancelled) co_return Reply(broken);
        }
        if (breaks) co_return Reply(broken);
        if (refusal) co_return Reply(*refusal);
        json::Value result;
        result.set("pushToken", "pushToken-" + std::to_string(asked));
        result.set("expireTimestamp", bench.service.now() + life_ms);
        Reply reply{std::move(result)};
        co_return reply;
    }
    ChannelCall call() {
        return [this](std::string method, json::Value params, TimePoint deadline) {
            return serve(std::move(method), std::move(params), deadline);
        };
    }
    IdentityBench& bench;
    Wake released;
    const Reply timed_out{fail(Errc::timeout)}, broken{fail(Errc::closed)};
    std::optional<Reply> refusal;
    bool holds = false, breaks = false;
    UnixMillis life_ms = 24LL * 3600 * 1000;
    int asked = 0;
};

TEST_CASE("pushToken: fetched when the channel opens, renewed at 80 to 90 % of 24 h",
          "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    PushService push(bench);
    bench.advance(1h);
    CHECK(push.asked == 0);
    bench.device->use_channel(push.call());
    bench.settle();
    CHECK(push.asked == 1);
    CHECK(bench.device->facts().push_token_expires == bench.service.now() + push.life_ms);
    bench.advance(69'000s);
    CHECK(push.asked == 1);
    bench.advance(9'000s);
    CHECK(push.asked == 2);
}

TEST_CASE("pushToken: a new channel keeps a token that is still good", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    PushService push(bench);
    bench.device->use_channel(push.call());
    bench.settle();
    for (int i = 0; i < 10; ++i) {
        bench.device->use_channel({});
        bench.advance(1min);
        bench.device->use_channel(push.call());
        bench.advance(1min);
    }
    CHECK(push.asked == 1);
}

TEST_CASE("pushToken: the one at hand is given without a request, also off line", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    PushService push(bench);
    bench.device->use_channel(push.call());
    bench.settle();
    bench.device->use_channel({});
    const auto token = bench.run(bench.device->push_token(bench.timers.now() + 10s));
    REQUIRE(token);
    REQUIRE(token->result());
    CHECK(token->result()->value == "pushToken-1");
    CHECK(token->result()->expire_timestamp == bench.service.now() + push.life_ms);
}

TEST_CASE("pushToken: without a channel and a token it is wrong_state at once", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    const auto token = bench.run(bench.device->push_token(bench.timers.now() + 10s));
    REQUIRE(token);
    REQUIRE(token->error());
    CHECK(token->error()->is(Errc::wrong_state));
}

TEST_CASE(
    "pushToken: a channel lost in the middle of the fetch gives nothing and is asked again on the next one",
    "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    PushService push(bench);
    push.holds = true;
    bench.device->use_channel(push.call());
    bench.settle();
    const auto waiting = bench.begin(bench.device->push_token(bench.timers.now() + 10s));
    bench.device->use_channel({});
    bench.settle();
    REQUIRE(*waiting);
    REQUIRE((*waiting)->error());
    push.holds = false;
    push.released.notify();  // an answer of the lost channel
    bench.settle();
    CHECK(bench.device->facts().push_token_expires == 0);
    bench.device->use_channel(push.call());
    bench.advance(1s);
    CHECK(bench.device->facts().push_token_expires > 0);
    CHECK(push.asked == 2);
}

TEST_CASE("pushToken: refusals are asked again seldom, a busy service soon", "[identity][component]") {
    for (const bool fixed : {true, false}) {
        CAPTURE(fixed);
        IdentityBench bench;
        bench.start_registered();
        PushService push(bench);
        push.refusal = Reply{Fault{fixed ? code::forbidden : code::not_ready, "no", {}, {}}};
        bench.device->use_channel(push.call());
        bench.advance(30min);
        CHECK((fixed ? push.asked >= 2 && push.asked <= 5 : push.asked >= 30));
        push.refusal.reset();
        bench.advance(15min);
        CHECK(bench.device->facts().push_token_expires > 0);
    }
}

TEST_CASE("pushToken: one that has expired already by the service's clock is none", "[identity][component]") {
    IdentityBench bench;
    bench.start_registered();
    PushService push(bench);
    push.life_ms = -1;
    bench.device->use_channel(push.call());
    bench.settle();
    CHECK(bench.device->facts().push_token_expires == 0);
    CHECK(bench.all_logs().find("pushToken-") == std::string::npos);
}

TEST_CASE("pushToken: a device clock years off changes nothing about its life", "[identity][component]") {
    IdentityBench bench(5000);
    bench.start_registered();
    PushService push(bench);
    bench.device->use_channel(push.call());
    bench.settle();
    CHECK(push.asked == 1);
    bench.advance(69'000s);
    CHECK(push.asked == 1);
    bench.advance(9'000s);
    CHECK(push.asked == 2);
}

}  // namespace
}  // namespace voip::test
