#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/call/ended_memory.hpp"
#include "daemon/call/session_action.hpp"
#include "daemon/call/session_event.hpp"
#include "daemon/call/session_table.hpp"
#include "protocol/limits.hpp"

namespace voip::call {

struct SessionSettings {
    std::string own_id;          ///< the device's SN
    bool media_enabled = false;  ///< talking then waits for media that flows
    bool renews_token = true;    ///< false where no deviceToken travels (wmpf)
    Duration ring_time = limits::ring_time;
    Duration join_time = limits::join_time;
    Duration hang_up_time = limits::hang_up_time;  ///< one hang-up, or a room not known yet
    Duration ended_memory = limits::ended_memory;
    Duration request_time = limits::request_time;  ///< one request to the engine
    Duration talk_alone_time =
        limits::talk_alone_time;  ///< talking off line where no media tells that it goes on
    Duration retry_delay = 1s;    ///< before a request is sent once more
    Duration alert_grace = 2s;    ///< the service's own timeout is to come first
    Duration limit_grace = 10s;   ///< the same for its timeLimit
};

/// The life of one call after the other, both directions. Pure: an event and its time in, actions out.
///
/// Phases: idle, dialling, ringing | alerting, joining, talking, ended; what is legal where:
/// session_table.cpp. Beside the phase it keeps the rooms that are *closing*: hung up here, not confirmed
/// there. The next dial waits for them (phase dialling, nothing sent).
///
/// Local events: startVoip when the room is known, joinedRoomByCaller (caller), hangOnVoip (listener),
/// calling, one terminal event, endVoip, finishVoip; the last three at every end, with an empty roomId when
/// no room was ever known.
class Session {
 public:
    explicit Session(SessionSettings settings);

    /// Deadlines that `now` has reached act first, then the event, then whatever must be asked of the engine.
    [[nodiscard]] Actions on(const Event& event, Moment now);
    /// When on(Tick) is due at the latest. Set in every phase that waits and while a room is closing.
    [[nodiscard]] std::optional<TimePoint> wake_at() const noexcept;

    [[nodiscard]] Phase phase() const noexcept { return call_.phase; }
    /// From the next wait on; a deadline that is set already stays.
    void set_times(Duration ring_time, Duration join_time) noexcept {
        settings_.ring_time = ring_time;
        settings_.join_time = join_time;
    }
    /// A call exists that has not ended.
    [[nodiscard]] bool live() const noexcept {
        return call_.phase != Phase::idle && call_.phase != Phase::ended;
    }
    [[nodiscard]] Generation generation() const noexcept { return call_.generation; }
    [[nodiscard]] bool online() const noexcept { return online_; }
    /// Rooms hung up here and not confirmed yet.
    [[nodiscard]] std::size_t closing() const noexcept { return closings_.size(); }
    /// The room of the live call or of one that is closing: whose end matters.
    [[nodiscard]] bool knows_room(std::string_view room_id) const noexcept;
    [[nodiscard]] RoomSnapshot snapshot(TimePoint now) const;

 private:
    struct Call {
        Generation generation = 0;
        Phase phase = Phase::idle;
        Direction direction = Direction::outgoing;
        RoomFacts facts;
        UnixMillis since = 0, started = 0, answered = 0;
        std::optional<TimePoint> deadline;  // of the phase
        std::optional<TimePoint> limit_at;  // backstop of timeLimit
        TimePoint retry_at{};               // no request before this
        // dialling
        InitByCaller request;
        Ticket dial_ticket = 0;
        Duration ring_time{};
        bool dial_in_flight = false, renew_in_flight = false;
        bool renewed = false, repeated = false;  // each once
        bool maybe_sent = false;                 // an attempt whose outcome is not known
        // alerting
        TimePoint ring_until{};
        std::optional<TimePoint> answer_at;  // by policy
        bool answers_itself = false;
        bool answering = false;
        std::vector<Ticket> answer_tickets;
        // from ringing on
        bool join_in_flight = false, joined = false, both_in = false;
        bool resume_wanted = false, resume_in_flight = false;
        std::vector<IceServer> ice_servers;
        Moment ice_received;
        // talking
        std::optional<TimePoint> talking_since;
        std::int64_t keep_time = 0;  // of an ended call
        TimePoint calling_at{};
        // media
        MediaState media;
        bool media_prepared = false, media_started = false;
        bool media_declined = false;  // by the other side
        std::optional<RoomEnd> end;
    };
    struct Closing {
        Generation generation = 0;
        std::string call_id, room_id;  // room_id empty: not known yet
        HangUpReason reason = HangUpReason::manual;
        std::string err_msg;
        TimePoint deadline{}, retry_at{};
        bool in_flight = false;                 // its hang-up
        bool dial_in_flight = false;            // whose outcome may tell the room
        bool may_probe = false, probe = false;  // dial once more to learn the room
        InitByCaller request;
    };

