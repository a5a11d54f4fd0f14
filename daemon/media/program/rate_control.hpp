#pragma once
#include <optional>

#include "core/clock.hpp"

namespace voip::media {

/// What the network did with the picture in the last second, as the other side reports it.
struct NetworkReport {
    std::optional<double> loss;  ///< 0 to 1, of our packets
    std::optional<Duration> round_trip;
    std::optional<unsigned> remb_kbps;  ///< the most that the other side believes it can receive, in all
    unsigned sent_kbps = 0;             ///< picture that left
};

/// How much picture to send: bit rate by loss, round trip and REMB between floor and ceiling, and the frame
/// rate that this bit rate can carry (fewer good pictures rather than many bad ones; the size stays). Pure.
/// Loss: above 10 % the rate falls by half of it and rests, between 2 and 10 % it stays, below it grows by
/// 8 % a second, but not far beyond what the camera really makes.
/// @source the loss-based controller of draft-ietf-rmcat-gcc-02, section 6, slowed down to one report a
/// second
class RateControl {
 public:
    struct Limits {
        unsigned floor_kbps = 100, ceiling_kbps = 600;
        unsigned width = 640, height = 480, fps = 15;
    };
    struct Target {
        unsigned kbps = 0, fps = 0;
        friend bool operator==(const Target&, const Target&) = default;
    };

    explicit RateControl(const Limits& limits);

    [[nodiscard]] const Target& target() const noexcept { return target_; }
    /// Call once a second while pictures are sent.
    const Target& on_report(const NetworkReport& report, TimePoint now);
    /// A new connection may be another network: half of what was is tried first.
    const Target& on_new_connection(TimePoint now);
    /// The camera makes another picture than was configured.
    const Target& on_format(unsigned width, unsigned height, unsigned fps);

 private:
    void by_loss(const NetworkReport& report, TimePoint now);
    void by_round_trip(const NetworkReport& report, TimePoint now);
    void by_remb(const NetworkReport& report, TimePoint now);
    void settle();
    [[nodiscard]] unsigned fps_for(double kbps) const;

    Limits limits_;
    double kbps_;
    Target target_;
    std::optional<TimePoint> rest_until_;  // no growth before
    std::optional<Duration> best_round_trip_;
    struct Remb {
        unsigned kbps;
        TimePoint at;
    };
    std::optional<Remb> remb_;
};

}  // namespace voip::media
