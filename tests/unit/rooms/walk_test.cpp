#include "tests/unit/rooms/walk.hpp"

#include <random>

#include "tests/support/catch.hpp"

namespace voip::rooms {

TEST_CASE("walk: 200 000 random steps keep every promise", "[rooms][unit]") {
    std::mt19937 random(20260101);
    const auto choice = [&random](std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
    };
    const WalkReport report = walk(choice, [](std::size_t steps) { return steps < 200000; });
    CHECK(report.broken == "");
    CHECK(report.steps == 200000);
    CHECK(report.rooms > 5000);
    CHECK(report.talks > 500);
    CHECK(report.restarts > 20);
}

}  // namespace voip::rooms
