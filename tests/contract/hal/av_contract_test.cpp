// What every camera, microphone and speaker promises (hal/camera.hpp, hal/sound.hpp), driver by driver.
#include <algorithm>

#include "hal/h264/h264.hpp"
#include "tests/contract/hal/av_bench.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::test;

namespace {

bool has(AvBench& bench, std::string_view device) {
    const AvDevices& devices = bench.devices();
    if (device == "camera") return devices.camera != nullptr;
    return device == "microphone" ? devices.microphone != nullptr : devices.speaker != nullptr;
}

void on_each_driver(const std::function<void(AvBench&)>& check) {
    for (const AvBenchMaker& maker : av_benches()) {
        DYNAMIC_SECTION("driver " << maker.name) {
            const auto bench = maker.make();
            check(*bench);
        }
    }
}

/// A bench may lack a device that its machine cannot have.
void on_each(std::string_view device, const std::function<void(AvBench&)>& check) {
    on_each_driver([&](AvBench& bench) {
        if (has(bench, device)) check(bench);
    });
}

constexpr Duration quiet = 300ms;  // for what must not happen

/// Lets time pass until it is so, 6 s at most.
bool until(AvBench& bench, const std::function<bool()>& so) {
    for (int i = 0; i < 300 && !so(); ++i) bench.pass(20ms);
    return so();
}

/// How many of those due must have come at least.
std::size_t least(const AvBench& bench, std::size_t due) {
    return bench.in_time() ? due : due / 4;
}

// Everything that a device told.
struct Seen {
    std::vector<AccessUnit> pictures;
    std::vector<TimePoint> frames;  // captured, or plays_at
    std::vector<Errc> start_errors;
    std::vector<Error> gone;
    int started = 0;     // well
    bool early = false;  // something came before that
    CameraFormat format;

    [[nodiscard]] std::size_t handlers() const {
        return pictures.size() + frames.size() + start_errors.size() + gone.size() +
               static_cast<std::size_t>(started);
    }
    [[nodiscard]] std::vector<std::size_t> keys(std::size_t from = 0) const {
        std::vector<std::size_t> found;
        for (std::size_t i = from; i < pictures.size(); ++i)
            if (pictures[i].key) found.push_back(i);
        return found;
    }
    template <class T>
    void note(const Result<T>& result) {
        if (result) return void(++started);
        WARN("not started: " << result.error().text());
        for (const Errc code : {Errc::device_gone, Errc::refused, Errc::io, Errc::timeout})
            if (result.error().is(code)) start_errors.push_back(code);
    }
};

// The three devices told apart by a word, so that what they promise alike is tested alike.
void start(AvBench& bench, std::string_view device, Seen& seen) {
    const auto gone = [&seen](const Error& why) {
        WARN("gone: " << why.text());
        seen.gone.push_back(why);
    };
    const auto started = [&seen](const Result<void>& result) { seen.note(result); };
    if (device == "camera")
        bench.devices().camera->start(
            [&seen](const Result<CameraFormat>& result) {
                seen.note(result);
                if (result) seen.format = *result;
            },
            [&seen](AccessUnit unit) {
                seen.early = seen.early || seen.started == 0;
                seen.pictures.push_back(std::move(unit));
            },
            gone);
    else if (device == "microphone")
        bench.devices().microphone->start(
            started,
            [&seen](const SoundFrame&, TimePoint captured) {
                seen.early = seen.early || seen.started == 0;
                seen.frames.push_back(captured);
            },
            gone);
    else
        bench.devices().speaker->start(
            started,
            [&seen](SoundFrame& frame, TimePoint plays_at) {
                frame.fill(0);
                seen.early = seen.early || seen.started == 0;
                seen.frames.push_back(plays_at);
            },
            gone);
}

void stop(AvBench& bench, std::string_view device) {
    if (device == "camera") bench.devices().camera->stop();
    if (device == "microphone") bench.devices().microphone->stop();
    if (device == "speaker") bench.devices().speaker->stop();
}

constexpr std::string_view all_devices[] = {"camera", "microphone", "speaker"};

int count(AvBench& bench) {
    return static_cast<int>(
        std::ranges::count_if(all_devices, [&](auto device) { return has(bench, device); }));
}

void on_each_device(const std::function<void(AvBench&, std::string_view)>& check) {
    on_each_driver([&](AvBench& bench) {
        for (const std::string_view device : all_devices) {
            if (!has(bench, device)) continue;
            INFO("device " << device);
            check(bench, device);
        }
    });
}

std::size_t bytes(const Seen& seen, std::size_t from) {
    std::size_t sum = 0;
    for (std::size_t i = from; i < seen.pictures.size(); ++i) sum += seen.pictures[i].bytes.size();
    return sum;
}

}  // namespace

