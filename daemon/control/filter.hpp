#pragma once
#include <cstdint>

#include "protocol/words.hpp"

namespace voip::control {

/// What a subscriber wants to hear of: every event but `calling`, and no `room.quality`, unless told
/// otherwise.
class EventFilter {
 public:
    EventFilter() = default;
    [[nodiscard]] static EventFilter nothing() noexcept { return EventFilter(0); }

    void add(EventName name) noexcept { wanted_ |= bit(name); }
    [[nodiscard]] bool wants(EventName name) const noexcept { return (wanted_ & bit(name)) != 0; }
    void want_quality(bool wanted) noexcept { quality_ = wanted; }
    [[nodiscard]] bool wants_quality() const noexcept { return quality_; }

 private:
    explicit EventFilter(std::uint32_t wanted) : wanted_(wanted) {}
    [[nodiscard]] static constexpr std::uint32_t bit(EventName name) noexcept {
        return std::uint32_t{1} << static_cast<unsigned>(name);
    }

    std::uint32_t wanted_ = ~bit(EventName::calling);
    bool quality_ = false;
};

}  // namespace voip::control
