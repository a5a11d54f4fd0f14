#pragma once
#include <string>
#include <vector>

namespace voip::hal::linux {

/// A PCM of a sound card of this machine.
struct SoundCard {
    std::string device;  ///< for the configuration: "plughw:CARD=Loop,DEV=0", the same wherever the card is
                         ///< plugged in
    std::string name;    ///< for people: "Loopback, Loopback PCM"
    bool records = false, plays = false;
};

/// In the order of their numbers. Cards without permission are left out. Opens the cards' controls, no PCM.
/// @param refused  how many those are
[[nodiscard]] std::vector<SoundCard> list_sound_cards(unsigned& refused);

}  // namespace voip::hal::linux