TEST_CASE("av: a start is told 1 time, from the loop, before the first picture or frame", "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        Seen seen;
        start(bench, device, seen);
        CHECK(seen.handlers() == 0);
        CHECK(until(bench, [&] { return seen.handlers() > 20; }));
        CHECK(seen.started == 1);
        CHECK_FALSE(seen.early);
        CHECK(seen.start_errors.empty());
        CHECK(seen.gone.empty());
        stop(bench, device);
    });
}

TEST_CASE("av: after stop() 0 handlers run and nothing is pending; a second stop() is harmless",
          "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        Seen seen;
        start(bench, device, seen);
        CHECK(until(bench, [&] { return seen.handlers() > 5; }));
        stop(bench, device);
        const std::size_t before = seen.handlers();
        CHECK(bench.pending() == 0);
        bench.pass(quiet);
        CHECK(seen.handlers() == before);
        stop(bench, device);
    });
}

TEST_CASE("av: a device that is stopped at once after its start tells nothing", "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        Seen seen;
        start(bench, device, seen);
        stop(bench, device);
        bench.pass(quiet);
        CHECK(seen.handlers() == 0);
        CHECK(bench.pending() == 0);
    });
}

TEST_CASE("av: a device starts again as often as one likes, 10 times here, also without a stop between",
          "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        for (int i = 0; i < 10; ++i) {
            Seen seen;
            start(bench, device, seen);
            CHECK(until(bench, [&] { return seen.handlers() > 4; }));
            CHECK(seen.started == 1);
            if (device == "camera") CHECK(seen.keys() == std::vector<std::size_t>{0});
            if (i % 2 == 0) stop(bench, device);
        }
        stop(bench, device);
        CHECK(bench.pending() == 0);
    });
}

TEST_CASE("av: a device that is not there says device_gone through `started`, and works once it is back",
          "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        bench.unplug(device);
        Seen seen;
        start(bench, device, seen);
        CHECK(until(bench, [&] { return seen.handlers() > 0; }));
        bench.pass(quiet);
        CHECK(seen.start_errors == std::vector{Errc::device_gone});
        CHECK(seen.handlers() == 1);
        bench.plug_in(device);
        Seen again;
        start(bench, device, again);
        CHECK(until(bench, [&] { return again.handlers() > 10; }));
        CHECK(again.started == 1);
        stop(bench, device);
    });
}

TEST_CASE("av: a device without permission says refused, a busy one io, and neither sticks",
          "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        for (const Errc how : {Errc::refused, Errc::io}) {
            bench.block(device, how);
            Seen seen;
            start(bench, device, seen);
            CHECK(until(bench, [&] { return seen.handlers() > 0; }));
            bench.pass(quiet);
            CHECK(seen.start_errors == std::vector{how});
            CHECK(seen.handlers() == 1);
            bench.unblock(device);
            Seen again;
            start(bench, device, again);
            CHECK(until(bench, [&] { return again.handlers() > 0; }));
            CHECK(again.started == 1);
            stop(bench, device);
        }
    });
}

