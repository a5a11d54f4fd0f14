#include "daemon/ctl/selftest.hpp"

#include "daemon/ctl/values.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>

using namespace voip;
using namespace voip::ctl;

namespace {

json::Value parsed(const char* text) {
    auto value = json::parse(text);
    REQUIRE(value);
    return *value;
}

config::Config board_config() {
    config::Config config;
    config.board.driver = "linux";
    config::Button button;
    button.name = "bell";
    button.gpio.chip = "bell-chip";
    button.gpio.line = "3";
    config.board.buttons.push_back(button);
    return config;
}

struct World {
    std::string phase = "idle", input;
    Result<std::string> media = std::string(R"([{"part":"camera","good":true,"text":"640x480"},
            {"part":"echo","good":true,"text":"after 120 ms","config":{"media":{"playoutDelay":120}}}])");
    Result<bool> pressed = false;

    SelftestSources with_daemon() {
        SelftestSources sources = alone();
        sources.ask = [this](const std::string& method) {
            if (method == "room.get") return Reply{parsed(("{\"phase\":\"" + phase + "\"}").c_str())};
            return Reply{parsed(R"({"parts":[{"name":"clock","state":"ok"},
                {"name":"channel","state":"down","reason":"no route"}]})")};
        };
        return sources;
    }
    SelftestSources alone() {
        SelftestSources sources;
        sources.try_media = [this](const std::string& given) {
            input = given;
            return media;
        };
        sources.level = [this](const hal::LineSettings& line, hal::Bias) {
            CHECK(line.chip == "bell-chip");
            CHECK(line.line == "3");
            return pressed;
        };
        return sources;
    }
};

std::string seen(const json::Value& findings) {
    return show_selftest(findings, {});
}

}  // namespace

TEST_CASE("selftest: with a daemon its health and what the media program saw are 4 findings", "[ctl][unit]") {
    World world;
    const json::Value findings = selftest(board_config(), world.with_daemon());
    CHECK(findings.as_array()->size() == 4);
    CHECK_FALSE(all_good(findings));
    const std::string text = seen(findings);
    CHECK(text.find("clock    ok     works") != std::string::npos);
    CHECK(text.find("channel  WRONG  down: no route") != std::string::npos);
    CHECK(text.find(R"(to be configured: {"media":{"playoutDelay":120}})") != std::string::npos);
}

TEST_CASE("selftest: the media program is given the configuration's devices as for a call", "[ctl][unit]") {
    World world;
    (void)selftest(board_config(), world.alone());
    const json::Value input = parsed(world.input.c_str());
    CHECK(text_of(part_of(input, "board"), "driver") == "linux");
    CHECK(number_of(part_of(part_of(input, "board"), "camera"), "width") == 640);
    CHECK(number_of(part_of(input, "media"), "bitrate") == 600);
    CHECK(part_of(input, "media").find("program") == nullptr);
}

TEST_CASE("selftest: without a daemon 1 button line is looked at: at rest, pressed, or not to be opened",
          "[ctl][unit]") {
    World world;
    CHECK(seen(selftest(board_config(), world.alone())).find("button bell  ok     at rest") !=
          std::string::npos);
    world.pressed = true;
    CHECK(seen(selftest(board_config(), world.alone())).find("pressed, or gpio.activeLow") !=
          std::string::npos);
    world.pressed = fail(Errc::device_gone, "no chip \"bell-chip\"");
    CHECK(seen(selftest(board_config(), world.alone())).find("no chip \"bell-chip\"") != std::string::npos);
}

TEST_CASE("selftest: it is refused in each of 5 phases of a call, and allowed in 2", "[ctl][unit]") {
    World world;
    for (const char* phase : {"dialling", "ringing", "alerting", "joining", "talking"}) {
        world.phase = phase;
        const auto refused = refuse_selftest(world.with_daemon());
        REQUIRE(refused);
        CHECK(refused->find(phase) != std::string::npos);
    }
    for (const char* phase : {"idle", "ended"}) {
        world.phase = phase;
        CHECK_FALSE(refuse_selftest(world.with_daemon()));
    }
    CHECK_FALSE(refuse_selftest(world.alone()));
}

TEST_CASE("selftest: a media program that is missing, fails or says nonsense is 1 bad finding",
          "[ctl][unit]") {
    World world;
    for (const Result<std::string>& media :
         {Result<std::string>(fail(Errc::not_found, "/x is not installed")),
          Result<std::string>(std::string("?"))}) {
        world.media = media;
        const json::Value findings = selftest(board_config(), world.with_daemon());
        CHECK(findings.as_array()->size() == 3);
        CHECK_FALSE(all_good(findings));
    }
}

TEST_CASE("selftest: a program gets its input and gives its output; 4 that misbehave are told",
          "[ctl][unit]") {
    voip::test::TempDir folder;
    const auto script = [&](const std::string& name, const std::string& body) {
        const std::string path = folder / name;
        std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    };
    const auto yes = [] { return true; };
    CHECK(*run_media_program(script("echo", "echo \"$1\"; cat"), "[1]", 5s, yes) == "--selftest\n[1]");
    CHECK(run_media_program(script("bad", "exit 3"), "", 5s, yes).error().is(Errc::io));
    const std::string hangs = script("hang", "exec sleep 60");
    CHECK(run_media_program(hangs, "", 100ms, yes).error().is(Errc::timeout));
    CHECK(run_media_program(hangs, "", 20s, [] { return false; }).error().is(Errc::cancelled));
    CHECK(run_media_program(folder / "none", "", 5s, yes).error().is(Errc::not_found));
}
