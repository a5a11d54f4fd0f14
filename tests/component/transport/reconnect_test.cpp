#include "protocol/transport/reconnect.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"

namespace voip::transport::test {
namespace {

using voip::test::Loop;

struct Sessions {
    std::vector<TimePoint> starts;
    std::function<bool()> outcome = [] { return false; };
    Timers* timers = nullptr;
    std::unique_ptr<Wake> hold;  // present: a session lasts until it is notified

    Reconnect::Session session() {
        return [this] { return one(); };
    }
    asio::awaitable<bool> one() {
        starts.push_back(timers->now());
        if (hold) co_await hold->wait();
        co_return outcome();
    }
};

TEST_CASE("reconnect: fruitless attempts wait up to 0.5, 1, 2, 4 ... 30 s", "[transport][component]") {
    Loop loop;
    Sessions sessions;
    sessions.timers = &loop.timers;
    Reconnect reconnect(loop.timers, Backoff({500ms, 30s}, 7), sessions.session(), Log());
    loop.spawn(reconnect.run());
    loop.settle();
    CHECK(sessions.starts.size() == 1);
    Duration bound = 500ms;
    for (int i = 0; i < 20; ++i) {
        const std::size_t before = sessions.starts.size();
        REQUIRE(reconnect.next_attempt());
        const Duration wait = *reconnect.next_attempt() - loop.timers.now();
        CHECK(wait >= 0s);
        CHECK(wait <= bound);
        bound = std::min<Duration>(bound * 2, 30s);
        loop.advance(wait);
        CHECK(sessions.starts.size() == before + 1);
    }
    loop.tasks.cancel();
    loop.settle();
    CHECK(loop.tasks.size() == 0);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("reconnect: a useful session starts the backoff anew, now() does not wait",
          "[transport][component]") {
    Loop loop;
    Sessions sessions;
    sessions.timers = &loop.timers;
    Reconnect reconnect(loop.timers, Backoff({500ms, 30s}, 7), sessions.session(), Log());
    loop.spawn(reconnect.run());
    loop.settle();
    for (int i = 0; i < 12; ++i) loop.advance(*reconnect.next_attempt() - loop.timers.now());
    sessions.outcome = [] { return true; };
    loop.advance(*reconnect.next_attempt() - loop.timers.now());
    CHECK(*reconnect.next_attempt() - loop.timers.now() <= 500ms);
    sessions.outcome = [] { return false; };
    for (int i = 0; i < 8; ++i) loop.advance(*reconnect.next_attempt() - loop.timers.now());
    const std::size_t before = sessions.starts.size();
    reconnect.now();
    loop.settle();
    CHECK(sessions.starts.size() == before + 1);
    CHECK(*reconnect.next_attempt() - loop.timers.now() <= 500ms);
    loop.tasks.cancel();
    loop.settle();
}

TEST_CASE("reconnect: now() during a fruitless attempt tries once more at once, during a useful one not",
          "[transport][component]") {
    for (const bool useful : {false, true}) {
        Loop loop;
        Sessions sessions;
        sessions.timers = &loop.timers;
        sessions.hold = std::make_unique<Wake>(loop.timers);
        sessions.outcome = [useful] { return useful; };
        Reconnect reconnect(loop.timers, Backoff({500ms, 30s}, 3), sessions.session(), Log());
        loop.spawn(reconnect.run());
        loop.settle();
        CHECK_FALSE(reconnect.next_attempt());
        reconnect.now();
        sessions.hold->notify();
        loop.settle();
        CHECK(sessions.starts.size() == (useful ? 1 : 2));
        loop.tasks.cancel();
        loop.settle();
        CHECK(loop.tasks.size() == 0);
    }
}

}  // namespace
}  // namespace voip::transport::test
