#include "service/guard/turn.hpp"

#include <algorithm>

#include "protocol/crypto/crypto.hpp"

namespace voip::service {

std::vector<IceServer> ice_servers(const config::Turn& settings, std::string_view room_id, UnixMillis now) {
    IceServer stun, turn;
    for (const std::string& url : settings.urls) (url.starts_with("stun") ? stun : turn).urls.push_back(url);
    std::vector<IceServer> servers;
    if (!stun.urls.empty()) servers.push_back(std::move(stun));
    if (turn.urls.empty()) return servers;
    turn.username = std::to_string(now / 1000 + whole_seconds(settings.ttl)) + ":" + std::string(room_id);
    turn.credential = crypto::base64(crypto::hmac_sha1(settings.secret, turn.username));
    servers.push_back(std::move(turn));
    return servers;
}

}  // namespace voip::service