TEST_CASE("av: a device that vanishes while it runs says so 1 time, has stopped, and starts again when back",
          "[hal][contract]") {
    on_each_device([](AvBench& bench, std::string_view device) {
        Seen seen;
        start(bench, device, seen);
        CHECK(until(bench, [&] { return seen.handlers() > 5; }));
        bench.unplug(device);
        CHECK(until(bench, [&] { return !seen.gone.empty(); }));
        REQUIRE(seen.gone.size() == 1);
        CHECK((seen.gone[0].is(Errc::device_gone) || seen.gone[0].is(Errc::io)));
        const std::size_t before = seen.handlers();
        bench.pass(quiet);
        CHECK(seen.handlers() == before);
        CHECK(bench.pending() == 0);
        stop(bench, device);
        bench.plug_in(device);
        Seen again;
        start(bench, device, again);
        CHECK(until(bench, [&] { return again.handlers() > 10; }));
        CHECK(again.started == 1);
        stop(bench, device);
    });
}

TEST_CASE("av: a handler may stop its device, after which 0 run", "[hal][contract]") {
    on_each_driver([](AvBench& bench) {
        int seen = 0;
        AvDevices& d = bench.devices();
        const int devices = count(bench);
        const auto fine = [](const auto& result) { CHECK(result); };
        const auto no = [](const Error&) { FAIL("gone"); };
        if (d.camera)
            d.camera->start(
                fine, [&](AccessUnit) { ++seen, d.camera->stop(); }, no);
        d.microphone->start(
            fine, [&](const SoundFrame&, TimePoint) { ++seen, d.microphone->stop(); }, no);
        d.speaker->start(
            fine, [&](SoundFrame&, TimePoint) { ++seen, d.speaker->stop(); }, no);
        CHECK(until(bench, [&] { return seen == devices; }));
        bench.pass(quiet);
        CHECK(seen == devices);
        CHECK(bench.pending() == 0);
    });
}

TEST_CASE("av: a handler may destroy its device, after which 0 run", "[hal][contract]") {
    on_each_driver([](AvBench& bench) {
        int seen = 0;
        AvDevices& d = bench.devices();
        const auto fine = [](const auto& result) { CHECK(result); };
        const auto no = [](const Error&) { FAIL("gone"); };
        const int devices = count(bench);
        if (d.camera)
            d.camera->start(
                fine, [&](AccessUnit) { ++seen, d.camera.reset(); }, no);
        d.microphone->start(
            fine, [&](const SoundFrame&, TimePoint) { ++seen, d.microphone.reset(); }, no);
        d.speaker->start(
            fine, [&](SoundFrame&, TimePoint) { ++seen, d.speaker.reset(); }, no);
        CHECK(until(bench, [&] { return seen == devices; }));
        bench.pass(quiet);
        CHECK(seen == devices);
        CHECK(bench.pending() == 0);
    });
}

TEST_CASE("av: a handler that is told of a start may destroy the device", "[hal][contract]") {
    on_each_driver([](AvBench& bench) {
        AvDevices& d = bench.devices();
        const int devices = count(bench);
        int told = 0;
        const auto no = [](const Error&) { FAIL("gone"); };
        if (d.camera)
            d.camera->start([&](const auto&) { ++told, d.camera.reset(); },
                            [](AccessUnit) { FAIL("picture"); }, no);
        d.microphone->start([&](const auto&) { ++told, d.microphone.reset(); },
                            [](const SoundFrame&, TimePoint) { FAIL("frame"); }, no);
        d.speaker->start([&](const auto&) { ++told, d.speaker.reset(); },
                         [](SoundFrame&, TimePoint) { FAIL("pull"); }, no);
        CHECK(until(bench, [&] { return told == devices; }));
        bench.pass(quiet);
        CHECK(told == devices);
        CHECK(bench.pending() == 0);
    });
}

