#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "daemon/call/media_port.hpp"
#include "daemon/media/child.hpp"
#include "daemon/media/plan.hpp"

namespace voip::media::host {

namespace asio = boost::asio;

/// What may differ from call to call.
struct SupervisorSettings {
    ChildSpec child;
    PlanSettings plan;  ///< generation, room type and elders are set for each call
};

/// What the supervisor works with; references must outlive it. All functions are called from the loop.
struct SupervisorParts {
    asio::any_io_executor executor;
    Timers& timers;
    /// To the other side of the room. False: it could not be sent.
    std::function<bool(const RoomSignal&)> signal;
    /// Fresh ICE servers of the room.
    std::function<asio::awaitable<Outcome<std::vector<IceServer>>>(std::string room_id, TimePoint deadline)>
        ice_servers;
    std::function<void(call::event::MediaChanged)> changed;
    std::function<void(call::event::MediaMeasured)> measured;
    /// Whether the program and its devices work; an empty reason: they do.
    std::function<void(const std::string& reason)> health;
    TaskSet::OnCrash on_crash;
    Log log;
};

/// Starts the media program of each call, speaks with it, watches it, and cleans up behind it. Decides
/// nothing: that is Plan. Programs of earlier calls may still be ending while the next one runs.
/// @thread loop only. co_await stop() before destroying it.
class Supervisor final : public call::MediaPort {
 public:
    Supervisor(SupervisorParts parts, SupervisorSettings settings);
    ~Supervisor() override;

    void prepare(const call::action::PrepareMedia& prepare) override;
    void start(const call::action::StartMedia& start) override;
    void stop(call::Generation generation) override;
    Answer<call::MediaAnswer> set(const call::MediaRequest& request) override;
    void on_signal(const RoomSignal& signal) override;
    void on_road(bool open) override;

    /// The network came up; `moved`: an address of ours has gone since the last time.
    void on_network(bool moved);
    /// From the next call on.
    void reconfigure(SupervisorSettings settings);
    /// Ends every program, by force where it takes longer than it may. Nothing is started afterwards.
    asio::awaitable<void> stop();
    /// When a program's run must move on at the latest: a report of it, its end. Nothing without one.
    [[nodiscard]] std::optional<TimePoint> due() const noexcept;
    /// Programs that have not ended.
    [[nodiscard]] std::size_t programs() const noexcept;
    /// Of the newest program; 0: none runs.
    [[nodiscard]] pid_t pid() const noexcept;
    /// How much the programs of the calls to come log.
    void set_log_level(std::string_view level);

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace voip::media::host
