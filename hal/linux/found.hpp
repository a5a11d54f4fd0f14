#pragma once
#include <string>
#include <vector>

#include "hal/linux/av/offers.hpp"
#include "hal/linux/av/sound_cards.hpp"
#include "hal/linux/gpio.hpp"

namespace voip::hal::linux {

struct FoundChip {
    ChipFacts chip;
    std::vector<LineFacts> lines;  ///< by offset
};
struct FoundKeys {
    std::string device;  ///< the path that udev makes, where there is one: it stays the same
    std::string name;
    std::vector<std::string> keys;
};
struct FoundCameraNode {
    std::string device;  ///< as of keys
    std::string name;
    std::vector<FormatOffer> offers;
};

/// The hardware of this machine that a board can be made of.
struct Found {
    std::vector<FoundChip> chips;
    std::vector<FoundKeys> keys;
    std::vector<FoundCameraNode> cameras;
    std::vector<SoundCard> sound;
    unsigned refused = 0;  ///< devices that this user may not open
};

/// Asks every device what it is; sets and moves nothing. Takes some milliseconds a device; blocks.
[[nodiscard]] Found look_around();

}  // namespace voip::hal::linux
