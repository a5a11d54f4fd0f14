#pragma once
#include <cstddef>
#include <deque>

#include "core/json.hpp"

namespace voip::media::host {

/// Signalling that cannot be passed on yet, in order, bounded in number and bytes. An offer replaces
/// everything before it (daemon/media/README.md, "What travels in room.signal"), so the queue starts anew
/// with one. Pure.
class SignalQueue {
 public:
    SignalQueue(std::size_t most, std::size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}

    /// False: no place; the body is dropped and so is all that would come after it, until take() or clear().
    bool push(json::Value body);
    /// All of it, oldest first; the queue is empty then.
    [[nodiscard]] std::deque<json::Value> take();
    void clear();
    [[nodiscard]] std::size_t size() const noexcept { return bodies_.size(); }
    /// Something was dropped since the last take() or clear().
    [[nodiscard]] bool overflowed() const noexcept { return overflowed_; }

 private:
    std::size_t most_, most_bytes_;
    std::deque<json::Value> bodies_;
    std::size_t bytes_ = 0;
    bool overflowed_ = false;
};

/// The member `type` of a body; empty when it has none.
[[nodiscard]] std::string_view signal_type(const json::Value& body) noexcept;

}  // namespace voip::media::host
