#pragma once
#include <cstdint>
#include <random>

#include "core/clock.hpp"

namespace voip {

/// Full-jitter exponential backoff (pure): each delay is uniform in [0, min(cap, base * 2^attempt)], so that
/// a fleet that lost its service together does not come back together.
class Backoff {
 public:
    struct Settings {
        Duration base = 500ms;
        Duration cap = 30s;
    };
    Backoff(Settings settings, std::uint64_t seed) : settings_(settings), random_(seed) {}

    /// The delay before the next attempt; counts the attempt.
    [[nodiscard]] Duration next();
    /// Call after success, and when something says that the network is back.
    void reset() noexcept { attempt_ = 0; }
    [[nodiscard]] unsigned attempt() const noexcept { return attempt_; }

 private:
    Settings settings_;
    unsigned attempt_ = 0;
    std::mt19937_64 random_;
};

}  // namespace voip
