#include "daemon/identity/token_keeper.hpp"

#include <boost/asio/this_coro.hpp>
#include <utility>

namespace voip::identity {

TokenKeeper::TokenKeeper(Timers& timers, TokenPlan plan, Fetch fetch, std::function<void()> on_change)
    : timers_(timers),
      plan_(plan),
      fetch_(std::move(fetch)),
      on_change_(std::move(on_change)),
      wake_(timers),
      changed_(timers) {}

asio::awaitable<void> TokenKeeper::run() {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none) {
        if (possible_ && plan_.next() <= timers_.now()) {
            co_await attempt();
            continue;
        }
        std::optional<TimePoint> due;
        if (possible_) due = plan_.next();
        co_await wake_.wait(due);
    }
}

asio::awaitable<void> TokenKeeper::attempt() {
    fetching_ = true;
    const std::uint64_t generation = generation_;
    const TimePoint asked_at = timers_.now();
    auto fetching = fetch_();
    FetchAttempt done = co_await std::move(fetching);
    fetching_ = false;
    if (generation != generation_) done = FetchAttempt{{fail(Errc::closed)}, false};
    settle(asked_at, std::move(done));
}

void TokenKeeper::settle(TimePoint asked_at, FetchAttempt attempt) {
    if (auto* token = std::get_if<FetchedToken>(&attempt.outcome.what)) {
        plan_.got(asked_at, token->life);
        token_ = std::move(*token);
        last_.what = std::monostate{};
    } else {
        if (attempt.fixed)
            plan_.refused(timers_.now());
        else
            plan_.failed(timers_.now());
        if (const Fault* fault = attempt.outcome.fault())
            last_.what = *fault;
        else
            last_.what = *attempt.outcome.error();
    }
    ++attempts_;
    changed_.notify();
    on_change_();
}

void TokenKeeper::enable(bool possible) {
    if (!possible && possible_) ++generation_;
    possible_ = possible;
    if (possible) plan_.hurry(timers_.now());
    wake_.notify();
    changed_.notify();
}

const FetchedToken* TokenKeeper::current() const noexcept {
    return token_ && plan_.valid(timers_.now()) ? &*token_ : nullptr;
}

void TokenKeeper::forget() {
    token_.reset();
    plan_.forget();
    plan_.hurry(timers_.now());
    wake_.notify();
    on_change_();
}

void TokenKeeper::hurry() {
    plan_.hurry(timers_.now());
    wake_.notify();
}

asio::awaitable<Result<FetchedToken>> TokenKeeper::wait(TimePoint deadline) {
    for (;;) {
        if (const FetchedToken* token = current()) co_return *token;
        const WakeReason reason = co_await changed_.wait(deadline);
        if (reason == WakeReason::cancelled) co_return fail(Errc::cancelled);
        if (reason == WakeReason::deadline) co_return fail(Errc::timeout, "no token yet");
    }
}

asio::awaitable<Outcome<std::monostate>> TokenKeeper::renew(TimePoint deadline) {
    const std::uint64_t before = attempts_;
    if (possible_ && !fetching_) {
        plan_.demand(timers_.now());
        wake_.notify();
    }
    Outcome<std::monostate> outcome;
    while (attempts_ == before) {
        WakeReason reason = WakeReason::notified;
        if (possible_) reason = co_await changed_.wait(deadline);
        if (reason == WakeReason::deadline) outcome.what = fail(Errc::timeout, "no token yet");
        if (reason == WakeReason::cancelled) outcome.what = fail(Errc::cancelled);
        if (!possible_) outcome.what = fail(Errc::wrong_state);
        if (outcome.error()) co_return outcome;
    }
    co_return last_;
}

}  // namespace voip::identity
