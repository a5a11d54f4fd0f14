#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "core/task_set.hpp"
#include "core/wake.hpp"
#include "daemon/call/calls.hpp"
#include "daemon/call/contacts.hpp"
#include "daemon/call/doors.hpp"
#include "daemon/call/history.hpp"
#include "daemon/call/hunt.hpp"
#include "daemon/call/inbox.hpp"
#include "daemon/call/media_port.hpp"
#include "daemon/call/policy.hpp"
#include "daemon/call/session.hpp"
#include "daemon/engine/engine.hpp"
#include "hal/board.hpp"

namespace voip::call {

/// Whom a button of the board calls; neither contact nor open_id: it answers and hangs up only.
struct ButtonRule {
    std::string name;
    std::string contact;
    std::string open_id;
    std::optional<RoomType> room_type;  ///< none: the default one
};

struct CallSettings {
    std::string own_id;  ///< the device's SN
    std::string own_name;
    Registration registration = Registration::device_auth;
    std::vector<ButtonRule> buttons;
    RoomType room_type = RoomType::video;
    Duration ring_time = limits::ring_time;
    Duration join_time = limits::join_time;
    Duration hunt_time = limits::hunt_time;  ///< each person of a contact with several
    std::int64_t time_limit_s = 0;           ///< of calls that name none; 0: none
    PolicySettings policy;
    bool media_enabled = false;         ///< needs CallParts::media
    Duration offline_lamp_after = 10s;  ///< off line this long shows `fault` on the lamp
    Duration hurry_back = 700ms;  ///< off line with a live call: how often the engine is asked to try at once
    Duration stop_time = 2s;      ///< stop() waits this long for the hang-up of a live call
    std::size_t queue_limit = 256;  ///< events waiting for the session
};

/// What the call works with; references must outlive it.
struct CallParts {
    asio::any_io_executor executor;
    Timers& timers;
    engine::Engine& engine;
    hal::Board& board;
    Contacts& contacts;
    History& history;
    MediaPort* media = nullptr;  ///< null: no media in this build
    std::function<std::string()>
        new_call_id;  ///< 1 to limits::call_id_bytes characters, never the same twice
    std::function<int(UnixMillis)> minute_of_day = local_minute;
    TaskSet::OnCrash on_crash;
    Log log;
    Doors* doors = nullptr;  ///< null: no door opens from a call
};

/// The shell around the session: feeds it events, performs its actions on engine, board, media, history and
/// observers.
/// @thread loop only. start() once; co_await stop() before destroying it, while the engine still runs.
class CallTask final : public Calls, public engine::Listener {
 public:
    CallTask(CallParts parts, CallSettings settings);
    ~CallTask() override;

    void start();
    /// Hangs up a live call, waits for its confirmation (stop_time at most), ends all tasks, stores the
    /// history.
    asio::awaitable<void> stop();
    /// Takes over what may change while running: buttons' people, room type, times, time limit, policy. A
    /// live call keeps the deadlines it has.
    void reconfigure(CallSettings fresh);
    /// From the media program.
    void on_media(event::MediaChanged changed);
    void on_media(event::MediaMeasured measured) { post(std::move(measured)); }
    /// Of the live call, for the media program's words; 0 before the first call.
    [[nodiscard]] Generation generation() const noexcept { return session_.generation(); }
    /// Events that found the queue full and did not matter.
    [[nodiscard]] std::size_t dropped_events() const noexcept { return inbox_.dropped(); }
    /// Events that wait for the session.
    [[nodiscard]] std::size_t waiting_events() const noexcept { return inbox_.size(); }
    /// For the watchdog: when the call must have moved on at the latest; nothing while it has no deadline.
    [[nodiscard]] std::optional<TimePoint> due() const { return wake_at(); }
    /// For the watchdog: whether the task has gone round since the last question. Asks it to do so again.
    [[nodiscard]] bool beats();

    // Calls
    asio::awaitable<Answer<InitResult>> init_by_caller(InitByCaller request) override;
    asio::awaitable<Answer<InitResult>> call(CallRequest request) override;
    asio::awaitable<Answer<std::string>> answer(std::optional<std::string> room_id) override;
    Answer<std::string> hang_up(std::optional<std::string> room_id, HangUpReason reason) override;
    Answer<MediaAnswer> set_media(const MediaRequest& request) override;
    [[nodiscard]] RoomSnapshot snapshot() const override;
    Answer<std::monostate> press(const std::string& button, bool long_press) override;
    void add_observer(Observer& observer, bool wants_calling) override;
    void remove_observer(Observer& observer) noexcept override;

