#pragma once
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/media/supervisor.hpp"
#include "protocol/transport/rpc_peer.hpp"

namespace voip::media::host {

/// One call's media program: its plan, its process and the wire between them.
/// @thread loop only; lives as long as one of its coroutines does
class Run : public std::enable_shared_from_this<Run> {
 public:
    /// What a run needs of its owner; references outlive the run and its coroutines.
    struct Owner {
        const SupervisorParts& parts;
        TaskSet& tasks;
        std::function<void(const std::shared_ptr<Run>&)> gone;
    };
    Run(Owner owner, ChildSpec child, PlanSettings plan, std::string room_id);
    ~Run();

    void process(Event event);
    /// Looks whether the process has ended; a signal said that one has.
    void reap();
    /// The supervisor goes: no deadline is of interest any more.
    void abandon() noexcept;

    /// Of the process while it lives, else 0.
    [[nodiscard]] pid_t pid() const noexcept { return child_ ? child_->pid() : 0; }
    [[nodiscard]] const Plan& plan() const noexcept { return plan_; }
    [[nodiscard]] const std::string& room_id() const noexcept { return room_id_; }

 private:
    struct Perform;  // one overload per action
    friend struct Perform;

    void spawn();
    void hear(const std::string& method, const json::Value& params);
    void broken(std::string why);
    void wire_ended(const Error& why);
    void settle_end();
    void set_alarm();
    void forget_alarms() noexcept;

    // The coroutines; each keeps the run alive.
    static asio::awaitable<void> speak(std::shared_ptr<Run> run, std::shared_ptr<transport::RpcPeer> peer);
    static asio::awaitable<void> ask(std::shared_ptr<Run> run, action::Ask ask);
    static asio::awaitable<void> fetch(std::shared_ptr<Run> run, TimePoint deadline);

    Owner owner_;
    ChildSpec child_spec_;
    Plan plan_;
    std::string room_id_;
    Log log_;
    std::optional<Child> child_;
    std::shared_ptr<transport::RpcPeer> peer_;  // null: the wire has ended
    std::string exit_, wire_end_;               // how, when they have
    Timers::Id alarm_ = 0, end_alarm_ = 0;
    std::deque<Event> next_;
    bool handling_ = false;
};

}  // namespace voip::media::host
