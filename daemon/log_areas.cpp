#include "daemon/log_areas.hpp"

#include <algorithm>
#include <array>

#include "core/nearest.hpp"

namespace voip::daemon {
namespace {

// clang-format off
constexpr std::array<std::string_view, 21> areas{
    // The daemon and its media program; docs/operator.md has them too.
    "api", "board", "call", "channel", "clock", "contacts", "daemon", "doors", "history", "identity", "media",
    "network", "sandbox", "storage", "watchdog", "webrtc",
    // The service inside of it, with --demo.
    "admin", "authority", "http", "https", "service"};
// clang-format on

}  // namespace

std::optional<std::string> unknown_area(std::string_view levels) {
    while (!levels.empty()) {
        const std::string_view part = levels.substr(0, levels.find(','));
        levels.remove_prefix(std::min(levels.size(), part.size() + 1));
        const auto colon = part.find(':');
        if (colon == std::string_view::npos) continue;  // a level alone
        const std::string_view area = part.substr(0, colon);
        if (area == "*" || std::ranges::find(areas, area) != areas.end()) continue;
        const auto near = nearest(area, areas);
        return "no area \"" + std::string(area) + "\"" +
               (near ? "; did you mean \"" + std::string(*near) + "\"?" : std::string());
    }
    return std::nullopt;
}

}  // namespace voip::daemon
