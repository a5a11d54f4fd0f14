#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "hal/sound.hpp"

namespace voip::hal::voice {

/// Measures how long sound takes from the speaker's pull to the microphone's handler, which is what an echo
/// canceller has to be told: plays a few chirps and finds them again by correlation. Pure.
class DelayProbe {
 public:
    static constexpr unsigned chirps = 5, needed = 3;  ///< played; found at the same place
    static constexpr Duration longest = 1s;            ///< a delay beyond it is not found
    static constexpr Duration lead = 500ms;            ///< of silence: what the room sounds like
    static constexpr Duration spacing = 1240ms;        ///< from chirp to chirp
    static constexpr Duration agreement = 20ms;        ///< between those that count as the same place

    DelayProbe();

    /// The frame that the speaker is to play next. @param now  when it was asked for
    void play(SoundFrame& frame, TimePoint now);
    /// The microphone's next frame. @param now  when its handler ran
    void hear(const SoundFrame& frame, TimePoint now);
    /// All chirps have been played and could have been heard.
    [[nodiscard]] bool done() const noexcept { return found_.size() == chirps; }
    /// The least of the delays that agree: a canceller that is told too much does not work. Before done():
    /// what is known so far.
    /// @errors io, in plain words: nothing is heard at all, the chirps are not, or they come at varying times
    [[nodiscard]] Result<Duration> result() const;

 private:
    struct Peak {
        double likeness = 0;  // to the chirp, 0 to 1
        Duration delay{};
    };
    void listen();
    void close_window();
    [[nodiscard]] double likeness_at(std::size_t sample) const;

    std::vector<double> chirp_;
    double chirp_energy_ = 0;
    // The speaker's side: frames are counted, a chirp begins with a frame.
    std::uint64_t played_ = 0;
    std::optional<TimePoint> sent_;  // the chirp that is listened for
    // The microphone's side: the samples that a chirp may still lie in.
    std::vector<double> heard_;
    std::deque<TimePoint> times_;                 // of each whole frame in heard_
    std::vector<Peak> peaks_;                     // of the window, in order
    std::vector<std::optional<Duration>> found_;  // of each chirp
    double power_ = 0;
    std::uint64_t frames_ = 0, clipped_ = 0;
};

}  // namespace voip::hal::voice