    // engine::Listener
    Answer<std::monostate> on_incoming(const CallIncoming& incoming) override;
    void on_event(const RoomEvent& event) override;
    void on_signal(const RoomSignal& signal) override;
    void on_online(bool online) override;
    void on_consented(const std::vector<Party>& people) override;

 private:
    /// One who waits for a reply; shared with the coroutine that waits.
    template <class T>
    struct Waiter {
        Waiter(Timers& timers, Ticket mine) : ticket(mine), wake(timers) {}
        Ticket ticket;
        std::optional<Answer<T>> answer;
        Wake wake;
    };
    template <class T>
    using Waiters = std::map<Ticket, std::shared_ptr<Waiter<T>>>;
    struct Chase {  // a hunt and what it is about
        Hunt hunt;
        Ticket asker = 0, dial = 0;
        std::string contact, call_id;
        RoomType room_type{};
        std::int64_t time_limit_s = 0;
        std::optional<Duration> ring_time;
        bool first = true;
    };
    struct Watcher {
        Observer* observer;
        bool wants_calling;
    };
    struct Perform;  // one overload per action
    friend struct Perform;

    // call_task.cpp: the loop
    asio::awaitable<void> run();
    asio::awaitable<void> write_files();
    void post(Event event);
    void drain();
    void process(const Event& event);
    void tell_board();
    void show(hal::LampState state);
    void play(hal::Tone tone);
    void tell(const RoomSnapshot& snapshot);
    void tell(const RoomEvent& event);
    void tell(const std::string& room_id, const MediaQuality& quality);
    void forget_watchers();
    void want_calling();
    void hurry_back();
    void record(CallRecord record);
    [[nodiscard]] std::optional<TimePoint> wake_at() const;
    [[nodiscard]] Moment moment() const { return {parts_.timers.now(), parts_.timers.wall_now()}; }

    // call_requests.cpp: what is asked of the call
    template <class T>
    asio::awaitable<Answer<T>> reply_of(std::shared_ptr<Waiter<T>> waiter, TimePoint deadline);
    template <class T>
    std::shared_ptr<Waiter<T>> wait_in(Waiters<T>& waiters);
    template <class T>
    static void reply(Waiters<T>& waiters, Ticket ticket, Answer<T> answer);
    std::shared_ptr<Waiter<InitResult>> start_chase(const CallRequest& request, std::optional<Fault>& fault);
    void step_chase(Hunt::Step step);
    void ring(const Hunt::Person& person);
    Answer<std::monostate> press_idle(const ButtonRule& rule);
    [[nodiscard]] TimePoint patience(std::size_t people) const;

    // call_engine.cpp: requests to the engine
    asio::awaitable<void> dial(action::Dial dial);
    asio::awaitable<void> renew(action::RenewToken renew);
    asio::awaitable<void> join(action::Join join);
    asio::awaitable<void> resume(action::Resume resume);
    asio::awaitable<void> end_room(action::HangUp hang_up);

    CallParts parts_;
    CallSettings settings_;
    Session session_;
    Inbox inbox_;
    Wake wake_, written_, closed_;
    std::deque<Event> next_;  // made by actions of the event that is handled
    bool handling_ = false, draining_ = false, stopping_ = false;
    Ticket last_ticket_ = 0;
    Waiters<InitResult> dialling_;
    Waiters<std::string> answering_;
    std::optional<Answer<std::string>> hang_up_reply_;
    std::optional<Answer<std::monostate>> incoming_reply_;
    std::optional<Chase> chase_;
    std::string called_, called_contact_;  // callId of the last call to a contact, and the contact
    std::vector<Watcher> watchers_;
    bool calling_wanted_ = false;
    bool beat_ = true;     // run() has gone round since beats() asked
    bool silent_ = false;  // the call that alerts does so without a tone
    std::optional<TimePoint> offline_since_;
    Timers::Id hurry_alarm_ = 0;
    hal::LampState lamp_ = hal::LampState::off;
    hal::Tone tone_ = hal::Tone::none;
    bool lamp_told_ = false;
    TaskSet tasks_;
};

template <class T>
void CallTask::reply(Waiters<T>& waiters, Ticket ticket, Answer<T> answer) {
    const auto found = waiters.find(ticket);
    if (found == waiters.end()) return;
    found->second->answer = std::move(answer);
    found->second->wake.notify();
    waiters.erase(found);
}

}  // namespace voip::call
