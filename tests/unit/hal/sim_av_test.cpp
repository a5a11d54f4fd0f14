// What only the simulated camera, microphone and speaker have: their control, their settings, their files.
#include <filesystem>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "core/file.hpp"
#include "core/manual_timers.hpp"
#include "hal/av.hpp"
#include "hal/sim/av_control.hpp"
#include "hal/sim/h264_file.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/temp_dir.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::sim;

namespace {

std::string pattern_file() {
    return voip::test::source_dir() + "/tests/data/h264/pattern.h264";
}

struct Fixture {
    explicit Fixture(AvSettings wanted = {}) {
        wanted.log = Log(hub, "av");
        if (wanted.camera_settings.device.empty()) wanted.camera_settings.device = pattern_file();
        auto opened = open_av("sim", io.get_executor(), timers, wanted);
        REQUIRE(opened);
        devices = *std::move(opened);
    }
    void play(Duration length, std::int16_t level) {
        devices.speaker->start([](const Result<void>& result) { CHECK(result); },
                               [=](SoundFrame& frame, TimePoint) { frame.fill(level); },
                               [](const Error&) { FAIL("gone"); });
        timers.advance(length);
    }
    // The samples that the microphone hears in that time.
    std::vector<std::int16_t> listen(Duration length) {
        std::vector<std::int16_t> heard;
        devices.microphone->start([](const Result<void>& result) { CHECK(result); },
                                  [&](const SoundFrame& frame, TimePoint) {
                                      heard.insert(heard.end(), frame.begin(), frame.end());
                                  },
                                  [](const Error&) { FAIL("gone"); });
        timers.advance(length);
        devices.microphone->stop();
        return heard;
    }

    std::vector<std::string> lines;
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }, Level::info};
    asio::io_context io{1};
    ManualTimers timers;
    AvDevices devices;
};

void check_refused(const AvSettings& settings, std::string_view why) {
    asio::io_context io{1};
    ManualTimers timers;
    const auto opened = open_av("sim", io.get_executor(), timers, settings);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().is(Errc::bad_config));
    INFO(opened.error().context);
    CHECK(opened.error().context.find(why) != std::string::npos);
}

}  // namespace

