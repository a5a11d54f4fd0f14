#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

namespace voip::call {

/// The doors that the other side of a call may open, by bodies of room.signal (protocol/README.md, "Doors").
/// Decides and logs; what opens them is given. No clock, no I/O of its own.
/// @thread that of its caller
class Doors {
 public:
    /// @param allowed  names of relays whose configuration says so (board.relays[].fromCall)
    /// Pulses a relay and says for how long. @param by  the other side's openId
    using Open = std::function<Answer<Duration>(const std::string& relay, const std::string& by,
                                                const std::string& room_id)>;
    /// @param open     its Fault reaches the other side as a code
    Doors(std::vector<std::string> allowed, Open open, Log log);

    /// The body to answer with; nothing when the body is not about doors (the media's business).
    [[nodiscard]] std::optional<json::Value> answer(const json::Value& body, const RoomSnapshot& call);

 private:
    [[nodiscard]] Answer<Duration> order(const std::string& relay, const RoomSnapshot& call);

    std::vector<std::string> allowed_;
    Open open_;
    Log log_;
};

}  // namespace voip::call
