#include "hal/linux/av/worker.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <mutex>
#include <thread>

#include "hal/linux/fd.hpp"

namespace voip::hal::linux {

TimePoint thread_now() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return TimePoint(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

struct Run::State {
    asio::any_io_executor executor;
    Fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::atomic<bool> stopped{false};
    std::mutex posting;  // after stop() nobody touches the executor, whose loop may then be gone
};

Run::Run(asio::any_io_executor executor) : state_(std::make_shared<State>()) {
    state_->executor = std::move(executor);
}
Run::~Run() = default;

bool Run::stopped() const noexcept {
    return state_->stopped;
}
int Run::wake_fd() const noexcept {
    return state_->event.get();
}
void Run::wake() noexcept {
    if (state_->event) (void)::eventfd_write(state_->event.get(), 1);
}
void Run::clear_wake() noexcept {
    eventfd_t count = 0;
    if (state_->event && !stopped()) (void)::eventfd_read(state_->event.get(), &count);
    if (stopped()) wake();  // between the two lines above
}
bool Run::sleep(Duration longest) const noexcept {
    pollfd fd{wake_fd(), POLLIN, 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
    return ::poll(&fd, 1, static_cast<int>(ms)) > 0;
}
void Run::post(std::function<void()> action) const {
    const std::lock_guard lock(state_->posting);
    if (state_->stopped) return;
    asio::post(state_->executor, [state = state_, action = std::move(action)] {
        if (!state->stopped) action();
    });
}
void Run::stop() noexcept {
    {
        const std::lock_guard lock(state_->posting);
        state_->stopped = true;
    }
    wake();
}

namespace {

/// Threads that run or wait for their turn.
class Count {
 public:
    void add(int change) {
        const std::lock_guard lock(mutex_);
        count_ += change;
        changed_.notify_all();
    }
    bool wait_none(Duration longest) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, longest, [this] { return count_ == 0; });
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

Count& all_threads() {
    static auto* const count = new Count;  // never destroyed: a thread that is stuck may outlive main()
    return *count;
}

}  // namespace

// Shared with the threads, which may outlive the worker.
struct Worker::Gate {
    explicit Gate(Duration patience) : stop_time(patience) {}
    const Duration stop_time;
    std::mutex mutex;
    std::condition_variable changed;
    bool busy = false;  // a body runs
    Count threads;

    [[nodiscard]] bool enter(const Run& run) {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, stop_time, [&] { return !busy || run.stopped(); }) || busy) return false;
        busy = true;
        return true;
    }
    void leave() {
        const std::lock_guard lock(mutex);
        busy = false;
        changed.notify_all();
    }
};

namespace {

/// Signals are the loop's: threads made while this lives inherit that they are blocked.
class NoSignals {
 public:
    NoSignals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~NoSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    NoSignals(const NoSignals&) = delete;
    NoSignals& operator=(const NoSignals&) = delete;

 private:
    sigset_t before_{};
};

}  // namespace

Worker::Worker(asio::any_io_executor executor, std::string name, Duration stop_time)
    : executor_(std::move(executor)), name_(std::move(name)), gate_(std::make_shared<Gate>(stop_time)) {}

void Worker::stop() {
    if (run_) run_->stop();
    run_.reset();
    const std::lock_guard lock(gate_->mutex);
    gate_->changed.notify_all();
}

std::shared_ptr<Run> Worker::start(Body body, std::function<void(const Error&)> failed) {
    stop();
    const auto run = std::make_shared<Run>(executor_);
    run_ = run;
    const auto work = [run, gate = gate_, body = std::move(body), failed, name = name_] {
        ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
        if (gate->enter(*run)) {
            if (!run->stopped()) body(*run);
            gate->leave();
        } else if (!run->stopped()) {
            run->post([failed, name, waited = gate->stop_time] {
                const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
                failed(fail(Errc::timeout, name + " did not close within " + std::to_string(ms) + " ms"));
            });
        }
        gate->threads.add(-1);
        all_threads().add(-1);
    };
    gate_->threads.add(1);
    all_threads().add(1);
    try {
        const NoSignals blocked;
        std::thread(work).detach();
    } catch (const std::system_error& none) {
        gate_->threads.add(-1);
        all_threads().add(-1);
        run->post([failed, what = std::string(none.what())] {
            failed(fail(Errc::io, "no thread can be made: " + what));
        });
    }
    return run;
}

bool Worker::wait_ended(Duration longest) {
    return gate_->threads.wait_none(longest);
}

bool Worker::wait_all_ended(Duration longest) {
    return all_threads().wait_none(longest);
}

}  // namespace voip::hal::linux
