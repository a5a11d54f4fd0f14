#include "config/config.hpp"

namespace voip::config {

bool QuietHours::contains(int minute_of_day) const noexcept {
    if (from < to) return minute_of_day >= from && minute_of_day < to;
    return minute_of_day >= from || minute_of_day < to;
}

std::string LogLevels::text() const {
    std::string text;
    for (const AreaLevel& entry : areas)
        text.append(entry.area).append(":").append(to_string(entry.level)).append(",");
    return text.append("*:").append(to_string(level));
}

}  // namespace voip::config
