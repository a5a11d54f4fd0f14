#pragma once
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/log.hpp"
#include "core/timers.hpp"
#include "daemon/identity/facts.hpp"

namespace voip::identity {

/// When this program was built (day, UTC); SOURCE_DATE_EPOCH decides where it is set.
[[nodiscard]] UnixMillis build_time() noexcept;

/// "Sun, 06 Nov 1994 08:49:37 GMT", the one form of HTTP's Date that servers send today. @source RFC
/// 9110, 5.6.7
[[nodiscard]] std::optional<UnixMillis> parse_http_date(std::string_view text) noexcept;

/// What time it is when the system clock may be wrong. Pure: both clocks are handed in.
class ClockRule {
 public:
    explicit ClockRule(UnixMillis build_time) : build_(build_time) {}

    /// The last authenticated time that an earlier run left on disk.
    void restore(UnixMillis stored) noexcept { stored_ = stored; }
    /// A time that the service told over TLS, now. Returns true when it is worth a write to the disk: it
    /// differs from the stored one by a day or more and is not from before this program was built.
    [[nodiscard]] bool learn(UnixMillis server_time, TimePoint now) noexcept;

    /// At what time certificates are judged: max(system clock, build time, last authenticated time). Expiry
    /// is never ignored; a clock that is behind does not make valid certificates invalid.
    [[nodiscard]] UnixMillis judged(UnixMillis wall, TimePoint now) const noexcept;
    /// The service's clock as well as we know it: for signatures and for expiry times that the service
    /// states.
    [[nodiscard]] UnixMillis service_time(UnixMillis wall, TimePoint now) const noexcept;
    [[nodiscard]] ClockFacts facts(UnixMillis wall, TimePoint now) const noexcept;

 private:
    struct Learned {
        UnixMillis server_time;
        TimePoint at;
    };
    [[nodiscard]] std::optional<UnixMillis> estimate(TimePoint now) const noexcept;
    [[nodiscard]] UnixMillis floor(TimePoint now) const noexcept;

    UnixMillis build_;
    UnixMillis stored_ = 0;           // 0: none
    std::optional<Learned> learned_;  // in this run
};

/// ClockRule with its clocks and its file. Made before the TLS context, which asks it for judged().
/// @thread loop only
class ClockState {
 public:
    /// @param file  where the last authenticated time is kept, "clock.json" in the state folder
    ClockState(Timers& timers, std::filesystem::path file, Log log, UnixMillis built = build_time());

    /// Reads the file; a damaged one is set aside. Call once, before the first connection.
    void load();
    [[nodiscard]] UnixMillis judged() const noexcept {
        return rule_.judged(timers_.wall_now(), timers_.now());
    }
    [[nodiscard]] UnixMillis service_time() const noexcept {
        return rule_.service_time(timers_.wall_now(), timers_.now());
    }
    [[nodiscard]] ClockFacts facts() const noexcept { return rule_.facts(timers_.wall_now(), timers_.now()); }
    /// Only times from answers over verified TLS. Writes the file at most once a day in normal life.
    void learn(UnixMillis server_time);

 private:
    void learned_something();  // tells the log when the clock's state changed

    Timers& timers_;
    std::filesystem::path file_;
    Log log_;
    ClockRule rule_;
    ClockHealth told_ = ClockHealth::ok;  // in the log
};

}  // namespace voip::identity
