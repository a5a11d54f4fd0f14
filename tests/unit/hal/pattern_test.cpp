#include "hal/sim/pattern.hpp"

#include "hal/sim/clock_code.hpp"
#include "hal/sim/picture_pool.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::sim;

namespace {

constexpr UnixMillis wall = 1767267127890;

std::vector<std::byte> drawn(unsigned width, unsigned height, unsigned rotation, std::uint64_t number = 0,
                             UnixMillis at = wall) {
    Pattern pattern(width, height, rotation);
    std::vector<std::byte> picture(pattern.bytes());
    pattern.draw(picture, at, number);
    return picture;
}

std::optional<std::uint32_t> read(const std::vector<std::byte>& picture, unsigned width, unsigned height) {
    return read_clock({picture, width, width, height});
}

// What a viewer does who turns one plane clockwise.
std::vector<std::byte> turned(std::span<const std::byte> plane, unsigned width, unsigned height) {
    std::vector<std::byte> made(plane.size());
    for (unsigned y = 0; y < height; ++y)
        for (unsigned x = 0; x < width; ++x) made[x * height + (height - 1 - y)] = plane[y * width + x];
    return made;
}

std::uint32_t low(UnixMillis time) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(time));
}

}  // namespace

TEST_CASE("pattern: programs read its time back, from 64x64 to 1920x1080", "[hal][unit]") {
    for (const auto& [width, height] :
         {std::pair{64u, 64u}, {160u, 120u}, {320u, 240u}, {640u, 480u}, {480u, 640u}, {1920u, 1080u}})
        for (const UnixMillis at :
             {wall, wall + 1, UnixMillis{0}, UnixMillis{0xffffffff}, UnixMillis{1} << 40}) {
            INFO(width << "x" << height << " at " << at);
            CHECK(read(drawn(width, height, 0, 7, at), width, height) == low(at));
        }
}

TEST_CASE("pattern: turned clockwise by its rotation of 90, 180 or 270 degrees it is the upright one",
          "[hal][unit]") {
    for (const unsigned rotation : {90u, 180u, 270u}) {
        const unsigned width = 320;
        const unsigned height = 240;
        const auto sent = drawn(width, height, rotation, 5);
        const bool crosswise = rotation % 180 != 0;
        const auto upright = drawn(crosswise ? height : width, crosswise ? width : height, 0, 5);
        std::size_t at = 0;
        for (const unsigned divisor : {1u, 2u, 2u}) {
            unsigned w = width / divisor;
            unsigned h = height / divisor;
            const std::size_t size = std::size_t{w} * h;
            std::vector<std::byte> plane(sent.begin() + static_cast<long>(at),
                                         sent.begin() + static_cast<long>(at + size));
            for (unsigned turn = 0; turn < rotation / 90; ++turn) {
                plane = turned(plane, w, h);
                std::swap(w, h);
            }
            CHECK(std::equal(plane.begin(), plane.end(), upright.begin() + static_cast<long>(at)));
            at += size;
        }
    }
}

TEST_CASE("pattern: the bars move 2 pixels with each picture", "[hal][unit]") {
    const auto first = drawn(320, 240, 0, 0);
    const auto later = drawn(320, 240, 0, 10);
    for (unsigned x = 0; x < 300; ++x) CHECK(later[x] == first[x + 20]);
    CHECK(first != later);
    CHECK(drawn(320, 240, 0, 160) == first);  // once around
}

TEST_CASE("pattern: people see another time each tenth of a second, also before 1970", "[hal][unit]") {
    const auto text = [](UnixMillis at) {
        const auto picture = drawn(320, 240, 0, 0, at);
        return std::vector(picture.begin(), picture.begin() + 320 * 150);  // above the cells
    };
    CHECK(text(wall) == text(wall + 9));
    CHECK(text(wall) != text(wall + 100));
    CHECK(text(0) == text(86'400'000));
    CHECK(text(-100) == text(86'399'900));
}

TEST_CASE("clock code: 1 wrong cell of the 40 is noticed, and 1 wrong mark of the 4 does no harm",
          "[hal][unit]") {
    const auto picture = drawn(320, 240, 0);
    const auto cells = clock_cells(320, 240, wall);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto damaged = picture;
        for (unsigned y = cells[i].y; y < cells[i].y + cells[i].height; ++y)
            for (unsigned x = cells[i].x; x < cells[i].x + cells[i].width; ++x)
                damaged[y * 320 + x] = static_cast<std::byte>(cells[i].white ? 16 : 235);
        const bool mark = i % clock_columns == 0 || i % clock_columns == clock_columns - 1;
        CHECK(read(damaged, 320, 240) == (mark ? std::optional(low(wall)) : std::nullopt));
    }
}

TEST_CASE("clock code: it survives noise of 60 levels and half the contrast, and is not found in grey",
          "[hal][unit]") {
    auto picture = drawn(320, 240, 0);
    std::uint32_t seed = 7;
    for (std::byte& pixel : picture) {
        seed = seed * 1664525u + 1013904223u;
        const int noisy = 60 + std::to_integer<int>(pixel) / 2 + static_cast<int>(seed >> 24) * 60 / 256 - 30;
        pixel = static_cast<std::byte>(noisy);
    }
    CHECK(read(picture, 320, 240) == low(wall));
    CHECK(read(std::vector<std::byte>(320 * 240, std::byte{100}), 320, 240) == std::nullopt);
    CHECK(read({}, 320, 240) == std::nullopt);
    CHECK(read(drawn(320, 240, 180), 320, 240) == std::nullopt);
}

TEST_CASE("picture pool: memory that was let go is used again, and outlives the pool", "[hal][unit]") {
    auto pool = std::make_unique<PicturePool>(100);
    auto first = pool->take();
    const auto second = pool->take();
    CHECK(first != second);
    CHECK(first->size() == 100);
    const auto* place = first.get();
    first.reset();
    CHECK(pool->take().get() == place);
    pool.reset();
    second->at(99) = std::byte{1};
}
