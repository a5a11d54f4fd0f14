#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "hal/button.hpp"
#include "hal/lamp.hpp"
#include "hal/relay.hpp"
#include "hal/ringer.hpp"

namespace voip::hal {

namespace asio = boost::asio;
namespace sim {
class SimControl;
}

/// The devices of one machine. A device that the board lacks is null. Camera, microphone and speaker join
/// when the media program takes them (they live in its process, not in the daemon's).
struct Board {
    std::string driver;
    std::vector<std::unique_ptr<Button>> buttons;
    std::unique_ptr<Lamp> lamp;
    std::vector<std::unique_ptr<Relay>> relays;
    std::unique_ptr<Ringer> ringer;
    /// The simulated inputs and recorded outputs (hal/sim/sim_control.hpp); null for real devices.
    std::shared_ptr<sim::SimControl> sim;
};

}  // namespace voip::hal
