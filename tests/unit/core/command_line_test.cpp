#include "core/command_line.hpp"

#include "tests/support/catch.hpp"

using namespace voip;

namespace {

constexpr CommandOption options[] = {{"board", "NAME", "which board"},
                                     {"config", "FILE", "the configuration"},
                                     {"demo", "", "no configuration needed"},
                                     {"set", "PATH=VALUE", "one setting", true}};

CommandSpec spec() {
    CommandSpec all;
    all.program = "wmpf-voipd";
    all.summary = "The calling daemon.";
    all.options = options;
    return all;
}

Result<CommandLine> parsed(const CommandSpec& all, std::vector<const char*> arguments) {
    return parse_command_line(all, arguments);
}

std::string refused(const CommandSpec& all, std::vector<const char*> arguments) {
    const auto line = parsed(all, std::move(arguments));
    REQUIRE_FALSE(line);
    CHECK(line.error().is(Errc::bad_config));
    return line.error().context;
}

}  // namespace

TEST_CASE("command line: values stand after a blank or a sign, flags alone", "[core][unit]") {
    const auto line = parsed(spec(), {"--board", "sim", "--config=/etc/x=y.json", "--demo"});
    REQUIRE(line);
    CHECK(line->value("board") == "sim");
    CHECK(line->value("config") == "/etc/x=y.json");
    CHECK(line->has("demo"));
    CHECK_FALSE(line->has("set"));
    CHECK(line->value("set", "otherwise") == "otherwise");
    CHECK(line->operands().empty());
}

TEST_CASE("command line: a repeatable option keeps its 3 values in order", "[core][unit]") {
    const auto line = parsed(spec(), {"--set", "a=1", "--set=b=2", "--set", "-3"});
    REQUIRE(line);
    CHECK(line->values("set") == std::vector<std::string>{"a=1", "b=2", "-3"});
    CHECK(line->value("set") == "-3");
    CHECK(line->values("board").empty());
}

TEST_CASE("command line: 10 wrong lines are refused with the option's name", "[core][unit]") {
    CHECK(refused(spec(), {"--bord", "sim"}) == "--bord: no such option; did you mean --board?");
    CHECK(refused(spec(), {"--xyzzy"}) == "--xyzzy: no such option");
    CHECK(refused(spec(), {"--board"}) == "--board: needs a value (NAME)");
    CHECK(refused(spec(), {"--board="}) == "--board: needs a value (NAME)");
    CHECK(refused(spec(), {"--board", "--demo"}) == "--board: needs a value (NAME)");
    CHECK(refused(spec(), {"--demo=yes"}) == "--demo: takes no value");
    CHECK(refused(spec(), {"--board", "a", "--board", "b"}) == "--board: given twice");
    CHECK(refused(spec(), {"-b", "sim"}) == "-b: no such option; did you mean --board?");
    CHECK(refused(spec(), {"-x"}) == "-x: no such option");
    CHECK(refused(spec(), {"operand"}) == "\"operand\": one argument too many");
}

TEST_CASE("command line: operands are counted, and -- ends the options", "[core][unit]") {
    CommandSpec with = spec();
    with.operands = "COMMAND [ARGUMENT]";
    with.min_operands = 1;
    with.max_operands = 2;
    CHECK(refused(with, {}) == "an argument is missing: COMMAND [ARGUMENT]");
    CHECK(refused(with, {"a", "b", "c"}) == "\"c\": one argument too many");
    const auto line = parsed(with, {"--demo", "--", "--board", "-x"});
    REQUIRE(line);
    CHECK(line->has("demo"));
    CHECK(line->operands() == std::vector<std::string>{"--board", "-x"});
    const auto mixed = parsed(with, {"call", "--demo", "-5"});  // a negative number is no option
    REQUIRE(mixed);
    CHECK(mixed->operands() == std::vector<std::string>{"call", "-5"});
    CHECK(parsed(with, {"call", ""})->operands() == std::vector<std::string>{"call", ""});
}

TEST_CASE("command line: the first operand may end the options", "[core][unit]") {
    CommandSpec with = spec();
    with.max_operands = 3;
    with.operands_end_options = true;
    const auto line = parsed(with, {"--demo", "call", "--voice", "-v"});
    REQUIRE(line);
    CHECK(line->has("demo"));
    CHECK(line->operands() == std::vector<std::string>{"call", "--voice", "-v"});
}

TEST_CASE("command line: the usage has a line for each of the 4 options, aligned", "[core][unit]") {
    CHECK(usage(spec()) ==
          "Usage: wmpf-voipd [OPTION...]\n"
          "The calling daemon.\n"
          "\n"
          "  --board NAME      which board\n"
          "  --config FILE     the configuration\n"
          "  --demo            no configuration needed\n"
          "  --set PATH=VALUE  one setting\n");
}

TEST_CASE("command line: argv without its first element, which may be missing too", "[core][unit]") {
    const char* argv[] = {"program", "a", "b"};
    CHECK(arguments_of(3, argv).size() == 2);
    CHECK(std::string(arguments_of(3, argv).front()) == "a");
    CHECK(arguments_of(1, argv).empty());
    CHECK(arguments_of(0, nullptr).empty());
}