TEST_CASE("camera: 15 pictures a second, each of its own time, the first and 1 a second at least a key one",
          "[hal][contract]") {
    on_each("camera", [](AvBench& bench) {
        const TimePoint begin = bench.now();
        Seen seen;
        start(bench, "camera", seen);
        bench.pass(4s);
        stop(bench, "camera");
        CHECK(seen.pictures.size() >= least(bench, 52));
        CHECK(seen.pictures.size() <= 62);
        REQUIRE_FALSE(seen.keys().empty());
        CHECK(seen.keys()[0] == 0);
        TimePoint key = seen.pictures.at(0).captured;
        for (std::size_t i = 1; i < seen.pictures.size(); ++i) {
            const TimePoint captured = seen.pictures[i].captured;
            CHECK(captured > seen.pictures[i - 1].captured);
            CHECK(captured - key <= (bench.in_time() ? 1020ms : 2s));
            if (seen.pictures[i].key) key = captured;
        }
        CHECK(seen.pictures.front().captured >= begin);
        CHECK(seen.pictures.back().captured <= bench.now());
    });
}

TEST_CASE("camera: each picture is 1 access unit of constrained baseline, as large as the format says",
          "[hal][contract]") {
    on_each("camera", [](AvBench& bench) {
        Seen seen;
        start(bench, "camera", seen);
        bench.pass(2s);
        stop(bench, "camera");
        CHECK(seen.format.fps == 15);
        CHECK(seen.format.rotation == bench.settings().camera_settings.rotation);
        for (const AccessUnit& unit : seen.pictures) {
            CHECK(h264::pictures(unit.bytes).size() == 1);
            CHECK(h264::is_key(unit.bytes) == unit.key);
            CHECK(unit.owner);
            for (const h264::Nal& nal : h264::split(unit.bytes)) {
                if (nal.type != h264::NalType::sps) continue;
                const auto sps = h264::read_sps(nal.bytes);
                REQUIRE(sps);
                CHECK(sps->constrained_baseline());
                CHECK(sps->width == seen.format.width);
                CHECK(sps->height == seen.format.height);
            }
        }
    });
}

TEST_CASE("camera: a key picture that is asked for is the next one or the one after it", "[hal][contract]") {
    on_each("camera", [](AvBench& bench) {
        Seen seen;
        start(bench, "camera", seen);
        bench.pass(300ms);
        for (int i = 0; i < 5; ++i) {
            const std::size_t asked = seen.pictures.size();
            bench.devices().camera->request_key();
            CHECK(until(bench, [&] { return !seen.keys(asked).empty(); }));
            const auto keys = seen.keys(asked);
            REQUIRE_FALSE(keys.empty());
            CHECK(keys[0] <= asked + 1);
        }
        stop(bench, "camera");
    });
}

