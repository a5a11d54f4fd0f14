#include "hal/linux/gpio_lookup.hpp"

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::linux;

namespace {

const std::vector<ChipFacts> chips{{"gpiochip0", "pinctrl", 54},
                                   {"gpiochip1", "buttons", 8},
                                   {"gpiochip2", "io", 8},
                                   {"gpiochip3", "io", 8}};

std::string why_no_chip(std::string_view text, std::span<const ChipFacts> among = chips) {
    const auto found = find_chip(text, among);
    REQUIRE_FALSE(found);
    CHECK(found.error().is(Errc::device_gone));
    return found.error().context;
}

const std::vector<std::string> names{"", "BELL", "DOOR", "LED", "LED"};

std::string why_no_line(std::string_view text, std::span<const std::string> among = names) {
    const auto found = find_line(text, among);
    REQUIRE_FALSE(found);
    CHECK(found.error().is(Errc::device_gone));
    return found.error().context;
}

}  // namespace

TEST_CASE("gpio lookup: a chip is found by its name, else by its label", "[hal][unit]") {
    CHECK(*find_chip("gpiochip2", chips) == 2);
    CHECK(*find_chip("buttons", chips) == 1);
}

TEST_CASE("gpio lookup: a missing chip is told with those that there are, a label of 2 chips as such",
          "[hal][unit]") {
    CHECK(why_no_chip("gpiochip9", std::span(chips).first(2)) ==
          "no GPIO chip \"gpiochip9\": there are gpiochip0 (\"pinctrl\"), gpiochip1 (\"buttons\")");
    CHECK(why_no_chip("bell", {}) == "no GPIO chip \"bell\": there is none");
    CHECK(why_no_chip("io") == "2 GPIO chips are labelled \"io\": use a name instead");
}

TEST_CASE("gpio lookup: a line is found by its offset, else by its name", "[hal][unit]") {
    CHECK(*find_line("0", names) == 0);
    CHECK(*find_line("4", names) == 4);
    CHECK(*find_line("DOOR", names) == 2);
}

TEST_CASE("gpio lookup: a missing line is told with the last one or the one that was meant", "[hal][unit]") {
    CHECK(why_no_line("5") == "no line 5: the chip's last one is 4");
    CHECK(why_no_line("0", {}) == "no line 0: the chip's last one is none");
    CHECK(why_no_line("DOR") == "no line \"DOR\"; did you mean \"DOOR\"?");
    CHECK(why_no_line("WINDOW") == "no line \"WINDOW\"");
    CHECK(why_no_line("LED") == "2 lines are called \"LED\": use the offset instead");
    CHECK(why_no_line("") == "no line \"\"");
    CHECK(why_no_line("99999999999") == "no line \"99999999999\"");
}

TEST_CASE("gpio lookup: only digits are an offset", "[hal][unit]") {
    CHECK(is_offset("17"));
    for (const char* text : {"", "-1", "+1", "1a", "a1", " 1", "4294967296"}) CHECK_FALSE(is_offset(text));
}
