// What the self-test says of devices that work, are missing, break, hang or do not fit: the simulated board
// in manual time.
#include "daemon/media/program/selftest.hpp"

#include <map>

#include "hal/sim/av_control.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/stream_loop.hpp"

namespace {

using namespace voip;

struct Board {
    test::Loop loop;
    hal::AvDevices devices;
    std::optional<std::vector<media::Finding>> findings;

    explicit Board(const std::string& microphone = "echo:120:10", unsigned fps = 15) {
        hal::AvSettings settings;
        settings.camera_settings.device = test::source_dir() + "/tests/data/h264/pattern.h264";
        settings.camera_settings.fps = fps;
        settings.microphone_settings.device = microphone;
        auto opened = hal::open_av("sim", loop.io.get_executor(), loop.timers, settings);
        REQUIRE(opened);
        devices = std::move(*opened);
    }

    static hal::asio::awaitable<void> run(const hal::AvDevices& devices, Timers& timers, Duration delay,
                                          std::optional<std::vector<media::Finding>>& into) {
        into = co_await media::selftest(devices, timers, delay);
    }
    /// All of it; what was found, by part. @param during  what befalls the board after that time
    std::map<std::string, media::Finding> test(Duration delay = {}, Duration when = 1h,
                                               const std::function<void()>& during = {}) {
        loop.spawn(run(devices, loop.timers, delay, findings));
        const TimePoint begun = loop.timers.now();
        bool befallen = false;
        for (int i = 0; i < 6000 && !findings; ++i) {
            if (!befallen && during && loop.timers.now() - begun >= when) {
                during();
                befallen = true;
            }
            loop.advance(10ms);
        }
        REQUIRE(findings);
        std::map<std::string, media::Finding> by_part;
        for (const media::Finding& each : *findings) by_part[each.part] = each;
        return by_part;
    }
};

/// A camera that takes its time to open.
class LateCamera final : public hal::Camera {
 public:
    LateCamera(std::unique_ptr<Camera> camera, Timers& timers, Duration late)
        : camera_(std::move(camera)), timers_(timers), late_(late) {}
    void start(OnStarted started, OnPicture picture, OnGone gone) override {
        alarm_ =
            timers_.call_at(timers_.now() + late_, [=, this] { camera_->start(started, picture, gone); });
    }
    void stop() override {
        timers_.cancel(alarm_);
        camera_->stop();
    }
    void request_key() override { camera_->request_key(); }
    void set_bitrate(unsigned kbps) override { camera_->set_bitrate(kbps); }
    void set_frame_rate(unsigned fps) override { camera_->set_frame_rate(fps); }

 private:
    std::unique_ptr<Camera> camera_;
    Timers& timers_;
    Duration late_;
    Timers::Id alarm_ = 0;
};

bool says(const media::Finding& finding, std::string_view words) {
    UNSCOPED_INFO(finding.text);
    return finding.text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("selftest: a board that works is 4 good findings, with the delay to configure",
          "[media][component]") {
    Board board;
    const auto found = board.test();
    REQUIRE(found.size() == 4);
    for (const auto& [part, finding] : found) {
        INFO(part << ": " << finding.text);
        CHECK(finding.good);
    }
    CHECK(says(found.at("camera"), "15.0 pictures a second"));
    CHECK(says(found.at("microphone"), " of 50 frames in a second"));
    const json::Value* media = found.at("echo").config.find("media");
    REQUIRE(media);
    const std::int64_t delay = *media->find("playoutDelay")->as_integer();
    CHECK(delay >= 120);
    CHECK(delay < 250);
}

TEST_CASE("selftest: a camera that takes 700 ms to open is good, and its time is told",
          "[media][component]") {
    Board board;
    board.devices.camera =
        std::make_unique<LateCamera>(std::move(board.devices.camera), board.loop.timers, 700ms);
    const auto found = board.test();
    CHECK(found.at("camera").good);
    CHECK(says(found.at("camera"), "key pictures, the first after 700 ms"));
}

TEST_CASE("selftest: a configured delay that fits is good; one that is too long or 100 ms too short is not",
          "[media][component]") {
    const auto of = [](Duration configured) { return Board().test(configured).at("echo"); };
    const json::Value config = of({}).config;
    const std::chrono::milliseconds measured(*config.find("media")->find("playoutDelay")->as_integer());
    CHECK(of(measured - 5ms).good);
    for (const Duration wrong : {Duration(measured + 20ms), Duration(measured - 110ms)}) {
        const media::Finding finding = of(wrong);
        CHECK_FALSE(finding.good);
        CHECK(says(finding, "echo is not cancelled"));
        CHECK(finding.config == config);
    }
}

TEST_CASE("selftest: a microphone that does not hear the speaker is told, with what to look at",
          "[media][component]") {
    const auto deaf = Board("silence").test();
    CHECK(deaf.at("microphone").good);
    CHECK(says(deaf.at("microphone"), "level silence"));
    CHECK_FALSE(deaf.at("echo").good);
    CHECK(says(deaf.at("echo"), "hears nothing at all"));
    const auto elsewhere = Board("tone:440").test();
    CHECK(says(elsewhere.at("echo"), "does not hear the speaker"));
}

TEST_CASE("selftest: each of 3 devices that is missing, refused, or never answers is told as itself",
          "[media][component]") {
    for (const char* device : {"camera", "microphone", "speaker"}) {
        INFO(device);
        Board gone, refused, hangs;
        REQUIRE(gone.devices.sim->vanish(device));
        REQUIRE(refused.devices.sim->fail_next(device, Errc::refused));
        REQUIRE(hangs.devices.sim->block(device));
        for (Board* board : {&gone, &refused, &hangs}) {
            const auto found = board->test();
            CHECK_FALSE(found.at(device).good);
            CHECK_FALSE(found.at(device).text.empty());
            // The others are tried all the same; both together only where both work.
            CHECK(found.contains("echo") == (std::string_view(device) == "camera"));
        }
        CHECK(says(hangs.findings->at(device == std::string_view("camera")       ? 0
                                      : device == std::string_view("microphone") ? 1
                                                                                 : 2),
                   "did not open in 8 s"));
    }
}

TEST_CASE("selftest: each of 3 devices that breaks or hangs while it is tried is told",
          "[media][component]") {
    const std::map<std::string, Duration> whiles{{"camera", 1s}, {"microphone", 3500ms}, {"speaker", 4500ms}};
    for (const auto& [device, when] : whiles) {
        INFO(device);
        Board breaks, hangs;
        CHECK_FALSE(breaks.test({}, when, [&] { (void)breaks.devices.sim->vanish(device); }).at(device).good);
        CHECK_FALSE(hangs.test({}, when, [&] { (void)hangs.devices.sim->block(device); }).at(device).good);
    }
}

TEST_CASE("selftest: a board without devices has no finding", "[media][component]") {
    Board board;
    board.devices = {};
    CHECK(board.test().empty());
    CHECK(json::write(media::encode(*board.findings)) == "[]");
}

TEST_CASE("selftest: findings are an array of 3 or 4 members each", "[media][component]") {
    media::Finding finding{.part = "echo", .good = true, .text = "after 120 ms"};
    CHECK(json::write(media::encode({finding})) == R"([{"part":"echo","good":true,"text":"after 120 ms"}])");
    finding.config.set("media", json::Value().set("playoutDelay", 120));
    CHECK(json::write(media::encode({finding})) ==
          R"([{"part":"echo","good":true,"text":"after 120 ms","config":{"media":{"playoutDelay":120}}}])");
}