TEST_CASE("camera: a bit rate of 300, then 100 kbit/s is kept within a third, also over a restart",
          "[hal][contract]") {
    on_each("camera", [](AvBench& bench) {
        if (!bench.encodes()) return;
        Seen seen;
        start(bench, "camera", seen);
        bench.pass(6s);
        CHECK(bytes(seen, 30) * 8 / 4 < 400'000);
        bench.devices().camera->set_bitrate(100);
        bench.pass(2s);
        const std::size_t later = seen.pictures.size();
        bench.pass(4s);
        CHECK(bytes(seen, later) * 8 / 4 < 133'000);
        stop(bench, "camera");
        Seen again;
        start(bench, "camera", again);
        bench.pass(6s);
        CHECK(bytes(again, 30) * 8 / 4 < 133'000);
        stop(bench, "camera");
    });
}

TEST_CASE("camera: a frame rate of 5 is 5 pictures a second from then on, with 1 key picture, and stays",
          "[hal][contract]") {
    on_each("camera", [](AvBench& bench) {
        Seen seen;
        start(bench, "camera", seen);
        bench.pass(1s);
        bench.devices().camera->set_frame_rate(5);
        bench.pass(500ms);
        const std::size_t begin = seen.pictures.size();
        bench.pass(4s);
        CHECK(seen.pictures.size() - begin >= least(bench, 18));
        CHECK(seen.pictures.size() - begin <= 22);
        CHECK(seen.keys(begin).size() >= least(bench, 4));
        CHECK(seen.keys(begin).size() <= 5);
        stop(bench, "camera");
        Seen again;
        start(bench, "camera", again);
        bench.pass(2s);
        CHECK(again.pictures.size() <= 11);
        bench.devices().camera->set_frame_rate(15);
        stop(bench, "camera");
    });
}

TEST_CASE("camera: a picture may be kept for 2 s and after the camera is gone", "[hal][contract]") {
    on_each("camera", [](AvBench& bench) {
        Seen seen;
        start(bench, "camera", seen);
        REQUIRE(until(bench, [&] { return !seen.pictures.empty(); }));
        const std::vector<std::byte> copy(seen.pictures[0].bytes.begin(), seen.pictures[0].bytes.end());
        bench.pass(2s);
        bench.devices().camera.reset();
        CHECK(std::ranges::equal(copy, seen.pictures[0].bytes));
    });
}

TEST_CASE("microphone: 50 frames a second, each 20 ms after the one before, none from the future",
          "[hal][contract]") {
    on_each("microphone", [](AvBench& bench) {
        Seen seen;
        start(bench, "microphone", seen);
        bench.pass(2s);
        CHECK(bench.devices().microphone->health().frames == seen.frames.size());
        if (bench.in_time()) CHECK(bench.devices().microphone->health().xruns == 0);
        stop(bench, "microphone");
        CHECK(seen.frames.size() >= least(bench, 85));
        CHECK(seen.frames.size() <= 101);
        for (std::size_t i = 1; i < seen.frames.size(); ++i) {
            CHECK(seen.frames[i] - seen.frames[i - 1] >= 10ms);
            if (bench.in_time()) CHECK(seen.frames[i] - seen.frames[i - 1] <= 40ms);  // else there are gaps
        }
        CHECK(seen.frames.back() + sound_frame_time <= bench.now());
    });
}

TEST_CASE("speaker: pulls 50 frames a second, each to be heard 20 ms after the one before, none in the past",
          "[hal][contract]") {
    on_each("speaker", [](AvBench& bench) {
        Seen seen;
        bool late = false;
        bench.devices().speaker->start([&](const Result<void>& result) { seen.note(result); },
                                       [&](SoundFrame& frame, TimePoint plays_at) {
                                           frame.fill(1000);
                                           late = late || plays_at < bench.now();
                                           seen.frames.push_back(plays_at);
                                       },
                                       [](const Error&) { FAIL("gone"); });
        bench.pass(2s);
        CHECK(bench.devices().speaker->health().frames == seen.frames.size());
        if (bench.in_time()) CHECK(bench.devices().speaker->health().xruns == 0);
        stop(bench, "speaker");
        CHECK_FALSE(late);
        CHECK(seen.frames.size() >= least(bench, 85));
        CHECK(seen.frames.size() <= 125);  // what the card's buffer takes at the beginning included
        for (std::size_t i = 1; i < seen.frames.size(); ++i) {
            CHECK(seen.frames[i] - seen.frames[i - 1] >= 10ms);
            if (bench.in_time()) CHECK(seen.frames[i] - seen.frames[i - 1] <= 40ms);  // else there are gaps
        }
    });
}

TEST_CASE("speaker: a volume of 0, 50, 100 and 200 % is taken at any time", "[hal][contract]") {
    on_each("speaker", [](AvBench& bench) {
        Seen seen;
        bench.devices().speaker->set_volume(0);
        start(bench, "speaker", seen);
        for (const unsigned percent : {50u, 100u, 200u}) {
            bench.pass(150ms);
            bench.devices().speaker->set_volume(percent);
        }
        bench.pass(150ms);
        CHECK(seen.gone.empty());
        CHECK(seen.frames.size() >= least(bench, 20));
        stop(bench, "speaker");
    });
}
