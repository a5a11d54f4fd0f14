// The encoder against GStreamer itself: what comes out is what hal/camera.hpp promises. No waiting: the loop
// runs dry when no picture is under way.
#include <vector>

#include <boost/asio/io_context.hpp>

#include "hal/encode/encoder.hpp"
#include "hal/h264/h264.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/jpeg.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::encode;

namespace {

constexpr TimePoint t0{std::chrono::hours{1}};

// A little noise from a seed: never the same twice, and what an encoder can spend any bit rate on.
std::shared_ptr<std::vector<std::byte>> noise(std::size_t bytes, std::uint32_t seed) {
    auto made = std::make_shared<std::vector<std::byte>>(bytes);
    for (std::byte& byte : *made) {
        seed = seed * 1664525u + 1013904223u;
        byte = static_cast<std::byte>(120 + (seed >> 28));
    }
    return made;
}

struct Fixture {
    explicit Fixture(EncoderSettings wanted = {}) : settings(wanted) {
        auto opened = open_encoder(
            io.get_executor(), settings, [this](AccessUnit unit) { units.push_back(std::move(unit)); },
            [this](const Error& error) { failures.push_back(error); });
        REQUIRE(opened);
        encoder = *std::move(opened);
    }

    void give(unsigned count, unsigned fps = 15) {
        const std::size_t stride = settings.stride != 0                   ? settings.stride
                                   : settings.format == PixelFormat::yuyv ? settings.width * 2u
                                                                          : settings.width;
        for (unsigned i = 0; i < count; ++i) {
            const auto bytes = noise(picture_bytes(settings.format, stride, settings.height), ++seed);
            REQUIRE(encoder->encode({bytes, std::span<const std::byte>(*bytes), captured}));
            captured += std::chrono::nanoseconds(1s) / fps;
            settle();
        }
    }
    void settle() {
        io.restart();
        io.run();
    }
    std::size_t bytes_since(std::size_t first) const {
        std::size_t sum = 0;
        for (std::size_t i = first; i < units.size(); ++i) sum += units[i].bytes.size();
        return sum;
    }
    std::vector<bool> keys() const {
        std::vector<bool> seen;
        for (const AccessUnit& unit : units) seen.push_back(unit.key);
        return seen;
    }

    asio::io_context io{1};
    EncoderSettings settings;
    std::vector<AccessUnit> units;
    std::vector<Error> failures;
    std::unique_ptr<Encoder> encoder;
    TimePoint captured = t0;
    std::uint32_t seed = 1;
};

}  // namespace

TEST_CASE("encoder: each of 31 pictures is an access unit of its time, the first and each 15th a key one",
          "[hal][component]") {
    Fixture f({.width = 160, .height = 120});
    f.give(31);
    REQUIRE(f.units.size() == 31);
    std::vector<bool> wanted(31, false);
    wanted[0] = wanted[15] = wanted[30] = true;
    CHECK(f.keys() == wanted);
    for (unsigned i = 0; i < 31; ++i) {
        CHECK(f.units[i].captured == t0 + i * (std::chrono::nanoseconds(1s) / 15));
        CHECK(h264::is_key(f.units[i].bytes) == f.units[i].key);
        CHECK(h264::pictures(f.units[i].bytes).size() == 1);
    }
    CHECK(f.encoder->stats().encoded == 31);
    CHECK(f.failures.empty());
}

TEST_CASE(
    "encoder: the stream is constrained baseline of the size asked for, in 3 pixel formats with padding",
    "[hal][component]") {
    const auto format = GENERATE(PixelFormat::i420, PixelFormat::nv12, PixelFormat::yuyv);
    const unsigned stride = GENERATE(0u, 512u);
    Fixture f({.format = format, .width = 176, .height = 144, .stride = stride});
    f.give(2);
    REQUIRE(f.units.size() == 2);
    for (const h264::Nal& nal : h264::split(f.units[0].bytes)) {
        if (nal.type != h264::NalType::sps) continue;
        const auto sps = h264::read_sps(nal.bytes);
        REQUIRE(sps);
        CHECK(sps->constrained_baseline());
        CHECK(sps->width == 176);
        CHECK(sps->height == 144);
    }
    CHECK(f.units[0].key);
}

TEST_CASE("encoder: a key picture asked for is the next one, and moves the ones after it",
          "[hal][component]") {
    Fixture f({.width = 160, .height = 120});
    f.give(5);
    f.encoder->request_key();
    f.encoder->request_key();
    f.give(16);
    std::vector<bool> wanted(21, false);
    wanted[0] = wanted[5] = wanted[20] = true;
    CHECK(f.keys() == wanted);
}

