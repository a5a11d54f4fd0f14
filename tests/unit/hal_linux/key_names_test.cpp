#include "hal/linux/key_names.hpp"

#include <linux/input-event-codes.h>

#include "tests/support/catch.hpp"

using namespace voip;
using namespace voip::hal::linux;

namespace {

std::string refusal(std::string_view text) {
    const auto number = key_number(text);
    REQUIRE_FALSE(number);
    CHECK(number.error().is(Errc::not_found));
    return number.error().context;
}

}  // namespace

TEST_CASE("key names: a key is known by its name and by its number", "[hal][unit]") {
    CHECK(*key_number("KEY_ENTER") == KEY_ENTER);
    CHECK(*key_number("28") == KEY_ENTER);
    CHECK(*key_number("BTN_0") == BTN_0);
    CHECK(*key_number("KEY_PHONE") == KEY_PHONE);
    CHECK(*key_number("767") == KEY_MAX);
    CHECK(*key_number("KEY_HANGUEL") == KEY_HANGEUL);  // defined by another name
}

TEST_CASE("key names: what is no key is refused, with what may have been meant", "[hal][unit]") {
    CHECK(refusal("KEY_ENTR") == "\"KEY_ENTR\" is no key; did you mean \"KEY_ENTER\"?");
    CHECK(refusal("key_enter") == "\"key_enter\" is no key; did you mean \"KEY_ENTER\"?");
    CHECK(refusal("768") == "\"768\" is no key");
    for (const char* text : {"", "-1", "28x", "KEY_MAX", "KEY_CNT", "EV_KEY"}) CHECK_FALSE(key_number(text));
}

TEST_CASE("key names: a number is told by its first name, or as it is", "[hal][unit]") {
    CHECK(key_name(KEY_ENTER) == "KEY_ENTER");
    CHECK(key_name(KEY_HANGEUL) == "KEY_HANGEUL");
    CHECK(key_name(KEY_MAX) == "767");
}
