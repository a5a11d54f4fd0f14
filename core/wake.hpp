#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "core/timers.hpp"

namespace voip {

enum class WakeReason { notified, deadline, cancelled };

/// One coroutine sleeps, anybody on the loop wakes it: the place where a shell waits for its next event.
/// A notify() with nobody waiting is remembered (once), so none is lost between two waits.
/// @thread loop only; one waiter at a time. The object must outlive its wait; destroy it after the coroutine.
class Wake {
 public:
    explicit Wake(Timers& timers);
    ~Wake();
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    void notify();
    /// Until notify(), the deadline (none: without end), or cancellation of the coroutine.
    asio::awaitable<WakeReason> wait(std::optional<TimePoint> deadline = std::nullopt);

 private:
    struct Sleeper;
    Timers& timers_;
    std::unique_ptr<Sleeper> sleeper_;  // present while a coroutine waits
    bool pending_ = false;
};

}  // namespace voip
