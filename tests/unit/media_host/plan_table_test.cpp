#include <random>

#include "tests/unit/media_host/plan_walk.hpp"
#include "tests/unit/media_host/plan_world.hpp"

namespace voip::media::host::test {
namespace {

PlanWorld in_phase(Phase phase) {
    PlanWorld w;
    switch (phase) {
        case Phase::idle: break;
        case Phase::launching: w.to_launching(); break;
        case Phase::ready: w.to_ready(); break;
        case Phase::starting: w.to_starting(); break;
        case Phase::running: w.to_flowing(); break;
        case Phase::ending: w.to_ending(); break;
        case Phase::broken: w.to_broken(); break;
        case Phase::gone: w.to_gone(); break;
    }
    return w;
}

std::vector<Event> every_event() {
    return {event::Begin{},
            event::Start{start_of()},
            event::Stop{},
            event::Set{false, {}, {}},
            event::FromRoom{body("answer")},
            event::Road{false},
            event::Road{true},
            event::Network{true},
            event::Servers{},
            event::Unsent{body("candidate")},
            event::SpawnFailed{"why"},
            event::Answered{Request::prepare, How::done, 0, {}, {}},
            event::Answered{Request::start, How::lost, 0, "why", {}},
            event::Answered{Request::stop, How::refused, 2000, "why", {}},
            event::Told{{"flowing", true, true, 0, {}}},
            event::Told{{"failed", false, false, 2004, "why"}},
            event::Measured{},
            event::FromProgram{body("offer")},
            event::WireBroken{"why"},
            event::Exited{"ended"},
            event::EldersGone{},
            event::Tick{}};
}

TEST_CASE("media plan table: 8 phases x 22 events do what the table says, and each program ends in 2 s",
          "[media][unit]") {
    int walked = 0;
    for (int p = 0; p < phases; ++p)
        for (const Event& event : every_event()) {
            const auto phase = static_cast<Phase>(p);
            CAPTURE(to_string(phase), event.index());
            PlanWorld w = in_phase(phase);
            REQUIRE(w.plan.phase() == phase);
            const Words done = w.on(event);
            ++walked;
            if (rule(phase, event) == Rule::quiet) {
                CHECK(done.empty());
                CHECK(w.plan.phase() == phase);
            }
            if (rule(phase, event) == Rule::breach) CHECK(done.back() == "kill");
            w.on(event::Stop{});
            w.pass(2s);
            w.on(event::Exited{"was killed"});
            CHECK(w.plan.phase() == Phase::gone);
            CHECK(w.count("gone") == 1);
            CHECK_FALSE(w.plan.wake_at());
        }
    CHECK(walked == 8 * 22);
}

class Random final : public Choices {
 public:
    Random(std::uint64_t seed, int steps) : engine_(seed), steps_(steps) {}
    unsigned pick(unsigned bound) override {
        --steps_;
        return static_cast<unsigned>(engine_() % bound);
    }
    [[nodiscard]] bool done() const override { return steps_ <= 0; }

 private:
    std::mt19937_64 engine_;
    int steps_;
};

TEST_CASE("media plan walk: 100 000 random steps through all 7 phases of a begun program break no rule",
          "[media][unit]") {
    std::size_t steps = 0, gone = 0;
    std::set<Phase> visited;
    for (std::uint64_t seed = 1; steps < 100000; ++seed) {
        Random choices(seed, 20000);
        const WalkReport report = walk(choices);
        CAPTURE(seed);
        REQUIRE(report.broken == std::vector<std::string>{});
        steps += report.steps;
        gone += report.gone;
        visited.insert(report.visited.begin(), report.visited.end());
    }
    CHECK(visited.size() >= 6);
    CHECK(gone > 1000);
}

TEST_CASE("media plan walk: the referee sees 6 broken rules when it is shown them", "[media][unit]") {
    PlanWorld w;
    Referee referee;
    const Actions lies{action::Kill{}, action::Measure{}, action::Spawn{}, action::Spawn{},
                       action::Ask{Request::start, {}, w.now}};
    referee.judge(w.plan, event::Tick{}, lies, w.now);
    CHECK(referee.broken == std::vector<std::string>{"nobody to kill", "told before the start",
                                                     "two processes", "a request without a sensible deadline",
                                                     "media.start out of place"});
    referee.judge(w.plan, event::Tick{}, {action::Gone{}}, w.now);
    CHECK(referee.broken.size() == 7);
}

}  // namespace
}  // namespace voip::media::host::test
