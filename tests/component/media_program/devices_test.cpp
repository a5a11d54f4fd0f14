// Devices that fail, vanish or hang, seen through the media program: its wire, its call, the simulated board.
// The connection is a stand-in that takes everything; time is the test's.
#include <filesystem>

#include "daemon/media/program/program.hpp"
#include "protocol/transport/rpc_peer.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/stream_loop.hpp"
#include "tests/support/stream_pair.hpp"

namespace {

using namespace voip;

/// What left the device.
struct Sent {
    std::size_t pictures = 0, sounds = 0, keys = 0;
    std::function<void()> wish;  ///< the phone wants a key picture
};

class TakesAll final : public media::MediaTransport {
 public:
    TakesAll(Sent& sent, Handlers handlers) : sent_(sent), handlers_(std::move(handlers)) {
        sent_.wish = handlers_.key_wanted;
    }
    void take_answer(std::string, std::function<void(Result<void>)> done) override { done({}); }
    Result<void> take_candidate(std::string, unsigned) override { return {}; }
    void send_sound(const hal::SoundFrame&, TimePoint) override {
        ++sent_.sounds;
        handlers_.sound(std::vector<std::int16_t>(hal::sound_frame_samples, 100));
        heard_ += 700;
    }
    void send_picture(const hal::AccessUnit& unit, unsigned) override {
        ++sent_.pictures;
        if (unit.key) ++sent_.keys;
    }
    void expect_loss(unsigned) override {}
    media::TransportStats stats() override {
        media::TransportStats stats;
        stats.bytes_received = ++heard_;  // the phone is there all the time
        return stats;
    }
    void close(std::function<void()> closed) override { closed(); }

 private:
    Sent& sent_;
    Handlers handlers_;
    std::uint64_t heard_ = 0;
};

class Engine final : public media::MediaEngine {
 public:
    Engine(Timers& timers, Sent& sent) : timers_(timers), sent_(sent) {}
    void load(const media::EngineNeeds&, std::function<void(Result<void>)> loaded,
              std::function<void(Result<void>)> key_made) override {
        timers_.call_at(timers_.now(), [loaded, key_made] {
            loaded({});
            key_made({});
        });
    }
    Result<std::unique_ptr<media::MediaTransport>> open(const media::TransportSettings&,
                                                        media::MediaTransport::Handlers handlers) override {
        timers_.call_at(timers_.now(), [connected = handlers.connected] { connected(); });
        return Result<std::unique_ptr<media::MediaTransport>>(
            std::make_unique<TakesAll>(sent_, std::move(handlers)));
    }

 private:
    Timers& timers_;
    Sent& sent_;
};

struct Bench {
    test::Loop loop;
    LogHub hub{[](Level, std::string_view) {}};
    test::StreamPair wire{loop.timers};
    Sent sent;
    std::vector<json::Value> states;
    std::shared_ptr<transport::RpcPeer> peer;
    std::unique_ptr<media::Program> program;
    int ended = -1;

    Bench() {
        program = std::make_unique<media::Program>(media::Program::Parts{
            loop.io.get_executor(), loop.timers, hub, std::make_unique<Engine>(loop.timers, sent),
            [](const media::SandboxNeeds&) { return media::Sandbox{}; }});
        loop.spawn(serve(*program, wire.take(test::StreamPair::a), ended));
        peer = transport::RpcPeer::make(
            wire.take(test::StreamPair::b), loop.timers, {}, {},
            [this](const std::string& method, const json::Value& params) {
                if (method == "media.state") states.push_back(params);
            },
            Log());
        loop.spawn(run(peer));
        loop.settle();
    }
    ~Bench() {
        peer->abort();
        loop.advance(5s);
    }

    static asio::awaitable<void> serve(media::Program& program,
                                       std::unique_ptr<transport::MessageStream> stream, int& code) {
        code = co_await program.run(std::move(stream));
    }
    static asio::awaitable<void> run(std::shared_ptr<transport::RpcPeer> on) { (void)co_await on->run(); }
    static asio::awaitable<void> call(std::shared_ptr<transport::RpcPeer> on, std::string method,
                                      json::Value params, TimePoint until, std::optional<Reply>& into) {
        into.emplace(co_await on->call(std::move(method), std::move(params), until));
    }

    Reply ask(const std::string& method, json::Value params = json::Object{}) {
        std::optional<Reply> reply;
        loop.spawn(call(peer, method, std::move(params), loop.timers.now() + 10s, reply));
        for (int i = 0; i < 100 && !reply; ++i) loop.advance(10ms);
        REQUIRE(reply);
        return std::move(*reply);
    }
    void begin(const std::string& camera_file = test::source_dir() + "/tests/data/h264/pattern.h264") {
        json::Value board, camera, sound, params, start, settings;
        sound.set("enabled", true).set("device", "");
        camera.set("enabled", true).set("device", camera_file).set("fps", 15);
        board.set("driver", "sim").set("camera", camera).set("microphone", sound).set("speaker", sound);
        settings.set("echo", false).set("noise", false).set("gain", false);
        params.set("generation", 1).set("board", board).set("media", settings).set("log", "err");
        REQUIRE(ask("media.prepare", params).result());
        start.set("roomType", "video").set("camera", true).set("microphone", true);
        REQUIRE(ask("media.start", start.set("iceServers", json::Array{})).result());
        loop.advance(1s);
    }
    hal::sim::AvControl& devices() { return *program->sim(); }

