#pragma once
#include <optional>
#include <vector>

#include "core/clock.hpp"

/// What happens to a call that comes in before a person sees it. Pure.
namespace voip::call {

/// Hours of the local time zone in minutes after midnight: `from` included, `to` not; over midnight when to <
/// from.
struct QuietHours {
    enum class Action { silent, reject };
    int from = 0;  ///< 0 to 1439
    int to = 0;    ///< 0 to 1439; equal to `from`: never
    Action action = Action::silent;
    friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

struct PolicySettings {
    std::optional<Duration> auto_answer;  ///< after this time of alerting; nothing: a person answers
    std::vector<QuietHours> quiet_hours;
    friend bool operator==(const PolicySettings&, const PolicySettings&) = default;
};

struct Verdict {
    bool refuse = false;                  ///< answer busy
    bool silent = false;                  ///< alert without a tone
    std::optional<Duration> auto_answer;  ///< never in quiet hours: nobody expects to be seen then
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

[[nodiscard]] Verdict judge(const PolicySettings& settings, int minute_of_day);
/// Minutes after midnight of the machine's time zone.
[[nodiscard]] int local_minute(UnixMillis wall);

}  // namespace voip::call
