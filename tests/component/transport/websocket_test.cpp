#include "protocol/limits.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "tests/component/transport/https_site.hpp"

using namespace voip;
using namespace voip::transport;
using asio::ip::tcp;
using test::frame;
using test::RawClient;
using test::Reader;
using test::Site;
using test::upgrade_head;
using test::upgrade_request;

namespace {

/// A server's side that keeps its stream, without reading it, until it is woken.
std::function<asio::awaitable<void>(std::unique_ptr<MessageStream>)> holding(std::shared_ptr<Wake> hold) {
    return [hold = std::move(hold)](std::unique_ptr<MessageStream> stream) {
        const auto wait = [](std::unique_ptr<MessageStream> mine,
                             std::shared_ptr<Wake> wake) -> asio::awaitable<void> {
            const auto kept = std::move(mine);
            co_await wake->wait();
        };
        return wait(std::move(stream), hold);
    };
}

}  // namespace

TEST_CASE("websocket: texts go both ways, up to 64 KiB", "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    CHECK(opened->date == "Thu, 01 Jan 2026 00:00:00 GMT");
    CHECK(opened->stream->peer() == "127.0.0.1:" + std::to_string(site.server->port()));
    const Reader reader(site.loop, opened->stream.get());
    const std::vector<std::string> texts = {"one", "", "\xe2\x82\xac",
                                            std::string(limits::message_bytes, 'x')};
    REQUIRE(site.loop.run(opened->stream->send(texts)));
    site.loop.until([&] { return reader.texts->size() == 4; });
    CHECK(*reader.texts == texts);
    site.loop.run(opened->stream->close(4000, "bye"));
    site.loop.until([&] { return site.websocket_end && reader.end->has_value(); });
    CHECK(close_code(*site.websocket_end) == 4000);
    CHECK(site.websocket_end->context == "4000 bye");
    CHECK((*reader.end)->is(Errc::closed));
    site.loop.until([&] { return site.server->connections() == 0; });
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("websocket: the server's close code and reason arrive", "[transport][component]") {
    Site site;
    site.serve = [](std::unique_ptr<MessageStream> stream) -> asio::awaitable<void> {
        const auto mine = std::move(stream);
        std::string reason = "token expired " + std::string(200, 'x');
        co_await mine->close(4401, std::move(reason));
    };
    auto opened = site.open();
    REQUIRE(opened);
    const auto end = site.loop.run(opened->stream->receive());
    REQUIRE_FALSE(end);
    CHECK(close_code(end.error()) == 4401);
    CHECK(end.error().context.size() == 5 + limits::close_reason_bytes);
}

TEST_CASE("websocket: a refusal is a plain HTTP answer with its date", "[transport][component]") {
    Site site;
    HttpResponse refusal;
    const auto refused = site.open({}, "/refused", &refusal);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(Errc::refused));
    CHECK(refused.error().context.find("HTTP 401") != std::string::npos);
    CHECK(refusal.status == 401);
    CHECK(refusal.body == "no token");
    CHECK(refusal.header("date") == "Thu, 01 Jan 2026 00:00:00 GMT");
    site.loop.until([&] { return site.server->connections() == 0; });
    CHECK(site.loop.timers.pending() == 0);
}

TEST_CASE("websocket: both sides must name the same subprotocol", "[transport][component]") {
    Site site;
    WebSocketSettings other;
    other.subprotocol = "other.v1";
    HttpResponse refusal;
    const auto unknown = site.open(other, "/", &refusal);
    REQUIRE_FALSE(unknown);
    CHECK(refusal.status == 400);
    site.subprotocol.clear();  // the server takes the upgrade but names none
    const auto silent = site.open();
    REQUIRE_FALSE(silent);
    CHECK(silent.error().is(Errc::refused));
    CHECK(silent.error().context.find("does not speak wmpf-voip.v1") != std::string::npos);
}