    // session.cpp: the frame
    void handle(const event::StartCall&);
    void handle(const event::Incoming&);
    void handle(const event::AnswerCall&);
    void handle(const event::HangUp&);
    void handle(const event::Online&);
    void handle(const event::Wire&);
    void handle(const event::DialDone&);
    void handle(const event::RenewDone&);
    void handle(const event::JoinDone&);
    void handle(const event::ResumeDone&);
    void handle(const event::HangUpDone&);
    void handle(const event::MediaChanged&);
    void handle(const event::MediaMeasured&);
    void handle(const event::WantCalling&);
    void handle(const event::Tick&) {}
    void refuse(const Event& event);
    void expire();
    void tick_talking();
    void enter(Phase phase, std::optional<TimePoint> deadline);
    void emit(EventName name, EventData data = {});
    void report(std::string what, const std::string& room_id, std::string name);
    [[nodiscard]] Call fresh_call(Direction direction);
    [[nodiscard]] std::int64_t keep_time(TimePoint now) const noexcept;
    [[nodiscard]] bool is_caller() const noexcept { return call_.direction == Direction::outgoing; }
    [[nodiscard]] const Party& peer() const noexcept {
        return is_caller() ? call_.facts.listener : call_.facts.caller;
    }

    // session_dial.cpp
    void dialled(const InitResult& result);
    void dial_refused(const InitResult& result);
    void dial_failed(const Error& error);
    void room_made(const std::string& room_id, ChargeType charge_type);
    void answer_dial(Answer<InitResult> answer);
    void drive_dial();
    void replay_early(const std::string& room_id);

    // session_incoming.cpp
    void refuse_incoming(int err_code, std::string err_msg);
    [[nodiscard]] bool incoming_is_known(const RoomFacts& room, bool own);
    void alert(const event::Incoming& incoming);
    void ring_back(const RoomFacts& room);
    void missed(const RoomFacts& room);
    void begin_answer(Ticket ticket);
    void answered();
    void answer_failed(const Fault& told);

    // session_room.cpp
    void enter_joining();
    void joined(const RoomJoined& joined);
    void join_refused(const Fault& fault);
    void join_failed();
    void resumed(const RoomResumed& resumed);
    void try_talk();
    void drive_room();
    void drive_media();
    void decline_media();
    [[nodiscard]] bool has_media() const noexcept { return settings_.media_enabled && !call_.media_declined; }
    void on_room_event(const RoomEvent& event);
    void on_other_event(const RoomEvent& event);

    // session_end.cpp
    enum class Close { no, yes };
    void finish(EventName name, EventData data, Close close, HangUpReason reason = HangUpReason::manual);
    void settle_tickets(const EventData& data);
    void expire_phase();
    void abort_room(std::string status, std::string err_msg, Close close, int err_code = 0);
    void fail_join(std::string err_msg, int err_code);
    void close_call(HangUpReason reason, std::string err_msg, bool may_probe);
    void close_room(std::string call_id, std::string room_id);
    void closing_learned(Closing& closing, const std::string& room_id);
    void closing_dial_done(Closing& closing, const Outcome<InitResult>& outcome);
    void drive_closings();
    [[nodiscard]] std::string broke_here() const { return is_caller() ? "abortByCaller" : "abortByListener"; }
    [[nodiscard]] Closing* closing_of(Generation generation) noexcept;

    SessionSettings settings_;
    Call call_;
    Generation last_generation_ = 0;
    std::deque<Closing> closings_;
    EndedMemory memory_;
    std::vector<RoomEvent> early_;      // of rooms that an outstanding dial may turn out to have made
    std::deque<std::string> reported_;  // rooms already told of by Ignored
    bool online_ = false;
    std::optional<TimePoint> offline_since_;
    bool calling_wanted_ = false;
    // Of the on() that runs.
    Moment now_;
    Actions out_;
};

}  // namespace voip::call
