#include "core/calendar.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace voip {
namespace {

bool has_date(UnixMillis at) noexcept {
    return at >= 0 && at <= last_date;
}

}  // namespace

std::string utc_text(UnixMillis at) {
    using namespace std::chrono;
    if (!has_date(at)) return "-";
    const sys_seconds moment{floor<seconds>(milliseconds{at})};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss time{moment - day};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

std::optional<std::tm> local_time(UnixMillis at) noexcept {
    if (!has_date(at) || !std::in_range<std::time_t>(at / 1000)) return std::nullopt;
    const auto seconds = static_cast<std::time_t>(at / 1000);
    std::tm parts{};
    if (::localtime_r(&seconds, &parts) == nullptr) return std::nullopt;
    return parts;
}

}  // namespace voip
