#pragma once
#include <deque>
#include <optional>
#include <string>

#include "hal/health.hpp"

namespace voip::hal::sim {

/// What every simulated device has: its name, and how it is broken at the moment.
struct Device {
    std::string name;  ///< "relay:door"
    bool vanished = false;
    bool unwell = false;             ///< the last health told was an error
    bool blocked = false;            ///< neither works nor fails
    std::deque<Errc> failures = {};  ///< of its next operations
    OnHealth on_health = {};         ///< of lamps, ringers, relays and buttons
    /// The error of an operation that is tried now, if it has one; counts the operation.
    [[nodiscard]] std::optional<Errc> trip() {
        if (vanished) return Errc::device_gone;
        if (failures.empty()) return std::nullopt;
        const Errc error = failures.front();
        failures.pop_front();
        return error;
    }
};

}  // namespace voip::hal::sim
