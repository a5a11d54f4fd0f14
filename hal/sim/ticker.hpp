#pragma once
#include <cstdint>
#include <functional>

#include "core/timers.hpp"

namespace voip::hal::sim {

/// A clock of a device: ticks so many times a second, the n-th at its exact time after the first however late
/// the ones before it were.
/// @thread loop only. The action may stop or destroy the ticker.
class Ticker {
 public:
    /// @param nominal  when the tick was due
    /// @param skipped  ticks before it that were left out, because the loop was away for too long
    using Action = std::function<void(TimePoint nominal, std::uint64_t skipped)>;

    explicit Ticker(Timers& timers) : timers_(timers) {}
    ~Ticker() { stop(); }
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

    /// @param patience  how late a tick may be and still happen
    void start(TimePoint first, unsigned per_second, Duration patience, Action action);
    void stop() noexcept;
    /// From the next tick on. Harmless while stopped.
    void set_rate(unsigned per_second);
    [[nodiscard]] Duration period() const noexcept { return Duration(1s) / per_second_; }

 private:
    [[nodiscard]] TimePoint due() const noexcept;
    void arm();
    void run();

    Timers& timers_;
    Timers::Id alarm_ = 0;
    Action action_;
    Duration patience_{};
    TimePoint base_;
    std::uint64_t number_ = 0;  // of the next tick since base_
    unsigned per_second_ = 1;
};

}  // namespace voip::hal::sim
