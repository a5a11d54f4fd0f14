#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/clock.hpp"

namespace voip {

namespace asio = boost::asio;

/// The only source of time. Components take a Timers&; tests give them ManualTimers.
/// @thread loop only
class Timers {
 public:
    using Id = std::uint64_t;  ///< 0 is never an alarm

    Timers() = default;
    Timers(const Timers&) = delete;
    Timers& operator=(const Timers&) = delete;
    virtual ~Timers() = default;

    [[nodiscard]] virtual TimePoint now() const noexcept = 0;
    /// The system's wall clock as it is, right or wrong.
    [[nodiscard]] virtual UnixMillis wall_now() const noexcept = 0;

    /// Runs `action` once from the loop, not before `at`. Never runs it inside this call.
    virtual Id call_at(TimePoint at, std::function<void()> action) = 0;
    /// Forgets an alarm; unknown and 0 are ignored. After it returns the action does not run.
    virtual void cancel(Id alarm) noexcept = 0;
    /// Alarms that wait. Zero after a clean shutdown.
    [[nodiscard]] virtual std::size_t pending() const noexcept = 0;

    /// Waits; operation_aborted when the coroutine is cancelled. The Timers must outlive the wait.
    asio::awaitable<boost::system::error_code> wait_until(TimePoint at);
    asio::awaitable<boost::system::error_code> wait_for(Duration length) {
        return wait_until(now() + length);
    }
};

/// Real time on one Asio timer: no wake-up while no alarm is due.
class SystemTimers final : public Timers {
 public:
    explicit SystemTimers(const asio::any_io_executor& executor);
    ~SystemTimers() override;

    TimePoint now() const noexcept override { return Clock::now(); }
    UnixMillis wall_now() const noexcept override;
    Id call_at(TimePoint at, std::function<void()> action) override;
    void cancel(Id alarm) noexcept override;
    std::size_t pending() const noexcept override;

 private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the pending wait, which may end after us
};

}  // namespace voip
