#pragma once
#include <cstdint>
#include <vector>

#include "hal/sound.hpp"

/// A simulated room for the tests of hands-free: somebody speaks far away, the speaker plays it, the room
/// answers, somebody near speaks too. All from seeds, in samples of 16 kHz as numbers from -1 to 1.
namespace voip::hal::voice::test {

using Samples = std::vector<double>;

/// Sound like speech: voiced and unvoiced syllables, four a second, through formants that move, with pauses.
/// @param level_db  of the whole, in dB of full scale
Samples speech(double seconds, std::uint32_t seed, double level_db);
Samples noise(double seconds, std::uint32_t seed, double level_db);

/// The answer of a room of some 3 m to a click: the direct way after `delay`, then a decaying tail.
/// @param loss_db  what is lost on the way, in energy
Samples room_answer(Duration delay, double loss_db, Duration reverberation, std::uint32_t seed);

Samples convolve(const Samples& signal, const Samples& answer);
Samples sum(const Samples& a, const Samples& b);

/// Frames of the sound cards' form, and back.
std::vector<SoundFrame> frames(const Samples& signal);
Samples samples(const std::vector<SoundFrame>& frames);

/// Mean level in dB of full scale between two times.
double level_db(const Samples& signal, double from_seconds, double to_seconds);

}  // namespace voip::hal::voice::test
