#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "core/error.hpp"

/// Threads for drivers that may wait for the kernel, so that the loop never does.
namespace voip::hal::linux {

namespace asio = boost::asio;

/// The clock of Timers, for threads of drivers: they wait for hardware, not for alarms.
[[nodiscard]] TimePoint thread_now() noexcept;

/// One run of a driver's thread: when to end, and the way to the loop.
/// @thread any
class Run {
 public:
    explicit Run(asio::any_io_executor executor);
    ~Run();
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    [[nodiscard]] bool stopped() const noexcept;
    /// Readable after wake() and for good once the run is to end; for poll(). -1: there are no descriptors
    /// left
    [[nodiscard]] int wake_fd() const noexcept;
    void wake() noexcept;
    void clear_wake() noexcept;
    /// Waits on wake_fd() alone. @return whether it was woken
    bool sleep(Duration longest) const noexcept;
    /// `action` runs from the loop, unless the run was stopped before its turn has come.
    void post(std::function<void()> action) const;

 private:
    friend class Worker;
    void stop() noexcept;

    struct State;
    std::shared_ptr<State> state_;
};

/// Owns a driver's thread: at most one runs at a time, whatever the order of starts and stops.
/// @thread loop only
class Worker {
 public:
    /// What the thread does until the run is stopped. It must look at wake_fd() wherever it waits.
    using Body = std::function<void(Run&)>;

    static constexpr Duration usual_stop_time = 2s;

    /// @param name  of the thread, at most 15 bytes
    /// @param stop_time  a body that has not ended so long after its stop() is stuck in the kernel
    Worker(asio::any_io_executor executor, std::string name, Duration stop_time = usual_stop_time);
    /// stop(). Does not wait: what the thread still holds lives until it ends.
    ~Worker() { stop(); }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Stops the run before; the new body begins when that one has ended.
    /// @param failed  from the loop, instead of the body: timeout (the one before is stuck), io (no thread)
    std::shared_ptr<Run> start(Body body, std::function<void(const Error&)> failed);
    /// Returns at once; nothing that was posted runs after it.
    void stop();
    /// Blocks until no thread of this worker is left: for the end of a process. @return false: one still runs
    [[nodiscard]] bool wait_ended(Duration longest);
    /// The same of all workers of the process. @thread any
    [[nodiscard]] static bool wait_all_ended(Duration longest);

 private:
    struct Gate;
    asio::any_io_executor executor_;
    std::string name_;
    std::shared_ptr<Gate> gate_;
    std::shared_ptr<Run> run_;
};

}  // namespace voip::hal::linux
