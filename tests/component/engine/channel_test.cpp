#include "tests/component/engine/service_bench.hpp"

namespace voip::test {
namespace {

json::Value user(const char* open_id, const char* name) {
    json::Value value;
    value.set("openId", open_id).set("name", name);
    return value;
}

TEST_CASE("channel: profile first, then who consented, then on line, then the pushToken",
          "[engine][component]") {
    ServiceBench bench;
    bench.channel.users = {user("o1", "Ann"), user("o2", "Ben")};
    bench.go_online();
    CHECK(bench.listener.story == std::vector<std::string>{"consented 2", "online"});
    CHECK(bench.listener.consented == std::vector<Party>{{"o1", "Ann", 0}, {"o2", "Ben", 0}});
    REQUIRE(bench.channel.opens.size() == 1);
    CHECK(bench.channel.opens[0].token == *bench.device->current_device_token());
    CHECK(
        json::write(*bench.channel.asked("device.profile")) ==
        R"({"name":"Door","version":"0.1.0","camera":true,"display":false,"microphone":true,"speaker":true})");
    CHECK(bench.channel.count("device.getPushToken") == 1);
    CHECK(bench.device->facts().push_token_expires > 0);
    CHECK(bench.channel_state() == ChannelState::online);
    CHECK(bench.device->facts().channel.reason.empty());
}

TEST_CASE("channel: an unregistered device opens nothing and comes on line once registered",
          "[engine][component]") {
    ServiceBench bench;
    bench.start();
    bench.road->start(bench.listener);
    bench.advance(3h);
    CHECK(bench.channel.opens.empty());
    CHECK(bench.channel_state() == ChannelState::offline);
    CHECK(bench.device->facts().channel.reason == "no deviceToken: the device is not registered");
    bench.service.tickets.insert(ticket);
    (void)bench.run(bench.device->register_device(ticket));
    bench.settle();
    CHECK(bench.road->online());
}

TEST_CASE("channel: each step has a deadline for the watchdog: 15 s to open, 10 s to greet",
          "[engine][component]") {
    ServiceBench bench;
    CHECK_FALSE(bench.road->due());
    bench.start_registered();
    bench.channel.holds_opening = true;
    bench.channel.silent.insert("device.profile");
    bench.road->start(bench.listener);
    bench.settle();
    CHECK(bench.road->due() == bench.in(15s));
    bench.channel.holds_opening = false;
    bench.advance(15s);  // that attempt has failed; the next one comes by itself
    REQUIRE(bench.road->due());
    CHECK(*bench.road->due() <= bench.in(30s));
    bench.advance(1s);
    REQUIRE(bench.channel.count("device.profile") == 1);
    CHECK(*bench.road->due() > bench.timers.now());
    CHECK(*bench.road->due() <= bench.in(limits::request_time));
    bench.channel.release();
    bench.advance(limits::request_time + 40s);  // not answered: dropped, and opened anew
    REQUIRE(bench.road->online());
    CHECK_FALSE(bench.road->due());  // this wire has no rule of silence
}

TEST_CASE("channel: on line the end of a silence of 42 s is due, and stays so when nobody reads any more",
          "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.road->start(bench.listener);
    bench.settle();
    REQUIRE(bench.road->online());
    const TimePoint due = bench.in(42s);
    bench.channel.last().pair.silence_ends(due);
    CHECK(bench.road->due() == due);
    bench.timers.advance(60s);
    CHECK(bench.road->due() == due);
    bench.channel.last().pair.silence_ends(bench.in(42s));  // something was read
    CHECK(bench.road->due() == bench.in(42s));
}

TEST_CASE("channel: a step that nobody ends stays due, however late it is", "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.channel.unreachable = true;
    bench.road->start(bench.listener);
    bench.settle();
    const auto due = bench.road->due();
    REQUIRE(due);
    bench.timers.advance(2h);  // time passes and the loop hangs
    CHECK(bench.road->due() == due);
}

TEST_CASE("channel: a profile that is refused or not understood keeps nobody off line",
          "[engine][component]") {
    for (const bool refused : {true, false}) {
        ServiceBench bench;
        bench.channel.handlers["device.profile"] = [refused](const json::Value&) {
            if (refused) return Answer<json::Value>(Fault{-32601, "unknown method", {}, {}});
            return Answer<json::Value>(json::Value("users"));
        };
        bench.go_online();
        CHECK(bench.listener.story == std::vector<std::string>{"online"});
    }
}

TEST_CASE("channel: the service's time is learned from Date and from the profile", "[engine][component]") {
    ServiceBench bench(5000);
    bench.start_registered();
    bench.channel.unreachable = true;
    bench.channel.date = "Fri, 01 Jan 2027 00:00:00 GMT";
    bench.road->start(bench.listener);
    bench.settle();
    CHECK(bench.clock->judged() == 1798761600000);
    bench.channel.unreachable = false;
    bench.advance(1min);
    CHECK(bench.road->online());
    CHECK(std::abs(bench.clock->judged() - bench.service.now()) <= 1);  // fractions of a millisecond are cut
}

TEST_CASE("channel: a break is told, and the next channel opens within 0.5 s", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(1min);
    bench.listener.story.clear();
    bench.channel.last().pair.cut();
    bench.settle();
    CHECK(bench.listener.story == std::vector<std::string>{"offline"});
    CHECK_FALSE(bench.road->online());
    CHECK(bench.channel_state() == ChannelState::offline);
    CHECK_FALSE(bench.device->facts().channel.reason.empty());
    bench.advance(500ms);
    CHECK(bench.listener.story == std::vector<std::string>{"offline", "consented 0", "online"});
    CHECK(bench.channel.connections.size() == 2);
}

TEST_CASE("channel: in an outage of 1 hour the attempts spread out, none more than 30 s apart",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.unreachable = true;
    bench.channel.last().pair.cut();
    bench.settle();
    bench.channel.opens.clear();
    bench.advance(1h);
    const auto& opens = bench.channel.opens;
    CHECK(opens.size() > 120);  // 15 s on average
    CHECK(opens.size() < 400);
    Duration longest{};
    for (std::size_t i = 1; i < opens.size(); ++i) longest = std::max(longest, opens[i].at - opens[i - 1].at);
    CHECK(longest <= 30s);
    CHECK(longest > 25s);
    const std::string log = bench.all_logs();
    std::size_t warnings = 0;
    for (std::size_t at = log.find(": off line"); at != std::string::npos;
         at = log.find(": off line", at + 1))
        ++warnings;
    CHECK(warnings == 2);  // the break, and why it stays so
    bench.channel.unreachable = false;
    bench.advance(30s);
    CHECK(bench.road->online());
}

TEST_CASE("channel: flapping 20 times without lasting 10 s makes the delays grow", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const TimePoint begin = bench.timers.now();
    for (int i = 0; i < 20; ++i) {
        bench.channel.last().pair.cut();
        const auto before = bench.channel.connections.size();
        bench.settle();
        while (bench.channel.connections.size() == before) bench.advance(100ms);
        bench.settle();
        REQUIRE(bench.road->online());
    }
    CHECK(bench.timers.now() - begin > 60s);
}

TEST_CASE("channel: hurry connects at once", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.channel.unreachable = true;
    bench.channel.last().pair.cut();
    bench.advance(10min);
    bench.channel.unreachable = false;
    bench.channel.opens.clear();
    bench.road->hurry();
    bench.settle();
    CHECK(bench.channel.opens.size() == 1);
    CHECK(bench.road->online());
}

TEST_CASE("channel: 10 changes of contacts are 2 profiles, the second after the last change",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    const std::size_t before = bench.channel.count("device.profile");
    for (int i = 0; i < 10; ++i) bench.channel.notify("contacts.changed", "{}");
    bench.settle();
    CHECK(bench.channel.count("device.profile") - before >= 1);
    CHECK(bench.channel.count("device.profile") - before <= 2);
    bench.channel.users = {user("o3", "Eve")};
    bench.channel.notify("contacts.changed", "{}");
    bench.settle();
    CHECK(bench.listener.consented == std::vector<Party>{{"o3", "Eve", 0}});
}

TEST_CASE("channel: a service that takes the channel and says nothing is dropped after 10 s",
          "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.channel.silent.insert("device.profile");
    bench.road->start(bench.listener);
    bench.advance(9s);
    CHECK(bench.channel_state() == ChannelState::connecting);
    CHECK(bench.channel.connections.size() == 1);
    bench.advance(1s);
    CHECK(bench.channel_state() == ChannelState::offline);
    CHECK(bench.device->facts().channel.reason == "the service does not answer");
    CHECK(bench.listener.story.empty());
    bench.channel.silent.clear();
    bench.advance(30s);
    CHECK(bench.road->online());
}

TEST_CASE("channel: an opening that hangs is given up after 15 s", "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.channel.holds_opening = true;
    bench.road->start(bench.listener);
    bench.advance(14s);
    CHECK(bench.channel.opens.size() == 1);
    CHECK(bench.channel_state() == ChannelState::connecting);
    bench.advance(2s);
    CHECK(bench.channel.opens.size() == 2);
    bench.channel.release();
    bench.settle();
    CHECK(bench.road->online());
}

TEST_CASE("channel: a frozen peer (the stream's timeout) is replaced", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(1min);
    bench.channel.last().pair.inject(StreamPair::b, fail(Errc::timeout, "the peer froze"));
    bench.advance(1s);
    CHECK(bench.channel.connections.size() == 2);
    CHECK(bench.listener.count("offline") == 1);
    CHECK(bench.road->online());
}

TEST_CASE("channel: hurry on an open channel asks if it lives, once in 5 s", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(1min);
    const std::size_t before = bench.channel.count("device.profile");
    for (int i = 0; i < 10; ++i) bench.road->hurry();
    bench.settle();
    CHECK(bench.channel.count("device.profile") == before + 1);
    bench.advance(4s);
    bench.road->hurry();
    bench.settle();
    CHECK(bench.channel.count("device.profile") == before + 1);
    bench.advance(1s);
    bench.road->hurry();
    bench.settle();
    CHECK(bench.channel.count("device.profile") == before + 2);
    CHECK(bench.channel.connections.size() == 1);
    CHECK(bench.listener.count("offline") == 0);
}

TEST_CASE("channel: a change of the network asks at once, also within 5 s of a hurry that was answered",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(1min);
    const std::size_t before = bench.channel.count("device.profile");
    bench.road->hurry();
    bench.settle();
    bench.channel.last().pair.lose(StreamPair::a);
    bench.advance(1s);
    const bool moved = GENERATE(true, false);
    bench.road->on_network(moved);
    bench.settle();
    CHECK(bench.channel.count("device.profile") == before + 1);  // the other one is lost
    bench.advance(moved ? 1900ms : 4900ms);
    CHECK(bench.road->online());
    CHECK(bench.channel.connections.size() == 1);
    bench.advance(600ms);
    CHECK(bench.channel.connections.size() == 2);
    CHECK(bench.road->online());
    CHECK(bench.listener.count("offline") == 1);
}

TEST_CASE("channel: an opening within 10 s of a hurry is given up after 8 s", "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    bench.channel.holds_opening = true;
    bench.road->hurry();
    bench.road->start(bench.listener);
    bench.advance(7900ms);
    CHECK(bench.channel.opens.size() == 1);
    bench.road->hurry();
    bench.advance(200ms);
    CHECK(bench.channel.opens.size() == 2);  // at once, and in a hurry again
    bench.advance(8s);
    CHECK(bench.channel.opens.size() == 3);
    bench.channel.release();
    bench.settle();
    CHECK(bench.road->online());
}

TEST_CASE("channel: a dead connection is found 5 s after hurry and replaced", "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.advance(1min);
    bench.channel.last().pair.lose(StreamPair::a);
    bench.road->hurry();
    bench.advance(4s);
    CHECK(bench.road->online());
    bench.advance(1500ms);
    CHECK(bench.listener.count("offline") == 1);
    CHECK(bench.channel.connections.size() == 2);
    CHECK(bench.road->online());
}

/// A stream that delivers what it holds even after it was cut, as a kernel's buffer might.
class Stubborn final : public transport::MessageStream {
 public:
    explicit Stubborn(Timers& timers) : readable_(timers) {}
    asio::awaitable<Result<std::string>> receive() override {
        while (inbox.empty()) {
            const WakeReason reason = co_await readable_.wait();
            if (reason == WakeReason::cancelled) co_return fail(Errc::cancelled);
        }
        std::string text = std::move(inbox.front());
        inbox.pop_front();
        if (text.empty()) co_return fail(Errc::closed);
        co_return text;
    }
    asio::awaitable<Result<void>> send(std::vector<std::string> messages) override {
        for (std::string& message : messages) sent.push_back(std::move(message));
        co_return Result<void>();
    }
    asio::awaitable<void> close(std::uint16_t, std::string) override {
        give("");
        co_return;
    }
    void abort() noexcept override { readable_.notify(); }
    std::string peer() const override { return "stubborn"; }

