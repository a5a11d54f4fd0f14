#pragma once
#include <string>
#include <vector>

#include "protocol/room.hpp"

namespace voip::media {

/// The service's ICE servers in the form that the transport takes: `stun://host:port` and
/// `turn://user:password@host:port?transport=udp`, user and password percent-encoded. Pure.
struct IcePlan {
    std::string stun;                  ///< the first one named; empty: none
    std::vector<std::string> turn;     ///< at most max_turn
    std::vector<std::string> skipped;  ///< why others are not used; no secret in it
    friend bool operator==(const IcePlan&, const IcePlan&) = default;
};
inline constexpr std::size_t max_turn = 4;  ///< each costs allocations and checks on every interface

/// `turns:` and `stuns:` are skipped: the library would speak plain TCP where TLS was asked for.
/// @source RFC 7064, RFC 7065
[[nodiscard]] IcePlan plan_ice(const std::vector<IceServer>& servers);

}  // namespace voip::media
