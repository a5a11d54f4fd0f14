#include "tests/bench/ring.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "core/wake.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "tests/bench/channel.hpp"
#include "tests/bench/lines.hpp"

namespace voip::bench {
namespace {

using transport::RpcPeer;

struct Ring {
    Ring(asio::io_context& loop, std::string socket, std::string service, std::string ca_file,
         std::string login, int n)
        : timers(loop.get_executor()),
          api(socket),
          url(std::move(service)),
          ca(std::move(ca_file)),
          name(std::move(login)),
          count(n),
          ended(timers) {}

    SystemTimers timers;
    Lines api;
    std::string url, ca, name;
    int count;
    Wake ended;
    double pressed_at = 0;
    std::shared_ptr<RpcPeer> peer;

    asio::awaitable<Answer<json::Value>> serve(std::string method, json::Value params) {
        if (method == "call.incoming") {
            sample("press_us", now_us() - pressed_at);
            const auto incoming = decode_call_incoming(params);
            RoomHangUp reject;
            reject.room_id = incoming->room.room_id;
            json::Value body = encode(reject);
            asio::co_spawn(co_await asio::this_coro::executor, hang_up(body), asio::detached);
        }
        co_return json::Value(json::Object{});
    }

    asio::awaitable<void> hang_up(json::Value body) {
        (void)co_await peer->call("room.hangUp", std::move(body), timers.now() + 5s);
    }

    asio::awaitable<void> run() {
        auto stream = co_await open_channel(timers, url, ca, name);
        peer = RpcPeer::make(
            std::move(stream), timers, transport::RpcPeerSettings{},
            [this](std::string method, json::Value params) {
                return serve(std::move(method), std::move(params));
            },
            [this](const std::string& method, const json::Value& params) { hear(method, params); }, Log());
        asio::co_spawn(co_await asio::this_coro::executor, peer->run(), asio::detached);
        for (int i = 0; i < count; ++i) co_await once();
        peer->close(1000, "done");
    }

    void hear(const std::string& method, const json::Value& params) {
        const auto event = method == "voip.event" ? decode_room_event(params) : Answer<RoomEvent>(Fault{});
        if (event && event->name == EventName::finishVoip) ended.notify();
    }

    /// The daemon must be idle again before the next press: its own end is awaited on the blocking client.
    asio::awaitable<void> once() {
        pressed_at = now_us();
        api.send(R"({"jsonrpc":"2.0","id":0,"method":"board.press","params":{"button":"call"}})");
        const WakeReason reason = co_await ended.wait(timers.now() + 10s);
        if (reason != WakeReason::notified) give_up("no call within 10 s");
        api.wait_for("\"phase\":\"ended\"");
    }
};

}  // namespace

int ring(const std::string& socket, const std::string& url, const std::string& ca, const std::string& name,
         int count) {
    asio::io_context loop{1};
    Ring bench(loop, socket, url, ca, name, count);
    bench.api.ask("room.subscribe");
    asio::co_spawn(loop, bench.run(), [](const std::exception_ptr& crash) {
        if (crash) give_up("exception");
    });
    loop.run();
    return 0;
}

}  // namespace voip::bench
