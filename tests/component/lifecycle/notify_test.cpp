// The notifier against a service manager's socket, as a path and as an abstract name.
#include "daemon/lifecycle/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

#include "core/manual_timers.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/lifecycle/fake_environment.hpp"

using namespace voip;
using namespace voip::lifecycle;
using namespace voip::lifecycle::test;
using voip::test::TempDir;
using Lines = std::vector<std::string>;

namespace {

/// What systemd does: receives datagrams under the name that it tells.
class Manager {
 public:
    explicit Manager(const std::string& name)
        : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        if (name.front() == '@') address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        environment.set("NOTIFY_SOCKET", name);
    }
    ~Manager() { ::close(fd_); }
    Manager(const Manager&) = delete;
    Manager& operator=(const Manager&) = delete;

    /// Every datagram since the last call. (Sending to a local datagram socket delivers before it returns.)
    Lines heard() const {
        Lines all;
        char text[512];
        for (;;) {
            const auto n = ::recv(fd_, text, sizeof text, 0);
            if (n < 0) return all;
            all.emplace_back(text, static_cast<std::size_t>(n));
        }
    }

    FakeEnvironment environment{};

 private:
    int fd_;
};

Notifier opened(const FakeEnvironment& environment) {
    auto notifier = Notifier::open(environment);
    REQUIRE(notifier);
    return *std::move(notifier);
}

}  // namespace

TEST_CASE("notify: the 5 messages are what sd_notify(3) says, by path and by abstract name",
          "[lifecycle][component]") {
    const TempDir folder;
    for (const std::string& name :
         {(folder / "notify").string(), "@voip-lifecycle-" + std::to_string(::getpid())}) {
        INFO(name);
        const Manager manager(name);
        const Notifier notifier = opened(manager.environment);
        CHECK_FALSE(notifier.silent());
        CHECK(notifier.ready("idle"));
        CHECK(notifier.status("talking"));
        CHECK(notifier.reloading(TimePoint(1234567891us)));
        CHECK(notifier.watchdog());
        CHECK(notifier.stopping("by TERM"));
        CHECK(manager.heard() == Lines{"READY=1\nSTATUS=idle", "STATUS=talking",
                                       "RELOADING=1\nMONOTONIC_USEC=1234567891", "WATCHDOG=1",
                                       "STOPPING=1\nSTATUS=by TERM"});
    }
}

TEST_CASE("notify: a status with line breaks stays 1 line, so that it is no other message",
          "[lifecycle][component]") {
    const TempDir folder;
    const Manager manager((folder / "notify").string());
    const Notifier notifier = opened(manager.environment);
    CHECK(notifier.status("a\nMAINPID=1\r\nb"));
    CHECK(manager.heard() == Lines{"STATUS=a MAINPID=1  b"});
}

TEST_CASE("notify: without NOTIFY_SOCKET everything succeeds and nothing is sent", "[lifecycle][component]") {
    const Notifier notifier = opened({{"NOTIFY_SOCKET", ""}, {"WATCHDOG_USEC", "1000"}});
    CHECK(notifier.silent());
    CHECK(notifier.ready("idle"));
    CHECK(notifier.stopping("x"));
    CHECK(Notifier().silent());
    ManualTimers timers;
    WatchdogFeeder feeder(timers, notifier, {});
    feeder.start();
    CHECK(timers.pending() == 0);
}

TEST_CASE("notify: names that are no Unix socket's are refused, 107 bytes are taken",
          "[lifecycle][component]") {
    for (const std::string& name :
         {std::string("relative"), std::string("vsock:2:1234"), "/" + std::string(107, 'x')}) {
        INFO(name);
        const auto notifier = Notifier::open(FakeEnvironment{{"NOTIFY_SOCKET", name}});
        REQUIRE_FALSE(notifier);
        CHECK(notifier.error().is(Errc::bad_config));
    }
    CHECK(Notifier::open(FakeEnvironment{{"NOTIFY_SOCKET", "/" + std::string(106, 'x')}}));
}

TEST_CASE("notify: a manager that is not there is an error of each message", "[lifecycle][component]") {
    const TempDir folder;
    const Notifier notifier = opened({{"NOTIFY_SOCKET", (folder / "nobody").string()}});
    CHECK_FALSE(notifier.ready("idle"));
    CHECK_FALSE(notifier.watchdog());
}

TEST_CASE("notify: the watchdog's time counts when it is ours and a number above 0",
          "[lifecycle][component]") {
    const auto time = [](std::initializer_list<std::pair<const std::string, std::string>> variables) {
        return opened(FakeEnvironment(variables)).watchdog_time();
    };
    CHECK(time({{"WATCHDOG_USEC", "20000000"}}) == Duration(20s));
    CHECK(time({{"WATCHDOG_USEC", "1500"}, {"WATCHDOG_PID", std::to_string(::getpid())}}) ==
          Duration(1500us));
    CHECK_FALSE(time({{"WATCHDOG_USEC", "20000000"}, {"WATCHDOG_PID", "1"}}));
    CHECK_FALSE(time({{"WATCHDOG_USEC", "20000000"}, {"WATCHDOG_PID", "me"}}));
    CHECK_FALSE(time({{"WATCHDOG_USEC", "0"}}));
    CHECK_FALSE(time({{"WATCHDOG_USEC", "-5"}}));
    CHECK_FALSE(time({{"WATCHDOG_USEC", "20s"}}));
    CHECK_FALSE(time({{"WATCHDOG_USEC", "99999999999999999999"}}));
    CHECK_FALSE(time({}));
}

TEST_CASE("watchdog: it is fed at once and every half of its 20 s, until it is stopped",
          "[lifecycle][component]") {
    const TempDir folder;
    Manager manager((folder / "notify").string());
    manager.environment.set("WATCHDOG_USEC", "20000000");
    const Notifier notifier = opened(manager.environment);
    ManualTimers timers;
    WatchdogFeeder feeder(timers, notifier, {});
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
    WatchdogFeeder feeder(timers, notifier, Log(hub, "watchdog"));
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
        WatchdogFeeder feeder(timers, notifier, {});
        feeder.start();
        CHECK(timers.pending() == 1);
    }
    CHECK(timers.pending() == 0);
}
