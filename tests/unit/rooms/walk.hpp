#pragma once
#include <cstddef>
#include <functional>
#include <string>

/// Members, channels and requests in any order against Rooms, judged from outside after each step. Used by
/// the unit test (seeded) and by the fuzzer (bytes).
namespace voip::rooms {

/// Chooses 0 <= result < bound.
using Choice = std::function<std::size_t(std::size_t bound)>;

struct WalkReport {
    std::string broken;  ///< the first promise that was not kept; empty: none
    std::size_t steps = 0, rooms = 0, talks = 0, restarts = 0;
};
/// Walks while `goes_on`, then lets everybody leave and looks that every room ended.
[[nodiscard]] WalkReport walk(const Choice& choice, const std::function<bool(std::size_t steps)>& goes_on);

}  // namespace voip::rooms
