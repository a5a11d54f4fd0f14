#include "daemon/lifecycle/notify.hpp"

#include <unistd.h>

#include <charconv>
#include <utility>

#include "core/sd_notify.hpp"

namespace voip::lifecycle {
namespace {

// @source sockaddr_un: 108 bytes, one of which ends the name
constexpr std::size_t name_bytes = 107;

std::optional<std::uint64_t> number(const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A status is one line: what comes after a line break would be another assignment.
std::string one_line(std::string_view text) {
    std::string line(text.substr(0, text.find('\n')));
    return line;
}

}  // namespace

Result<Notifier> Notifier::open(const Environment& environment) {
    Notifier notifier;
    notifier.socket_ = variable(environment, "NOTIFY_SOCKET");
    const std::string& name = notifier.socket_;
    if (!name.empty() && ((name.front() != '/' && name.front() != '@') || name.size() > name_bytes))
        return fail(Errc::bad_config, "NOTIFY_SOCKET: expected a path or @name of at most 107 bytes");
    const auto pid = number(variable(environment, "WATCHDOG_PID"));
    const auto micros = number(variable(environment, "WATCHDOG_USEC"));
    const bool ours = !pid || *pid == static_cast<std::uint64_t>(::getpid());
    if (micros && *micros > 0 && ours)
        notifier.watchdog_time_ = std::chrono::microseconds(static_cast<std::int64_t>(*micros));
    return notifier;
}

Result<void> Notifier::ready(std::string_view status) { return send("READY=1\nSTATUS=" + one_line(status)); }
Result<void> Notifier::status(std::string_view text) { return send("STATUS=" + one_line(text)); }
Result<void> Notifier::stopping(std::string_view status) { return send("STOPPING=1\nSTATUS=" + one_line(status)); }
Result<void> Notifier::watchdog() { return send("WATCHDOG=1"); }

Result<void> Notifier::reloading(TimePoint now) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

Result<void> Notifier::send(std::string_view lines) const { return sd_notify(socket_, lines); }

WatchdogFeeder::WatchdogFeeder(Timers& timers, Notifier& notifier, Log log)
    : timers_(timers), notifier_(notifier), log_(std::move(log)) {}

WatchdogFeeder::~WatchdogFeeder() { stop(); }

void WatchdogFeeder::start() {
    if (notifier_.watchdog_time() && alarm_ == 0) feed();
}

void WatchdogFeeder::stop() noexcept { timers_.cancel(std::exchange(alarm_, 0)); }

void WatchdogFeeder::feed() {
    const auto fed = notifier_.watchdog();
    if (!fed && !failing_) log_.warning("watchdog not fed", kv("why", fed.error().text()));
    failing_ = !fed;
    alarm_ = timers_.call_at(timers_.now() + *notifier_.watchdog_time() / 2, [this] { feed(); });
}

}  // namespace voip::lifecycle
