// What a viewer sees: pictures through the encoder and a decoder.
#include <boost/asio/io_context.hpp>

#include "core/manual_timers.hpp"
#include "hal/av.hpp"
#include "hal/encode/encoder.hpp"
#include "hal/sim/clock_code.hpp"
#include "hal/sim/pattern.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/h264_decoder.hpp"
#include "tests/support/jpeg.hpp"

using namespace voip;
using namespace voip::hal;

namespace {

// The pictures of the simulated camera in so many seconds, with the wall clock's time of each.
std::vector<std::pair<AccessUnit, UnixMillis>> film(const CameraSettings& settings, Duration length) {
    asio::io_context io{1};
    ManualTimers timers;
    AvSettings wanted{.microphone = false, .speaker = false};
    wanted.camera_settings = settings;
    auto devices = open_av("sim", io.get_executor(), timers, wanted);
    REQUIRE(devices);
    std::vector<std::pair<AccessUnit, UnixMillis>> made;
    const TimePoint begin = timers.now();
    const UnixMillis wall = timers.wall_now();
    devices->camera->start(
        [](const auto& started) { REQUIRE(started); },
        [&](AccessUnit unit) {
            const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(unit.captured - begin);
            made.emplace_back(std::move(unit), wall + since.count());
        },
        [](const Error&) { FAIL("gone"); });
    timers.advance(length, [&] {
        io.restart();
        io.run();
    });
    return made;
}

std::uint32_t low(UnixMillis time) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(time));
}

// A picture of three plain colours side by side, in each pixel format.
std::vector<std::byte> tricolour(encode::PixelFormat format, unsigned width, unsigned height) {
    constexpr unsigned colours[3][3] = {{60, 90, 200}, {150, 60, 80}, {200, 170, 120}};
    const auto at = [&](unsigned x, int plane) {
        return static_cast<std::byte>(colours[x * 3 / width][plane]);
    };
    std::vector<std::byte> made;
    for (unsigned y = 0; y < height; ++y)
        for (unsigned x = 0; x < width; ++x) {
            made.push_back(at(x, 0));
            if (format == encode::PixelFormat::yuyv) made.push_back(at(x & ~1u, x % 2 == 0 ? 1 : 2));
        }
    if (format == encode::PixelFormat::yuyv) return made;
    const bool mixed = format == encode::PixelFormat::nv12;
    for (int plane = 1; plane <= (mixed ? 1 : 2); ++plane)
        for (unsigned i = 0; i < height / 2 * (width / 2); ++i) {
            made.push_back(at(i % (width / 2) * 2, plane));
            if (mixed) made.push_back(at(i % (width / 2) * 2, 2));
        }
    return made;
}

// Encodes one picture of 192x96 of the three colours, and looks at it.
void see_colours(encode::PixelFormat format, std::vector<std::byte> picture) {
    asio::io_context io{1};
    std::vector<AccessUnit> units;
    const encode::EncoderSettings settings{
        .format = format, .width = 192, .height = 96, .bitrate_kbps = 2000};
    auto encoder = encode::open_encoder(
        io.get_executor(), settings, [&](AccessUnit unit) { units.push_back(std::move(unit)); },
        [](const Error&) { FAIL("failed"); });
    REQUIRE(encoder);
    const auto bytes = std::make_shared<std::vector<std::byte>>(std::move(picture));
    REQUIRE((*encoder)->encode({bytes, std::span<const std::byte>(*bytes), TimePoint(1h)}));
    io.run();
    REQUIRE(units.size() == 1);
    test::H264Decoder decoder;
    const auto seen = decoder.decode(units[0].bytes);
    REQUIRE(seen);
    const auto wanted = tricolour(encode::PixelFormat::i420, 192, 96);
    for (const unsigned x : {32u, 96u, 160u}) {
        const std::size_t luma = 48 * 192 + x;
        const std::size_t blue = 192 * 96 + 24 * 96 + x / 2;
        for (const std::size_t at : {luma, blue, blue + 96 * 48})
            CHECK(std::abs(std::to_integer<int>(seen->bytes[at]) - std::to_integer<int>(wanted[at])) <= 6);
    }
}

}  // namespace

TEST_CASE(
    "picture: the clock of each picture is read back at 60 kbit/s, also scaled to 240x180 and to 1280x960",
    "[hal][component]") {
    const auto [width, height] = GENERATE(std::pair{0u, 0u}, std::pair{240u, 180u}, std::pair{1280u, 960u});
    const auto pictures = film({.width = 640, .height = 480, .fps = 10, .bitrate_kbps = 60}, 3s);
    REQUIRE(pictures.size() == 31);
    test::H264Decoder decoder(width, height);
    unsigned legible = 0;
    for (const auto& [unit, wall] : pictures) {
        const auto seen = decoder.decode(unit.bytes);
        REQUIRE(seen);
        const auto read = sim::read_clock({seen->bytes, seen->width, seen->width, seen->height});
        if (read) CHECK(*read == low(wall));  // never a wrong one
        if (read) ++legible;
    }
    CHECK(legible >= 30);
}

TEST_CASE("picture: the pattern comes out as it was drawn, in its colours, to 4 levels in the mean",
          "[hal][component]") {
    const auto pictures =
        film({.width = 320, .height = 240, .fps = 10, .rotation = 90, .bitrate_kbps = 2000}, 1s);
    sim::Pattern pattern(320, 240, 90);
    test::H264Decoder decoder;
    std::uint64_t number = 0;
    for (const auto& [unit, wall] : pictures) {
        const auto seen = decoder.decode(unit.bytes);
        REQUIRE(seen);
        std::vector<std::byte> drawn(pattern.bytes());
        pattern.draw(drawn, wall, number++);
        REQUIRE(seen->bytes.size() == drawn.size());
        std::uint64_t wrong = 0;
        for (std::size_t i = 0; i < drawn.size(); ++i)
            wrong += static_cast<std::uint64_t>(
                std::abs(std::to_integer<int>(seen->bytes[i]) - std::to_integer<int>(drawn[i])));
        CHECK(wrong / drawn.size() <= 4);
    }
    CHECK(number == 11);
}

TEST_CASE("picture: three colours stay themselves from I420, NV12 and YUYV, to 6 levels",
          "[hal][component]") {
    using encode::PixelFormat;
    const auto format = GENERATE(PixelFormat::i420, PixelFormat::nv12, PixelFormat::yuyv);
    see_colours(format, tricolour(format, 192, 96));
}

TEST_CASE("picture: three colours stay themselves from JPEG of 2 samplings, with and without its tables",
          "[hal][component]") {
    const auto* const sampling = GENERATE("I420", "Y42B");
    const auto raw = tricolour(encode::PixelFormat::i420, 192, 96);
    const auto whole = test::jpeg(raw, 192, 96, sampling);
    see_colours(encode::PixelFormat::jpeg, whole);
    see_colours(encode::PixelFormat::jpeg, test::without_tables(whole));
}
