#include "daemon/identity/token_plan.hpp"

#include <algorithm>

namespace voip::identity {

TokenPlan::TokenPlan(Settings settings, std::uint64_t seed)
    : settings_(settings), backoff_(settings.backoff, seed), random_(seed ^ 0x9e3779b97f4a7c15ULL) {}

double TokenPlan::between(double from, double to) {
    return std::uniform_real_distribution<double>(from, to)(random_);
}

void TokenPlan::got(TimePoint asked_at, Duration life) {
    backoff_.reset();
    last_unsuccessful_.reset();
    expires_ = asked_at + life;
    const double part = between(settings_.renew_from, settings_.renew_to);
    next_ = asked_at + std::chrono::duration_cast<Duration>(life * part);
}

void TokenPlan::failed(TimePoint now) {
    last_unsuccessful_ = now;
    next_ = now + backoff_.next();
}

void TokenPlan::refused(TimePoint now) {
    last_unsuccessful_ = now;
    backoff_.reset();
    next_ = now + std::chrono::duration_cast<Duration>(settings_.refused_for * between(0.5, 1));
}

void TokenPlan::hurry(TimePoint now) {
    if (valid(now) && !last_unsuccessful_) return;
    backoff_.reset();
    const TimePoint soonest =
        last_unsuccessful_ ? std::max(now, *last_unsuccessful_ + settings_.hurry_gap) : now;
    next_ = std::min(next_, soonest);
}

}  // namespace voip::identity
