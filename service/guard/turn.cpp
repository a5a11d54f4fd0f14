#include "service/guard/turn.hpp"

#include "protocol/crypto/crypto.hpp"

namespace voip::service {

std::vector<IceServer> ice_servers(const IceSettings& settings, std::string_view room_id, UnixMillis now) {
    std::vector<IceServer> servers;
    if (!settings.stun_urls.empty()) servers.push_back({settings.stun_urls, {}, {}});
    if (settings.turn_urls.empty()) return servers;
    const std::string user = std::to_string(now / 1000 + whole_seconds(settings.life)) + ":" + std::string(room_id);
    servers.push_back({settings.turn_urls, user, crypto::base64(crypto::hmac_sha1(settings.turn_secret, user))});
    return servers;
}

}  // namespace voip::service
