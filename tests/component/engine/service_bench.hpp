#pragma once
#include <cstdio>
#include <deque>
#include <functional>

#include "daemon/engine/service_engine.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "tests/component/identity/bench.hpp"
#include "tests/support/stream_pair.hpp"

namespace voip::test {

using namespace engine;

/// Writes down what the engine tells.
class Recorder final : public Listener {
 public:
    Answer<std::monostate> on_incoming(const CallIncoming& call) override {
        story.push_back("incoming " + call.room.room_id);
        incoming.push_back(call);
        return refusal ? Answer<std::monostate>(*refusal) : Answer<std::monostate>(std::monostate{});
    }
    void on_event(const RoomEvent& event) override {
        story.push_back("event " + std::string(to_string(event.name)) + " " + event.room_id);
    }
    void on_signal(const RoomSignal& signal) override {
        story.push_back("signal " + json::write(signal.body));
    }
    void on_online(bool online) override { story.push_back(online ? "online" : "offline"); }
    void on_consented(const std::vector<Party>& people) override {
        story.push_back("consented " + std::to_string(people.size()));
        consented = people;
    }
    [[nodiscard]] std::size_t count(std::string_view what) const {
        return static_cast<std::size_t>(std::count(story.begin(), story.end(), what));
    }

    std::vector<std::string> story;
    std::vector<CallIncoming> incoming;
    std::vector<Party> consented;
    std::optional<Fault> refusal;
};

/// The service's side of the channel: answers by script, speaks when told to.
class FakeChannel {
 public:
    using Handler = std::function<Answer<json::Value>(const json::Value& params)>;
    struct Opened {
        std::string token;
        TimePoint at;
    };
    struct Connection {
        explicit Connection(Timers& timers) : pair(timers) {}
        StreamPair pair;
        std::shared_ptr<transport::RpcPeer> peer;
    };

    FakeChannel(const asio::any_io_executor& executor, ManualTimers& timers, const FakeService& https)
        : timers_(timers),
          https_(https),
          released_(timers),
          tasks_(executor, timers,
                 [](std::string_view task, std::string_view what) { FAIL_CHECK(task << ": " << what); }) {
        handlers["device.profile"] = [this](const json::Value&) { return profile(); };
        handlers["device.getPushToken"] = [this](const json::Value&) {
            json::Value result;
            result.set("pushToken", "pushToken-secret").set("expireTimestamp", https_.now() + 86'400'000);
            return Answer<json::Value>(result);
        };
        handlers["channel.renew"] = [](const json::Value&) {
            json::Value result;
            result.set("expiresIn", 3600);
            return Answer<json::Value>(result);
        };
    }

    asio::awaitable<OpenedChannel> open(std::string token, TimePoint deadline) {
        opens.push_back({std::move(token), timers_.now()});
        OpenedChannel opened;
        opened.date = date;
        while (holds_opening) {
            const WakeReason reason = co_await released_.wait(deadline);
            if (reason == WakeReason::notified) continue;
            opened.error =
                fail(reason == WakeReason::deadline ? Errc::timeout : Errc::cancelled, "service.test");
            co_return opened;
        }
        if (unreachable) {
            opened.error = fail(Errc::unreachable, "service.test");
            co_return opened;
        }
        if (!refusals.empty()) {
            opened.http_status = refusals.front();
            refusals.pop_front();
            opened.error = fail(Errc::refused, "HTTP " + std::to_string(opened.http_status));
            co_return opened;
        }
        accept();
        opened.stream = connections.back()->pair.take(StreamPair::a);
        co_return opened;
    }

