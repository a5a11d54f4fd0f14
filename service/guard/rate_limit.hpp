#pragma once
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace voip::service {

/// At most `limit` counted happenings per key in any window of `window`; pure. Its table is bounded: when it
/// is full, the key that was quiet longest is forgotten.
class RateLimit {
 public:
    struct Settings {
        std::size_t limit = 10;
        Duration window = 60s;
        std::size_t max_keys = 4096;
    };
    explicit RateLimit(Settings settings) : settings_(settings) {}

    /// True while the key has used up its limit.
    [[nodiscard]] bool is_spent(std::string_view key, TimePoint now);
    /// Counts one happening (also beyond the limit: the window then starts anew for it).
    void count(std::string_view key, TimePoint now);
    /// is_spent() and, when not, count(): for limits on requests. True: allowed.
    [[nodiscard]] bool take(std::string_view key, TimePoint now);
    /// Forgets a key: after a login that succeeded.
    void forgive(std::string_view key);
    /// How long until one more is allowed; zero when it is now.
    [[nodiscard]] Duration wait(std::string_view key, TimePoint now);

    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

 private:
    using Happenings = std::deque<TimePoint>;
    Happenings* current(std::string_view key, TimePoint now);
    void make_room(TimePoint now);

    Settings settings_;
    std::map<std::string, Happenings, std::less<>> keys_;
};

}  // namespace voip::service
