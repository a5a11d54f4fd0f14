// Each part whose standing still the watchdog must see, as the daemon wires it: moved, and made to stand
// still.
#include "daemon/witnesses.hpp"

#include "tests/component/call/bench.hpp"
#include "tests/component/engine/service_bench.hpp"
#include "tests/component/media_supervisor/world.hpp"

namespace voip::daemon {
namespace {

using Objection = std::optional<std::string>;

struct Looped : call::test::BenchOf<engine::NoneEngine> {
    Looped()
        : BenchOf(call::test::settings_of_bench(), nullptr,
                  engine::NoneSettings{"SN1", engine::NoneSettings::FarSide::silent, 3s, std::nullopt, 60s}) {
    }
};

std::vector<std::string> names(const std::vector<lifecycle::Witness>& all) {
    std::vector<std::string> names;
    for (const lifecycle::Witness& each : all) names.emplace_back(each.part);
    return names;
}

TEST_CASE("witnesses: a call task that does not go round between 2 questions is told",
          "[daemon][component]") {
    Looped b;
    const auto all = witnesses(*b.task, nullptr, nullptr);
    REQUIRE(names(all) == std::vector<std::string>{"the call"});
    const auto ask = [&] { return all.front().stalled(b.timers.now()); };
    CHECK(ask() == Objection());
    b.settle();
    CHECK(ask() == Objection());
    CHECK(ask() == Objection("its task does not go round"));  // the loop has not run since
    b.settle();
    CHECK(ask() == Objection());
    b.settle();
}

TEST_CASE("witnesses: a call whose deadline of 3 s passes without effect is told 10 s later",
          "[daemon][component]") {
    Looped b;
    const auto all = witnesses(*b.task, nullptr, nullptr);
    call::CallRequest request;
    request.contact = "one";
    const auto calling = b.begin(b.task->call(request));
    REQUIRE(b.phase() == Phase::ringing);
    const auto due = b.task->due();
    REQUIRE(due);
    CHECK(all.front().stalled(*due + lifecycle::stalled_after - 1ms) == Objection());
    b.settle();
    CHECK(all.front().stalled(*due + lifecycle::stalled_after) == Objection("due 10 s ago"));
    b.settle();
}

TEST_CASE("witnesses: a channel that does not get beyond opening, which may take 15 s, is told",
          "[daemon][component]") {
    Looped b;
    test::ServiceBench bench;
    const auto all = witnesses(*b.task, nullptr, bench.road.get());
    REQUIRE(names(all) == std::vector<std::string>{"the call", "the channel"});
    const auto ask = [&](Duration later) { return all.back().stalled(bench.timers.now() + later); };
    CHECK(ask(24h) == Objection());  // not started: nothing is due
    bench.start_registered();
    bench.channel.holds_opening = true;
    bench.road->start(bench.listener);
    bench.settle();
    CHECK(ask(15s) == Objection());
    CHECK(ask(27s) == Objection("due 12 s ago"));
    bench.channel.release();
    bench.advance(1s);
    REQUIRE(bench.road->online());
    CHECK(ask(0s) == Objection());
}

TEST_CASE("witnesses: media that owe a measurement and bring none are told", "[daemon][component]") {
    Looped b;
    media::host::test::World w;
    const auto all = witnesses(*b.task, w.supervisor.get(), nullptr);
    REQUIRE(names(all) == std::vector<std::string>{"the call", "the media"});
    CHECK(all.back().stalled(w.timers.now() + 24h) == Objection());  // no call: nothing is due
    w.to_flowing();
    w.until([&] { return w.supervisor->due().has_value(); }, "media.start is answered");
    const TimePoint due = *w.supervisor->due();
    CHECK(all.back().stalled(due) == Objection());
    CHECK(all.back().stalled(due + 12s) == Objection("due 12 s ago"));
    w.supervisor->stop(1);
    w.until_quiet();
    CHECK(all.back().stalled(due + 24h) == Objection());
}

}  // namespace
}  // namespace voip::daemon
