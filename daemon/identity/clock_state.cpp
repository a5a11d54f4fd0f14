#include "daemon/identity/clock_state.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "core/file.hpp"
#include "core/json.hpp"
#include "protocol/limits.hpp"

namespace voip::identity {
namespace {

constexpr UnixMillis to_millis(Duration length) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
}

constexpr UnixMillis worth_a_write = to_millis(24h);
constexpr UnixMillis skew = to_millis(limits::clock_skew);
// No device lies this long between two contacts, nor between its firmware's build and its first start.
constexpr UnixMillis not_believed = to_millis(5 * 365 * 24h);
constexpr UnixMillis end_of_time = 253402300799999;  // the last millisecond of year 9999

std::optional<int> digits(std::string_view text) noexcept {
    int value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) noexcept {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> week_days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

}  // namespace

std::optional<UnixMillis> parse_http_date(std::string_view text) noexcept {
    constexpr std::string_view shape = "Ddd, 00 Mmm 0000 00:00:00 GMT";
    if (text.size() != shape.size() || !text.ends_with(" GMT") || !is_one_of(text.substr(0, 3), week_days))
        return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if ((shape[i] == ' ' || shape[i] == ':' || shape[i] == ',') && text[i] != shape[i])
            return std::nullopt;
    const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
    const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4));
    const auto hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2)),
               second = digits(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{std::chrono::year(*year),
                              std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                              std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    const auto at = sys_days(date) + hours(*hour) + minutes(*minute) + seconds(*second);
    return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

bool ClockRule::learn(UnixMillis server_time, TimePoint now) noexcept {
    if (server_time <= 0 || server_time > end_of_time) return false;
    learned_ = Learned{server_time, now};
    if (server_time < build_ || std::abs(server_time - stored_) < worth_a_write) return false;
    stored_ = server_time;
    return true;
}

std::optional<UnixMillis> ClockRule::estimate(TimePoint now) const noexcept {
    if (!learned_) return std::nullopt;
    return learned_->server_time + to_millis(now - learned_->at);
}

UnixMillis ClockRule::floor(TimePoint now) const noexcept {
    return std::max(build_, estimate(now).value_or(stored_));
}

UnixMillis ClockRule::judged(UnixMillis wall, TimePoint now) const noexcept {
    return std::max(wall, floor(now));
}

UnixMillis ClockRule::service_time(UnixMillis wall, TimePoint now) const noexcept {
    return estimate(now).value_or(judged(wall, now));
}

ClockFacts ClockRule::facts(UnixMillis wall, TimePoint now) const noexcept {
    if (const auto service = estimate(now)) {
        const UnixMillis ahead = wall - *service;
        if (std::abs(ahead) <= skew) return {ClockHealth::ok, ahead / 1000};
        return {ahead > 0 ? ClockHealth::ahead : ClockHealth::behind, ahead / 1000};
    }
    const UnixMillis ahead = wall - floor(now);
    if (ahead < -skew) return {ClockHealth::behind, ahead / 1000};
    if (ahead > not_believed) return {ClockHealth::ahead, std::nullopt};
    return {};
}

ClockState::ClockState(Timers& timers, std::filesystem::path file, Log log, UnixMillis built)
    : timers_(timers), file_(std::move(file)), log_(std::move(log)), rule_(built) {}

void ClockState::load() {
    const auto text = read_file(file_, 4096);
    if (text) {
        const auto content = json::parse(*text);
        const json::Value* stored = content ? content->find("serverTime") : nullptr;
        const std::int64_t* time = stored ? stored->as_integer() : nullptr;
        if (time && *time > 0 && *time <= end_of_time) {
            rule_.restore(*time);
        } else {
            const auto aside = set_aside(file_);
            log_.warning("the remembered time was damaged and is set aside", kv("file", file_.string()),
                         kv("moved", bool(aside)));
        }
    } else if (!text.error().is(Errc::not_found)) {
        log_.warning("the remembered time cannot be read", kv("why", text.error().text()));
    }
    learned_something();
}

void ClockState::learn(UnixMillis server_time) {
    if (rule_.learn(server_time, timers_.now())) {
        json::Value content;
        content.set("serverTime", server_time);
        const auto written = write_file(file_, json::write(content) + "\n", 0600);
        if (!written)
            log_.warning("the service's time could not be remembered", kv("why", written.error().text()));
    }
    learned_something();
}

void ClockState::learned_something() {
    const ClockFacts now = facts();
    if (now.state == told_) return;
    told_ = now.state;
    if (now.state == ClockHealth::ok)
        log_.notice("the clock is right again");
    else
        log_.warning("the system clock is wrong", kv("state", to_string(now.state)),
                     kv("seconds_ahead", now.offset_s ? std::to_string(*now.offset_s) : "unknown"));
}

}  // namespace voip::identity
