#include "protocol/transport/rpc_peer.hpp"

#include <boost/asio/this_coro.hpp>

#include "protocol/limits.hpp"
#include "protocol/transport/reconnect.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"
#include "tests/support/stream_pair.hpp"

using namespace voip;
using test::StreamPair;
using transport::RpcPeer;
using transport::RpcPeerSettings;

namespace {

json::Value object(std::string_view name, json::Value value) {
    json::Value made;
    made.set(name, std::move(value));
    return made;
}

/// A peer on one end of a pair, and what became of it.
struct Party {
    std::vector<std::string> requests;
    std::vector<std::string> notifications;
    std::optional<Error> ended;
    std::shared_ptr<RpcPeer> peer;

    Party(test::Loop& loop, StreamPair& pair, StreamPair::Side side, RpcPeer::OnRequest on_request = {},
          RpcPeerSettings settings = {}) {
        if (!on_request)
            on_request = [this](std::string method, json::Value params) {
                requests.push_back(method);
                return echo(std::move(method), std::move(params));
            };
        const auto on_notification = [this](const std::string& method, const json::Value&) {
            if (method == "throws") throw std::runtime_error("a bug");
            notifications.push_back(method);
        };
        peer = RpcPeer::make(pair.take(side), loop.timers, settings, std::move(on_request), on_notification,
                             Log());
        loop.spawn(run(peer, this));
    }

    static asio::awaitable<void> run(std::shared_ptr<RpcPeer> peer, Party* self) {
        const Error why = co_await peer->run();
        self->ended = why;
    }
    static asio::awaitable<Answer<json::Value>> echo(std::string method, json::Value params) {
        if (method == "unknown") co_return Fault{-32601, "method not found", {}, {}};
        if (method == "busy") co_return Fault{1005, "busy", "caller.id", {}};
        if (method == "throws") throw std::runtime_error("a bug");
        if (method == "large") co_return json::Value(std::string(70000, 'x'));
        co_return params;
    }
};

/// Keeps the requests it gets until the test answers.
struct Gate {
    explicit Gate(Timers& t) : timers(t) {}
    Timers& timers;
    std::vector<std::shared_ptr<Wake>> waiting;
    std::size_t cancelled = 0;

    RpcPeer::OnRequest handler() {
        return [this](std::string, json::Value params) { return wait(std::move(params)); };
    }
    asio::awaitable<Answer<json::Value>> wait(json::Value params) {
        const auto mine = std::make_shared<Wake>(timers);
        waiting.push_back(mine);
        const WakeReason reason = co_await mine->wait();
        if (reason == WakeReason::cancelled) ++cancelled;
        co_return params;
    }
    void open_one() {
        waiting.front()->notify();
        waiting.erase(waiting.begin());
    }
};

/// A call under way, with its reply when it has come.
struct Calling {
    std::shared_ptr<std::optional<Reply>> reply = std::make_shared<std::optional<Reply>>();

    Calling(test::Loop& loop, const Party& party, std::string method, Duration time = 10s,
            json::Value params = object("n", 1)) {
        loop.spawn(call(party.peer, std::move(method), std::move(params), loop.timers.now() + time, reply));
    }
    static asio::awaitable<void> call(std::shared_ptr<RpcPeer> peer, std::string method, json::Value params,
                                      TimePoint deadline, std::shared_ptr<std::optional<Reply>> into) {
        auto calling = peer->call(std::move(method), std::move(params), deadline);
        Reply got = co_await std::move(calling);
        into->emplace(std::move(got));
    }
    [[nodiscard]] bool failed_with(Errc code) const {
        return *reply && (*reply)->error() && (*reply)->error()->is(code);
    }
};

/// The messages that the raw end of a pair has read.
struct Raw {
    std::unique_ptr<transport::MessageStream> stream;
    std::shared_ptr<std::vector<std::string>> messages = std::make_shared<std::vector<std::string>>();
    std::shared_ptr<std::optional<Error>> end = std::make_shared<std::optional<Error>>();

    Raw(test::Loop& loop, StreamPair& pair, StreamPair::Side side) : stream(pair.take(side)) {
        loop.spawn(read(stream.get(), messages, end));
    }
    static asio::awaitable<void> read(transport::MessageStream* stream,
                                      std::shared_ptr<std::vector<std::string>> into,
                                      std::shared_ptr<std::optional<Error>> end) {
        for (;;) {
            auto message = co_await stream->receive();
            if (!message) {
                *end = message.error();
                co_return;
            }
            into->push_back(std::move(*message));
        }
    }
};

}  // namespace

