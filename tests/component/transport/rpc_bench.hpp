#pragma once
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "protocol/transport/rpc_peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/stream_loop.hpp"
#include "tests/support/stream_pair.hpp"

/// Peers on a pair of streams, and what tests do with them.
namespace voip::transport::test {

using voip::test::Loop;
using voip::test::StreamPair;

inline json::Value object(std::string_view name, json::Value value) {
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

    Party(Loop& loop, StreamPair& pair, StreamPair::Side side, RpcPeer::OnRequest on_request = {},
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

    Calling(Loop& loop, const Party& party, std::string method, Duration time = 10s,
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
    std::unique_ptr<MessageStream> stream;
    std::shared_ptr<std::vector<std::string>> messages = std::make_shared<std::vector<std::string>>();
    std::shared_ptr<std::optional<Error>> end = std::make_shared<std::optional<Error>>();

    Raw(Loop& loop, StreamPair& pair, StreamPair::Side side) : stream(pair.take(side)) {
        loop.spawn(read(stream.get(), messages, end));
    }
    static asio::awaitable<void> read(MessageStream* stream, std::shared_ptr<std::vector<std::string>> into,
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

}  // namespace voip::transport::test
