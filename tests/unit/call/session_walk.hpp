#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/call/session.hpp"

/// Any order of events on a session, judged after each one. Used by the unit tests (seeded) and by the fuzzer
/// (bytes).
namespace voip::call::test {

/// Where the choices come from: a random engine or the fuzzer's input.
class Choices {
 public:
    virtual ~Choices() = default;
    /// 0 <= result < bound
    virtual unsigned pick(unsigned bound) = 0;
    [[nodiscard]] virtual bool done() const = 0;
};

/// Watches what the session does; every rule it breaks is a line of `broken`.
class Referee {
 public:
    explicit Referee(bool media = false) : media_(media) {}
    void judge(const Session& session, const Event& event, const Actions& actions, Moment now);
    std::vector<std::string> broken;
    [[nodiscard]] std::size_t ends() const noexcept { return over_.size(); }

 private:
    void judge_action(const Session& session, const Action& action, Moment now);
    void judge_event(const RoomEvent& event);
    void judge_deadlines(const Session& session, Moment now);
    void judge_media(const Session& session, const Action& action);
    void judge_loss(const Session& session, const Event& event, std::optional<Phase> before);

    const bool media_;  // the session's
    enum class Media { prepared, started, stopped };
    std::map<Generation, Media> programs_;

    // of the call whose events are told
    bool ended_ = true, terminal_ = true, finished_ = true;
    std::optional<Phase> phase_;
    std::set<Generation> over_;
    std::optional<TimePoint> hang_up_until_;
    std::string hang_up_room_;
};

struct WalkReport {
    std::vector<std::string> broken;  ///< empty: every rule was kept
    std::size_t steps = 0, ends = 0;
    std::set<Phase> visited;
};
/// Walks until `choices` is done or a rule is broken.
[[nodiscard]] WalkReport walk(Choices& choices, bool media);

}  // namespace voip::call::test
