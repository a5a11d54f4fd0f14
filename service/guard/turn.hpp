#pragma once
#include <string_view>
#include <vector>

#include "config/service_config.hpp"
#include "protocol/room.hpp"

namespace voip::service {

/// What a member of a room is given to reach the other side: STUN servers as they are, and TURN servers with
/// a credential of this room alone: user name `expiry:roomId` (Unix seconds), credential
/// base64(HMAC-SHA1(secret, user name)). Pure.
/// @source coturn's README.turnserver, "TURN REST API"
[[nodiscard]] std::vector<IceServer> ice_servers(const config::Turn& settings, std::string_view room_id,
                                                 UnixMillis now);

}  // namespace voip::service
