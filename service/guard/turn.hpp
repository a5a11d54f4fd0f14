#pragma once
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "protocol/room.hpp"

namespace voip::service {

/// The relay that both sides of a call may use. Empty `turn_urls`: none.
struct IceSettings {
    std::vector<std::string> stun_urls;
    std::vector<std::string> turn_urls;
    std::string turn_secret;     ///< coturn's static-auth-secret; a secret
    Duration life = 600s;        ///< of one credential
};

/// STUN servers as they are and TURN servers with a credential of this room alone: user name `expiry:roomId`
/// (Unix seconds), credential base64(HMAC-SHA1(secret, user name)). Pure.
/// @source coturn's README.turnserver, "TURN REST API"
[[nodiscard]] std::vector<IceServer> ice_servers(const IceSettings& settings, std::string_view room_id,
                                                 UnixMillis now);

}  // namespace voip::service
