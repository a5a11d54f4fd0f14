#pragma once
#include <cstdint>

#include "core/clock.hpp"

namespace voip::engine {

/// How a connection ended, or that it never came up.
struct ChannelEnd {
    unsigned http_status = 0;      ///< the upgrade was refused with this
    std::uint16_t close_code = 0;  ///< the service said goodbye with this
    Duration online_for{};         ///< zero: it never came on line
};

enum class ChannelStep {
    wait,            ///< with growing delays
    wait_anew,       ///< it was a good one: the delays start small again
    new_token_now,   ///< the token was refused: fetch another, then connect at once
    new_token_wait,  ///< the one before was new as well: fetch another, then wait with growing delays
    stand_back,      ///< another daemon uses this SN: long delay
};

/// What follows the end of a channel. Pure.
class ChannelRules {
 public:
    /// @param proved_after  a channel that was on line this long was a good one
    explicit ChannelRules(Duration proved_after) : proved_after_(proved_after) {}
    [[nodiscard]] ChannelStep after(const ChannelEnd& end) noexcept;

 private:
    Duration proved_after_;
    bool token_was_new_ = false;  // refused once already since the last good channel
};

}  // namespace voip::engine
