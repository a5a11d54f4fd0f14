#pragma once
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/manual_timers.hpp"
#include "core/task_set.hpp"
#include "daemon/call/call_task.hpp"
#include "daemon/engine/none_engine.hpp"
#include "tests/support/printers.hpp"

/// The call's shell on a loop with manual time, a board of fakes and whatever engine a test brings.
namespace voip::call::test {

struct FakeLamp final : hal::Lamp {
    void on_health(hal::OnHealth) override {}
    Result<void> show(hal::LampState state) override {
        shown.push_back(state);
        if (broken) return fail(Errc::device_gone, "lamp");
        return {};
    }
    std::vector<hal::LampState> shown;
    bool broken = false;
};

struct FakeRinger final : hal::Ringer {
    void on_health(hal::OnHealth) override {}
    Result<void> play(hal::Tone tone) override {
        played.push_back(tone);
        if (broken) return fail(Errc::device_gone, "ringer");
        return {};
    }
    std::vector<hal::Tone> played;
    bool broken = false;
};

struct FakeButton final : hal::Button {
    explicit FakeButton(std::string called) : called_(std::move(called)) {}
    [[nodiscard]] const std::string& name() const noexcept override { return called_; }
    void on_press(std::function<void(hal::Press)> handler) override { handler_ = std::move(handler); }
    void on_health(std::function<void(const Result<void>&)>) override {}
    void press(hal::Press kind = hal::Press::short_press) {
        if (handler_) handler_(kind);
    }
    [[nodiscard]] bool heard() const { return static_cast<bool>(handler_); }

 private:
    std::string called_;
    std::function<void(hal::Press)> handler_;
};

struct Recorder final : Observer {
    void on_snapshot(const RoomSnapshot& snapshot) override {
        phases.push_back(snapshot.phase);
        story.push_back(std::string(to_string(snapshot.phase)));
    }
    void on_event(const RoomEvent& event) override {
        events.push_back(event);
        story.push_back(std::string(to_string(event.name)));
    }
    void on_quality(const std::string& room_id, const MediaQuality& quality) override {
        story.push_back("quality " + room_id + " " + json::write(encode(quality)));
    }
    [[nodiscard]] long count(EventName name) const {
        return std::count_if(events.begin(), events.end(),
                             [&](const RoomEvent& each) { return each.name == name; });
    }
    std::vector<Phase> phases;
    std::vector<RoomEvent> events;
    std::vector<std::string> story;  // both, in their order
};

/// What a coroutine returned, once it has.
template <class T>
using Later = std::shared_ptr<std::optional<T>>;

template <class T>
asio::awaitable<void> keep(asio::awaitable<T> work, Later<T> result) {
    auto value = co_await std::move(work);
    result->emplace(std::move(value));
}
inline asio::awaitable<void> note(asio::awaitable<void> work, std::shared_ptr<bool> done) {
    co_await std::move(work);
    *done = true;
}

inline CallSettings settings_of_bench() {
    CallSettings made;
    made.own_id = "SN1";
    made.own_name = "door";
    made.buttons = {{"bell", "family", {}, std::nullopt},
                    {"desk", {}, "anna", RoomType::voice},
                    {"mute", {}, {}, std::nullopt},
                    {"lost", "nobody", {}, std::nullopt}};
    return made;
}

/// `E` needs start(Listener&); NoneEngine or a test's own.
template <class E>
struct BenchOf {
    template <class... Args>
    explicit BenchOf(CallSettings settings, MediaPort* media, Args&&... args)
        : engine(timers, std::forward<Args>(args)...), others(io.get_executor(), timers, crash()) {
        auto lamp_made = std::make_unique<FakeLamp>();
        auto ringer_made = std::make_unique<FakeRinger>();
        auto button_made = std::make_unique<FakeButton>("bell");
        lamp = lamp_made.get();
        ringer = ringer_made.get();
        bell = button_made.get();
        board.lamp = std::move(lamp_made);
        board.ringer = std::move(ringer_made);
        board.buttons.push_back(std::move(button_made));
        const Contact family{"family", "Family", {{"anna", "Anna", {}}, {"bo", "Bo", {}}, {"cy", "Cy", {}}}};
        const Contact one{"one", "One", {{"anna", "Anna", {}}}};
        REQUIRE(contacts.set(family));
        REQUIRE(contacts.set(one));
        CallParts parts{io.get_executor(),
                        timers,
                        engine,
                        board,
                        contacts,
                        history,
                        media,
                        [this] { return "call-" + std::to_string(++ids); },
                        [this](UnixMillis) { return minute; },
                        crash(),
                        log};
        task.emplace(std::move(parts), std::move(settings));
        task->start();
        engine.start(*task);
        task->add_observer(recorder, false);
        settle();
    }
    ~BenchOf() {
        stop();
        CHECK(timers.pending() == 0);
        CHECK(crashes.empty());
    }

    TaskSet::OnCrash crash() {
        return [this](std::string_view name, std::string_view what) {
            crashes.push_back(std::string(name) + ": " + std::string(what));
        };
    }
    void settle() {
        // Deliveries that are due now are part of "now".
        for (int i = 0; i < 50; ++i) {
            io.restart();
            const bool ran = io.poll() > 0;
            const bool due = timers.next() <= timers.now();
            if (due) timers.advance(Duration::zero());
            if (!ran && !due) return;
        }
    }
    void pass(Duration length) {
        timers.advance(length, [this] {
            io.restart();
            io.poll();
        });
        settle();
    }
    template <class T>
    Later<T> begin(asio::awaitable<T> work) {
        auto result = std::make_shared<std::optional<T>>();
        others.spawn("test", keep<T>(std::move(work), result));
        settle();
        return result;
    }
    void stop() {
        if (!task) return;
        auto stopped = std::make_shared<bool>(false);
        others.spawn("stop", note(task->stop(), stopped));
        settle();
        for (int i = 0; i < 30 && !*stopped; ++i) pass(100ms);
        CHECK(*stopped);
        engine.stop();
        task->remove_observer(recorder);
        auto ended = std::make_shared<bool>(false);
        asio::co_spawn(io, others.stop(), [ended](const std::exception_ptr&) { *ended = true; });
        settle();
        CHECK(*ended);
        task.reset();
    }
    [[nodiscard]] Phase phase() const { return task->snapshot().phase; }
    [[nodiscard]] RoomSnapshot shot() const { return task->snapshot(); }
    [[nodiscard]] bool logged(const std::string& text) const {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const std::string& line) { return line.find(text) != std::string::npos; });
    }

    std::vector<std::string> lines, crashes;
    LogHub hub{[this](Level, std::string_view line) { lines.emplace_back(line); }, Level::debug};
    Log log{hub, "call"};
    asio::io_context io;
    ManualTimers timers;
    hal::Board board;
    FakeLamp* lamp = nullptr;
    FakeRinger* ringer = nullptr;
    FakeButton* bell = nullptr;
    Contacts contacts{{}, log};
    History history{{}, log};
    int ids = 0, minute = 720;
    E engine;
    Recorder recorder;
    std::optional<CallTask> task;
    TaskSet others;
};

}  // namespace voip::call::test
