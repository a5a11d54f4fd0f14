#include "core/timers.hpp"

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <unordered_map>

#include "core/wake.hpp"

namespace voip {
namespace {

constexpr Duration put_off_pause = 1s;

}  // namespace

asio::awaitable<boost::system::error_code> Timers::wait_until(TimePoint at) {
    Wake never(*this);
    const WakeReason reason = co_await never.wait(at);
    if (reason == WakeReason::deadline) co_return boost::system::error_code{};
    co_return boost::system::error_code(asio::error::operation_aborted);
}

struct SystemTimers::State : std::enable_shared_from_this<State> {
    explicit State(const asio::any_io_executor& executor) : timer(executor) {}

    void arm() {
        if (due.empty() || closed) return;
        const TimePoint first = due.begin()->first;
        if (armed && armed_for <= first) return;
        armed = true;
        armed_for = first;
        timer.expires_at(first);  // cancels the wait before: its handler sees another generation
        timer.async_wait([self = shared_from_this(), mine = ++generation](boost::system::error_code ec) {
            if (ec || mine != self->generation || self->closed) return;
            self->armed = false;
            self->run_due();
        });
    }

    void disarm() noexcept {
        armed = false;
        ++generation;
        try {
            timer.cancel();
        } catch (const boost::system::system_error&) {  // the wait then ends by itself, unheard
        }
    }

    /// The alarm that the timer was set for is cancelled: left alone it would wake an idle loop for nobody.
    /// Setting it costs system calls, so where alarms come and go with each message it is done now and then.
    void put_off() noexcept {
        const TimePoint now = Clock::now();
        if (now < next_put_off) return;
        next_put_off = now + put_off_pause;
        armed = false;
        try {
            arm();
        } catch (const std::exception&) {  // the next call_at() arms it
        }
    }

    void run_due() {
        const TimePoint now = Clock::now();
        while (!closed && !due.empty() && due.begin()->first <= now) {
            auto first = due.extract(due.begin());
            where.erase(first.mapped().id);
            first.mapped().action();
        }
        arm();
    }

    struct Alarm {
        Id id;
        std::function<void()> action;
    };
    asio::steady_timer timer;
    std::multimap<TimePoint, Alarm> due;
    std::unordered_map<Id, std::multimap<TimePoint, Alarm>::iterator> where;
    Id last_id = 0;
    bool armed = false;
    TimePoint armed_for;
    TimePoint next_put_off = TimePoint::min();
    std::uint64_t generation = 0;
    bool closed = false;
};

SystemTimers::SystemTimers(const asio::any_io_executor& executor)
    : state_(std::make_shared<State>(executor)) {}

SystemTimers::~SystemTimers() {
    state_->closed = true;
    state_->disarm();
}

UnixMillis SystemTimers::wall_now() const noexcept {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

Timers::Id SystemTimers::call_at(TimePoint at, std::function<void()> action) {
    const Id id = ++state_->last_id;
    state_->where[id] = state_->due.emplace(at, State::Alarm{id, std::move(action)});
    state_->arm();
    return id;
}

void SystemTimers::cancel(Id alarm) noexcept {
    const auto found = state_->where.find(alarm);
    if (found == state_->where.end()) return;
    state_->due.erase(found->second);
    state_->where.erase(found);
    if (state_->due.empty())
        state_->disarm();  // so that an idle loop sleeps, and an ended one ends
    else if (state_->armed && state_->due.begin()->first > state_->armed_for)
        state_->put_off();
}

std::size_t SystemTimers::pending() const noexcept {
    return state_->due.size();
}

}  // namespace voip
