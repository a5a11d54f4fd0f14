#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "core/timers.hpp"

namespace voip::engine {

/// Reads rtnetlink messages and says when the device may have become reachable again. Pure.
class NetworkEvents {
 public:
    /// One datagram from the kernel. True: an interface got its carrier, a new address appeared, or a default
    /// route. Repeated news about what is known already (router advertisements) give false. Any bytes are
    /// safe.
    [[nodiscard]] bool read(std::span<const std::byte> datagram);
    /// Whether an address beyond the own link has gone since this was asked last: what went over it is cut.
    [[nodiscard]] bool moved() noexcept { return std::exchange(moved_, false); }

 private:
    [[nodiscard]] bool link(std::span<const std::byte> body, bool gone);
    [[nodiscard]] bool address(std::span<const std::byte> body, bool gone);

    std::set<int> running_;            // interfaces with carrier
    std::set<std::string> addresses_;  // interface, family and address, as bytes
    bool moved_ = false;
};

/// Passes calls on, at most one in `gap`; those in between are made up for by one afterwards.
/// @thread loop only
class Throttle {
 public:
    Throttle(Timers& timers, Duration gap, std::function<void()> action);
    ~Throttle();
    Throttle(const Throttle&) = delete;
    Throttle& operator=(const Throttle&) = delete;

    void call();
    /// Forgets what is to be made up for.
    void cancel() noexcept;

 private:
    Timers& timers_;
    Duration gap_;
    std::function<void()> action_;
    std::optional<TimePoint> last_;
    Timers::Id alarm_ = 0;
};

/// Calls `on_up` from the loop when the network came up, at most once a second and once more after a burst;
/// `moved`: an address of ours has gone since the last time.
/// @thread loop only. co_await stop() before destroying it.
class NetworkWatch {
 public:
    NetworkWatch(asio::any_io_executor executor, Timers& timers, std::function<void(bool moved)> on_up,
                 TaskSet::OnCrash on_crash, Log log);
    ~NetworkWatch();

    /// A kernel without rtnetlink, or a sandbox that forbids it, costs only the head start: debug log.
    void start();
    asio::awaitable<void> stop();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::engine
