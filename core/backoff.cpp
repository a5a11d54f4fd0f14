#include "core/backoff.hpp"

#include <algorithm>

namespace voip {

Duration Backoff::next() {
    constexpr unsigned most_doublings =
        20;  // 500 ms << 20 is six days: far above any cap, far below overflow
    const Duration ceiling =
        std::min(settings_.cap, Duration(settings_.base * (1LL << std::min(attempt_, most_doublings))));
    ++attempt_;
    std::uniform_int_distribution<Duration::rep> uniform(0, ceiling.count());
    return Duration(uniform(random_));
}

}  // namespace voip
