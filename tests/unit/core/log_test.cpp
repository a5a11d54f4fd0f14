#include "core/log.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

using namespace voip;

namespace {

struct Captured {
    std::vector<std::pair<Level, std::string>> lines;
    LogHub hub;

    explicit Captured(Level level = Level::info)
        : hub([this](Level at, std::string_view line) { lines.emplace_back(at, std::string(line)); }, level) {
    }
};

}  // namespace

TEST_CASE("log: a line is area, object, event and fields", "[core][unit]") {
    Captured captured;
    const Log log(captured.hub, "call");
    log.info("started");
    log.of("7").notice("phase", kv("from", "idle"), kv("to", std::string_view("ringing")), kv("ms", 12),
                       kv("video", true));
    REQUIRE(captured.lines.size() == 2);
    CHECK(captured.lines[0] == std::pair{Level::info, std::string("call: started")});
    CHECK(captured.lines[1].first == Level::notice);
    CHECK(captured.lines[1].second == R"(call[7]: phase from="idle" to="ringing" ms=12 video=true)");
}

TEST_CASE("log: a value can forge no line and no field", "[core][unit]") {
    Captured captured;
    const Log log(captured.hub, "control");
    log.of("a\nb").info("said", kv("text", "x\n<3>forged: line\" level=\"err\r\x1b[2J\x7f\\"));
    REQUIRE(captured.lines.size() == 1);
    const std::string& line = captured.lines[0].second;
    CHECK(line == R"(control[a\x0ab]: said text="x\x0a<3>forged: line\" level=\"err\x0d\x1b[2J\x7f\\")");
    for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
}

TEST_CASE("log: 5 levels by 5 limits, each passes its own and the graver ones", "[core][unit]") {
    const Level levels[] = {Level::err, Level::warning, Level::notice, Level::info, Level::debug};
    for (const Level limit : levels) {
        Captured captured(limit);
        const Log log(captured.hub, "x");
        for (const Level level : levels) CHECK(log.passes(level) == (level <= limit));
        log.err("a");
        log.warning("b");
        log.notice("c");
        log.info("d");
        log.debug("e");
        CHECK(captured.lines.size() == static_cast<std::size_t>(limit) - 2);
    }
}

TEST_CASE("log: levels are set for all areas or for one", "[core][unit]") {
    Captured captured(Level::notice);
    REQUIRE(captured.hub.set_levels("call:debug,media:err,*:warning"));
    CHECK(captured.hub.passes("call", Level::debug));
    CHECK_FALSE(captured.hub.passes("media", Level::warning));
    CHECK(captured.hub.passes("media", Level::err));
    CHECK(captured.hub.passes("other", Level::warning));
    CHECK_FALSE(captured.hub.passes("other", Level::notice));
    CHECK(captured.hub.levels() == "call:debug,media:err,*:warning");

    REQUIRE(captured.hub.set_levels("info"));
    CHECK(captured.hub.levels() == "*:info");
    CHECK_FALSE(captured.hub.passes("call", Level::debug));
    REQUIRE(captured.hub.set_levels("call:debug"));  // the others stay as they were
    CHECK(captured.hub.levels() == "call:debug,*:info");
    REQUIRE(captured.hub.set_levels(captured.hub.levels()));
    CHECK(captured.hub.levels() == "call:debug,*:info");
}

TEST_CASE("log: 10 texts that are no levels change nothing", "[core][unit]") {
    Captured captured(Level::notice);
    REQUIRE(captured.hub.set_levels("call:debug,*:err"));
    for (const char* text : {"", "loud", "call:", ":debug", "call:loud", "call:debug,loud", "*:", ",",
                             "call:debug:x", "DEBUG"}) {
        INFO(text);
        CHECK_FALSE(captured.hub.set_levels(text));
        CHECK(captured.hub.levels() == "call:debug,*:err");
    }
}

TEST_CASE("log: a line that does not pass is not put together, a default Log is silent", "[core][unit]") {
    Captured captured(Level::err);
    const Log log(captured.hub, "x");
    log.debug("unheard", kv("a", 1));
    CHECK(captured.lines.empty());
    const Log silent;
    silent.err("unheard");
    CHECK_FALSE(silent.passes(Level::err));
}

TEST_CASE("log: the 5 names of levels are read and written", "[core][unit]") {
    for (const std::string_view name : {"err", "warning", "notice", "info", "debug"}) {
        Level level{};
        REQUIRE(from_string(name, level));
        CHECK(to_string(level) == name);
    }
    Level untouched = Level::notice;
    CHECK_FALSE(from_string("error", untouched));
    CHECK(untouched == Level::notice);
}

TEST_CASE("log: stderr gets journald's <N> prefix and one line per write", "[core][unit]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const int kept = ::dup(STDERR_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    const LogHub::Sink sink = stderr_sink();
    sink(Level::warning, "call: late");
    ::dup2(kept, STDERR_FILENO);
    char text[64];
    const auto n = ::read(ends[0], text, sizeof text);
    ::close(kept);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK(std::string(text, static_cast<std::size_t>(std::max<ssize_t>(n, 0))) == "<4>call: late\n");
}
