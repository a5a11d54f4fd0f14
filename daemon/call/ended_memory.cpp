#include "daemon/call/ended_memory.hpp"

#include <algorithm>
#include <utility>

namespace voip::call {

void EndedMemory::add(std::string call_id, std::string room_id, TimePoint now) {
    while (!entries_.empty() && (entries_.size() >= limit_ || entries_.front().until <= now))
        entries_.pop_front();
    entries_.push_back({std::move(call_id), std::move(room_id), now + keep_});
}

bool EndedMemory::knows_call(std::string_view call_id, TimePoint now) const noexcept {
    return !call_id.empty() && std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.call_id == call_id && now < entry.until;
    });
}

bool EndedMemory::knows_room(std::string_view room_id, TimePoint now) const noexcept {
    return !room_id.empty() && std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.room_id == room_id && now < entry.until;
    });
}

}  // namespace voip::call
