#include "hal/linux/keeper.hpp"

#include <algorithm>
#include <utility>

namespace voip::hal::linux {
namespace {

// A node is made first and gets its group and mode from udev a moment later: wait for both to be done.
// @source measured in tests/vm: udev takes 5 to 30 ms
constexpr Duration settle_time = 50ms;
constexpr Duration first_pause = 1s, longest_pause = 10s;

}  // namespace

Keeper::Keeper(Timers& timers, NodeWatch& watch, std::string name, const std::vector<std::string>& folders,
               Hooks hooks, Log log)
    : timers_(timers), watch_(watch), name_(std::move(name)), hooks_(std::move(hooks)), log_(std::move(log)) {
    for (const std::string& folder : folders) watch_.add(folder);
    subscription_ = watch_.subscribe([this] { news(); });
}

Keeper::~Keeper() {
    watch_.unsubscribe(subscription_);
    timers_.cancel(retry_);
    timers_.cancel(telling_);
}

Result<void> Keeper::open() {
    if (open_) return {};
    auto opened = hooks_.open();
    open_ = opened.has_value();
    if (!open_) {
        const Duration pause = std::min(first_pause * (1 << std::min(failures_++, 5U)), longest_pause);
        retry_at(timers_.now() + pause);
        tell(opened);
        return opened;
    }
    failures_ = 0;
    timers_.cancel(std::exchange(retry_, 0));
    log_.info("device opened", kv("device", name_));
    tell({});
    return {};
}

void Keeper::lost(Error why) {
    if (!open_) return;
    open_ = false;
    hooks_.close();
    retry_at(timers_.now() + settle_time);  // it may be back already
    tell(std::move(why));
}

void Keeper::news() {
    if (!open_) return retry_at(timers_.now() + settle_time);
    auto there = hooks_.check();
    if (!there) lost(there.error());
}

void Keeper::retry() {
    retry_ = 0;
    (void)open();  // a failure is told as health
}

void Keeper::retry_at(TimePoint at) {
    if (retry_ != 0 && retry_at_ <= at) return;
    timers_.cancel(retry_);
    retry_at_ = at;
    retry_ = timers_.call_at(at, [this] { retry(); });
}

void Keeper::tell(Result<void> health) {
    const bool news = health ? trouble_.has_value() : !trouble_ || trouble_->code != health.error().code;
    if (!news) return;
    if (health)
        log_.notice("device is well", kv("device", name_));
    else
        log_.warning("device fails", kv("device", name_), kv("why", health.error().context));
    trouble_ = health ? std::nullopt : std::optional<Error>(health.error());
    untold_.push_back(std::move(health));
    if (telling_ == 0) tell_next();
}

// Its caller may give the whole board up.
void Keeper::tell_next() {
    telling_ = timers_.call_at(timers_.now(), [this] {
        telling_ = 0;
        const auto told = hooks_.told;
        const Result<void> next = std::move(untold_.front());
        untold_.pop_front();
        if (!untold_.empty()) tell_next();
        told(next);
    });
}

}  // namespace voip::hal::linux
