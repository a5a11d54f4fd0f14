#pragma once
#include <cstdint>
#include <optional>
#include <random>

#include "core/backoff.hpp"
#include "core/clock.hpp"

namespace voip::identity {

/// When a token is fetched next. Pure; one alarm at a time is all it needs.
class TokenPlan {
 public:
    struct Settings {
        double renew_from = 0.8,
               renew_to = 0.9;               ///< of the token's life: the renewal falls somewhere in between
        Backoff::Settings backoff{1s, 60s};  ///< after failures of the network
        Duration refused_for = 15min;        ///< after a fixed refusal: half of it to all of it
        Duration hurry_gap = 1s;             ///< hurry() never asks sooner than this after the last attempt
    };
    TokenPlan(Settings settings, std::uint64_t seed);

    /// A new token. Its life counts from when it was asked for, so that a slow answer makes it no longer.
    void got(TimePoint asked_at, Duration life);
    /// No answer, or one that time may change.
    void failed(TimePoint now);
    /// A fixed refusal: only somebody else can change it, so ask seldom.
    void refused(TimePoint now);
    /// The next fetch is due now, whatever the age of the token.
    void demand(TimePoint now) noexcept { next_ = now; }
    /// Somebody waits: if the token is not good or a fetch failed, the delay is cut short.
    void hurry(TimePoint now);
    /// The token is of no use any more.
    void forget() noexcept { expires_.reset(); }

    /// The token may be used: its life is not over.
    [[nodiscard]] bool valid(TimePoint now) const noexcept { return expires_ && now < *expires_; }
    [[nodiscard]] TimePoint next() const noexcept { return next_; }

 private:
    [[nodiscard]] double between(double from, double to);

    Settings settings_;
    Backoff backoff_;
    std::mt19937_64 random_;
    std::optional<TimePoint> expires_;
    TimePoint next_ = TimePoint::min();  // at once
    std::optional<TimePoint> last_unsuccessful_;
};

}  // namespace voip::identity
