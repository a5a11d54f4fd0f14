#pragma once
#include <linux/input.h>

#include <span>
#include <vector>

#include "hal/linux/position_source.hpp"

namespace voip::hal::linux {

/// Picks one key's positions out of an input device's events. Pure.
class KeyDecoder {
 public:
    explicit KeyDecoder(unsigned key) : key_(key) {}

    /// What was read of the node, in pieces of any number of events.
    [[nodiscard]] std::vector<Position> take(std::span<const input_event> events);
    /// The kernel had to drop events: whoever reads asks for the key's position once, and this is false
    /// again.
    [[nodiscard]] bool take_lost() noexcept { return std::exchange(lost_, false); }

 private:
    unsigned key_;
    bool dropping_ = false;  // until the end of the report that was torn
    bool lost_ = false;
};

}  // namespace voip::hal::linux
