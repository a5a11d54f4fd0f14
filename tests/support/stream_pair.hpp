#pragma once
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/timers.hpp"
#include "core/wake.hpp"
#include "protocol/limits.hpp"
#include "protocol/transport/message_stream.hpp"

namespace voip::test {

/// Two ends of a message stream in memory, with faults on demand. The faults of a direction are named by the
/// end that sends in it. The pair object may go before its ends.
class StreamPair {
 public:
    enum Side { a = 0, b = 1 };
    struct Goodbye {
        std::uint16_t code = 0;
        std::string reason;
    };

    explicit StreamPair(Timers& timers) : state_(std::make_shared<State>(timers)) {}

    /// Each end can be taken once.
    [[nodiscard]] std::unique_ptr<transport::MessageStream> take(Side side) {
        return std::make_unique<End>(state_, side);
    }

    /// The connection breaks: both ends fail with connection_reset from now on.
    void cut() {
        for (Wire& wire : state_->wires) wire.finish(fail(asio::error::connection_reset));
    }
    /// That side has said its last word, and still listens.
    void stop_speaking(Side from) { state_->wires[from].finish(fail(Errc::closed)); }
    /// send() of that side does not return while true (the other side's kernel buffer is full).
    void stall(Side from, bool on = true) {
        state_->wires[from].stalled = on;
        state_->wires[from].writable.notify();
    }
    /// What that side sends vanishes while true (a frozen peer, a dead link).
    void lose(Side from, bool on = true) { state_->wires[from].lost = on; }
    /// What that side sends arrives that much later.
    void delay(Side from, Duration length) { state_->wires[from].delay = length; }
    /// The other side reads this next, as if `from` had sent it; errors as receive() has them.
    void inject(Side from, Result<std::string> what) {
        state_->wires[from].put(state_->timers.now(), std::move(what));
    }
    /// What both ends say of MessageStream::silence_ends().
    void silence_ends(std::optional<TimePoint> at) { state_->silence_ends = at; }
    /// What that side said in close(), if it did.
    [[nodiscard]] const std::optional<Goodbye>& goodbye(Side from) const {
        return state_->wires[from].goodbye;
    }
    /// Messages sent by that side since the beginning, lost ones too.
    [[nodiscard]] std::size_t sent(Side from) const { return state_->wires[from].sent; }
    [[nodiscard]] bool is_open(Side from) const { return !state_->wires[from].end; }

 private:
    /// One direction.
    struct Wire {
        explicit Wire(Timers& timers) : readable(timers), writable(timers) {}
        struct Item {
            TimePoint due;
            Result<std::string> what;
        };
        void put(TimePoint due, Result<std::string> what) {
            items.push_back(Item{due, std::move(what)});
            readable.notify();
        }
        void finish(Error why) {
            if (!end) end = std::move(why);
            readable.notify();
            writable.notify();
        }
        std::deque<Item> items;
        std::optional<Error> end;
        bool stalled = false, lost = false;
        Duration delay{};
        std::optional<Goodbye> goodbye;
        std::size_t sent = 0;
        Wake readable, writable;
    };
    struct State {
        explicit State(Timers& t) : timers(t), wires{{Wire(t), Wire(t)}} {}
        Timers& timers;
        std::array<Wire, 2> wires;
        std::optional<TimePoint> silence_ends;
    };

    class End final : public transport::MessageStream {
     public:
        End(std::shared_ptr<State> state, Side side) : state_(std::move(state)), side_(side) {}
        ~End() override { finish(fail(Errc::closed)); }

        asio::awaitable<Result<std::string>> receive() override {
            Wire& wire = state_->wires[side_ == a ? b : a];
            for (;;) {
                std::optional<TimePoint> due;
                if (!wire.items.empty()) {
                    due = wire.items.front().due;
                    if (*due <= state_->timers.now()) {
                        Result<std::string> what = std::move(wire.items.front().what);
                        wire.items.pop_front();
                        co_return what;
                    }
                } else if (wire.end) {
                    co_return *wire.end;
                }
                const WakeReason reason = co_await wire.readable.wait(due);
                if (reason == WakeReason::cancelled) co_return fail(Errc::cancelled);
            }
        }

        asio::awaitable<Result<void>> send(std::vector<std::string> messages) override {
            Wire& wire = state_->wires[side_];
            while (wire.stalled && !wire.end) {
                const WakeReason reason = co_await wire.writable.wait();
                if (reason == WakeReason::cancelled) co_return fail(Errc::cancelled);
            }
            if (wire.end) co_return *wire.end;
            for (std::string& message : messages) {
                ++wire.sent;
                if (!wire.lost) wire.put(state_->timers.now() + wire.delay, std::move(message));
            }
            co_return Result<void>();
        }

        asio::awaitable<void> close(std::uint16_t code, std::string reason) override {
            Wire& wire = state_->wires[side_];
            if (!wire.end) wire.goodbye = Goodbye{code, reason};
            finish(transport::closed_with(code, reason));
            co_return;
        }
        void abort() noexcept override { finish(fail(asio::error::connection_reset)); }
        bool still_listens() override { return !state_->wires[side_].end; }
        std::string peer() const override { return side_ == a ? "end b" : "end a"; }
        std::optional<TimePoint> silence_ends() const override { return state_->silence_ends; }

     private:
        /// What was sent before still arrives; our own receive() ends at once.
        void finish(Error why) {
            state_->wires[side_].finish(std::move(why));
            Wire& other = state_->wires[side_ == a ? b : a];
            other.items.clear();
            other.finish(fail(Errc::closed));
        }
        std::shared_ptr<State> state_;
        Side side_;
    };

    std::shared_ptr<State> state_;
};

}  // namespace voip::test