TEST_CASE("av: an unknown driver is refused with the names of those there are", "[hal][unit]") {
    asio::io_context io{1};
    ManualTimers timers;
    const auto opened = open_av("pi", io.get_executor(), timers, {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().context.find("board.driver: \"pi\": this build has sound and picture of: ") == 0);
    CHECK(opened.error().context.find("sim") != std::string::npos);
    CHECK_FALSE(av_drivers().empty());
}

TEST_CASE("av: who may have to encode is known before the camera is opened", "[hal][unit]") {
    using Format = CameraSettings::Format;
    asio::io_context io{1};
    ManualTimers timers;
    const auto of = [&](std::string_view driver, const AvSettings& settings) {
        const auto opened = open_av(driver, io.get_executor(), timers, settings);
        REQUIRE(opened);
        return opened->encoding;
    };
    CHECK(of("sim", {}) == Encoding::processor);
    CHECK(of("sim", {.camera_settings = {.device = pattern_file()}}) == Encoding::camera);
    CHECK(of("sim", {.camera = false}) == Encoding::camera);
    CHECK(of("linux", {.camera_settings = {.format = Format::h264}}) == Encoding::camera);
    CHECK(of("linux", {.camera_settings = {.format = Format::raw}}) == Encoding::processor);
    CHECK(of("linux", {.camera_settings = {.format = Format::automatic}}) == Encoding::machine);
    CHECK(of("linux", {.camera = false}) == Encoding::camera);
}

TEST_CASE("av: settings out of range are refused by the option's path", "[hal][unit]") {
    using Format = CameraSettings::Format;
    check_refused({.camera_settings = {.width = 62}}, "board.camera.width");
    check_refused({.camera_settings = {.width = 641}}, "board.camera.width");
    check_refused({.camera_settings = {.height = 1922}}, "board.camera.height");
    check_refused({.camera_settings = {.fps = 0}}, "board.camera.fps");
    check_refused({.camera_settings = {.fps = 31}}, "board.camera.fps");
    check_refused({.camera_settings = {.rotation = 45}}, "board.camera.rotation");
    check_refused({.camera_settings = {.rotation = 360}}, "board.camera.rotation");
    check_refused({.camera_settings = {.bitrate_kbps = 49}}, "media.bitrate");
    check_refused({.camera_settings = {.format = Format::h264}}, "board.camera.format");
    check_refused({.camera_settings = {.device = "/x", .format = Format::raw}}, "board.camera.device");
    check_refused({.microphone_settings = {.device = "plughw:1"}}, "board.microphone.device: \"plughw:1\"");
    check_refused({.speaker_settings = {.device = "plughw:1"}}, "board.speaker.device");
}

TEST_CASE("sim av: devices that are not wanted are null, and unknown to the control", "[hal][unit]") {
    Fixture all;
    CHECK(all.devices.sim->devices() == std::vector<std::string>{"camera", "microphone", "speaker"});
    Fixture f({.camera = false, .speaker = false});
    CHECK_FALSE(f.devices.camera);
    CHECK(f.devices.microphone);
    CHECK_FALSE(f.devices.speaker);
    CHECK(f.devices.sim->devices() == std::vector<std::string>{"microphone"});
    for (const char* name : {"camera", "speaker", "lamp"}) {
        CHECK(f.devices.sim->vanish(name).error().is(Errc::not_found));
        CHECK(f.devices.sim->come_back(name).error().is(Errc::not_found));
        CHECK(f.devices.sim->fail_next(name, Errc::io).error().is(Errc::not_found));
    }
}

TEST_CASE("sim av: a device that runs is gone with the error of fail_next at its next frame", "[hal][unit]") {
    Fixture f;
    std::vector<Error> gone;
    int frames = 0;
    f.devices.microphone->start([](const auto&) {}, [&](const SoundFrame&, TimePoint) { ++frames; },
                                [&](const Error& why) { gone.push_back(why); });
    f.timers.advance(100ms);
    CHECK(frames == 5);
    REQUIRE(f.devices.sim->fail_next("microphone", Errc::io));
    f.timers.advance(20ms);
    REQUIRE(gone.size() == 1);
    CHECK(gone[0].is(Errc::io));
    CHECK(frames == 5);
    CHECK(f.timers.pending() == 0);
}

TEST_CASE("sim speaker: what it plays is measured after the volume, told on demand and in the log at the end",
          "[hal][unit]") {
    Fixture f({.speaker_settings = {.volume = 50}});
    f.play(1s, 8000);
    const Heard heard = f.devices.sim->heard();
    CHECK(heard.frames == 51);
    CHECK(heard.level_db == -18);
    CHECK(heard.onsets == 1);
    f.devices.sim->forget_heard();
    f.devices.speaker->set_volume(0);
    f.timers.advance(1s);
    CHECK(f.devices.sim->heard() == Heard{.frames = 50, .quiet = 50});
    f.devices.speaker->stop();
    REQUIRE_FALSE(f.lines.empty());
    CHECK(f.lines.back() ==
          "av: speaker heard seconds=1 levelDb=-100 dominantHz=0 tonePercent=0 quiet=50 onsets=0 "
          "gaps=0 xruns=0");
}

TEST_CASE("sim speaker: with a folder to record into, 1 s is 51 frames of 640 bytes", "[hal][unit]") {
    const test::TempDir folder;
    Fixture f({.speaker_settings = {.volume = 100}, .record = folder.path().string()});
    f.play(1s, 0x0102);
    f.devices.speaker->stop();
    const auto recorded = read_file(folder.path() / "speaker.s16", 1'000'000);
    REQUIRE(recorded);
    REQUIRE(recorded->size() == 51 * 640);
    CHECK(recorded->substr(0, 2) == "\x02\x01");
}

TEST_CASE("sim speaker: a folder that is not there stops nothing and is told in the log", "[hal][unit]") {
    Fixture f({.record = "/nonexistent"});
    f.play(1s, 100);
    CHECK(f.lines.at(0) == "av: cannot record file=\"/nonexistent/speaker.s16\"");
    CHECK(f.devices.sim->heard().frames == 51);
}

TEST_CASE("sim microphone: with echo:100:6 it hears the speaker 140 ms after the pull, at half",
          "[hal][unit]") {
    Fixture f({.microphone_settings = {.device = "echo:100:6"}, .speaker_settings = {.volume = 100}});
    f.play(0ms, 10000);
    const auto heard = f.listen(1s);
    const auto first =
        std::find_if(heard.begin(), heard.end(), [](std::int16_t sample) { return sample != 0; });
    CHECK(first - heard.begin() == 140 * 16);
    CHECK(*first == 5012);
}

TEST_CASE("sim microphone: its sound can be changed while it runs", "[hal][unit]") {
    Fixture f({.microphone_settings = {.device = "silence"}});
    CHECK(f.listen(200ms) == std::vector<std::int16_t>(3200));
    REQUIRE(f.devices.sim->set_sound("tone:500"));
    CHECK(f.listen(200ms) != std::vector<std::int16_t>(3200));
    CHECK(f.devices.sim->set_sound("music").error().is(Errc::bad_config));
}

TEST_CASE("sim camera: a file that is not there is device_gone, one that is no H.264 io, both by name",
          "[hal][unit]") {
    const test::TempDir folder;
    REQUIRE(write_file(folder.path() / "text", "this is no film", 0600));
    for (const auto& [name, code] : {std::pair{"none", Errc::device_gone}, {"text", Errc::io}}) {
        Fixture f({.camera_settings = {.device = (folder.path() / name).string()}});
        std::vector<Error> errors;
        f.devices.camera->start([&](const auto& result) { errors.push_back(result.error()); },
                                [](AccessUnit) { FAIL("picture"); }, [](const Error&) { FAIL("gone"); });
        f.timers.advance(1s);
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].is(code));
        CHECK(errors[0].context.find("board.camera.device: ") == 0);
    }
}

