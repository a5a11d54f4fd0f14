#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// A phone in a terminal: for development and tests. This part decides, pure; phone.hpp acts.
namespace voip::phone {

struct Join {
    std::string room_id;
    friend bool operator==(const Join&, const Join&) = default;
};
struct HangUp {
    std::string room_id;
    HangUpReason reason = HangUpReason::manual;
    friend bool operator==(const HangUp&, const HangUp&) = default;
};
struct AnswerAfter {  ///< call answer() of this room after that time
    std::string room_id;
    Duration delay{};
    friend bool operator==(const AnswerAfter&, const AnswerAfter&) = default;
};
struct Print {  ///< one line for the person or script that reads
    std::string line;
    friend bool operator==(const Print&, const Print&) = default;
};
struct CallEnded {  ///< the last event of a call
    bool talked = false;
    friend bool operator==(const CallEnded&, const CallEnded&) = default;
};
using Action = std::variant<Join, HangUp, AnswerAfter, Print, CallEnded>;
using Actions = std::vector<Action>;

struct Habits {
    std::optional<Duration> auto_answer;
    bool reject = false;
};

/// The one call of a phone. @thread any; no clock, no I/O
class PhoneCall {
 public:
    explicit PhoneCall(Habits habits) : habits_(habits) {}

    /// `call.incoming`: empty actions and a Fault 1005 while in another call; a repeated one is acknowledged
    /// again.
    [[nodiscard]] Answer<Actions> incoming(const CallIncoming& incoming);
    /// A call is being placed: until its answer is in, events of a room not known yet are kept, for they may
    /// overtake it.
    void dialling() noexcept { dialling_ = true; }
    /// Our own call was placed (or not: nothing).
    [[nodiscard]] Actions dialled(const std::optional<RoomFacts>& room);
    [[nodiscard]] Actions event(const RoomEvent& event);
    /// Key a, or the time of AnswerAfter. Nothing unless that room (empty: any) rings.
    [[nodiscard]] Actions answer(const std::string& room_id = {});
    /// Keys r and h.
    [[nodiscard]] Actions reject();
    [[nodiscard]] Actions hang_up();
    /// The room goes on over a new channel. A join whose answer was lost is asked again; twice does no harm.
    [[nodiscard]] Actions resumed();
    /// The service does not know our room any more (after a reconnect).
    [[nodiscard]] Actions lost();

    struct Current {
        RoomFacts room;
        Direction direction = Direction::incoming;
        bool answered = false;
        bool talking = false;
    };
    [[nodiscard]] const std::optional<Current>& current() const noexcept { return current_; }

 private:
    Habits habits_;
    std::optional<Current> current_;
    bool dialling_ = false;
    std::vector<RoomEvent> early_;  // while dialling; at most max_early
    static constexpr std::size_t max_early = 16;
};

/// "hangUpVoip room=r1 keepTime=3 status=endByCaller origin=other"
[[nodiscard]] std::string line_of(const RoomEvent& event);

}  // namespace voip::phone