TEST_CASE("rpc peer: requests, faults and notifications go both ways at once", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Party other(loop, pair, StreamPair::b);
    const Calling there(loop, one, "echo");
    const Calling back(loop, other, "echo");
    const Calling unknown(loop, one, "unknown");
    const Calling busy(loop, other, "busy");
    CHECK(one.peer->notify("throws", {}));
    CHECK(one.peer->notify("note.one", object("x", true)));
    CHECK(other.peer->notify("note.two", {}));
    loop.settle();
    REQUIRE(*there.reply);
    REQUIRE((*there.reply)->result());
    CHECK(*(*there.reply)->result() == object("n", 1));
    REQUIRE((*back.reply)->result());
    REQUIRE((*unknown.reply)->fault());
    CHECK((*unknown.reply)->fault()->err_code == -32601);
    REQUIRE((*busy.reply)->fault());
    CHECK((*busy.reply)->fault()->err_code == 1005);
    CHECK((*busy.reply)->fault()->field == "caller.id");
    CHECK(one.notifications == std::vector<std::string>{"note.two"});
    CHECK(other.notifications == std::vector<std::string>{"note.one"});
    CHECK(one.peer->peer() == "end b");
    CHECK(loop.timers.pending() == 0);
    one.peer->close(1000, "done");
    loop.settle();
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::closed));
    REQUIRE(other.ended);
    CHECK(other.ended->is(Errc::closed));
    CHECK(transport::close_code(*other.ended) == 1000);
    CHECK(loop.timers.pending() == 0);
    CHECK(loop.tasks.size() == 0);
}

TEST_CASE("rpc peer: an answer at once overtakes one that waits, and keeps its place among notifications",
          "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Gate gate(loop.timers);
    Party* server = nullptr;
    Party serving(loop, pair, StreamPair::a, [&](const std::string& method, json::Value params) {
        if (method == "later") return transport::Serving(gate.wait(std::move(params)));
        if (method == "throws") throw std::runtime_error("a bug");
        if (method == "no") return transport::Serving(Fault{1005, "busy", "caller.id", {}});
        server->peer->notify("before", {});
        transport::Serving at_once(Answer<json::Value>{object("at", "once")});
        return at_once;
    });
    server = &serving;
    const Raw client(loop, pair, StreamPair::b);
    const auto ask = [&](std::string_view id, std::string_view method) {
        pair.inject(StreamPair::b, Result<std::string>(R"({"jsonrpc":"2.0","id":)" + std::string(id) +
                                                       R"(,"method":")" + std::string(method) + "\"}"));
    };
    ask("1", "later");
    ask("2", "now");
    ask("3", "throws");
    ask("4", "no");
    loop.settle();
    gate.open_one();
    loop.settle();
    REQUIRE(client.messages->size() == 5);
    CHECK(client.messages->at(0) == R"({"jsonrpc":"2.0","method":"before"})");
    CHECK(client.messages->at(1) == R"({"jsonrpc":"2.0","id":2,"result":{"at":"once"}})");
    CHECK(client.messages->at(2).starts_with(R"({"jsonrpc":"2.0","id":3,"error":{"code":-32603)"));
    CHECK(client.messages->at(3).starts_with(R"({"jsonrpc":"2.0","id":4,"error":{"code":1005)"));
    CHECK(client.messages->at(4) == R"({"jsonrpc":"2.0","id":1,"result":null})");
    CHECK_FALSE(serving.ended);
}

TEST_CASE("rpc peer: a handler that cuts its own peer while it answers ends it", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party* server = nullptr;
    Party serving(loop, pair, StreamPair::a, [&](const std::string&, json::Value params) {
        server->peer->abort();
        return transport::Serving(Answer<json::Value>(std::move(params)));
    });
    server = &serving;
    const Raw client(loop, pair, StreamPair::b);
    pair.inject(StreamPair::b, Result<std::string>(R"({"jsonrpc":"2.0","id":1,"method":"cut"})"));
    loop.settle();
    REQUIRE(serving.ended);
    CHECK(serving.ended->is(Errc::closed));
    CHECK(client.messages->empty());
}

TEST_CASE("rpc peer: a call times out after its 10 s and the late reply is ignored",
          "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    Party other(loop, pair, StreamPair::b, gate.handler());
    const Calling slow(loop, one, "slow");
    loop.settle();
    loop.advance(9999ms);
    CHECK_FALSE(*slow.reply);
    loop.advance(1ms);
    CHECK(slow.failed_with(Errc::timeout));
    gate.open_one();
    loop.settle();
    const Calling next(loop, one, "next");
    loop.settle();
    gate.open_one();
    loop.settle();
    CHECK((*next.reply)->result());
    CHECK(one.peer->open());
    const Calling late(loop, one, "late", -1s);
    loop.settle();
    CHECK(late.failed_with(Errc::timeout));
    CHECK(gate.waiting.empty());  // it was not even sent
}

