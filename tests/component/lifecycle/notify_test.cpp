// The notifier against a service manager's socket, as a path and as an abstract name.
#include "tests/component/lifecycle/manager.hpp"

using namespace voip;
using namespace voip::lifecycle;
using namespace voip::lifecycle::test;

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
