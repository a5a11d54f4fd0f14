#include "daemon/call/policy.hpp"

#include <time.h>

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
    const time_t seconds = static_cast<time_t>(wall / 1000);
    tm local{};
    if (localtime_r(&seconds, &local) == nullptr) return 0;
    return local.tm_hour * 60 + local.tm_min;
}

}  // namespace voip::call
