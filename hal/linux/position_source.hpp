#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace voip::hal::linux {

/// A position of a button and when the kernel saw it.
struct Position {
    bool down = false;
    std::chrono::nanoseconds stamp{};  ///< the kernel's monotonic clock
    friend bool operator==(const Position&, const Position&) = default;
};

/// What was read, oldest first, and the kernel's monotonic clock when it was: the difference is how late we
/// are.
struct Reading {
    std::vector<Position> positions;
    std::chrono::nanoseconds now{};
};

/// Where a button's positions come from: a GPIO line, a key of an input device.
/// @thread loop only; nothing waits
class PositionSource {
 public:
    struct Opened {
        int fd = -1;            ///< readable when there are positions; the source's own
        bool down = false;      ///< at the moment
        bool debounced = true;  ///< false: what it reports still bounces
        bool reports = true;    ///< false: nothing becomes readable, it must be read now and then
    };

    virtual ~PositionSource() = default;
    [[nodiscard]] virtual Result<Opened> open() = 0;
    /// The positions since the last call. @errors device_gone, io: the source is of no use any more
    [[nodiscard]] virtual Result<Reading> read() = 0;
    /// Whether it is still there. @errors as read()
    [[nodiscard]] virtual Result<void> check() = 0;
    virtual void close() noexcept = 0;
    /// Where its node appears, absolute.
    [[nodiscard]] virtual std::vector<std::string> folders() const = 0;
};

}  // namespace voip::hal::linux
