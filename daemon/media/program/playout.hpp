#pragma once
#include <cstdint>
#include <deque>
#include <span>

#include "hal/sound.hpp"

namespace voip::media {

/// Between the network and the speaker: takes sound of any length as it comes, gives 20 ms whenever the
/// speaker asks. It waits until `target` frames are there, plays what is there, and after running dry waits
/// anew; every dry moment makes the target one frame longer, and ten calm seconds one shorter. What grows
/// beyond the target (clocks differ, a burst at the beginning or after a gap) is dropped a frame at a time,
/// so that the delay comes back down: much at once, and what nobody needed for a second. Pure.
class Playout {
 public:
    static constexpr unsigned least = 2, most = 8;       ///< frames of 20 ms to wait for
    static constexpr unsigned slack = 3;                 ///< frames above the target that are no excess yet
    static constexpr std::size_t max_frames = 50;        ///< a second: older sound is dropped at once
    static constexpr unsigned calm_pulls = 500;          ///< ten seconds
    static constexpr unsigned pulls_between_drops = 10;  ///< at most one frame in so many is left out
    static constexpr unsigned surplus_pulls = 50;  ///< a second: a target of frames that lay idle so long

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
    void trim();

    std::deque<std::int16_t> samples_;
    unsigned target_ = least;
    unsigned calm_ = 0, since_drop_ = 0;
    unsigned trim_pulls_ = 0;  // of the second that runs ...
    std::size_t idle_ = 0;     // ... and the frames that were left after each pull of it
    bool playing_ = false;
    std::uint64_t dry_ = 0, dropped_ = 0;
};

}  // namespace voip::media
