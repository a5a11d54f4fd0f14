#include "daemon/media/plan_table.hpp"

#include <array>

namespace voip::media::host {
namespace {

constexpr Rule a = Rule::act, q = Rule::quiet, b = Rule::breach;

// clang-format off
constexpr std::array<std::array<Rule, phases>, event_kinds> table{{
    //                  idle  launching  ready  starting  running  ending  broken  gone
    /* Begin        */ {a,    q,         q,     q,        q,       q,      q,      q},
    /* Start        */ {q,    a,         a,     q,        q,       a,      a,      q},
    /* Stop         */ {a,    a,         a,     a,        a,       a,      a,      q},
    /* Set          */ {q,    a,         a,     a,        a,       a,      a,      q},
    /* FromRoom     */ {q,    a,         a,     a,        a,       a,      q,      q},
    /* Road         */ {a,    a,         a,     a,        a,       a,      q,      q},
    /* Network      */ {q,    q,         q,     a,        a,       q,      q,      q},
    /* Servers      */ {q,    q,         q,     a,        a,       q,      q,      q},
    /* Unsent       */ {q,    a,         a,     a,        a,       a,      q,      q},
    /* SpawnFailed  */ {q,    a,         q,     q,        q,       q,      q,      q},
    /* Answered     */ {q,    a,         a,     a,        a,       a,      q,      q},
    /* Told         */ {q,    b,         b,     a,        a,       q,      q,      q},
    /* Measured     */ {q,    b,         b,     a,        a,       q,      q,      q},
    /* FromProgram  */ {q,    b,         b,     a,        a,       q,      q,      q},
    /* WireBroken   */ {q,    a,         a,     a,        a,       a,      q,      q},
    /* Exited       */ {q,    a,         a,     a,        a,       a,      q,      q},
    /* EldersGone   */ {q,    a,         a,     a,        a,       a,      q,      q},
    /* Tick         */ {a,    a,         a,     a,        a,       a,      a,      q},
}};
// clang-format on

constexpr std::array<std::string_view, phases> names{"idle",    "launching", "ready",  "starting",
                                                     "running", "ending",    "broken", "gone"};

}  // namespace

std::string_view to_string(Phase phase) noexcept {
    return names[static_cast<std::size_t>(phase)];
}

std::string_view to_string(Request request) noexcept {
    constexpr std::array<std::string_view, 5> methods{"media.prepare", "media.start", "media.set",
                                                      "media.restart", "media.stop"};
    return methods[static_cast<std::size_t>(request)];
}

Rule rule(Phase phase, const Event& event) noexcept {
    return table[event.index()][static_cast<std::size_t>(phase)];
}

}  // namespace voip::media::host
