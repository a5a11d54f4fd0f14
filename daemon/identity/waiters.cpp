#include "daemon/identity/waiters.hpp"

#include <algorithm>

namespace voip::identity {
namespace {

/// On the list as long as it lives, whatever ends the wait.
struct Place {
    Place(std::vector<Wake*>& wakes, Wake& wake) : all(wakes), mine(&wake) { all.push_back(mine); }
    ~Place() { all.erase(std::find(all.begin(), all.end(), mine)); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    std::vector<Wake*>& all;
    Wake* mine;
};

}  // namespace

asio::awaitable<WakeReason> Waiters::wait(TimePoint deadline) {
    Wake wake(timers_);
    const Place place(wakes_, wake);
    const WakeReason reason = co_await wake.wait(deadline);
    co_return reason;
}

}  // namespace voip::identity
