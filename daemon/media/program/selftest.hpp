#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/timers.hpp"
#include "hal/av.hpp"

namespace voip::media {

/// What the test of one part of a board showed.
struct Finding {
    std::string part;  ///< "camera", "microphone", "speaker", "echo"
    bool good = false;
    std::string text = {};    ///< for people: what was seen, or what is wrong
    json::Value config = {};  ///< options that would suit what was seen; null: none
    friend bool operator==(const Finding&, const Finding&) = default;
};

/// Tries each device that there is, one after the other, as a call would use it: a camera for 3 s, microphone
/// and speaker for 1 s each, then both together (some 8 s, with chirps). All have stopped when it returns.
/// @param playout_delay  media.playoutDelay: 0, not measured
/// @thread loop only. Board and timers must outlive it.
boost::asio::awaitable<std::vector<Finding>> selftest(const hal::AvDevices& board, Timers& timers,
                                                      Duration playout_delay);

/// [{part, good, text, config?}]
[[nodiscard]] json::Value encode(const std::vector<Finding>& findings);

}  // namespace voip::media
