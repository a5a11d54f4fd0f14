// The watchdog's feeder against a service manager's socket: when it feeds, and when it must not.
#include "daemon/lifecycle/watchdog.hpp"

#include "core/manual_timers.hpp"
#include "tests/component/lifecycle/manager.hpp"

using namespace voip;
using namespace voip::lifecycle;
using namespace voip::lifecycle::test;

TEST_CASE("watchdog: it is fed at once and every half of its 20 s, until it is stopped",
          "[lifecycle][component]") {
    const TempDir folder;
    Manager manager((folder / "notify").string());
    manager.environment.set("WATCHDOG_USEC", "20000000");
    const Notifier notifier = opened(manager.environment);
    ManualTimers timers;
    WatchdogFeeder feeder(timers, notifier, {}, {});
    CHECK(manager.heard().empty());
    feeder.start();
    feeder.start();
    CHECK(manager.heard() == Lines{"WATCHDOG=1"});
    timers.advance(10s - 1ms);
    CHECK(manager.heard().empty());
    timers.advance(1ms);
    CHECK(manager.heard() == Lines{"WATCHDOG=1"});
    timers.advance(60s);
    CHECK(manager.heard().size() == 6);
    feeder.stop();
    timers.advance(60s);
    CHECK(manager.heard().empty());
    CHECK(timers.pending() == 0);
}

TEST_CASE("watchdog: a manager that went away is logged 1 time and tried again", "[lifecycle][component]") {
    const TempDir folder;
    const std::string name = (folder / "notify").string();
    Lines lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    ManualTimers timers;
    const Notifier notifier = opened({{"NOTIFY_SOCKET", name}, {"WATCHDOG_USEC", "2000000"}});
    WatchdogFeeder feeder(timers, notifier, {}, Log(hub, "watchdog"));
    feeder.start();
    timers.advance(5s);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("watchdog: watchdog not fed why="));
    const Manager manager(name);
    timers.advance(1s);
    CHECK(manager.heard() == Lines{"WATCHDOG=1"});
}

TEST_CASE("watchdog: a feeder that is destroyed leaves 0 alarms", "[lifecycle][component]") {
    ManualTimers timers;
    {
        const Notifier notifier = opened({{"NOTIFY_SOCKET", "/nobody"}, {"WATCHDOG_USEC", "1000000"}});
        WatchdogFeeder feeder(timers, notifier, {}, {});
        feeder.start();
        CHECK(timers.pending() == 1);
    }
    CHECK(timers.pending() == 0);
}

TEST_CASE("watchdog: without a manager that watches there is no alarm", "[lifecycle][component]") {
    const Notifier notifier = opened({{"NOTIFY_SOCKET", ""}, {"WATCHDOG_USEC", "1000"}});
    ManualTimers timers;
    WatchdogFeeder feeder(timers, notifier, {}, {});
    feeder.start();
    CHECK(timers.pending() == 0);
}

TEST_CASE("watchdog: 1 witness who objects keeps it hungry, is logged 1 time, and may take it back",
          "[lifecycle][component]") {
    const TempDir folder;
    Manager manager((folder / "notify").string());
    manager.environment.set("WATCHDOG_USEC", "20000000");
    const Notifier notifier = opened(manager.environment);
    Lines lines;
    const LogHub hub([&](Level, std::string_view line) { lines.emplace_back(line); });
    ManualTimers timers;
    std::optional<std::string> stalled;
    int asked = 0;
    std::vector<Witness> witnesses;
    witnesses.push_back({"the first", [](TimePoint) -> std::optional<std::string> { return {}; }});
    witnesses.push_back({"the second", [&](TimePoint) {
                             ++asked;
                             return stalled;
                         }});
    WatchdogFeeder feeder(timers, notifier, witnesses, Log(hub, "watchdog"));
    feeder.start();
    CHECK(manager.heard() == Lines{"WATCHDOG=1"});
    stalled = "due 12 s ago";
    timers.advance(30s);
    CHECK(asked == 4);
    CHECK(manager.heard().empty());
    CHECK(lines == Lines{"watchdog: watchdog not fed why=\"the second stands still: due 12 s ago\""});
    stalled.reset();
    timers.advance(10s);
    CHECK(manager.heard() == Lines{"WATCHDOG=1"});
    CHECK(lines.back() == "watchdog: watchdog fed again");
}

TEST_CASE("watchdog: a deadline is proof of standing still 10 s after it, and no deadline never",
          "[lifecycle][component]") {
    const TimePoint due(100s);
    CHECK_FALSE(overdue(std::nullopt, due + 24h));
    CHECK_FALSE(overdue(due, due - 1s));
    CHECK_FALSE(overdue(due, due + 10s - 1ms));
    CHECK(overdue(due, due + 12s) == "due 12 s ago");
}
