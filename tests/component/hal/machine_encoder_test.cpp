// The machine's own encoder: taken where there is one, and left when it does not work. No waiting: the loop
// runs dry when no picture is under way.
#include <vector>

#include <boost/asio/io_context.hpp>

#include "hal/encode/encoder.hpp"
#include "hal/h264/h264.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/machine_encoder.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::encode;
using test::MachineEncoder;
using Kind = MachineEncoder::Kind;

namespace {

struct MachineFixture {
    explicit MachineFixture(Kind kind, bool wanted = true) : machine(kind) {
        settings.hardware = wanted;
        settings.log = Log(hub, "camera");
        auto opened = open_encoder(
            io.get_executor(), settings, [this](AccessUnit unit) { units.push_back(std::move(unit)); },
            [this](const Error& error) { failures.push_back(error); });
        REQUIRE(opened);
        encoder = *std::move(opened);
    }
    void give_one() {
        const auto bytes = std::make_shared<std::vector<std::byte>>(
            picture_bytes(PixelFormat::i420, settings.width, settings.height), std::byte{++shade});
        REQUIRE(encoder->encode({bytes, std::span<const std::byte>(*bytes), captured}));
        captured += std::chrono::nanoseconds(1s) / 15;
    }
    void give(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            give_one();
            io.restart();
            io.run();
        }
    }
    std::vector<std::size_t> keys() const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < units.size(); ++i)
            if (units[i].key) found.push_back(i);
        return found;
    }

    MachineEncoder machine;
    asio::io_context io{1};
    std::vector<std::string> warnings;
    LogHub hub{[this](Level, std::string_view line) { warnings.emplace_back(line); }, Level::warning};
    EncoderSettings settings{.width = 160, .height = 120, .bitrate_kbps = 300};
    std::vector<AccessUnit> units;
    std::vector<Error> failures;
    std::unique_ptr<Encoder> encoder;
    TimePoint captured{std::chrono::hours{1}};
    unsigned char shade = 0;
};

void check_parameters(const AccessUnit& unit) {
    bool seen = false;
    for (const h264::Nal& nal : h264::split(unit.bytes)) {
        if (nal.type != h264::NalType::sps) continue;
        const auto sps = h264::read_sps(nal.bytes);
        REQUIRE(sps);
        CHECK(sps->constrained_baseline());
        CHECK(sps->width == 160);
        seen = true;
    }
    CHECK(seen == unit.key);
}

}  // namespace

TEST_CASE("encoder: the machine's own is taken and told rate and keys: 31 pictures, each 15th a key one",
          "[hal][component]") {
    MachineFixture f(Kind::works);
    CHECK(f.encoder->stats().hardware);
    CHECK(MachineEncoder::told("video_bitrate") == 300'000);
    CHECK(MachineEncoder::told("repeat_sequence_header") == 1);
    CHECK(MachineEncoder::told("h264_i_frame_period") == 15);
    f.give(20);
    f.encoder->set_bitrate(120);
    CHECK(MachineEncoder::told("video_bitrate") == 120'000);
    f.give(11);
    REQUIRE(f.units.size() == 31);
    CHECK(f.keys() == std::vector<std::size_t>{0, 15, 30});
    for (const AccessUnit& unit : f.units) {
        CHECK(h264::pictures(unit.bytes).size() == 1);
        CHECK(h264::is_key(unit.bytes) == unit.key);
        check_parameters(unit);
    }
    CHECK(f.encoder->stats().encoded == 31);
    CHECK(f.warnings.empty());
}

TEST_CASE("encoder: the machine's own is left alone where the processor is wanted", "[hal][component]") {
    MachineFixture f(Kind::works, false);
    f.give(2);
    CHECK_FALSE(f.encoder->stats().hardware);
    CHECK(MachineEncoder::told("video_bitrate") == -1);
    CHECK(f.units.size() == 2);
}

TEST_CASE("encoder: with 3 pictures under way in the machine's own the fourth is dropped",
          "[hal][component]") {
    MachineFixture f(Kind::says_nothing);
    for (int i = 0; i < 4; ++i) f.give_one();
    CHECK(f.encoder->stats().dropped == 1);
}

TEST_CASE("encoder: where the machine's own does not start the processor encodes, and it is logged 1 time",
          "[hal][component]") {
    const auto kind = GENERATE(Kind::does_not_start, Kind::other_format);
    MachineFixture f(kind);
    f.give(3);
    if (f.units.size() < 3) f.give(3);  // one that turns out to be unfit costs the pictures it was given
    CHECK(f.units.size() >= 3);
    CHECK(f.keys() == std::vector<std::size_t>{0});
    CHECK_FALSE(f.encoder->stats().hardware);
    CHECK(f.failures.empty());
    REQUIRE(f.warnings.size() == 1);
    CHECK(f.warnings[0].find("the machine's encoder does not work") != std::string::npos);
}

TEST_CASE("encoder: when the machine's own fails after 3 pictures the processor goes on with a key picture",
          "[hal][component]") {
    MachineFixture f(Kind::fails_after_3);
    f.give(20);
    REQUIRE(f.units.size() == 19);
    CHECK(f.keys() == std::vector<std::size_t>{0, 3, 18});
    CHECK(f.units[3].captured - f.units[2].captured > 130ms);  // one was lost
    CHECK_FALSE(f.encoder->stats().hardware);
    CHECK(f.failures.empty());
    CHECK(f.warnings.size() == 1);
}

TEST_CASE("encoder: when the machine's own gives nothing for 2 s the processor goes on", "[hal][component]") {
    MachineFixture f(Kind::says_nothing);
    unsigned given = 0;
    for (; f.encoder->stats().hardware && given < 60; ++given) {
        f.give_one();
        f.io.restart();
        f.io.poll();  // pictures stay under way: it would not run dry
    }
    CHECK(given >= 31);
    CHECK(given <= 33);
    f.give(2);
    CHECK(f.units.size() == 2);
    CHECK(f.keys() == std::vector<std::size_t>{0});
    CHECK(f.failures.empty());
    CHECK(f.warnings.size() == 1);
}
