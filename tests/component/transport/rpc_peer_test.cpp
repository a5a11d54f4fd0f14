// What a peer says and answers, within which bounds.
#include "tests/component/transport/rpc_bench.hpp"

#include "protocol/limits.hpp"

namespace voip::transport::test {
namespace {

TEST_CASE("rpc peer: requests, faults and notifications go both ways at once", "[transport][component]") {
    Loop loop;
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
    CHECK(close_code(*other.ended) == 1000);
    CHECK(loop.timers.pending() == 0);
    CHECK(loop.tasks.size() == 0);
}

TEST_CASE("rpc peer: an answer at once overtakes one that waits, and keeps its place among notifications",
          "[transport][component]") {
    Loop loop;
    StreamPair pair(loop.timers);
    Gate gate(loop.timers);
    Party* server = nullptr;
    Party serving(loop, pair, StreamPair::a, [&](const std::string& method, json::Value params) {
        if (method == "later") return Serving(gate.wait(std::move(params)));
        if (method == "throws") throw std::runtime_error("a bug");
        if (method == "no") return Serving(Fault{1005, "busy", "caller.id", {}});
        server->peer->notify("before", {});
        Serving at_once(Answer<json::Value>{object("at", "once")});
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
    Loop loop;
    StreamPair pair(loop.timers);
    Party* server = nullptr;
    Party serving(loop, pair, StreamPair::a, [&](const std::string&, json::Value params) {
        server->peer->abort();
        return Serving(Answer<json::Value>(std::move(params)));
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
    Loop loop;
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
    Loop loop;
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
    Loop loop;
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
    Loop loop;
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
    Loop loop;
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
        Loop loop;
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
    Loop loop;
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
    Loop loop;
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
    Loop loop;
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
    Loop loop;
    StreamPair pair(loop.timers);
    Party one(loop, pair, StreamPair::a);
    Party other(loop, pair, StreamPair::b);
    const Calling large(loop, one, "m", 10s, object("x", std::string(limits::message_bytes, 'x')));
    loop.settle();
    CHECK(large.failed_with(Errc::too_large));
    CHECK_FALSE(one.peer->notify("n", object("x", std::string(limits::message_bytes, 'x'))));
    CHECK(one.peer->open());
}

}  // namespace
}  // namespace voip::transport::test
