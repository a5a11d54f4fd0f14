#include "daemon/media/program/ice_route.hpp"

#include <algorithm>

#include "daemon/media/program/sdp.hpp"

namespace voip::media {

bool IceRoute::Side::is_relayed() const {
    return std::find(relays.begin(), relays.end(), chosen) != relays.end();
}

void IceRoute::keep(std::string_view candidate, Side& side) {
    if (side.candidates == max_candidates) return;
    const auto origin = sdp::origin_of(candidate);
    if (!origin) return;
    ++side.candidates;
    if (origin->relayed) side.relays.push_back(origin->foundation);
}

void IceRoute::on_chosen(std::string_view local, std::string_view remote) {
    chosen_ = true;
    local_.chosen = local;
    remote_.chosen = remote;
}

std::optional<bool> IceRoute::relayed() const {
    if (!chosen_) return std::nullopt;
    return local_.is_relayed() || remote_.is_relayed();
}

}  // namespace voip::media
