#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/media/plan.hpp"
#include "tests/unit/call/session_walk.hpp"

/// Any order of events on a media program, judged after each one. Used by the unit tests (seeded) and by the
/// fuzzer (bytes).
namespace voip::media::host::test {

using call::test::Choices;

/// Watches what the plan does; every rule it breaks is a line of `broken`.
class Referee {
 public:
    void judge(const Plan& plan, const Event& event, const Actions& actions, TimePoint now);
    std::vector<std::string> broken;

    [[nodiscard]] bool process() const noexcept { return process_; }
    [[nodiscard]] bool killed() const noexcept { return killed_; }

 private:
    void hear(const Event& event);
    void judge_action(const Action& action, TimePoint now);
    void judge_ask(const action::Ask& ask, TimePoint now);
    void rule(bool kept, const char* what) {
        if (!kept) broken.emplace_back(what);
    }

    bool process_ = false, killed_ = false, wire_closed_ = false;
    bool start_came_ = false, stop_came_ = false, failed_ = false, gone_ = false, start_asked_ = false;
    bool road_open_ = true;
    unsigned spawned_ = 0;
};

struct WalkReport {
    std::vector<std::string> broken;  ///< empty: every rule was kept
    std::size_t steps = 0, gone = 0;
    std::set<Phase> visited;
};
/// Walks, a new program after each one that is gone, until `choices` is done or a rule is broken.
[[nodiscard]] WalkReport walk(Choices& choices);

}  // namespace voip::media::host::test
