// What is done with a camera's pictures before they are sent.
#include <algorithm>
#include <fstream>

#include "hal/h264/h264.hpp"
#include "hal/linux/av/thinner.hpp"
#include "hal/linux/av/unit_maker.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::linux;

namespace {

const TimePoint begin{10s};

int taken(Duration period, unsigned fps, Duration length) {
    Thinner thinner;
    int count = 0;
    for (Duration at{}; at < length; at += period) {
        const Duration jitter = std::chrono::milliseconds(at / 1ms % 7);
        count += thinner.take(begin + at + jitter, fps) ? 1 : 0;
    }
    return count;
}

using Bytes = std::vector<std::byte>;

Bytes unit(std::initializer_list<std::string_view> nals) {
    Bytes bytes;
    for (const std::string_view nal : nals) {
        for (const char c : std::string_view("\0\0\0\1", 4)) bytes.push_back(std::byte(c));
        for (const char c : nal) bytes.push_back(std::byte(c));
    }
    return bytes;
}
// First bytes are the header: type 1 slice, 5 IDR, 7 SPS, 8 PPS, 9 delimiter; the second bit says "first of a
// picture".
const std::string_view slice("\x41\x9a"), idr("\x65\x88"), sps("\x67\x42\xc0\x1e\xab", 5), pps("\x68\xce"),
    delimiter("\x09\xf0");

std::vector<h264::NalType> types(const AccessUnit& made) {
    std::vector<h264::NalType> found;
    for (const auto& nal : h264::split(made.bytes)) found.push_back(nal.type);
    return found;
}
using Types = std::vector<h264::NalType>;

}  // namespace

TEST_CASE("thinner: 30 a second become 15, 10, 7 and 1; 15 stay 15 whatever the jitter", "[hal][unit]") {
    CHECK(std::abs(taken(33ms, 15, 10s) - 150) <= 2);
    CHECK(std::abs(taken(33ms, 10, 10s) - 100) <= 2);
    CHECK(std::abs(taken(33ms, 7, 10s) - 70) <= 2);
    CHECK(std::abs(taken(33ms, 1, 10s) - 10) <= 1);
    CHECK(taken(67ms, 15, 10s) == 150);
    CHECK(taken(67ms, 30, 10s) == 150);
}

TEST_CASE("thinner: after a gap of 3 s it goes on at its rate, without making up", "[hal][unit]") {
    Thinner thinner;
    CHECK(thinner.take(begin, 10));
    int count = 0;
    for (int i = 0; i < 30; ++i) count += thinner.take(begin + 3s + i * 33ms, 10) ? 1 : 0;
    CHECK(count >= 9);
    CHECK(count <= 11);
}

TEST_CASE("unit maker: nothing is sent before the first key picture, then all", "[hal][unit]") {
    UnitMaker maker;
    CHECK_FALSE(maker.make(unit({slice}), begin));
    CHECK_FALSE(maker.make(unit({idr}), begin));  // no parameters yet
    const auto key = maker.make(unit({sps, pps, idr}), begin + 1s);
    REQUIRE(key);
    CHECK(key->key);
    CHECK(key->captured == begin + 1s);
    const auto next = maker.make(unit({slice}), begin + 2s);
    REQUIRE(next);
    CHECK_FALSE(next->key);
    CHECK(types(*next) == Types{h264::NalType::slice});
}

TEST_CASE("unit maker: parameters that came once stand before each of 2 later key pictures", "[hal][unit]") {
    UnitMaker maker;
    CHECK_FALSE(maker.make(unit({sps, pps}), begin));  // no picture
    for (int i = 0; i < 2; ++i) {
        const auto key = maker.make(unit({idr}), begin);
        REQUIRE(key);
        CHECK(key->key);
        CHECK(types(*key) == Types{h264::NalType::sps, h264::NalType::pps, h264::NalType::idr});
        CHECK(h264::is_key(key->bytes));
    }
}

TEST_CASE(
    "unit maker: delimiters go, the camera's bytes are copied, after reset() a key picture is waited for",
    "[hal][unit]") {
    UnitMaker maker;
    auto bytes = unit({delimiter, sps, pps, idr});
    const auto key = maker.make(bytes, begin);
    REQUIRE(key);
    CHECK(types(*key) == Types{h264::NalType::sps, h264::NalType::pps, h264::NalType::idr});
    const Bytes before(key->bytes.begin(), key->bytes.end());
    std::ranges::fill(bytes, std::byte{0xff});
    CHECK(std::ranges::equal(before, key->bytes));
    maker.reset();
    CHECK_FALSE(maker.make(unit({slice}), begin));
    CHECK(maker.make(unit({idr}), begin));
}

TEST_CASE("unit maker: a stream of the main profile is complained of 1 time, constrained baseline never",
          "[hal][unit]") {
    std::ifstream file(voip::test::source_dir() + "/tests/data/h264/pattern.h264", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(text.empty());
    Bytes stream(text.size());
    std::ranges::transform(text, stream.begin(), [](char c) { return std::byte(c); });
    UnitMaker maker;
    std::size_t made = 0;
    const auto pictures = h264::pictures(stream);
    for (const auto& picture : pictures) made += maker.make(picture.bytes, begin) ? 1u : 0u;
    CHECK(made == pictures.size());
    CHECK(maker.complaint().empty());
    for (const auto& nal : h264::split(stream))
        if (nal.type == h264::NalType::sps) const_cast<std::byte&>(nal.bytes[1]) = std::byte{77};
    for (const auto& picture : h264::pictures(stream)) (void)maker.make(picture.bytes, begin);
    CHECK(maker.complaint() == "profile 77, not constrained baseline");
    for (const auto& picture : h264::pictures(stream)) (void)maker.make(picture.bytes, begin);
    CHECK(maker.complaint().empty());
}
