#include "hal/h264/h264.hpp"

#include "core/file.hpp"
#include "hal/encode/key_clock.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/source_dir.hpp"

using namespace voip;
using namespace voip::hal;
using namespace voip::hal::h264;

namespace {

std::vector<std::byte> stream_of(std::initializer_list<unsigned> bytes) {
    std::vector<std::byte> made;
    for (const unsigned byte : bytes) made.push_back(static_cast<std::byte>(byte));
    return made;
}

// Bits from the highest to the lowest, as the standard writes them.
class Writer {
 public:
    Writer& bits(std::uint32_t value, unsigned count) {
        for (unsigned i = count; i-- > 0;) {
            if (used_ == 0) bytes_.push_back(std::byte{0});
            bytes_.back() |= static_cast<std::byte>(((value >> i) & 1u) << (7 - used_));
            used_ = (used_ + 1) % 8;
        }
        return *this;
    }
    Writer& ue(std::uint32_t value) {
        unsigned length = 0;
        while (((value + 1) >> length) > 1) ++length;
        return bits(0, length).bits(value + 1, length + 1);
    }
    [[nodiscard]] std::vector<std::byte> done() const { return bytes_; }

 private:
    std::vector<std::byte> bytes_;
    unsigned used_ = 0;
};

// A baseline SPS of so many macroblocks, cropped on the right and below in units of two pixels.
std::vector<std::byte> sps_of(unsigned across, unsigned down, unsigned right = 0, unsigned below = 0) {
    Writer w;
    w.bits(0x67, 8).bits(66, 8).bits(0xc0, 8).bits(30, 8).ue(0).ue(0).ue(2).ue(1).bits(0, 1);
    w.ue(across - 1).ue(down - 1).bits(1, 1).bits(1, 1);
    if (right == 0 && below == 0)
        w.bits(0, 1);
    else
        w.bits(1, 1).ue(0).ue(right).ue(0).ue(below);
    w.bits(0, 1).bits(1, 1);
    return w.done();
}

}  // namespace

TEST_CASE("h264: start codes of 3 and 4 bytes cut a stream into units, bytes before the first are none",
          "[hal][unit]") {
    const auto stream = stream_of({9, 9, 0, 0, 0, 1, 0x67, 7, 0, 0, 1, 0x68, 8, 0, 0, 0, 1, 0x65, 5, 0});
    const auto units = split(stream);
    REQUIRE(units.size() == 3);
    CHECK(units[0].type == NalType::sps);
    CHECK(units[0].bytes.size() == 2);
    CHECK(units[1].type == NalType::pps);
    CHECK(units[2].type == NalType::idr);
    CHECK(units[2].bytes.size() == 3);
    CHECK(split({}).empty());
    CHECK(split(stream_of({0, 0, 1})).empty());
    CHECK(split(stream_of({0, 0, 0, 1, 0, 0, 0, 1, 0x65, 1})).size() == 1);
}

TEST_CASE("h264: a picture is its slices and what stands before them; 2 slices are 1 picture",
          "[hal][unit]") {
    const auto stream = stream_of({0, 0, 0, 1, 9,    0xf0, 0, 0, 0, 1,    0x67, 1,    0, 0, 0, 1, 0x68, 1,  //
                                   0, 0, 0, 1, 0x65, 0x80, 1, 0, 0, 1,    0x65, 0x40, 1,                    //
                                   0, 0, 0, 1, 0x41, 0x80, 2,                                               //
                                   0, 0, 0, 1, 6,    5,    0, 0, 1, 0x41, 0x80, 3});
    const auto found = pictures(stream);
    REQUIRE(found.size() == 3);
    CHECK(found[0].idr);
    CHECK(found[0].parameters);
    CHECK(found[0].bytes.size() == 31);
    CHECK(is_key(found[0].bytes));
    CHECK_FALSE(found[1].idr);
    CHECK(found[1].bytes.size() == 7);
    CHECK_FALSE(is_key(found[1].bytes));
    CHECK(found[2].bytes.size() == 12);
}