TEST_CASE("rpc peer: the 65th request in flight fails with full, the others go on",
          "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    RpcPeerSettings many;
    many.max_serving = 100;
    Party other(loop, pair, StreamPair::b, gate.handler(), many);
    std::vector<Calling> calls;
    for (int i = 0; i < 65; ++i) calls.emplace_back(loop, one, "m");
    loop.settle();
    CHECK(calls[64].failed_with(Errc::full));
    CHECK(gate.waiting.size() == 64);
    while (!gate.waiting.empty()) gate.open_one();
    loop.settle();
    for (int i = 0; i < 64; ++i) CHECK((*calls[static_cast<std::size_t>(i)].reply)->result());
}

TEST_CASE("rpc peer: reading pauses while 32 requests are being answered", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Gate gate(loop.timers);
    Party other(loop, pair, StreamPair::b, gate.handler());
    std::vector<Calling> calls;
    for (int i = 0; i < 40; ++i) calls.emplace_back(loop, one, "m");
    loop.settle();
    CHECK(gate.waiting.size() == 32);
    gate.open_one();
    loop.settle();
    CHECK(gate.waiting.size() == 32);
    while (!gate.waiting.empty()) {
        gate.open_one();
        loop.settle();
    }
    for (const Calling& call : calls) CHECK((*call.reply)->result());
}

TEST_CASE("rpc peer: a slow reader is cut when 256 KiB wait for him", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    pair.stall(StreamPair::a);
    const Calling waiting(loop, one, "m");
    loop.settle();
    const auto event = std::make_shared<const std::string>("{\"jsonrpc\":\"2.0\",\"method\":\"" +
                                                           std::string(1000, 'e') + "\"}");
    std::size_t queued = 0;
    while (one.peer->notify_written(event)) {
        ++queued;
        REQUIRE(queued < 1000);
        REQUIRE(one.peer->queued_bytes() <= 256 * 1024);
    }
    CHECK(queued == (256 * 1024 - one.peer->queued_bytes() % event->size()) / event->size());
    CHECK(event.use_count() > 200);  // shared, not copied, while it waits
    loop.settle();
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::full));
    CHECK(waiting.failed_with(Errc::closed));
    CHECK_FALSE(one.peer->open());
    CHECK_FALSE(one.peer->notify("more", {}));
    CHECK_FALSE(pair.is_open(StreamPair::a));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: a write that takes 10 s ends a frozen peer", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    pair.stall(StreamPair::a);
    CHECK(one.peer->notify("n", {}));
    loop.settle();
    loop.advance(9999ms);
    CHECK_FALSE(one.ended);
    loop.advance(1ms);
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::timeout));
}

TEST_CASE("rpc peer: 6 kinds of garbage are answered -32700 with id null and end the peer",
          "[transport][component]") {
    const std::vector<Result<std::string>> garbage = {std::string("not json"),
                                                      std::string("{\"jsonrpc\":"),
                                                      std::string("{}}"),
                                                      std::string(40, '['),
                                                      fail(Errc::too_large, "a line of more than 64 KiB"),
                                                      fail(Errc::bad_message, "not UTF-8")};
    for (const auto& bad : garbage) {
        INFO((bad ? *bad : bad.error().text()));
        test::Loop loop;
        StreamPair pair(loop.timers);
        Party one(loop, pair, StreamPair::a);
        Raw other(loop, pair, StreamPair::b);
        pair.inject(StreamPair::b, bad);
        loop.settle();
        REQUIRE(other.messages->size() == 1);
        CHECK(other.messages->front().find("-32700") != std::string::npos);
        CHECK(other.messages->front().find("\"id\":null") != std::string::npos);
        REQUIRE(one.ended);
        CHECK((one.ended->is(Errc::bad_message) || one.ended->is(Errc::too_large)));
        REQUIRE(pair.goodbye(StreamPair::a));
        CHECK(pair.goodbye(StreamPair::a)->code == 1007);
        CHECK(loop.timers.pending() == 0);
    }
}

