#include "daemon/lifecycle/notify.hpp"

#include <sys/un.h>
#include <unistd.h>

#include "core/sd_notify.hpp"
#include "daemon/lifecycle/numbers.hpp"

namespace voip::lifecycle {
namespace {

constexpr std::size_t longest_name = sizeof(sockaddr_un::sun_path) - 1;

/// One line of the protocol: a line break in a status would begin the next variable.
std::string status_line(std::string_view text) {
    std::string line = "STATUS=";
    for (const char c : text) line += c == '\n' || c == '\r' ? ' ' : c;
    return line;
}

std::optional<Duration> read_watchdog_time(const Environment& environment) {
    const auto micros = whole_number<std::int64_t>(variable(environment, "WATCHDOG_USEC"));
    if (!micros || *micros <= 0) return std::nullopt;
    const std::string pid = variable(environment, "WATCHDOG_PID");
    if (!pid.empty() && whole_number<pid_t>(pid) != ::getpid())
        return std::nullopt;  // it watches somebody else
    return std::chrono::microseconds(*micros);
}

}  // namespace

Result<Notifier> Notifier::open(const Environment& environment) {
    Notifier notifier;
    notifier.socket_ = variable(environment, "NOTIFY_SOCKET");
    notifier.watchdog_time_ = read_watchdog_time(environment);
    const std::string& name = notifier.socket_;
    const bool named = name.empty() || name.front() == '/' || name.front() == '@';
    if (!named || name.size() > longest_name)
        return fail(Errc::bad_config, "NOTIFY_SOCKET is no Unix socket's name");
    return notifier;
}

Result<void> Notifier::ready(std::string_view text) const {
    return sd_notify(socket_, "READY=1\n" + status_line(text));
}

Result<void> Notifier::status(std::string_view text) const {
    return sd_notify(socket_, status_line(text));
}

Result<void> Notifier::reloading(TimePoint now) const {
    // TimePoint is CLOCK_MONOTONIC, which is what the manager compares with.
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    return sd_notify(socket_, "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

Result<void> Notifier::stopping(std::string_view text) const {
    return sd_notify(socket_, "STOPPING=1\n" + status_line(text));
}

Result<void> Notifier::watchdog() const {
    return sd_notify(socket_, "WATCHDOG=1");
}

}  // namespace voip::lifecycle
