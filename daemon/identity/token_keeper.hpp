#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "core/timers.hpp"
#include "core/wake.hpp"
#include "daemon/identity/service_answer.hpp"
#include "daemon/identity/token_plan.hpp"
#include "daemon/identity/waiters.hpp"

namespace voip::identity {

/// A token as it was fetched.
struct FetchedToken {
    std::string value;                ///< a secret
    UnixMillis expire_timestamp = 0;  ///< by the service's clock
    Duration life{};                  ///< from the moment it was asked for
};
struct FetchAttempt {
    Outcome<FetchedToken> outcome;
    bool fixed = false;  ///< a refusal that asking again does not change
};

/// Keeps one token fresh: fetches it when its plan says so, once for all who ask at the same time.
/// @thread loop only
class TokenKeeper {
 public:
    using Fetch = std::function<asio::awaitable<FetchAttempt>()>;

    /// @param on_change  after every attempt and whenever the token is dropped; must not block
    TokenKeeper(Timers& timers, TokenPlan plan, Fetch fetch, std::function<void()> on_change);

    /// Until cancelled. One wake-up for each fetch.
    asio::awaitable<void> run();

    /// Whether fetching is possible at all (registered; a channel is there). Switched on, a missing token is
    /// fetched at once. An attempt that is under way when it is switched off counts for nothing.
    void enable(bool possible);
    /// The token, while it is valid; null otherwise.
    [[nodiscard]] const FetchedToken* current() const noexcept;
    /// Drops the token: refused by the service, or of an identity that is no more.
    void forget();
    /// See TokenPlan::hurry.
    void hurry();

    /// A valid token, however long that takes. @errors timeout, cancelled
    asio::awaitable<Result<FetchedToken>> wait(TimePoint deadline);
    /// A fetch from now on, or the one that is under way; how it ended.
    /// @errors wrong_state (not possible), timeout, cancelled, and what the fetch gave
    asio::awaitable<Outcome<std::monostate>> renew(TimePoint deadline);

 private:
    asio::awaitable<void> attempt();
    void settle(TimePoint asked_at, FetchAttempt attempt);

    Timers& timers_;
    TokenPlan plan_;
    Fetch fetch_;
    std::function<void()> on_change_;
    Wake wake_;  // run() sleeps here
    Waiters changed_;
    bool possible_ = false;
    bool fetching_ = false;
    std::uint64_t generation_ = 0;  // of enable(false): what was asked before it is void
    std::uint64_t attempts_ = 0;    // ended ones
    Outcome<std::monostate> last_;
    std::optional<FetchedToken> token_;
};

}  // namespace voip::identity