TEST_CASE("websocket: headers of the client reach the application, broken ones are not sent",
          "[transport][component]") {
    Site site;
    WebSocketSettings settings;
    settings.headers = {{"Authorization", "Bearer x"}};
    const auto opened = site.open(settings);
    REQUIRE(opened);
    CHECK(site.requests.back().header("authorization") == "Bearer x");
    settings.headers = {{"Authorization", "Bearer x\r\nX: y"}};
    CHECK_FALSE(site.open(settings));
}

TEST_CASE("websocket: a damaged upgrade is answered and closed", "[transport][component]") {
    Site site;
    for (const std::string& rest :
         {std::string("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: wmpf-voip.v1\r\n\r\n"),
          std::string("Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Sec-WebSocket-Protocol: wmpf-voip.v1\r\n\r\n")}) {
        RawClient client(site);
        client.send(upgrade_head + rest);
        client.wait_for_end();
        CHECK(client.text->substr(0, 10) == "HTTP/1.1 4");
    }
}

TEST_CASE("websocket: 5 kinds of bad frames are closed with the code that names the fault",
          "[transport][component]") {
    struct Case {
        std::string wire;
        unsigned code;
        Errc error;
    };
    const Case table[] = {
        {frame(2, "binary"), 1003, Errc::bad_message},
        {frame(1, "\xff\xfe"), 1007, Errc::bad_message},
        {frame(1, std::string(65537, 'x')), 1009, Errc::too_large},
        {std::string("\x81\x03"
                     "abc",
                     5),
         1002, Errc::bad_message},                                      // no mask
        {std::string("\xf1\x80\0\0\0\0", 6), 1002, Errc::bad_message},  // reserved bits
    };
    for (const Case& c : table) {
        INFO(c.code);
        Site site;
        RawClient client(site);
        client.send(upgrade_request);
        client.wait_for("101 Switching Protocols");
        CHECK(client.text->find("Sec-WebSocket-Protocol: wmpf-voip.v1") != std::string::npos);
        client.wait_for("\r\n\r\n");
        client.text->clear();
        client.send(c.wire);
        site.loop.until([&] { return client.text->size() >= 4; });
        CHECK(static_cast<unsigned char>(client.text->at(0)) == 0x88);
        const unsigned code = static_cast<unsigned char>(client.text->at(2)) * 256U +
                              static_cast<unsigned char>(client.text->at(3));
        CHECK(code == c.code);
        client.send(frame(8, {}));
        site.loop.until([&] { return site.websocket_end.has_value(); });
        CHECK(site.websocket_end->is(c.error));
    }
}

TEST_CASE("websocket: an idle pair pings once in 30 s and wakes each process at most 0.1 times a second",
          "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    std::size_t alarms = 0;
    site.loop.timers.advance(600s, [&] {
        ++alarms;
        for (int i = 0; i < 5; ++i) site.loop.settle();
    });
    CHECK(alarms <= 60);  // of both ends together; a ping or pong beside each
    CHECK(alarms >= 20);
    CHECK_FALSE(reader.end->has_value());
    CHECK_FALSE(site.websocket_end);
    REQUIRE(site.loop.run(opened->stream->send({"alive"})));
    site.loop.until([&] { return reader.texts->size() == 1; });
}

TEST_CASE("websocket: a frozen client is found within 45 s", "[transport][component]") {
    Site site;
    RawClient client(site);
    client.send(upgrade_request);
    client.wait_for("\r\n\r\n");
    client.text->clear();
    site.loop.advance(32s);
    CHECK(client.text->empty());
    site.loop.advance(1s);
    site.loop.until([&] { return client.text->size() >= 2; });
    CHECK(static_cast<unsigned char>(client.text->at(0)) == 0x89);  // a ping, which he does not answer
    site.loop.advance(9s);
    CHECK_FALSE(site.websocket_end);
    site.loop.advance(3s);
    REQUIRE(site.websocket_end);
    CHECK(site.websocket_end->is(Errc::timeout));
    client.wait_for_end();
}

