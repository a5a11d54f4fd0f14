#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"

namespace voip::test {

/// What a bad network does to packets in one direction, all of it together. The default does nothing.
struct Impairment {
    double loss = 0;         ///< 0 to 1: every packet by itself
    Duration delay{};        ///< of every packet
    Duration jitter{};       ///< in addition, between nothing and this; the order is kept
    double reorder = 0;      ///< 0 to 1: packets that skip the jitter, past those before them
    unsigned rate_kbps = 0;  ///< 0: without limit
    Duration queue = 200ms;  ///< what would wait longer than this for the rate is dropped
    friend bool operator==(const Impairment&, const Impairment&) = default;
};

/// When each packet of one direction leaves. The same seed, packets and times give the same answers. Pure.
class Schedule {
 public:
    struct Counts {
        std::uint64_t passed = 0, lost = 0, overflowed = 0, cut = 0;
        friend bool operator==(const Counts&, const Counts&) = default;
    };

    explicit Schedule(std::uint64_t seed) : random_(seed) {}

    /// From the next packet on; what is under way stays so.
    void impair(const Impairment& impairment) { impairment_ = impairment; }
    /// Everything is dropped until then.
    void cut(TimePoint until) { cut_until_ = until; }
    /// Nothing: the packet is dropped. @param now  never less than the time before
    [[nodiscard]] std::optional<TimePoint> leaves(std::size_t bytes, TimePoint now);
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
    [[nodiscard]] double chance();

    std::mt19937_64 random_;
    Impairment impairment_;
    TimePoint cut_until_ = TimePoint::min();
    TimePoint sent_ = TimePoint::min();  // the rate's line is free from then on
    TimePoint last_ = TimePoint::min();  // the newest packet in order leaves then
    Counts counts_;
};

/// A line that tells a cable what to do.
struct Order {
    enum class Kind { impair, cut, count } kind = Kind::count;
    bool forth = true, back = true;  ///< the directions meant
    Impairment impairment;
    Duration length{};  ///< of a cut
    friend bool operator==(const Order&, const Order&) = default;
};

/// "forth|back|both [loss=PERCENT] [delay=MS] [jitter=MS] [reorder=PERCENT] [rate=KBIT/S] [queue=MS]" (what
/// is not named is switched off), "cut forth|back|both SECONDS", "count".
/// @errors bad_message, with the word
[[nodiscard]] Result<Order> parse_order(std::string_view line);

}  // namespace voip::test
