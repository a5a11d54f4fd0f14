// What the media program is told, and where it is looked for.
#include <cstring>
#include <fstream>

#include "core/json.hpp"
#include "daemon/lifecycle/media_program.hpp"
#include "daemon/wiring.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

namespace voip::daemon {
namespace {

const char* environment(const char* name) {
    if (std::strcmp(name, "TZ") == 0) return "Asia/Shanghai";
    if (std::strcmp(name, "NOTIFY_SOCKET") == 0) return "/run/secret";
    return nullptr;
}

TEST_CASE("media wiring: the program gets the board, the media options and 1 variable of 2",
          "[daemon][unit]") {
    config::Config config;
    config.board.driver = "sim";
    config.board.camera.enabled = false;
    config.board.speaker.volume = 35;
    config.media.bitrate_kbps = 250;
    config.media.reconnect = 7500ms;
    const auto settings = media_settings(config, "/x/media", environment, "debug");
    CHECK(settings.child.program == "/x/media");
    CHECK(settings.child.environment == std::vector<std::string>{"TZ=Asia/Shanghai"});
    CHECK_FALSE(settings.plan.has_camera);
    CHECK(settings.plan.has_microphone);
    CHECK(settings.plan.volume == 35);
    CHECK(settings.plan.reconnect_time == 7500ms);
    const json::Value& params = settings.plan.prepare;
    CHECK(*params.find("log") == json::Value("debug"));
    CHECK(*params.find("board")->find("driver") == json::Value("sim"));
    CHECK(params.find("board")->find("microphone") != nullptr);
    const json::Value& media = *params.find("media");
    CHECK(*media.find("bitrate") == json::Value(250));
    CHECK(*media.find("reconnectSeconds") == json::Value(7.5));
    CHECK(media.find("echo") != nullptr);
    CHECK(media.find("enabled") == nullptr);
    CHECK(media.find("program") == nullptr);
}

TEST_CASE(
    "media wiring: the service hears of 4 devices, and of none where the build or the configuration has no "
    "media",
    "[daemon][unit]") {
    config::Config config;
    config.media.display = "fake";
    const auto words = [&](bool built) { return json::write(encode(device_profile(config, built), "", "")); };
    CHECK(words(true) == R"({"camera":true,"display":true,"microphone":true,"speaker":true})");
    CHECK(media_off(config.media, true).empty());
    const std::string none = R"({"camera":false,"display":false,"microphone":false,"speaker":false})";
    CHECK(words(false) == none);
    CHECK(media_off(config.media, false) == "this build has none (WMPF_MEDIA=OFF)");
    config.media.enabled = false;
    CHECK(words(true) == none);
    CHECK(media_off(config.media, true) == "media.enabled is false");
}

TEST_CASE("media wiring: the program is the configured one, else one beside the daemon, else in libexec",
          "[daemon][unit]") {
    const voip::test::TempDir folder;
    config::Media media;
    CHECK(lifecycle::media_program(media, folder / "wmpf-voipd") ==
          folder.path().parent_path() / "libexec/wmpf-voip-media");
    std::ofstream(folder / "wmpf-voip-media") << "x";
    CHECK(lifecycle::media_program(media, folder / "wmpf-voipd") == folder / "wmpf-voip-media");
    media.program = "/opt/media";
    CHECK(lifecycle::media_program(media, folder / "wmpf-voipd") == "/opt/media");
}

TEST_CASE("media wiring: an area's level is the most detailed one that passes", "[daemon][unit]") {
    LogHub hub([](Level, std::string_view) {}, Level::notice);
    CHECK(level_of(hub, "media") == "notice");
    REQUIRE(hub.set_levels("media:debug,*:err"));
    CHECK(level_of(hub, "media") == "debug");
    CHECK(level_of(hub, "call") == "err");
}

TEST_CASE("media wiring: calls have media as the configuration says", "[daemon][unit]") {
    config::Config config;
    CHECK(call_settings(config).media_enabled);
    config.media.enabled = false;
    CHECK_FALSE(call_settings(config).media_enabled);
}

}  // namespace
}  // namespace voip::daemon