TEST_CASE("rpc peer: JSON that is no request is answered -32600 and the peer lives on",
          "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    for (const char* text :
         {"[]", "{\"jsonrpc\":\"2.0\",\"id\":7}", "{\"jsonrpc\":\"1.0\",\"method\":\"m\",\"id\":8}"})
        pair.inject(StreamPair::b, std::string(text));
    loop.settle();
    REQUIRE(other.messages->size() == 3);
    for (const std::string& answer : *other.messages) CHECK(answer.find("-32600") != std::string::npos);
    CHECK_FALSE(one.ended);
}

TEST_CASE("rpc peer: replies to unknown ids are ignored", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Raw other(loop, pair, StreamPair::b);
    for (const char* text :
         {R"({"jsonrpc":"2.0","id":99,"result":1})", R"({"jsonrpc":"2.0","id":"x","result":1})",
          R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}})",
          R"({"jsonrpc":"2.0","id":5,"error":{"code":1,"message":"m"}})"})
        pair.inject(StreamPair::b, std::string(text));
    loop.settle();
    CHECK(other.messages->empty());
    CHECK(one.peer->open());
}

TEST_CASE("rpc peer: a handler that throws or answers too much becomes -32603", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Party other(loop, pair, StreamPair::b);
    const Calling throws(loop, one, "throws");
    const Calling large(loop, one, "large");
    const Calling good(loop, one, "echo");
    loop.settle();
    CHECK((*throws.reply)->fault()->err_code == -32603);
    CHECK((*large.reply)->fault()->err_code == -32603);
    CHECK((*good.reply)->result());
    CHECK(loop.crashes.empty());
}

TEST_CASE("rpc peer: more than 64 KiB is not sent", "[transport][component]") {
    test::Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Party other(loop, pair, StreamPair::b);
    const Calling large(loop, one, "m", 10s, object("x", std::string(limits::message_bytes, 'x')));
    loop.settle();
    CHECK(large.failed_with(Errc::too_large));
    CHECK_FALSE(one.peer->notify("n", object("x", std::string(limits::message_bytes, 'x'))));
    CHECK(one.peer->open());
}

TEST_CASE("rpc peer: when the connection breaks every waiting call fails with closed",
          "[transport][component]") {
    test::Loop loop;
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

TEST_CASE("rpc peer: close sends what is queued first, then says code and reason", "[transport][component]") {
    test::Loop loop;
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
    CHECK(transport::close_code(**other.end) == 4401);
    CHECK((*other.end)->context == "4401 token expired");
    REQUIRE(one.ended);
    CHECK(one.ended->is(Errc::closed));
    CHECK(loop.timers.pending() == 0);
}

TEST_CASE("rpc peer: close waits 1 s for a peer that does not read, then cuts", "[transport][component]") {
    test::Loop loop;
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
    test::Loop loop;
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
    test::Loop loop;
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
    test::Loop loop;
    StreamPair pair(loop.timers);
    const auto peer = RpcPeer::make(pair.take(StreamPair::a), loop.timers, {}, Party::echo, nullptr, Log());
    peer->close(4409, "replaced");
    const Error why = loop.run(peer->run());
    CHECK(why.is(Errc::closed));
    CHECK(pair.goodbye(StreamPair::a)->code == 4409);
    CHECK(loop.timers.pending() == 0);
}

// --- reconnect

namespace {

struct Sessions {
    std::vector<TimePoint> starts;
    std::function<bool()> outcome = [] { return false; };
    Timers* timers = nullptr;
    std::unique_ptr<Wake> hold;  // present: a session lasts until it is notified

    transport::Reconnect::Session session() {
        return [this] { return one(); };
    }
    asio::awaitable<bool> one() {
        starts.push_back(timers->now());
        if (hold) co_await hold->wait();
        co_return outcome();
    }
};

}  // namespace

TEST_CASE("reconnect: fruitless attempts wait up to 0.5, 1, 2, 4 ... 30 s", "[transport][component]") {
    test::Loop loop;
    Sessions sessions;
    sessions.timers = &loop.timers;
    transport::Reconnect reconnect(loop.timers, Backoff({500ms, 30s}, 7), sessions.session(), Log());
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
    test::Loop loop;
    Sessions sessions;
    sessions.timers = &loop.timers;
    transport::Reconnect reconnect(loop.timers, Backoff({500ms, 30s}, 7), sessions.session(), Log());
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
        test::Loop loop;
        Sessions sessions;
        sessions.timers = &loop.timers;
        sessions.hold = std::make_unique<Wake>(loop.timers);
        sessions.outcome = [useful] { return useful; };
        transport::Reconnect reconnect(loop.timers, Backoff({500ms, 30s}, 3), sessions.session(), Log());
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
