#pragma once
#include <optional>

#include "daemon/media/program/devices.hpp"
#include "daemon/media/program/rate_control.hpp"
#include "protocol/media_quality.hpp"

namespace voip::media {

/// Turns counters into rates: numbers for people, and the report that the rate control works on. Pure.
class QualityMeter {
 public:
    /// A connection's counters begin at zero again.
    void new_connection() noexcept { last_.reset(); }
    /// @return whether anything was received since the last time
    bool update(const TransportStats& stats, const Devices::Counters& counters,
                const hal::CameraFormat& format, bool camera, TimePoint now);

    [[nodiscard]] const MediaQuality& quality() const noexcept { return quality_; }
    [[nodiscard]] const NetworkReport& report() const noexcept { return report_; }

 private:
    struct Last {
        TransportStats stats;
        std::uint64_t pictures_sent = 0;
        TimePoint at;
    };
    std::optional<Last> last_;
    MediaQuality quality_;
    NetworkReport report_;
};

}  // namespace voip::media
