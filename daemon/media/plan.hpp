#pragma once
#include <deque>
#include <optional>
#include <string>

#include "daemon/call/calls.hpp"
#include "daemon/media/plan_event.hpp"
#include "daemon/media/plan_table.hpp"
#include "daemon/media/signal_queue.hpp"

namespace voip::media::host {

struct PlanSettings {
    Generation generation = 0;
    RoomType room_type = RoomType::video;
    json::Value prepare = json::Object{};  ///< params of media.prepare but for the generation
    bool has_camera = true, has_microphone = true;
    int volume = 80;      ///< of the speaker at the beginning
    bool elders = false;  ///< programs of earlier calls still end: event::EldersGone will come

    // @source daemon/media/README.md, "Deadlines"
    Duration prepare_time = 5s;   ///< from the start of the process to the answer of media.prepare
    Duration answer_time = 2s;    ///< any other answer
    Duration stop_time = 2s;      ///< from the end of the call to the end of the process, then SIGKILL
    Duration silence_time = 10s;  ///< without a measurement while media flows
    Duration reconnect_time =
        40s;  ///< the program's own patience with an interruption (media.reconnectSeconds)
    Duration reconnect_grace = 5s;   ///< what it may be late with giving up
    Duration elder_time = 3s;        ///< media.start waits so long for the devices
    Duration moved_time = 10s;       ///< an interruption so soon after the network moved is its doing
    unsigned told_per_second = 200;  ///< notifications of the program; more is a flood
};

/// The life of the media program of one call. Pure: an event and its time in, actions out.
///
///     idle -> launching -> ready -> starting -> running -> ending -> gone
///                 ^ '----------'-> (once more while it rings)
///
/// Whatever goes wrong becomes one Tell with state "failed", once, and only after Start: a program that
/// cannot be had is not missed before somebody has answered. Gone is the last action, exactly once.
class Plan {
 public:
    explicit Plan(PlanSettings settings);

    /// Deadlines that `now` has reached act first, then the event.
    [[nodiscard]] Actions on(const Event& event, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept;

    [[nodiscard]] Phase phase() const noexcept { return phase_; }
    [[nodiscard]] Generation generation() const noexcept { return settings_.generation; }
    /// What `voip.setMedia` is answered; event::Set then does it. @errors Fault 1004 (field "camera"): no
    /// picture in a voice call, no camera on the board; field "microphone": no microphone on the board
    [[nodiscard]] Answer<call::MediaAnswer> answer_set(const call::MediaRequest& request) const;

 private:
    // plan.cpp: the life of the process
    void handle(const event::Begin&);
    void handle(const event::Start& event);
    void handle(const event::Stop&);
    void handle(const event::SpawnFailed& event);
    void handle(const event::Answered& event);
    void handle(const event::WireBroken& event);
    void handle(const event::Exited& event);
    void handle(const event::EldersGone&);
    void handle(const event::Tick&) {}
    void expire();
    void spawn();
    void ask(Request request, json::Value params, Duration time);
    void try_start();
    void answered_prepare(const event::Answered& event);
    void answered_stop(const event::Answered& event);
    void unlucky(std::string why);
    void fail(int err_code, std::string why);
    void kill();
    void gone();
    void health(const std::string& reason);
    [[nodiscard]] bool wants_camera() const noexcept;
    [[nodiscard]] bool wants_microphone() const noexcept;
    [[nodiscard]] bool started() const noexcept {
        return phase_ == Phase::starting || phase_ == Phase::running;
    }

    // plan_media.cpp: what travels while it runs
    void handle(const event::Set& event);
    void handle(const event::FromRoom& event);
    void handle(const event::Road& event);
    void handle(const event::Network& event);
    void handle(const event::Servers& event);
    void handle(const event::Unsent& event);
    void handle(const event::Told& event);
    void handle(const event::Measured& event);
    void handle(const event::FromProgram& event);
    [[nodiscard]] bool flooded();
    void to_room(json::Value body);
    void state_changed(const StateReport& report);
    void want_restart(std::string why);
    void try_restart();
    [[nodiscard]] bool stale() const noexcept { return fresh_until_ <= now_; }

    PlanSettings settings_;
    Phase phase_ = Phase::idle;
    unsigned launches_ = 0;
    bool process_ = false;  // there is one, to be reaped
    bool again_ = false;    // it is launched once more when it has ended
    bool over_ = false;     // the call needs it no more: it ended, or media has failed
    bool killed_ = false;
    std::string trouble_;                // why there is no program for this call
    std::optional<std::string> health_;  // as told; nothing: not yet
    std::optional<TimePoint> ending_due_, silence_due_, mend_due_, elders_due_;
    std::optional<call::action::StartMedia> wanted_;  // Start has come
    // what is sent
    std::optional<bool> camera_, microphone_;  // as asked for; nothing: as the call began
    std::optional<int> volume_;
    StateReport told_;
    bool flowed_ = false;
    std::optional<MediaQuality> quality_;
    // signalling
    SignalQueue to_program_, to_room_;
    bool road_open_ = true;
    std::vector<IceServer> servers_;
    TimePoint fresh_until_ = TimePoint::max();
    bool fetching_ = false;
    std::optional<std::string> restart_why_;  // a new connection is wanted as soon as it can be had
    std::optional<TimePoint> moved_until_;
    TimePoint told_since_{};
    unsigned told_count_ = 0;
    // of the on() that runs
    TimePoint now_{};
    Actions out_;
};

}  // namespace voip::media::host
