#include "daemon/call/policy.hpp"

#include "core/calendar.hpp"

namespace voip::call {
namespace {

bool contains(const QuietHours& hours, int minute) {
    if (hours.from <= hours.to) return hours.from <= minute && minute < hours.to;
    return minute >= hours.from || minute < hours.to;
}

}  // namespace

Verdict judge(const PolicySettings& settings, int minute_of_day) {
    Verdict verdict;
    for (const QuietHours& hours : settings.quiet_hours) {
        if (!contains(hours, minute_of_day)) continue;
        verdict.silent = true;
        verdict.refuse = verdict.refuse || hours.action == QuietHours::Action::reject;
    }
    if (!verdict.silent) verdict.auto_answer = settings.auto_answer;
    return verdict;
}

int local_minute(UnixMillis wall) {
    if (const auto local = local_time(wall)) return local->tm_hour * 60 + local->tm_min;
    constexpr UnixMillis minute = 60'000, day = 1440;  // beyond what the C library can tell: by UTC
    return static_cast<int>(((wall / minute) % day + day) % day);
}

}  // namespace voip::call