    [[nodiscard]] Connection& last() { return *connections.back(); }
    [[nodiscard]] const json::Value* asked(std::string_view method) const {
        for (auto it = requests.rbegin(); it != requests.rend(); ++it)
            if (it->first == method) return &it->second;
        return nullptr;
    }
    [[nodiscard]] std::size_t count(std::string_view method) const {
        return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(),
                                                      [&](const auto& r) { return r.first == method; }));
    }
    void notify(std::string_view method, std::string_view params) {
        const auto value = json::parse(params);
        REQUIRE(value);
        CHECK(last().peer->notify(method, *value));
    }
    void say_goodbye(std::uint16_t code) { last().peer->close(code, "reason"); }
    void release() {
        holds_opening = false;
        silent.clear();
        released_.notify();
    }
    asio::awaitable<void> stop() {
        auto stopping = tasks_.stop();
        co_await std::move(stopping);
    }

    // How it behaves
    std::map<std::string, Handler, std::less<>> handlers;
    std::set<std::string, std::less<>> silent;  // these methods are not answered
    bool holds_opening = false, unreachable = false;
    std::deque<unsigned> refusals;  // HTTP answers to the next openings
    std::string date;
    json::Array users;
    // What it saw
    std::vector<Opened> opens;
    std::vector<std::pair<std::string, json::Value>> requests, notifications;
    std::vector<std::unique_ptr<Connection>> connections;

 private:
    void accept() {
        connections.push_back(std::make_unique<Connection>(timers_));
        Connection& mine = last();
        mine.peer = transport::RpcPeer::make(
            mine.pair.take(StreamPair::b), timers_, {},
            [this](std::string method, json::Value params) {
                return answer(std::move(method), std::move(params));
            },
            [this](const std::string& method, const json::Value& params) {
                notifications.emplace_back(method, params);
            },
            {});
        tasks_.spawn("service", run(mine.peer));
    }
    static asio::awaitable<void> run(std::shared_ptr<transport::RpcPeer> peer) {
        auto running = peer->run();
        (void)co_await std::move(running);
    }
    asio::awaitable<Answer<json::Value>> answer(std::string method, json::Value params) {
        requests.emplace_back(method, params);
        if (silent.contains(method)) {
            Wake never(timers_);
            (void)co_await never.wait();
        }
        const auto handler = handlers.find(method);
        if (handler == handlers.end()) {
            const Fault unknown{-32601, "unknown method", {}, {}};
            co_return unknown;
        }
        co_return handler->second(params);
    }
    Answer<json::Value> profile() const {
        json::Value result;
        result.set("users", users).set("time", https_.now());
        return result;
    }

    ManualTimers& timers_;
    const FakeService& https_;
    Wake released_;
    TaskSet tasks_;
};

/// Identity, engine, and the service at both of its doors.
class ServiceBench : public IdentityBench {
 public:
    explicit ServiceBench(UnixMillis wall = FakeService::epoch,
                          voip::Registration kind = voip::Registration::device_auth)
        : IdentityBench(wall, kind), channel(io.get_executor(), timers, service) {
        make_engine();
    }
    ~ServiceBench() {
        stop_engine();
        IdentityBench::stop();
        run(channel.stop());
        settle();
    }

    void make_engine() {
        ServiceEngineParts parts{io.get_executor(),
                                 timers,
                                 *device,
                                 [this](std::string token, TimePoint deadline) {
                                     return channel.open(std::move(token), deadline);
                                 },
                                 DeviceProfile{true, false, true, true},
                                 {},
                                 [this](std::string_view task, std::string_view what) {
                                     crashes.push_back(std::string(task) + ": " + std::string(what));
                                 },
                                 11,
                                 Log(log_hub, "engine")};
        road = std::make_unique<ServiceEngine>(std::move(parts));
    }
    void stop_engine() {
        if (!road) return;
        const auto stopping = begin(note(road->stop()));
        advance(3s);  // a goodbye takes 2 s at most
        CHECK(*stopping);
        road.reset();
    }
    /// Registered and on line.
    void go_online() {
        start_registered();
        road->start(listener);
        settle();
        REQUIRE(road->online());
    }
    [[nodiscard]] TimePoint in(Duration length) const { return timers.now() + length; }
    [[nodiscard]] ChannelState channel_state() const { return device->facts().channel.state; }

    FakeChannel channel;
    Recorder listener;
    std::unique_ptr<ServiceEngine> road;

 private:
    static asio::awaitable<bool> note(asio::awaitable<void> work) {
        co_await std::move(work);
        co_return true;
    }
};

inline InitByCaller call_to(std::string open_id) {
    InitByCaller request;
    request.caller.id = "SN-0001";
    request.listener.id = std::move(open_id);
    request.call_id = "call-1";
    return request;
}

/// A well-formed call.incoming.
inline std::string incoming_call(std::string_view room_id, std::string_view query = "") {
    CallIncoming call;
    call.room.room_id = room_id;
    call.room.call_id = "call-of-" + std::string(room_id);
    call.room.business_type = user_to_device;
    call.room.caller.id = "openid-1";
    call.room.listener.id = "SN-0001";
    call.room.custom_query = query;
    return json::write(encode(call));
}

}  // namespace voip::test
