// Real signals to this process, taken by a real loop.
#include "daemon/lifecycle/signals.hpp"

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace voip::lifecycle;
using Words = std::vector<std::string>;

namespace {

struct Fixture {
    Fixture() {
        signals = std::make_unique<Signals>(
            io.get_executor(),
            SignalHandlers{[this](std::string_view name) { heard.emplace_back(name); },
                           [this] { heard.emplace_back("now"); }, [this] { heard.emplace_back("reload"); }});
        REQUIRE(signals->open());
    }
    void send(int number) {
        REQUIRE(std::raise(number) == 0);  // its handler has run when this returns
        io.poll();
    }
    asio::io_context io;
    Words heard;
    std::unique_ptr<Signals> signals;
};

}  // namespace

TEST_CASE("signals: TERM stops 1 time, a second TERM changes nothing", "[lifecycle][component]") {
    Fixture f;
    f.send(SIGTERM);
    f.send(SIGTERM);
    CHECK(f.heard == Words{"TERM"});
}

TEST_CASE("signals: INT stops, a second INT stops at once", "[lifecycle][component]") {
    Fixture f;
    f.send(SIGINT);
    CHECK(f.heard == Words{"INT"});
    f.send(SIGINT);
    CHECK(f.heard == Words{"INT", "now"});
}

TEST_CASE("signals: an INT after a TERM stops at once", "[lifecycle][component]") {
    Fixture f;
    f.send(SIGTERM);
    f.send(SIGINT);
    CHECK(f.heard == Words{"TERM", "now"});
}

TEST_CASE("signals: HUP reloads, 3 times of 3", "[lifecycle][component]") {
    Fixture f;
    for (int i = 0; i < 3; ++i) f.send(SIGHUP);
    CHECK(f.heard == Words{"reload", "reload", "reload"});
}

TEST_CASE("signals: closed they let the loop run dry, and give the signals back", "[lifecycle][component]") {
    Fixture f;
    f.signals->close();
    f.io.run();
    CHECK(f.heard.empty());
    int taken = 0;
    static int* const counter = &taken;
    const auto before = std::signal(SIGHUP, [](int) { ++*counter; });
    REQUIRE(before == SIG_DFL);
    REQUIRE(std::raise(SIGHUP) == 0);
    std::signal(SIGHUP, SIG_DFL);
    CHECK(taken == 1);
}

TEST_CASE("signals: destroyed while open they let the loop run dry", "[lifecycle][component]") {
    Fixture f;
    f.signals.reset();
    CHECK(f.io.run() <= 1);
    CHECK(f.heard.empty());
}

TEST_CASE("signals: a handler may close them, a broken pipe is ignored", "[lifecycle][component]") {
    asio::io_context io;
    int stops = 0;
    std::unique_ptr<Signals> signals;
    SignalHandlers handlers;
    handlers.stop = [&](std::string_view) {
        ++stops;
        signals->close();
    };
    signals = std::make_unique<Signals>(io.get_executor(), handlers);
    REQUIRE(signals->open());
    REQUIRE(signals->open());
    REQUIRE(std::raise(SIGPIPE) == 0);
    REQUIRE(std::raise(SIGTERM) == 0);
    io.run();
    CHECK(stops == 1);
}

TEST_CASE("signals: without handlers they are caught all the same", "[lifecycle][component]") {
    asio::io_context io;
    Signals signals(io.get_executor(), {});
    REQUIRE(signals.open());
    for (const int number : {SIGHUP, SIGTERM, SIGINT}) {
        REQUIRE(std::raise(number) == 0);
        io.poll();
    }
    signals.close();
    CHECK(io.run() <= 1);
}