    void give(std::string text) {
        inbox.push_back(std::move(text));
        readable_.notify();
    }
    std::deque<std::string> inbox;
    std::vector<std::string> sent;

 private:
    Wake readable_;
};

TEST_CASE("channel: what an old connection still says is dropped", "[engine][component]") {
    ServiceBench bench;
    bench.start_registered();
    Stubborn* stream = nullptr;
    ServiceEngineParts parts{bench.io.get_executor(), bench.timers, *bench.device, {}, {}, {}, {}, 3, {}};
    parts.open = [&](std::string, TimePoint) -> asio::awaitable<OpenedChannel> {
        OpenedChannel opened;
        auto made = std::make_unique<Stubborn>(bench.timers);
        stream = made.get();
        opened.stream = std::move(made);
        co_return opened;
    };
    bench.road = std::make_unique<ServiceEngine>(std::move(parts));
    bench.road->start(bench.listener);
    bench.settle();
    REQUIRE(stream);
    const std::string event =
        R"({"jsonrpc":"2.0","method":"voip.event","params":{"eventName":"startVoip","roomId":"r1","groupId":"r1","data":{}}})";
    const std::string call =
        R"({"jsonrpc":"2.0","id":1,"method":"call.incoming","params":)" + incoming_call("r2") + "}";
    stream->give(event);
    bench.settle();
    CHECK(bench.listener.story == std::vector<std::string>{"event startVoip r1"});
    bench.listener.story.clear();
    bench.advance(10s);  // no profile: the engine cuts it, but the stream goes on
    SECTION("an event") {
        stream->give(event);
    }
    SECTION("a call") {
        stream->give(call);
    }
    bench.settle();  // the engine lets go of the stream now
    CHECK(bench.listener.story.empty());
    CHECK(bench.listener.incoming.empty());
    bench.stop_engine();
}

TEST_CASE("channel: broken after the n-th message of the service, it always comes back",
          "[engine][component]") {
    for (std::size_t n = 0; n <= 3; ++n) {
        CAPTURE(n);
        ServiceBench bench;
        bench.start_registered();
        bench.road->start(bench.listener);
        bench.channel.handlers["device.getPushToken"] = [](const json::Value&) {
            return Answer<json::Value>(Fault{code::not_ready, "not ready", {}, {}});
        };
        for (int guard = 0; guard < 100 && bench.channel.connections.empty(); ++guard) {
            bench.io.restart();
            bench.io.poll_one();
        }
        REQUIRE(bench.channel.connections.size() == 1);
        auto& pair = bench.channel.last().pair;
        for (int guard = 0; guard < 1000 && pair.sent(StreamPair::b) < n; ++guard) {
            bench.io.restart();
            if (bench.io.poll_one() == 0) bench.timers.advance(100ms);
        }
        CHECK(pair.sent(StreamPair::b) >= n);
        pair.cut();
        bench.advance(1min);
        CHECK(bench.road->online());
        CHECK(bench.channel.connections.size() == 2);
    }
}

TEST_CASE("channel: stop says 1000, tells the listener nothing and leaves nothing behind",
          "[engine][component]") {
    ServiceBench bench;
    bench.go_online();
    bench.listener.story.clear();
    bench.stop_engine();
    REQUIRE(bench.channel.last().pair.goodbye(StreamPair::a));
    CHECK(bench.channel.last().pair.goodbye(StreamPair::a)->code == 1000);
    CHECK(bench.listener.story.empty());
    CHECK(bench.channel_state() == ChannelState::offline);
    bench.advance(1h);
    CHECK(bench.channel.opens.size() == 1);
}

TEST_CASE("channel: stop ends every kind of waiting", "[engine][component]") {
    SECTION("for a token") {
        ServiceBench bench;
        bench.start();
        bench.road->start(bench.listener);
        bench.settle();
    }
    SECTION("for the opening") {
        ServiceBench bench;
        bench.start_registered();
        bench.channel.holds_opening = true;
        bench.road->start(bench.listener);
        bench.settle();
    }
    SECTION("for the greeting") {
        ServiceBench bench;
        bench.start_registered();
        bench.channel.silent.insert("device.profile");
        bench.road->start(bench.listener);
        bench.settle();
    }
    SECTION("for the next attempt") {
        ServiceBench bench;
        bench.start_registered();
        bench.channel.unreachable = true;
        bench.road->start(bench.listener);
        bench.advance(1min);
    }
    SECTION("standing back") {
        ServiceBench bench;
        bench.go_online();
        bench.channel.say_goodbye(4409);
        bench.settle();
    }
    SECTION("for an answer, for a probe and for a renewal") {
        ServiceBench bench;
        bench.go_online();
        bench.channel.silent = {"voip.initByCaller", "device.profile", "channel.renew"};
        const auto dialled = bench.begin(bench.road->dial(call_to("o"), bench.in(10s)));
        bench.road->hurry();
        bench.channel.notify("contacts.changed", "{}");
        bench.channel.notify("channel.expiring", R"({"expiresIn": 60})");
        bench.settle();
        bench.stop_engine();
        REQUIRE(*dialled);
        CHECK((*dialled)->error());
    }
    SECTION("a peer that does not read") {
        ServiceBench bench;
        bench.go_online();
        bench.channel.last().pair.stall(StreamPair::a);
        CHECK(bench.road->signal(RoomSignal{"r1", json::Value("x")}));
        bench.settle();
    }
}

}  // namespace
}  // namespace voip::test
