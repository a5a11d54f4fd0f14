#pragma once
#include <string>
#include <utility>
#include <vector>

#include "daemon/media/plan.hpp"
#include "tests/support/printers.hpp"

/// One media program, its clock, and what the plan did with it as short words.
namespace voip::media::host::test {

using Words = std::vector<std::string>;
using How = event::Answered::How;

struct InWords {
    std::string operator()(const action::Spawn&) const { return "spawn"; }
    std::string operator()(const action::Ask& ask) const {
        return "ask " + std::string(to_string(ask.request));
    }
    std::string operator()(const action::ToProgram& to) const { return "to program " + json::write(to.body); }
    std::string operator()(const action::ToRoom& to) const { return "to room " + json::write(to.body); }
    std::string operator()(const action::CloseWire&) const { return "close wire"; }
    std::string operator()(const action::Kill&) const { return "kill"; }
    std::string operator()(const action::FetchServers&) const { return "fetch servers"; }
    std::string operator()(const action::Tell& tell) const {
        std::string text = "tell " + tell.media.state;
        if (tell.media.camera) text += " camera";
        if (tell.media.microphone) text += " microphone";
        if (tell.err_code != 0) text += " " + std::to_string(tell.err_code) + " " + tell.err_msg;
        return text;
    }
    std::string operator()(const action::Measure&) const { return "measure"; }
    std::string operator()(const action::Health& health) const {
        return health.reason.empty() ? "well" : "ill: " + health.reason;
    }
    std::string operator()(const action::Gone&) const { return "gone"; }
    std::string operator()(const action::Note& note) const { return "note " + note.what; }
};

inline Words words(const Actions& actions) {
    Words all;
    for (const Action& each : actions) all.push_back(std::visit(InWords{}, each));
    return all;
}

inline json::Value body(std::string_view type) {
    json::Value made;
    return made.set("type", type);
}

inline call::action::StartMedia start_of(RoomType type = RoomType::video, bool camera = true) {
    return {7, "R1", type, camera, {}, {TimePoint(1h), 1767225600000}};
}

/// A TURN server whose credentials live so long from the world's beginning.
inline std::vector<IceServer> turn(std::int64_t life_s) {
    return {{{"stun:s"}, "", ""}, {{"turn:t"}, std::to_string(1767225600 + life_s) + ":R1", "secret"}};
}

struct PlanWorld {
    explicit PlanWorld(PlanSettings settings = {}) : plan(with_generation(std::move(settings))) {}
    static PlanSettings with_generation(PlanSettings settings) {
        settings.generation = 7;
        return settings;
    }

    Words on(const Event& event) {
        last = plan.on(event, now);
        const Words told = words(last);
        all.insert(all.end(), told.begin(), told.end());
        return told;
    }
    /// Moves on from deadline to deadline, as the shell does.
    Words pass(Duration length) {
        const TimePoint end = now + length;
        Words told;
        for (int turns = 0; turns < 1000; ++turns) {
            const auto at = plan.wake_at();
            if (!at || *at > end) break;
            now = std::max(now, *at);
            const Words step = on(event::Tick{});
            told.insert(told.end(), step.begin(), step.end());
        }
        now = end;
        return told;
    }
    Words done(Request request) { return on(event::Answered{request, How::done, 0, {}, {}}); }
    Words refused(Request request, int err_code, const std::string& why) {
        return on(event::Answered{request, How::refused, err_code, why, {}});
    }
    Words lost(Request request) { return on(event::Answered{request, How::lost, 0, "no answer", {}}); }
    Words told(const std::string& state, bool camera = true, bool microphone = true) {
        return on(event::Told{{state, camera, microphone, 0, {}}});
    }
    Words failed(int err_code, const std::string& why) {
        return on(event::Told{{"failed", false, false, err_code, why}});
    }

    void to_launching() { on(event::Begin{}); }
    void to_ready() {
        to_launching();
        done(Request::prepare);
    }
    void to_starting(const call::action::StartMedia& start = start_of()) {
        to_ready();
        on(event::Start{start});
    }
    void to_running(const call::action::StartMedia& start = start_of()) {
        to_starting(start);
        done(Request::start);
        told("starting", false, false);
    }
    void to_flowing(const call::action::StartMedia& start = start_of()) {
        to_running(start);
        told("flowing");
    }
    void to_ending() {
        to_flowing();
        on(event::Stop{});
    }
    void to_broken() {
        to_launching();
        on(event::SpawnFailed{"no such file"});
    }
    void to_gone() {
        to_ending();
        done(Request::stop);
        on(event::Exited{"ended"});
    }

    /// The params of the last request of that kind.
    [[nodiscard]] json::Value asked(Request request) const {
        json::Value params;
        for (const Action& each : last)
            if (const auto* ask = std::get_if<action::Ask>(&each); ask && ask->request == request)
                params = ask->params;
        return params;
    }
    [[nodiscard]] long count(const std::string& word) const {
        return std::count_if(all.begin(), all.end(),
                             [&](const std::string& each) { return each.starts_with(word); });
    }

    Plan plan;
    TimePoint now{1h};
    Actions last;
    Words all;
};

}  // namespace voip::media::host::test
