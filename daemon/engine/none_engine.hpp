#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "daemon/engine/engine.hpp"

namespace voip::engine {

/// How the far side of the loop behaves.
struct NoneSettings {
    enum class FarSide { answers, rejects, busy, silent };
    std::string own_id;  ///< the device's SN
    FarSide far_side = FarSide::answers;
    Duration answer_after = 3s;             ///< its answer or rejection, from the start of the ringing
    std::optional<Duration> hang_up_after;  ///< from the answer; none: it never hangs up
    Duration ring_time = 60s;
};

/// The one room of a NoneEngine. (Not inside: clang has no optional of a nested struct with default members.)
struct NoneRoom {
    RoomFacts facts;
    Phase phase = Phase::ringing;
    bool device_calls = true;
    bool device_in = false, far_in = false;
    TimePoint talking_since{};
    Timers::Id alarm = 0, hang_up = 0, away = 0;
};

/// A loop-back inside the daemon (call.engine "none"): one far side that behaves as it is told, no network,
/// no media. It keeps the rules of a room as the service does, so that a board can be brought up and a call
/// be tried alone; requests can be made to fail.
/// @thread loop only. The listener hears nothing inside its own calls. Every wait ends with its request's
/// deadline.
class NoneEngine final : public Engine {
 public:
    enum class Op { dial, join, resume, hang_up, renew };

    NoneEngine(Timers& timers, NoneSettings settings);
    ~NoneEngine() override;

    /// Comes on line. The listener must outlive stop().
    void start(Listener& listener);
    /// Ends the room without a word; the listener hears nothing more.
    void stop();

    /// The far side calls the device: `caller` rings it. @errors wrong_state: off line or in a room;
    /// refused: the device answered with a Fault
    Result<std::string> call_in(Party caller, RoomType room_type);
    /// The far side hangs up, cancels or rejects, by phase. @errors not_found: no room
    Result<void> far_hang_up();
    /// The far side's answer now. @errors not_found: no room that rings it
    Result<void> far_answer();

    // Faults. Several of one kind wait in line.
    void fail_next(Op op, Fault fault);
    void fail_next(Op op, Error error);
    void refuse_next_dial(InitResult refusal);
    /// The next `op` is carried out, but its outcome is Errc::closed.
    void lose_answer(Op op);
    /// The next `op` takes this long.
    void delay_next(Op op, Duration delay);
    /// The road; off line every request fails with wrong_state and no event comes through. A room without the
    /// device ends after 10 s before talking, after 60 s in it.
    void set_online(bool online);

    [[nodiscard]] bool has_room() const noexcept { return room_.has_value(); }
    [[nodiscard]] unsigned requests(Op op) const noexcept;

    asio::awaitable<Outcome<InitResult>> dial(InitByCaller request, TimePoint deadline) override;
    asio::awaitable<Outcome<RoomJoined>> join(RoomJoin join, TimePoint deadline) override;
    asio::awaitable<Outcome<RoomResumed>> resume(RoomResume resume, TimePoint deadline) override;
    asio::awaitable<Outcome<std::monostate>> hang_up(RoomHangUp hang_up, TimePoint deadline) override;
    /// None: there is no network between the two sides.
    asio::awaitable<Outcome<std::vector<IceServer>>> ice_servers(std::string room_id,
                                                                 TimePoint deadline) override;
    asio::awaitable<Outcome<std::monostate>> renew_device_token(TimePoint deadline) override;
    bool signal(const RoomSignal& signal) override;
    [[nodiscard]] bool online() const noexcept override { return online_; }
    void hurry() override {}

 private:
    using Failure = std::variant<Fault, Error, InitResult>;
    struct Plan {  // what the next requests of one kind meet
        std::deque<Failure> failures;
        std::deque<Duration> delays;
        unsigned lost = 0, asked = 0;
    };
    struct Turn {  // what this request meets
        std::optional<Failure> failure;
        bool lost = false;
    };

    asio::awaitable<Turn> turn(Op op, TimePoint deadline);
    [[nodiscard]] std::optional<Failure> take_failure(Op op);
    void make_room(RoomFacts facts, bool device_calls);
    void answered();
    void try_talk();
    void ring_over();
    void end_room(EventName name, EventData data);
    void tell(EventName name, EventData data = {});
    void after(Timers::Id& alarm, Duration length, void (NoneEngine::*action)());
    void deliver();
    void device_is_away();
    void schedule_hang_up();

    Timers& timers_;
    NoneSettings settings_;
    Listener* listener_ = nullptr;
    bool online_ = false;
    std::optional<NoneRoom> room_;
    std::map<Op, Plan> plans_;
    std::map<std::string, InitResult> dialled_;  // by callId of the room's life
    std::deque<RoomEvent> events_;               // on their way to the listener
    Timers::Id delivery_ = 0;
    std::uint64_t rooms_made_ = 0;
};

}  // namespace voip::engine
