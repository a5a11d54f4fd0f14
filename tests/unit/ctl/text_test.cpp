#include "daemon/ctl/text.hpp"

#include <cstdlib>
#include <ctime>

#include "tests/support/catch.hpp"

namespace voip::ctl {
namespace {

constexpr Look no_colours{};
constexpr Look coloured{.json = false, .colour = true};

}  // namespace

TEST_CASE("ctl text: an East Asian name takes 2 columns a character, a combining mark none", "[ctl][unit]") {
    CHECK(width("") == 0);
    CHECK(width("abc") == 3);
    CHECK(width("ü€") == 2);
    CHECK(width("张三") == 4);
    CHECK(width("ｆｕ") == 4);
    CHECK(width("e\u0301") == 1);
    CHECK(width("\U0001f4de") == 2);
}

TEST_CASE("ctl text: 6 ways to steer a terminal become question marks", "[ctl][unit]") {
    CHECK(clean("a\x1b[31mb") == "a?[31mb");
    CHECK(clean("a\r\nb\t") == "a??b?");
    CHECK(clean(std::string("a\0b", 3)) == "a?b");
    CHECK(clean("a\x7f") == "a?");
    CHECK(clean("a\u009bb") == "a?b");
    CHECK(clean("a\u202eb") == "a?b");
    CHECK(clean("张三 ü") == "张三 ü");
}

TEST_CASE("ctl text: columns line up by width, 2 blanks apart, none at the ends of lines", "[ctl][unit]") {
    Table table({"NAME", "X", "END"});
    CHECK(table.empty());
    table.add({{"张三"}, {"1"}, {""}});
    table.add({{"a"}, {"long"}, {"e"}});
    CHECK(!table.empty());
    CHECK(table.text(no_colours) ==
          "NAME  X     END\n"
          "张三  1\n"
          "a     long  e\n");
}

TEST_CASE("ctl text: colours go round the text and not into the width; without a terminal there are none",
          "[ctl][unit]") {
    Table table({"A", "B"});
    table.add({{"x\x1b", Colour::bad}, {"y"}});
    CHECK(table.text(no_colours) == "A   B\nx?  y\n");
    CHECK(table.text(coloured) == "\x1b[2mA\x1b[0m   \x1b[2mB\x1b[0m\n\x1b[31mx?\x1b[0m  y\n");
    CHECK(paint("x", Colour::none, coloured) == "x");
    CHECK(paint("x", Colour::good, no_colours) == "x");
}

TEST_CASE("ctl text: a row of 3 cells in a table of 2 columns loses the 3rd", "[ctl][unit]") {
    Table table({"A", "B"});
    table.add({{"1"}, {"2"}, {"3"}});
    table.add({{"1"}});
    CHECK(table.text(no_colours) == "A  B\n1  2\n1\n");
}

TEST_CASE("ctl text: times are local and 0 is none", "[ctl][unit]") {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    CHECK(date_time(0) == "-");
    CHECK(date_time(1730000000123) == "2024-10-27 03:33:20");
    ::setenv("TZ", "CST-8", 1);
    ::tzset();
    CHECK(date_time(1730000000123) == "2024-10-27 11:33:20");
    const bool whole = sizeof(std::time_t) > 4;  // else the C library ends in 2038
    CHECK(date_time(4102444800000) == (whole ? "2100-01-01 08:00:00" : "2100-01-01T00:00:00Z"));
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
}

TEST_CASE("ctl text: 0, 59, 60, 3599 and 3600 seconds", "[ctl][unit]") {
    CHECK(duration(0) == "0:00");
    CHECK(duration(59) == "0:59");
    CHECK(duration(60) == "1:00");
    CHECK(duration(3599) == "59:59");
    CHECK(duration(3600) == "1:00:00");
    CHECK(duration(86400) == "24:00:00");
    CHECK(duration(-1) == "0:00");
}

}  // namespace voip::ctl
