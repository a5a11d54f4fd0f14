#include "hal/linux/av/offers.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;
using Format = CameraSettings::Format;

namespace {

SizeOffer size(unsigned width, unsigned height, std::vector<Interval> intervals) {
    return {width, height, width, height, 1, 1, std::move(intervals)};
}

/// What a common USB camera says.
const std::vector<FormatOffer> webcam{
    {"MJPG", {size(1280, 720, {{1, 30}})}},
    {"YUYV", {size(640, 480, {{1, 30}, {1, 20}, {1, 15}}), size(1280, 720, {{1, 10}, {1, 5}})}},
};
const std::vector<FormatOffer> encoding{
    {"H264", {size(640, 480, {{1, 30}}), size(1920, 1080, {{1, 30}})}},
    {"YUYV", {size(640, 480, {{1, 30}}), size(320, 240, {{1, 30}})}},
};

CameraSettings wanted(unsigned width, unsigned height, unsigned fps, Format format = Format::automatic) {
    CameraSettings settings;
    settings.width = width;
    settings.height = height;
    settings.fps = fps;
    settings.format = format;
    return settings;
}

std::string refusal(const std::vector<FormatOffer>& offers, const CameraSettings& settings) {
    const auto choice = choose(offers, settings, "/dev/video0");
    REQUIRE_FALSE(choice);
    CHECK(choice.error().is(Errc::io));
    return choice.error().context;
}

}  // namespace

TEST_CASE("offers: of 4 formats the one that the camera encodes is preferred, where it has the size",
          "[hal][unit]") {
    CHECK(choose(encoding, wanted(640, 480, 15), "x")->pixels == Pixels::h264);
    CHECK(choose(encoding, wanted(320, 240, 15), "x")->pixels == Pixels::yuyv);
    CHECK(choose(encoding, wanted(640, 480, 15, Format::raw), "x")->fourcc == "YUYV");
    const std::vector<FormatOffer> all{{"YUYV", {}}, {"NV12", {}}, {"YU12", {}}};
    CHECK(choose(all, wanted(640, 480, 15), "x")->pixels == Pixels::i420);
}

TEST_CASE("offers: a webcam gives 1280x720 at 10 as YUYV, at 15 only as JPEG, which is taken then",
          "[hal][unit]") {
    CHECK(choose(webcam, wanted(1280, 720, 10), "x")->pixels == Pixels::yuyv);
    const auto choice = choose(webcam, wanted(1280, 720, 15), "x");
    REQUIRE(choice);
    CHECK(choice->pixels == Pixels::jpeg);
    CHECK(choice->fourcc == "MJPG");
    CHECK(choice->interval == Interval{1, 30});
    CHECK(choose(webcam, wanted(1280, 720, 15, Format::raw), "x")->pixels == Pixels::jpeg);
    CHECK_FALSE(choose(webcam, wanted(1280, 720, 15, Format::h264), "x"));
}

TEST_CASE("offers: 15 a second is taken as it is, 12 as 15, 16 as 20; a camera of 30 alone gives 30",
          "[hal][unit]") {
    CHECK(choose(webcam, wanted(640, 480, 15), "x")->interval == Interval{1, 15});
    CHECK(choose(webcam, wanted(640, 480, 12), "x")->interval == Interval{1, 15});
    CHECK(choose(webcam, wanted(640, 480, 16), "x")->interval == Interval{1, 20});
    CHECK(choose(encoding, wanted(640, 480, 15), "x")->interval == Interval{1, 30});
    const std::vector<FormatOffer> odd{{"YUYV", {size(640, 480, {{1001, 15000}})}}};
    CHECK(choose(odd, wanted(640, 480, 15), "x")->interval == Interval{1001, 15000});
}

TEST_CASE("offers: a size that is not offered is told with those that are", "[hal][unit]") {
    CHECK(refusal(webcam, wanted(640, 481, 15)) ==
          "board.camera.width, board.camera.height: 640x481 is not among what /dev/video0 offers as YUYV: "
          "640x480, 1280x720");
}

TEST_CASE("offers: a rate of 30 where there are 5 and 10 is told with them", "[hal][unit]") {
    const std::vector<FormatOffer> plain{webcam[1]};
    CHECK(refusal(plain, wanted(1280, 720, 30)) ==
          "board.camera.fps: 30 is more than /dev/video0 offers as YUYV of 1280x720: 5, 10");
}

TEST_CASE("offers: a format that is not offered is told with those that are, 3 ways", "[hal][unit]") {
    CHECK(refusal(webcam, wanted(640, 480, 15, Format::h264)) ==
          "board.camera.format: /dev/video0 offers MJPG, YUYV; needed is H264");
    CHECK(refusal({{"BGR3", {}}}, wanted(640, 480, 15)) ==
          "board.camera.format: /dev/video0 offers BGR3; needed is H264, YU12, NV12, YUYV or MJPG");
    CHECK(refusal({}, wanted(640, 480, 15, Format::raw)) ==
          "board.camera.format: /dev/video0 offers nothing; needed is YU12, NV12, YUYV or MJPG");
}

TEST_CASE("offers: ranges of sizes have steps, ranges of rates have ends", "[hal][unit]") {
    const std::vector<FormatOffer> sensor{{"NV12", {{1920, 1080, 64, 64, 16, 8, {{1, 60}, {1, 10}}, true}}}};
    CHECK(choose(sensor, wanted(640, 480, 15), "x")->interval == Interval{1, 15});
    CHECK(choose(sensor, wanted(640, 480, 5), "x")->interval == Interval{1, 10});
    CHECK_FALSE(choose(sensor, wanted(648, 480, 15), "x"));
    CHECK(refusal(sensor, wanted(2000, 480, 15)).ends_with("as NV12: 64x64 to 1920x1080"));
    CHECK(describe(sensor[0].sizes[0]) == "64x64 to 1920x1080 (10 to 60 a second)");
}

TEST_CASE("offers: a driver that says neither sizes nor rates is asked for what is wanted", "[hal][unit]") {
    const auto choice = choose(std::vector<FormatOffer>{{"YU12", {}}}, wanted(352, 288, 7), "x");
    REQUIRE(choice);
    CHECK(choice->interval == Interval{1, 7});
    CHECK(choose(std::vector<FormatOffer>{{"YU12", {size(352, 288, {})}}}, wanted(352, 288, 7), "x"));
}

TEST_CASE("offers: a list of 100 sizes is cut off after 24", "[hal][unit]") {
    FormatOffer offer{"YUYV", {}};
    for (unsigned i = 1; i <= 100; ++i) offer.sizes.push_back(size(i * 2, 100, {}));
    CHECK(refusal({offer}, wanted(640, 480, 15)).ends_with("46x100, 48x100, ..."));
}

TEST_CASE("offers: rates are shown with 1 decimal where they need it", "[hal][unit]") {
    CHECK(describe_rate(15) == "15");
    CHECK(describe_rate(7.5) == "7.5");
    CHECK(describe_rate(29.97) == "30");
    CHECK(describe(size(640, 480, {{1, 30}, {1, 15}})) == "640x480 (15, 30 a second)");
    CHECK(describe(size(640, 480, {})) == "640x480");
}
