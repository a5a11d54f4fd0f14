#pragma once
#include <deque>
#include <optional>
#include <utility>

#include "core/wake.hpp"

namespace voip {

/// A bounded queue with one reading coroutine: how events reach a shell.
/// @thread loop only. close() lets the reader take what is left and then end.
template <class T>
class Mailbox {
 public:
    Mailbox(Timers& timers, std::size_t limit) : wake_(timers), limit_(limit) {}

    /// False when full or closed: the caller decides what a lost item means.
    [[nodiscard]] bool push(T item) {
        if (closed_ || items_.size() >= limit_) return false;
        items_.push_back(std::move(item));
        wake_.notify();
        return true;
    }

    /// The next item; empty at the deadline, after close(), or when cancelled (see closed()).
    asio::awaitable<std::optional<T>> pop(std::optional<TimePoint> deadline = std::nullopt) {
        while (items_.empty() && !closed_) {
            const WakeReason reason = co_await wake_.wait(deadline);
            if (reason == WakeReason::cancelled) closed_ = true;
            if (reason == WakeReason::deadline && items_.empty()) co_return std::nullopt;
        }
        if (items_.empty()) co_return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        co_return item;
    }

    void close() {
        closed_ = true;
        wake_.notify();
    }
    [[nodiscard]] bool closed() const noexcept { return closed_ && items_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

 private:
    Wake wake_;
    std::size_t limit_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace voip