TEST_CASE("sim camera: a file of 30 pictures goes round, and a key picture asked for is the file's next one",
          "[hal][unit]") {
    Fixture f;
    std::vector<AccessUnit> seen;
    std::optional<CameraFormat> format;
    f.devices.camera->start([&](const auto& result) { format = *result; },
                            [&](AccessUnit unit) { seen.push_back(std::move(unit)); }, [](const Error&) {});
    f.timers.advance(4s);
    CHECK(format == CameraFormat{160, 120, 15, 0});
    REQUIRE(seen.size() == 61);
    for (std::size_t i = 0; i < 31; ++i) CHECK(std::ranges::equal(seen[i].bytes, seen[i + 30].bytes));
    f.devices.camera->request_key();
    f.timers.advance(67ms);
    REQUIRE(seen.size() == 62);
    CHECK(seen[61].key);
    CHECK(std::ranges::equal(seen[61].bytes, seen[15].bytes));
}

TEST_CASE("h264 file: parameter sets that stand at the beginning only are put before each of 2 key pictures",
          "[hal][unit]") {
    auto content = read_file(pattern_file(), 1'000'000);
    REQUIRE(content);
    auto whole = H264File::parse(*content);
    REQUIRE(whole);
    // Without the sets of the second key picture.
    std::string bare;
    bool second = false;
    for (const auto& picture : h264::pictures(std::as_bytes(std::span(*content)))) {
        for (const auto& nal : h264::split(picture.bytes)) {
            const bool set = nal.type == h264::NalType::sps || nal.type == h264::NalType::pps;
            if (!set || !second)
                bare.append("\0\0\0\1", 4)
                    .append(reinterpret_cast<const char*>(nal.bytes.data()), nal.bytes.size());
        }
        second = true;
    }
    auto file = H264File::parse(bare);
    REQUIRE(file);
    CHECK(file->pictures() == 30);
    for (int i = 0; i < 30; ++i) {
        const auto unit = file->next(false);
        CHECK(unit.key == (i % 15 == 0));
        CHECK(h264::is_key(unit.bytes) == unit.key);
    }
}

TEST_CASE("h264 file: pictures before the first key one are left out; none at all, or 2 sizes, are io",
          "[hal][unit]") {
    auto content = read_file(pattern_file(), 1'000'000);
    REQUIRE(content);
    const auto pictures = h264::pictures(std::as_bytes(std::span(*content)));
    const auto offset = static_cast<std::size_t>(pictures[1].bytes.data() -
                                                 reinterpret_cast<const std::byte*>(content->data()));
    auto later = H264File::parse(content->substr(offset));
    REQUIRE(later);
    CHECK(later->pictures() == 15);
    CHECK(later->next(false).key);
    CHECK(H264File::parse("").error().is(Errc::io));
    const std::size_t second = static_cast<std::size_t>(pictures[15].bytes.data() -
                                                        reinterpret_cast<const std::byte*>(content->data()));
    CHECK(H264File::parse(content->substr(offset, second - offset)).error().is(Errc::io));
}
