#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/timers.hpp"
#include "daemon/call/calls.hpp"

namespace voip::daemon {

/// Numbers that others keep, taken at the moment of asking.
struct Gauges {
    bool online = false;
    std::uint64_t connects = 0;  ///< times the device came on line
    std::size_t api_clients = 0, api_subscribers = 0;
    UnixMillis device_token_expires = 0;  ///< 0: none
    std::uint64_t resident_bytes = 0;
    std::optional<MediaQuality> quality = std::nullopt;  ///< of the live call; nothing where no media flows
};

/// Counts calls as they end; writes OpenMetrics text. @source OpenMetrics 1.0
/// @thread loop only
class Metrics final : public call::Observer {
 public:
    explicit Metrics(Timers& timers) : timers_(timers) {}

    void on_snapshot(const RoomSnapshot& snapshot) override;
    void on_event(const RoomEvent&) override {}
    [[nodiscard]] std::string text(const Gauges& gauges) const;

 private:
    struct Sum {
        double seconds = 0;
        std::uint64_t count = 0;
    };
    void note_media(const RoomSnapshot& snapshot);

    Timers& timers_;
    Phase last_ = Phase::idle;
    TimePoint began_{}, answered_{};
    std::map<std::pair<std::string, std::string>, std::uint64_t> ended_;  // direction, event name
    Sum to_ring_, to_talk_, talk_;
    std::string media_ = "none";                   // the state told last
    std::uint64_t interruptions_ = 0;              // of media that flowed
    std::map<int, std::uint64_t> media_failures_;  // by errCode
};

}  // namespace voip::daemon
