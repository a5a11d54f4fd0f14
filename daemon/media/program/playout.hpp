#pragma once
#include <cstdint>
#include <deque>
#include <span>

#include "hal/sound.hpp"

namespace voip::media {

/// Between the network and the speaker: takes sound of any length as it comes, gives 20 ms whenever the
/// speaker asks. It waits until `target` frames are there, plays what is there, and after running dry waits
/// anew; every dry moment makes the target one frame longer, and ten calm seconds one shorter. What grows
/// beyond the target (clocks differ, a burst after a gap) is dropped a frame at a time, so that the delay
/// comes back down. Pure.
class Playout {
 public:
    static constexpr unsigned least = 2, most = 8;       ///< frames of 20 ms to wait for
    static constexpr unsigned slack = 3;                 ///< frames above the target that are no excess yet
    static constexpr std::size_t max_frames = 50;        ///< a second: older sound is dropped at once
    static constexpr unsigned calm_pulls = 500;          ///< ten seconds
    static constexpr unsigned pulls_between_drops = 10;  ///< at most one frame in so many is left out

    void push(std::span<const std::int16_t> samples);
    /// Silence while it waits. @return whether sound was given
    bool pull(hal::SoundFrame& frame);
    /// Forgets what waits: a new connection begins.
    void reset() noexcept;

    [[nodiscard]] unsigned target() const noexcept { return target_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return samples_.size() / hal::sound_frame_samples; }
    [[nodiscard]] std::uint64_t dry() const noexcept { return dry_; }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }  ///< frames

 private:
    void drop_frame();

    std::deque<std::int16_t> samples_;
    unsigned target_ = least;
    unsigned calm_ = 0, since_drop_ = 0;
    bool playing_ = false;
    std::uint64_t dry_ = 0, dropped_ = 0;
};

}  // namespace voip::media
