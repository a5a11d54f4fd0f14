// How a peer ends, and what becomes of what was under way.
#include "tests/component/transport/rpc_bench.hpp"

namespace voip::transport::test {
namespace {

TEST_CASE("rpc peer: when the connection breaks every waiting call fails with closed",
          "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    Party other(loop, pair, StreamPair::b, gate.handler());
    const Calling first(loop, one, "m");
    const Calling second(loop, one, "m");
    loop.settle();
    pair.cut();
    loop.settle();
    CHECK(first.failed_with(Errc::closed));
    CHECK(second.failed_with(Errc::closed));
    REQUIRE(one.ended);
    CHECK(one.ended->code == asio::error::connection_reset);
    CHECK(gate.cancelled == 2);  // what was being answered is cancelled
    const Calling after(loop, one, "m");
    loop.settle();
    CHECK(after.failed_with(Errc::closed));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: who says his last word and listens gets the 2 answers that he has asked for",
          "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    Party other(loop, pair, StreamPair::b, gate.handler());
    const Calling first(loop, one, "m");
    const Calling second(loop, one, "m");
    loop.settle();
    pair.stop_speaking(StreamPair::a);
    loop.settle();
    CHECK_FALSE(other.ended);
    gate.open_one();
    gate.open_one();
    loop.settle();
    REQUIRE((*first.reply && *second.reply));
    CHECK((*first.reply)->result());
    CHECK((*second.reply)->result());
    REQUIRE(other.ended);
    CHECK(other.ended->is(Errc::closed));
    CHECK(gate.cancelled == 0);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: answers to a last word are waited for 15 s, and none once nobody listens",
          "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    Party other(loop, pair, StreamPair::b, gate.handler());
    const Calling asking(loop, one, "m", 60s);
    loop.settle();
    SECTION("he listens") {
        pair.stop_speaking(StreamPair::a);
        loop.advance(15s - 1ms);
        CHECK_FALSE(other.ended);
        loop.advance(1ms);
        CHECK(pair.goodbye(StreamPair::b));
    }
    SECTION("he has gone") {
        one.peer->close(1000, "");
        loop.settle();
    }
    CHECK(other.ended);
    CHECK(gate.cancelled == 1);
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: close sends what is queued first, then says code and reason", "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    loop.settle();
    CHECK(one.peer->notify("last", {}));
    one.peer->close(4401, "token expired");
    CHECK_FALSE(one.peer->notify("too late", {}));
    CHECK_FALSE(one.peer->open());
    loop.settle();
    CHECK(other.messages->size() == 1);
    REQUIRE(*other.end);
    CHECK(close_code(**other.end) == 4401);
    CHECK((*other.end)->context == "4401 token expired");
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::closed));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: close waits 1 s for a peer that does not read, then cuts", "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    pair.stall(StreamPair::a);
    CHECK(one.peer->notify("n", {}));
    loop.settle();
    one.peer->close(1000, "");
    loop.advance(999ms);
    CHECK_FALSE(one.ended);
    loop.advance(1ms);
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::closed));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: abort ends it at once, also with a stuck write", "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    pair.stall(StreamPair::a);
    CHECK(one.peer->notify("n", {}));
    const Calling waiting(loop, one, "m");
    loop.settle();
    one.peer->abort();
    loop.settle();
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::closed));
    CHECK(waiting.failed_with(Errc::closed));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: a cancelled run unwinds its 2 handlers and leaves nothing waiting",
          "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    {
        Party other(loop, pair, StreamPair::b, gate.handler());
        const Calling first(loop, one, "m");
        const Calling second(loop, one, "m");
        loop.settle();
        REQUIRE(gate.waiting.size() == 2);
        std::weak_ptr<RpcPeer> weak = other.peer;
        other.peer.reset();
        loop.tasks.cancel();
        loop.settle();
        CHECK(weak.expired());
        CHECK((first.failed_with(Errc::cancelled) ||
               first.failed_with(Errc::closed)));  // both ends are cancelled
    }
    CHECK(gate.cancelled == 2);
    CHECK(loop.tasks.size() == 0);
    CHECK(loop.timers.pending() == 0);
    CHECK(loop.crashes.empty());
}

TEST_CASE("rpc peer: a loop that is destroyed with 3 calls under way crashes nobody",
          "[transport][component]") {
    auto timers = std::make_unique<ManualTimers>();
    auto io = std::make_unique<asio::io_context>(1);
    Gate gate(*timers);
    {
        StreamPair pair(*timers);
        const auto serving =
            RpcPeer::make(pair.take(StreamPair::a), *timers, {}, gate.handler(), nullptr, Log());
        const auto asking =
            RpcPeer::make(pair.take(StreamPair::b), *timers, {}, gate.handler(), nullptr, Log());
        const auto run = [](std::shared_ptr<RpcPeer> peer) -> asio::awaitable<void> { co_await peer->run(); };
        const auto ask = [](std::shared_ptr<RpcPeer> peer, TimePoint at) -> asio::awaitable<void> {
            const json::Value nothing;
            co_await peer->call("m", nothing, at);
        };
        const auto ignore = [](const std::exception_ptr&) {};
        asio::co_spawn(*io, run(serving), ignore);
        asio::co_spawn(*io, run(asking), ignore);
        for (int i = 0; i < 3; ++i) asio::co_spawn(*io, ask(asking, timers->now() + 10s), ignore);
        io->poll();
    }
    REQUIRE(gate.waiting.size() == 3);
    gate.waiting.clear();  // the handlers hold them
    io.reset();
    CHECK(timers->next() > timers->now());
}

TEST_CASE("rpc peer: closed before it runs it ends at once", "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    const auto peer = RpcPeer::make(pair.take(StreamPair::a), loop.timers, {}, Party::echo, nullptr, Log());
    peer->close(4409, "replaced");
    const Error why = loop.run(peer->run());
    CHECK(why.is(Errc::closed));
    CHECK(pair.goodbye(StreamPair::a)->code == 4409);
    CHECK(loop.timers.pending() == 0);
}

}  // namespace
}  // namespace voip::transport::test
