#include "daemon/reasons.hpp"

#include <cstdlib>

namespace voip::daemon {
namespace {

/// Rough, for people: "20089 days", "5 hours", "400 s".
std::string length_of(std::int64_t seconds) {
    constexpr std::int64_t hour = 3600, day = 24 * hour;
    if (seconds >= 2 * day) return std::to_string(seconds / day) + " days";
    if (seconds >= 2 * hour) return std::to_string(seconds / hour) + " hours";
    return std::to_string(seconds) + " s";
}

}  // namespace

std::string registration_reason(const identity::RegistrationFacts& facts) {
    using State = identity::RegistrationState;
    if (facts.err_code) return "error " + std::to_string(*facts.err_code) + ": " + facts.err_msg;
    if (!facts.err_msg.empty()) return facts.err_msg;
    if (facts.state == State::unregistered) return "not registered yet: wmpf-voipctl register TICKET";
    if (facts.state == State::registering) return "the service has not answered yet whether it is registered";
    return std::string(to_string(facts.state));
}

std::string clock_reason(const identity::ClockFacts& facts) {
    if (facts.state == identity::ClockHealth::ok) return {};
    const bool behind = facts.state == identity::ClockHealth::behind;
    const std::string by = facts.offset_s ? length_of(std::abs(*facts.offset_s)) + " " : std::string();
    return "the system clock is " + by + (behind ? "behind" : "ahead of") + " the right time: set it";
}

}  // namespace voip::daemon
