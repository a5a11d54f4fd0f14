#include "daemon/media/ice_life.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace voip::media::host {
namespace {

// @source config/README.md, turn.ttlSeconds
constexpr std::int64_t shortest_s = 60, longest_s = 86400;

/// Seconds until the expiry in a user name, where that is a sensible time to live.
std::optional<std::int64_t> life_of(std::string_view username, UnixMillis now) {
    std::int64_t expiry = 0;
    const auto [end, problem] = std::from_chars(username.data(), username.data() + username.size(), expiry);
    const bool has_colon = problem == std::errc() && end != username.data() + username.size() && *end == ':';
    if (!has_colon) return std::nullopt;
    const std::int64_t life = expiry - now / 1000;
    // Somewhat less than the shortest: the answer took its time, and clocks are a little off.
    if (life < shortest_s / 3 || life > longest_s + shortest_s) return std::nullopt;
    return life;
}

}  // namespace

TimePoint fresh_until(const std::vector<IceServer>& servers, call::Moment received) {
    TimePoint until = TimePoint::max();
    for (const IceServer& server : servers) {
        if (server.username.empty()) continue;
        const std::int64_t life = life_of(server.username, received.wall).value_or(shortest_s);
        until = std::min(until, received.at + std::chrono::seconds(life * 3 / 4));
    }
    return until;
}

}  // namespace voip::media::host
