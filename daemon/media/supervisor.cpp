#include "daemon/media/supervisor.hpp"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <list>
#include <utility>

#include "core/tokens.hpp"
#include "core/wake.hpp"
#include "daemon/media/run.hpp"
#include "protocol/errors.hpp"

namespace voip::media::host {
namespace {

constexpr Duration farewell = 4s;  // stop() waits no longer for processes that nothing can end

}  // namespace

struct Supervisor::State {
    State(SupervisorParts p, SupervisorSettings s)
        : parts(std::move(p)),
          settings(std::move(s)),
          deaths(parts.executor),
          emptied(parts.timers),
          tasks(parts.executor, parts.timers, parts.on_crash) {}

    [[nodiscard]] std::shared_ptr<Run> run_of(call::Generation generation) const;
    void watch_deaths();
    asio::awaitable<void> reap();
    void gone(const std::shared_ptr<Run>& run);

    SupervisorParts parts;
    SupervisorSettings settings;
    asio::signal_set deaths;
    bool watching = false, stopping = false;
    std::list<std::shared_ptr<Run>> runs;  // oldest first
    Wake emptied;
    TaskSet tasks;
};

std::shared_ptr<Run> Supervisor::State::run_of(call::Generation generation) const {
    const auto found = std::find_if(runs.begin(), runs.end(), [&](const std::shared_ptr<Run>& run) {
        return run->plan().generation() == generation;
    });
    return found == runs.end() ? nullptr : *found;
}

/// Before the first process is there, so that no death is missed.
void Supervisor::State::watch_deaths() {
    if (std::exchange(watching, true)) return;
    boost::system::error_code ec;
    deaths.add(SIGCHLD, ec);
    if (ec) parts.log.err("deaths of processes cannot be heard of", kv("why", ec.message()));
    tasks.spawn("media.reap", reap());
}

asio::awaitable<void> Supervisor::State::reap() {
    for (;;) {
        const auto [ec, number] = co_await deaths.async_wait(use_result);
        if (ec) co_return;
        const auto all = runs;  // one signal may stand for several, and a run may go by it
        for (const auto& run : all) run->reap();
    }
}

void Supervisor::State::gone(const std::shared_ptr<Run>& run) {
    runs.remove(run);
    if (!runs.empty()) {
        const auto oldest = runs.front();
        oldest->process(event::EldersGone{});
    }
    if (runs.empty()) emptied.notify();
}

Supervisor::Supervisor(SupervisorParts parts, SupervisorSettings settings)
    : state_(std::make_unique<State>(std::move(parts), std::move(settings))) {}

Supervisor::~Supervisor() {
    for (const auto& run : state_->runs) run->abandon();
}

void Supervisor::prepare(const call::action::PrepareMedia& prepare) {
    State& s = *state_;
    if (s.stopping || s.run_of(prepare.generation)) return;
    s.watch_deaths();
    PlanSettings plan = s.settings.plan;
    plan.generation = prepare.generation;
    plan.room_type = prepare.room_type;
    plan.elders = !s.runs.empty();
    Run::Owner owner{s.parts, s.tasks, [&s](const std::shared_ptr<Run>& run) { s.gone(run); }};
    s.runs.push_back(
        std::make_shared<Run>(std::move(owner), s.settings.child, std::move(plan), prepare.room_id));
    const auto run = s.runs.back();
    run->process(event::Begin{});
}

void Supervisor::start(const call::action::StartMedia& start) {
    if (const auto run = state_->run_of(start.generation)) run->process(event::Start{start});
}

void Supervisor::stop(call::Generation generation) {
    if (const auto run = state_->run_of(generation)) run->process(event::Stop{});
}

Answer<call::MediaAnswer> Supervisor::set(const call::MediaRequest& request) {
    if (state_->runs.empty()) return Fault{code::room_wrong, "no media in this call", "roomId", {}};
    const auto run = state_->runs.back();
    auto answer = run->plan().answer_set(request);
    if (answer) run->process(event::Set{request.camera, request.microphone, request.volume});
    return answer;
}

void Supervisor::on_signal(const RoomSignal& signal) {
    if (state_->runs.empty() || state_->runs.back()->room_id() != signal.room_id) return;
    const auto run = state_->runs.back();
    run->process(event::FromRoom{signal.body});
}

void Supervisor::on_road(bool open) {
    if (state_->runs.empty()) return;
    const auto run = state_->runs.back();
    run->process(event::Road{open});
}

void Supervisor::on_network(bool moved) {
    if (state_->runs.empty()) return;
    const auto run = state_->runs.back();
    run->process(event::Network{moved});
}

void Supervisor::reconfigure(SupervisorSettings settings) {
    state_->settings = std::move(settings);
}

asio::awaitable<void> Supervisor::stop() {
    State& s = *state_;
    s.stopping = true;
    const auto all = s.runs;
    for (const auto& run : all) run->process(event::Stop{});
    const TimePoint until = s.parts.timers.now() + farewell;
    while (!s.runs.empty()) {
        const WakeReason reason = co_await s.emptied.wait(until);
        if (reason != WakeReason::notified) break;
    }
    for (const auto& run : s.runs) run->abandon();
    boost::system::error_code ignored;
    s.deaths.cancel(ignored);
    co_await s.tasks.stop();
}

std::optional<TimePoint> Supervisor::due() const noexcept {
    std::optional<TimePoint> first;
    for (const auto& run : state_->runs) {
        const auto due = run->plan().wake_at();
        if (due && (!first || *due < *first)) first = due;
    }
    return first;
}

pid_t Supervisor::pid() const noexcept {
    return state_->runs.empty() ? 0 : state_->runs.back()->pid();
}

void Supervisor::set_log_level(std::string_view level) {
    state_->settings.plan.prepare.set("log", level);
}

std::size_t Supervisor::programs() const noexcept {
    return state_->runs.size();
}

}  // namespace voip::media::host
