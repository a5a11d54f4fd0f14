#include "daemon/health.hpp"

#include <algorithm>

namespace voip::daemon {

std::string_view to_string(PartState state) noexcept {
    constexpr std::string_view words[] = {"ok", "off", "degraded", "down"};
    return words[static_cast<std::size_t>(state)];
}

void HealthBook::set(std::string_view part, PartState state, std::string reason, UnixMillis now) {
    auto found = std::find_if(book_.parts.begin(), book_.parts.end(),
                              [&](const control::HealthPart& known) { return known.name == part; });
    if (found == book_.parts.end()) {
        book_.parts.push_back(control::HealthPart{std::string(part), "", now, ""});
        found = std::prev(book_.parts.end());
    }
    if (found->state != to_string(state)) found->since = now;
    found->state = to_string(state);
    found->reason = state == PartState::ok ? std::string() : std::move(reason);

    const auto any = [&](PartState what) {
        return std::any_of(book_.parts.begin(), book_.parts.end(),
                           [&](const control::HealthPart& known) { return known.state == to_string(what); });
    };
    const PartState whole = any(PartState::down)       ? PartState::down
                            : any(PartState::degraded) ? PartState::degraded
                                                       : PartState::ok;
    book_.status = to_string(whole);
}

}  // namespace voip::daemon
