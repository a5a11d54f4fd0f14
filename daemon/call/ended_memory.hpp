#pragma once
#include <deque>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace voip::call {

/// The ids of calls that are over, so that what comes late for them is known as late. Bounded: the oldest
/// goes first.
class EndedMemory {
 public:
    EndedMemory(Duration keep, std::size_t limit) : keep_(keep), limit_(limit) {}

    /// Either id may be empty.
    void add(std::string call_id, std::string room_id, TimePoint now);
    [[nodiscard]] bool knows_call(std::string_view call_id, TimePoint now) const noexcept;
    [[nodiscard]] bool knows_room(std::string_view room_id, TimePoint now) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
    struct Entry {
        std::string call_id, room_id;
        TimePoint until;
    };
    Duration keep_;
    std::size_t limit_;
    std::deque<Entry> entries_;
};

}  // namespace voip::call
