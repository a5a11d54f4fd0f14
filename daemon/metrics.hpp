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
    UnixMillis device_token_issued = 0, service_time = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t media_resident_bytes = 0;  ///< of the media program; 0: none runs
    std::uint64_t state_free_bytes = 0;      ///< in the state folder
    std::uint64_t call_queue = 0;            ///< events that wait for the session
    std::uint64_t api_queue_bytes = 0, channel_queue_bytes = 0;
    std::uint64_t events_dropped = 0, api_clients_dropped = 0;
    std::optional<MediaQuality> quality = std::nullopt;  ///< of the live call; nothing where no media flows
};

/// Counts calls as they end; writes OpenMetrics text. @source OpenMetrics 1.0
/// @thread loop only
class Metrics final : public call::Observer {
 public:
    explicit Metrics(Timers& timers) : timers_(timers) {}

    void on_snapshot(const RoomSnapshot& snapshot) override;
    void on_event(const RoomEvent&) override {}
    void on_quality(const std::string& room_id, const MediaQuality& quality) override;
    [[nodiscard]] std::string text(const Gauges& gauges) const;

 private:
    struct Sum {
        double seconds = 0;
        std::uint64_t count = 0;
        void add(Duration length);
    };
    struct Dropped {
        double pictures = 0, sound = 0;
    };
    void note_media(const RoomSnapshot& snapshot);

    Timers& timers_;
    Phase last_ = Phase::idle;
    TimePoint began_{};
    std::optional<TimePoint> answered_;
    std::map<std::pair<std::string, std::string>, std::uint64_t> ended_;  // direction, event name
    Sum to_ring_, to_talk_, to_media_, talk_;
    bool flowed_ = false;                          // in this call
    Dropped dropped_, dropped_now_;                // in the calls before, in this one
    std::string media_ = "none";                   // the state told last
    std::uint64_t interruptions_ = 0;              // of media that flowed
    std::map<int, std::uint64_t> media_failures_;  // by errCode
};

}  // namespace voip::daemon