    [[nodiscard]] std::string text(std::string_view name) const {
        const json::Value* value = states.back().find(name);
        return value && value->as_string() ? *value->as_string() : "";
    }
    [[nodiscard]] bool is(std::string_view name) const { return *states.back().find(name)->as_bool(); }
    [[nodiscard]] std::int64_t code() const {
        const json::Value* value = states.back().find("errCode");
        return value ? *value->as_integer() : 0;
    }
    /// What leaves in that time.
    Sent sent_in(Duration time) {
        const Sent before = sent;
        loop.advance(time);
        return {sent.pictures - before.pictures, sent.sounds - before.sounds, sent.keys - before.keys, {}};
    }
};

}  // namespace

TEST_CASE("failing devices: a camera that does not open is told with 2007, and the call has sound",
          "[media][component]") {
    Bench bench;
    bench.begin("/nowhere/camera.h264");
    CHECK(bench.text("state") == "flowing");
    CHECK(bench.code() == 2007);
    CHECK(bench.text("errMsg").starts_with("camera: "));
    CHECK_FALSE(bench.is("camera"));
    CHECK(bench.is("microphone"));
    const Sent sent = bench.sent_in(2s);
    CHECK(sent.pictures == 0);
    CHECK(sent.sounds == 100);
}

TEST_CASE("failing devices: a camera that is lost and opens at the second attempt is seen again",
          "[media][component]") {
    Bench bench;
    bench.begin();
    REQUIRE(bench.is("camera"));
    for (int i = 0; i < 2; ++i) REQUIRE(bench.devices().fail_next("camera", Errc::io));
    bench.loop.advance(200ms);  // gone by the first failure
    CHECK(bench.code() == 2007);
    CHECK(bench.sent_in(2700ms).pictures == 0);  // tried after 1 s, in vain, and 2 s later
    CHECK(bench.sent_in(1500ms).pictures > 15);
    CHECK(bench.is("camera"));
}

TEST_CASE(
    "failing devices: a microphone that vanishes in a call is told, the picture goes on, and it is taken "
    "again "
    "when it is back",
    "[media][component]") {
    Bench bench;
    bench.begin();
    REQUIRE(bench.is("microphone"));
    REQUIRE(bench.devices().vanish("microphone"));
    const Sent without = bench.sent_in(10s);
    CHECK(without.sounds <= 1);
    CHECK(without.pictures > 140);
    CHECK(bench.text("state") == "flowing");
    CHECK(bench.code() == 2007);
    CHECK(bench.text("errMsg").starts_with("microphone: "));
    CHECK_FALSE(bench.is("microphone"));
    REQUIRE(bench.devices().come_back("microphone"));
    bench.loop.advance(8s);  // the longest pause between two attempts
    CHECK(bench.is("microphone"));
    CHECK(bench.sent_in(1s).sounds == 50);
}

TEST_CASE("failing devices: each that hangs in a call is given up after 4 s, and used again when it moves",
          "[media][component]") {
    for (const char* name : {"camera", "microphone", "speaker"}) {
        INFO(name);
        Bench bench;
        bench.begin();
        bench.devices().forget_heard();
        REQUIRE(bench.devices().block(name));
        bench.loop.advance(6s);
        CHECK(bench.text("state") == "flowing");
        CHECK(bench.code() == 2007);
        CHECK(bench.text("errMsg").starts_with(std::string(name) + ": "));
        const auto heard = bench.devices().heard().frames;
        REQUIRE(bench.devices().come_back(name));
        bench.loop.advance(15s);  // an attempt that hung is given up after 5 s, and the pauses are up to 8 s
        CHECK(bench.is("camera"));
        CHECK(bench.is("microphone"));
        const Sent sent = bench.sent_in(1s);
        CHECK(sent.pictures > 10);
        CHECK(sent.sounds == 50);
        CHECK(bench.devices().heard().frames > heard + 49);
    }
}

TEST_CASE("failing devices: when none ever opens the call fails with 2007", "[media][component]") {
    Bench bench;
    json::Value board, sound, params, start, settings;
    sound.set("enabled", true).set("device", "");
    board.set("driver", "sim").set("camera", false).set("microphone", sound).set("speaker", sound);
    params.set("generation", 1)
        .set("board", board)
        .set("media", settings.set("echo", false))
        .set("log", "err");
    REQUIRE(bench.ask("media.prepare", params).result());
    REQUIRE(bench.devices().vanish("microphone"));
    REQUIRE(bench.devices().vanish("speaker"));
    start.set("roomType", "voice").set("camera", false).set("microphone", true);
    REQUIRE(bench.ask("media.start", start.set("iceServers", json::Array{})).result());
    bench.loop.advance(1s);
    CHECK(bench.text("state") == "failed");
    CHECK(bench.code() == 2007);
    bench.loop.advance(3s);
    CHECK(bench.ended == 0);
}

TEST_CASE(
    "key pictures: 200 wishes of the phone in 4 s are at most 2 a second, and the last one is fulfilled",
    "[media][component]") {
    Bench bench;
    bench.begin();
    const std::size_t before = bench.sent.keys;
    for (int i = 0; i < 200; ++i) {
        bench.sent.wish();
        bench.loop.advance(20ms);
    }
    const std::size_t flooded = bench.sent.keys - before;
    CHECK(flooded >= 7);
    CHECK(flooded <= 9);  // 4 s have 2 a second, and the one that was due
    CHECK(bench.sent_in(600ms).keys >= 1);
    CHECK(bench.sent_in(4s).keys <= 5);  // nobody asks: the camera's own, 1 a second
}