TEST_CASE("websocket: a frozen server is found within 45 s, one that answers pings is not",
          "[transport][component]") {
    for (const bool listens : {false, true}) {
        Site site;
        const auto hold = std::make_shared<Wake>(site.loop.timers);
        if (!listens) site.serve = holding(hold);
        auto opened = site.open();
        REQUIRE(opened);
        const Reader reader(site.loop, opened->stream.get());
        site.loop.settle();
        for (int i = 0; i < 450; ++i) {
            site.loop.advance(100ms);
            site.loop.settle();
        }
        CHECK(reader.end->has_value() == !listens);
        if (!listens) CHECK((*reader.end)->is(Errc::timeout));
        hold->notify();
    }
}

TEST_CASE("websocket: the end of a silence of 42 s moves with what is read, and with nothing else",
          "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    MessageStream& stream = *opened->stream;
    REQUIRE(stream.silence_ends() == site.loop.timers.now() + 42s);
    const auto before = stream.silence_ends();
    site.loop.advance(20s);  // nobody reads
    CHECK(stream.silence_ends() == before);
    REQUIRE(site.loop.run(stream.send({"alive"})));
    CHECK(stream.silence_ends() == before);
    const Reader reader(site.loop, &stream);
    site.loop.until([&] { return reader.texts->size() == 1; });
    CHECK(stream.silence_ends() == site.loop.timers.now() + 42s);
    for (int i = 0; i < 600; ++i) {
        site.loop.advance(100ms);
        site.loop.settle();
    }
    REQUIRE_FALSE(reader.end->has_value());
    CHECK(*stream.silence_ends() >= site.loop.timers.now() + 10s);  // pongs were read
}

TEST_CASE("websocket: close returns within 2 s from a peer that does not answer", "[transport][component]") {
    Site site;
    const auto hold = std::make_shared<Wake>(site.loop.timers);
    site.serve = holding(hold);
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    bool closed = false;
    const auto close = [](MessageStream* stream, bool* done) -> asio::awaitable<void> {
        std::string reason;
        co_await stream->close(1000, std::move(reason));
        *done = true;
    };
    site.loop.spawn(close(opened->stream.get(), &closed));
    site.loop.settle();
    CHECK_FALSE(closed);
    site.loop.advance(2s);
    CHECK(closed);
    CHECK((*reader.end)->is(Errc::closed));
    hold->notify();
}

TEST_CASE("websocket: abort and cancellation end a waiting receive", "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    site.loop.settle();
    opened->stream->abort();
    site.loop.settle();
    REQUIRE(reader.end->has_value());
    CHECK((*reader.end)->is(Errc::closed));
    auto second = site.open();
    REQUIRE(second);
    TaskSet tasks(site.loop.io.get_executor(), site.loop.timers, {});
    const auto end = std::make_shared<std::optional<Error>>();
    tasks.spawn("read",
                Reader::read(second->stream.get(), std::make_shared<std::vector<std::string>>(), end));
    site.loop.settle();
    site.loop.run(tasks.stop());
    REQUIRE(end->has_value());
    CHECK((*end)->is(Errc::cancelled));
}

TEST_CASE("websocket: cancelled while it opens it ends at once", "[transport][component]") {
    Site site;
    site.gate = std::make_unique<Wake>(site.loop.timers);
    TaskSet tasks(site.loop.io.get_executor(), site.loop.timers, {});
    std::optional<Error> error;
    const auto open = [](Site* s, std::optional<Error>* into) -> asio::awaitable<void> {
        const TimePoint deadline = s->loop.timers.now() + 5s;
        WebSocketSettings settings;
        auto opening = open_websocket(s->loop.timers, s->pki.client(), s->url(), settings, deadline);
        auto opened = co_await std::move(opening);
        *into = opened ? fail(Errc::wrong_state) : opened.error();
    };
    tasks.spawn("open", open(&site, &error));
    site.loop.until([&] { return site.requests.size() == 1; });
    site.loop.run(tasks.stop());
    REQUIRE(error);
    CHECK(error->is(Errc::cancelled));
}

