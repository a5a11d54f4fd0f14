#include "daemon/lifecycle/options.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::lifecycle;

namespace {

Result<Options> parse(std::vector<const char*> arguments) {
    return parse_options(arguments);
}

std::string fault(std::vector<const char*> arguments) {
    const auto options = parse_options(arguments);
    if (options) return {};
    CHECK(options.error().is(Errc::bad_config));
    return options.error().context;
}

}  // namespace

TEST_CASE("options: none at all is a daemon with everything at its standard place", "[lifecycle][unit]") {
    const auto options = parse({});
    REQUIRE(options);
    CHECK(options->config.empty());
    CHECK(options->state_dir.empty());
    CHECK(options->socket.empty());
    CHECK(options->board.empty());
    CHECK(options->listen.empty());
    CHECK_FALSE((options->check_config || options->put_at_rest || options->demo || options->version ||
                 options->help));
}

TEST_CASE("options: all 10 arrive, with a blank or a sign before the value", "[lifecycle][unit]") {
    const auto options =
        parse({"--config", "c.json", "--state-dir=/s", "--socket", "/x.sock", "--board=sim", "--check-config",
               "--put-at-rest", "--demo", "--listen", "127.0.0.1:0", "--version", "--help"});
    REQUIRE(options);
    CHECK(options->config == "c.json");
    CHECK(options->state_dir == "/s");
    CHECK(options->socket == "/x.sock");
    CHECK(options->board == "sim");
    CHECK(options->listen == "127.0.0.1:0");
    CHECK((options->check_config && options->put_at_rest && options->demo && options->version &&
           options->help));
}

TEST_CASE("options: 8 faults name their option", "[lifecycle][unit]") {
    CHECK(fault({"--bord", "sim"}) == "--bord: no such option; did you mean --board?");
    CHECK(fault({"--config"}) == "--config: needs a value (FILE)");
    CHECK(fault({"--config", "--demo"}) == "--config: needs a value (FILE)");
    CHECK(fault({"--demo=yes"}) == "--demo: takes no value");
    CHECK(fault({"--board", "sim", "--board", "sim"}) == "--board: given twice");
    CHECK(fault({"-h"}) == "-h: no such option; did you mean --help?");
    CHECK(fault({"start"}) == "\"start\": one argument too many");
    CHECK(fault({"--listen", "127.0.0.1:1"}).starts_with("--listen: only with --demo"));
}

TEST_CASE("options: the usage names all 10", "[lifecycle][unit]") {
    const std::string text = options_usage();
    for (const char* name :
         {"--config FILE", "--state-dir DIR", "--socket PATH", "--board NAME", "--check-config",
          "--put-at-rest", "--demo", "--listen HOST:PORT", "--version", "--help"})
        CHECK(text.find(name) != std::string::npos);
}
