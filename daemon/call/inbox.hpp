#pragma once
#include <deque>
#include <optional>

#include "daemon/call/session_event.hpp"

namespace voip::call {

/// Events on their way to the session, in order, bounded. What must not be lost has its place also when the
/// queue is full: outcomes of requests (few, each was asked for), the last word about the road, and each kind
/// of end of a room that matters, once.
class Inbox {
 public:
    explicit Inbox(std::size_t limit) : limit_(limit) {}

    /// @param matters whether the room of a Wire event is the session's
    /// @return false: dropped, the queue is full
    bool push(Event event, bool matters);
    [[nodiscard]] std::optional<Event> pop();
    [[nodiscard]] std::size_t size() const noexcept { return events_.size(); }
    [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }

 private:
    [[nodiscard]] bool push_when_full(Event event, bool matters);

    std::size_t limit_;
    std::size_t dropped_ = 0;
    std::deque<Event> events_;
};

}  // namespace voip::call
