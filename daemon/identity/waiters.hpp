#pragma once
#include <vector>

#include "core/wake.hpp"

namespace voip::identity {

/// Any number of coroutines wait for the next change of something; notify() wakes them all.
/// @thread loop only. Destroy it after the coroutines.
class Waiters {
 public:
    explicit Waiters(Timers& timers) : timers_(timers) {}
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    void notify() {
        for (Wake* wake : wakes_) wake->notify();
    }
    asio::awaitable<WakeReason> wait(TimePoint deadline);

 private:
    Timers& timers_;
    std::vector<Wake*> wakes_;
};

}  // namespace voip::identity
