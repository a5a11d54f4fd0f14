#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/timers.hpp"
#include "hal/linux/node_watch.hpp"

namespace voip::hal::linux {

/// Keeps one device open while it is there: looks for it at once, after news of its folders, and with growing
/// pauses (1 s to 10 s) all the same. Tells each change of its health once.
/// @thread loop only. Timers and watch must outlive it.
class Keeper {
 public:
    struct Hooks {
        std::function<Result<void>()> open;   ///< tries to open the device, which is closed
        std::function<Result<void>()> check;  ///< asks an open device whether it is still there
        std::function<void()> close;          ///< after a device that was open was lost
        /// From the loop, never inside a call. Errors of the same code as before are not told again.
        std::function<void(const Result<void>&)> told;
    };

    /// @param name  for the log: "button:bell"
    /// @param folders  absolute; where the device's node appears
    Keeper(Timers& timers, NodeWatch& watch, std::string name, const std::vector<std::string>& folders,
           Hooks hooks, Log log);
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// Tries to open the device now; nothing happens while it is open. Where that fails it is tried again by
    /// itself.
    Result<void> open();
    /// The owner saw the device fail: it is closed and looked for again.
    void lost(Error why);
    [[nodiscard]] bool is_open() const noexcept { return open_; }

 private:
    void news();
    void retry();
    void retry_at(TimePoint at);
    void tell(Result<void> health);
    void tell_next();

    Timers& timers_;
    NodeWatch& watch_;
    std::string name_;
    Hooks hooks_;
    Log log_;
    bool open_ = false;
    unsigned failures_ = 0;
    TimePoint retry_at_;
    Timers::Id retry_ = 0;
    std::optional<Error> trouble_;  // told last
    std::deque<Result<void>> untold_;
    Timers::Id telling_ = 0;
    NodeWatch::Id subscription_ = 0;
};

}  // namespace voip::hal::linux