TEST_CASE("h264: an IDR picture without SPS or PPS is no key picture", "[hal][unit]") {
    CHECK_FALSE(is_key(stream_of({0, 0, 1, 0x65, 0x80, 1})));
    CHECK_FALSE(is_key(stream_of({0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 0x80, 1})));
    CHECK_FALSE(is_key(stream_of({0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x41, 0x80})));
    CHECK(is_key(stream_of({0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 1, 0, 0, 1, 0x65, 0x80})));
}

TEST_CASE("h264: an SPS tells profile, level and the size of 640x480, 160x120 and 1920x1080", "[hal][unit]") {
    const auto plain = read_sps(sps_of(40, 30));
    REQUIRE(plain);
    CHECK(*plain == Sps{66, 0xc0, 30, 640, 480});
    CHECK(plain->constrained_baseline());
    const auto small = read_sps(sps_of(10, 8, 0, 4));
    REQUIRE(small);
    CHECK(small->width == 160);
    CHECK(small->height == 120);
    const auto full = read_sps(sps_of(120, 68, 0, 4));
    REQUIRE(full);
    CHECK(full->height == 1080);
}

TEST_CASE("h264: an SPS that is cut off, cropped to nothing or 16400 wide is bad_message", "[hal][unit]") {
    const auto whole = sps_of(40, 30);
    for (std::size_t length = 0; length + 1 < whole.size(); ++length)
        CHECK_FALSE(read_sps(Bytes(whole).first(length)));
    CHECK_FALSE(read_sps(sps_of(1, 1, 8, 0)));
    CHECK_FALSE(read_sps(sps_of(1025, 1)));
    CHECK_FALSE(read_sps(stream_of({0x68, 66, 0, 30, 0xff})));
}

TEST_CASE("h264: the file of the tests has 30 pictures, 2 of them key ones, constrained baseline",
          "[hal][unit]") {
    const auto content = read_file(test::source_dir() + "/tests/data/h264/pattern.h264", 1'000'000);
    REQUIRE(content);
    const Bytes stream = std::as_bytes(std::span(*content));
    const auto found = pictures(stream);
    REQUIRE(found.size() == 30);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].idr == (i % 15 == 0));
        CHECK(is_key(found[i].bytes) == found[i].idr);
        sum += found[i].bytes.size();
    }
    CHECK(sum == stream.size());
    const auto sps = read_sps(split(stream).at(0).bytes);
    REQUIRE(sps);
    CHECK(sps->constrained_baseline());
    CHECK(sps->width == 160);
    CHECK(sps->height == 120);
}

TEST_CASE(
    "key clock: the first picture, then each 15th of 15 a second, although each comes 1 ms late or early",
    "[hal][unit]") {
    KeyClock clock;
    const Duration period = std::chrono::nanoseconds(1s) / 15;
    std::vector<int> keys;
    for (int i = 0; i < 61; ++i) {
        const TimePoint captured = TimePoint(1h) + i * period + (i % 2 == 0 ? 1ms : -1ms);
        if (clock.take(captured, period)) keys.push_back(i);
    }
    REQUIRE(keys.size() >= 5);
    CHECK(keys[0] == 0);
    for (std::size_t i = 1; i < keys.size(); ++i) {
        CHECK(keys[i] - keys[i - 1] >= 14);
        CHECK(keys[i] - keys[i - 1] <= 15);
    }
}

TEST_CASE("key clock: a request makes the next picture a key one, 1 time, and the second counts from it",
          "[hal][unit]") {
    KeyClock clock;
    const TimePoint t0(1h);
    CHECK(clock.take(t0, 100ms));
    CHECK_FALSE(clock.take(t0 + 100ms, 100ms));
    clock.request();
    clock.request();
    CHECK(clock.take(t0 + 200ms, 100ms));
    for (int i = 3; i < 12; ++i) CHECK_FALSE(clock.take(t0 + i * 100ms, 100ms));
    CHECK(clock.take(t0 + 1200ms, 100ms));
    clock.request();
    clock.seen(t0 + 1300ms);
    CHECK_FALSE(clock.take(t0 + 2200ms, 100ms));
    CHECK(clock.take(t0 + 2300ms, 100ms));
}