TEST_CASE("websocket: a send that is stuck ends by cancellation and by abort", "[transport][component]") {
    for (const bool cancelled : {true, false}) {
        Site site;
        const auto hold = std::make_shared<Wake>(site.loop.timers);
        site.serve = holding(hold);
        auto opened = site.open();
        REQUIRE(opened);
        std::optional<Error> error;
        const auto send = [](MessageStream* stream, std::optional<Error>* into) -> asio::awaitable<void> {
            std::vector<std::string> texts(500, std::string(60000, 'x'));
            auto sent = co_await stream->send(std::move(texts));
            *into = sent ? fail(Errc::wrong_state) : sent.error();
        };
        TaskSet tasks(site.loop.io.get_executor(), site.loop.timers, {});
        tasks.spawn("send", send(opened->stream.get(), &error));
        for (int i = 0; i < 100; ++i) site.loop.settle();
        REQUIRE_FALSE(error);
        if (!cancelled) opened->stream->abort();
        site.loop.settle();
        site.loop.run(tasks.stop());
        REQUIRE(error);
        CHECK(error->is(cancelled ? Errc::cancelled : Errc::closed));
        hold->notify();
    }
}

TEST_CASE("websocket: stop says 1001 to a client", "[transport][component]") {
    Site site;
    auto opened = site.open();
    REQUIRE(opened);
    const Reader reader(site.loop, opened->stream.get());
    site.loop.settle();
    site.loop.run(site.server->stop());
    site.loop.until([&] { return reader.end->has_value(); });
    CHECK(close_code(**reader.end) == 1001);
    REQUIRE(site.websocket_end);
    CHECK(site.websocket_end->is(Errc::closed));
}

TEST_CASE("websocket: two RPC peers make 200 calls each way and see the close code",
          "[transport][component]") {
    Site site;
    const auto echo = [](std::string, json::Value params) -> asio::awaitable<Answer<json::Value>> {
        co_return params;
    };
    const auto run = [](std::shared_ptr<RpcPeer> peer,
                        std::shared_ptr<std::optional<Error>> end) -> asio::awaitable<void> {
        const Error why = co_await peer->run();
        *end = why;
    };
    std::shared_ptr<RpcPeer> there;
    const auto there_end = std::make_shared<std::optional<Error>>();
    site.serve = [&](std::unique_ptr<MessageStream> stream) {
        there = RpcPeer::make(std::move(stream), site.loop.timers, {}, echo, nullptr, Log());
        return run(there, there_end);
    };
    auto opened = site.open();
    REQUIRE(opened);
    const auto here = RpcPeer::make(std::move(opened->stream), site.loop.timers, {}, echo, nullptr, Log());
    const auto here_end = std::make_shared<std::optional<Error>>();
    site.loop.spawn(run(here, here_end));
    site.loop.until([&] { return there != nullptr; });
    const auto calls = [](std::shared_ptr<RpcPeer> peer, Timers* timers, int* good) -> asio::awaitable<void> {
        for (int i = 0; i < 200; ++i) {
            json::Value params;
            params.set("i", i);
            const TimePoint deadline = timers->now() + 5s;
            const Reply reply = co_await peer->call("m", params, deadline);
            if (reply.result() != nullptr && *reply.result() == params) ++*good;
        }
    };
    int from_here = 0;
    int from_there = 0;
    site.loop.spawn(calls(here, &site.loop.timers, &from_here));
    site.loop.spawn(calls(there, &site.loop.timers, &from_there));
    site.loop.until([&] { return from_here == 200 && from_there == 200; });
    there->close(4409, "replaced");
    site.loop.until([&] { return here_end->has_value() && there_end->has_value(); });
    CHECK(close_code(**here_end) == 4409);
    CHECK((*there_end)->is(Errc::closed));
}