TEST_CASE("encoder: a bit rate of 1000 and of 250 kbit/s is held within 25 %, changed while it runs",
          "[hal][component]") {
    Fixture f({.width = 320, .height = 240, .bitrate_kbps = 1000});
    f.give(45);
    const auto kbps = [&](std::size_t first, std::size_t count) {
        return f.bytes_since(first) * 8 * 15 / 1000 / count;
    };
    CHECK(kbps(15, 30) > 750);
    CHECK(kbps(15, 30) < 1250);
    f.encoder->set_bitrate(250);
    f.give(60);
    const std::size_t later = f.bytes_since(75) * 8 * 15 / 1000 / 30;
    CHECK(later > 185);
    CHECK(later < 315);
}

TEST_CASE("encoder: at 5 pictures a second instead of 15 the bit rate stays, without a key picture for it",
          "[hal][component]") {
    Fixture f({.width = 320, .height = 240, .bitrate_kbps = 600});
    f.give(17, 15);
    f.encoder->set_frame_rate(5);
    f.give(30, 5);
    const std::size_t kbps = f.bytes_since(27) * 8 * 5 / 1000 / 20;
    CHECK(kbps > 450);
    CHECK(kbps < 750);
    CHECK_FALSE(f.units[17].key);
    for (std::size_t i = 17; i + 5 < f.units.size(); ++i)
        CHECK(std::count_if(f.units.begin() + static_cast<long>(i),
                            f.units.begin() + static_cast<long>(i) + 5,
                            [](const AccessUnit& unit) { return unit.key; }) == 1);
}

TEST_CASE("encoder: with 2 pictures under way the third is dropped, and its bytes are let go",
          "[hal][component]") {
    Fixture f({.width = 160, .height = 120});
    std::weak_ptr<const void> third;
    for (unsigned i = 0; i < 3; ++i) {
        const auto bytes = noise(picture_bytes(PixelFormat::i420, 160, 120), i);
        if (i == 2) third = bytes;
        REQUIRE(f.encoder->encode({bytes, std::span<const std::byte>(*bytes), t0 + i * 66ms}));
    }
    CHECK(third.expired());
    f.settle();
    CHECK(f.units.size() == 2);
    CHECK(f.encoder->stats().dropped == 1);
}

TEST_CASE("encoder: a picture too small for its format is refused with io", "[hal][component]") {
    Fixture f({.width = 160, .height = 120});
    const auto bytes = noise(100, 1);
    const auto given = f.encoder->encode({bytes, std::span<const std::byte>(*bytes), t0});
    REQUIRE_FALSE(given);
    CHECK(given.error().is(Errc::io));
}

TEST_CASE("encoder: 3 damaged JPEG pictures in a row are left out and counted, the next is encoded",
          "[hal][component]") {
    Fixture f({.format = PixelFormat::jpeg, .width = 160, .height = 120});
    const auto raw = noise(picture_bytes(PixelFormat::i420, 160, 120), 1);
    const auto good = std::make_shared<std::vector<std::byte>>(test::jpeg(*raw, 160, 120, "Y42B"));
    const auto bad = std::make_shared<std::vector<std::byte>>(good->size(), std::byte{0x55});
    for (const auto& bytes : {good, bad, bad, bad, good}) {
        REQUIRE(f.encoder->encode({bytes, std::span<const std::byte>(*bytes), f.captured}));
        f.captured += 66ms;
        f.settle();
    }
    CHECK(f.units.size() == 2);
    CHECK(f.encoder->stats().encoded == 2);
    CHECK(f.encoder->stats().dropped == 3);
    CHECK(f.failures.empty());
}

TEST_CASE("encoder: it may be destroyed by its own handler, and 0 handlers run after that",
          "[hal][component]") {
    Fixture f({.width = 160, .height = 120});
    f.encoder.reset();
    f.units.clear();
    int seen = 0;
    auto opened = open_encoder(
        f.io.get_executor(), f.settings,
        [&](AccessUnit) {
            ++seen;
            f.encoder.reset();
        },
        [&](const Error&) { ++seen; });
    REQUIRE(opened);
    f.encoder = *std::move(opened);
    for (unsigned i = 0; i < 2; ++i) {
        const auto bytes = noise(picture_bytes(PixelFormat::i420, 160, 120), i);
        REQUIRE(f.encoder->encode({bytes, std::span<const std::byte>(*bytes), t0 + i * 66ms}));
    }
    f.settle();
    CHECK(seen == 1);
}

TEST_CASE("encoder: an access unit outlives the encoder that made it, byte for byte", "[hal][component]") {
    Fixture f({.width = 160, .height = 120});
    f.give(1);
    const std::vector<std::byte> copy(f.units[0].bytes.begin(), f.units[0].bytes.end());
    f.encoder.reset();
    CHECK(std::equal(copy.begin(), copy.end(), f.units[0].bytes.begin(), f.units[0].bytes.end()));
}

TEST_CASE("encoder: 20 encoders in a row begin and end", "[hal][component]") {
    for (int i = 0; i < 20; ++i) {
        Fixture f({.width = 64, .height = 64});
        f.give(1);
        CHECK(f.units.size() == 1);
    }
    CHECK(prepare_encoder());
}
