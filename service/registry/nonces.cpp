// Used nonces, and what stands in for them when the disk takes no more.
#include <unistd.h>

#include <cerrno>

#include "core/file.hpp"
#include "service/registry/schema.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

/// Unsaved nonces that are remembered at most; more are refused.
constexpr std::size_t max_unsaved = 20000;

}  // namespace

// A claim is good while |timestamp - now| <= skew. A nonce seen now may stand in a claim dated up to `skew`
// ahead, which is good until `skew` after its date: so 2 * skew, and a minute for the rounding of timestamps.
UnixMillis Registry::nonce_life() const noexcept {
    return 2 * millis(state_->settings.clock_skew) + 60000;
}

Answer<void> Registry::use_nonce(std::string_view sn, std::string_view nonce, UnixMillis now) {
    State& s = *state_;
    const std::pair key{std::string(sn), std::string(nonce)};
    if (const auto known = s.unsaved_nonces.find(key); known != s.unsaved_nonces.end() && known->second > now)
        return fault(code::nonce_used, "nonce");
    const UnixMillis expires = now + nonce_life();
    bool is_known = false;
    auto saved = s.result<void>(Work::Kind::write, [&](Work& work) -> Result<void> {
        is_known =
            work.run(
                "INSERT INTO nonces(sn, nonce, expires) VALUES(?, ?, ?) ON CONFLICT(sn, nonce) DO NOTHING",
                sn, nonce, expires) == 0;
        return {};
    });
    if (saved) {
        if (is_known) return fault(code::nonce_used, "nonce");
        return {};
    }
    return keep_unsaved_nonce(key, expires, now);
}

/// The disk does not take it. Whether it was saved before can still be read.
Answer<void> Registry::keep_unsaved_nonce(const std::pair<std::string, std::string>& key, UnixMillis expires,
                                          UnixMillis now) {
    State& s = *state_;
    auto known = s.result<bool>(Work::Kind::read, [&](Work& work) -> Result<bool> {
        return work
            .first(read_integer, "SELECT 1 FROM nonces WHERE sn = ? AND nonce = ?",
                   std::string_view(key.first), std::string_view(key.second))
            .has_value();
    });
    if (!known) return fault(code::not_ready);
    if (*known) return fault(code::nonce_used, "nonce");
    // Without the marker the next start refuses every claim that is older than it: nothing forgotten can be
    // used again.
    if (::unlink(nonce_marker(s.file).c_str()) != 0 && errno != ENOENT)
        return s.not_ready(
            fail(Errc::io, "registry: a used nonce can neither be saved nor be marked as unsaved"));
    std::erase_if(s.unsaved_nonces, [now](const auto& entry) { return entry.second <= now; });
    if (s.unsaved_nonces.size() >= max_unsaved)
        return s.not_ready(fail(Errc::full, "registry: too many used nonces that could not be saved"));
    s.unsaved_nonces.insert_or_assign(key, expires);
    return {};
}

UnixMillis Registry::claims_from() const noexcept {
    return state_->claims_from;
}

/// Puts the marker back when the time of every nonce that is not on the disk has passed.
void Registry::restore_nonce_marker(UnixMillis now) {
    State& s = *state_;
    std::erase_if(s.unsaved_nonces, [now](const auto& entry) { return entry.second <= now; });
    if (!s.unsaved_nonces.empty()) return;
    if (s.claims_from != 0 && now < s.claims_from + nonce_life()) return;
    std::error_code code;
    const auto marker = nonce_marker(s.file);
    if (std::filesystem::exists(marker, code)) return;
    if (auto written = write_file(marker, "", 0600); !written)
        (void)s.report(written.error());
    else
        s.claims_from = 0;
}

}  // namespace voip::registry
