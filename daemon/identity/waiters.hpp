#pragma once
#include <algorithm>
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
    asio::awaitable<WakeReason> wait(TimePoint deadline) {
        Wake wake(timers_);
        const Place place(wakes_, wake);
        co_return co_await wake.wait(deadline);
    }

 private:
    /// On the list as long as it lives, whatever ends the wait.
    struct Place {
        Place(std::vector<Wake*>& wakes, Wake& wake) : all(wakes), mine(&wake) { all.push_back(mine); }
        ~Place() { all.erase(std::find(all.begin(), all.end(), mine)); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        std::vector<Wake*>& all;
        Wake* mine;
    };
    Timers& timers_;
    std::vector<Wake*> wakes_;
};

}  // namespace voip::identity
