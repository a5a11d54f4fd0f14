#include "daemon/lifecycle/watchdog.hpp"

namespace voip::lifecycle {

std::optional<std::string> overdue(std::optional<TimePoint> due, TimePoint now) {
    if (!due || now < *due + stalled_after) return std::nullopt;
    return "due " + std::to_string(whole_seconds(now - *due)) + " s ago";
}

WatchdogFeeder::WatchdogFeeder(Timers& timers, const Notifier& notifier, std::vector<Witness> witnesses,
                               Log log)
    : timers_(timers), notifier_(notifier), witnesses_(std::move(witnesses)), log_(std::move(log)) {}

WatchdogFeeder::~WatchdogFeeder() {
    stop();
}

void WatchdogFeeder::start() {
    if (alarm_ == 0 && !notifier_.silent() && notifier_.watchdog_time()) feed();
}

void WatchdogFeeder::stop() noexcept {
    timers_.cancel(alarm_);
    alarm_ = 0;
}

std::string WatchdogFeeder::objection() const {
    std::string all;
    for (const Witness& witness : witnesses_) {
        const auto stalled = witness.stalled(timers_.now());
        if (!stalled) continue;
        if (!all.empty()) all += ", ";
        all.append(witness.part).append(" stands still: ").append(*stalled);
    }
    if (!all.empty()) return all;
    const auto sent = notifier_.watchdog();
    return sent ? std::string() : sent.error().text();
}

void WatchdogFeeder::feed() {
    std::string why = objection();
    if (!why.empty() && told_.empty()) log_.err("watchdog not fed", kv("why", why));
    if (why.empty() && !told_.empty()) log_.notice("watchdog fed again");
    told_ = std::move(why);
    alarm_ = timers_.call_at(timers_.now() + *notifier_.watchdog_time() / 2, [this] { feed(); });
}

}  // namespace voip::lifecycle
