#include "core/json.hpp"

#include <limits>

#include "tests/support/catch.hpp"

using namespace voip;
using json::parse;
using json::Value;

namespace {

std::string nested(std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
}

struct Case {
    const char* text;
    Value value;
};

}  // namespace

TEST_CASE("json: 22 texts give their values", "[core][unit]") {
    const Case cases[] = {
        {"null", Value()},
        {"true", Value(true)},
        {"false", Value(false)},
        {"0", Value(0)},
        {"-0", Value(0)},
        {"7", Value(7)},
        {"-7", Value(-7)},
        {"2147483648", Value(std::int64_t{2147483648})},
        {"9223372036854775807", Value(std::numeric_limits<std::int64_t>::max())},
        {"-9223372036854775808", Value(std::numeric_limits<std::int64_t>::min())},
        {"1.0", Value(1.0)},
        {"1e3", Value(1000.0)},
        {"-2.5", Value(-2.5)},
        {"\"\"", Value("")},
        {"\"a\\u0041\\n\"", Value("aA\n")},
        {"\"\\ud83d\\ude00\"", Value("\xf0\x9f\x98\x80")},
        {"\"\\u0000\"", Value(std::string(1, '\0'))},
        {"[]", Value(json::Array{})},
        {"{}", Value(json::Object{})},
        {"[1,\"x\",null]", Value(json::Array{1, "x", nullptr})},
        {"{\"a\":{\"b\":[]}}", Value(json::Object{{"a", json::Object{{"b", json::Array{}}}}})},
        {" \t\r\n{ \"a\" : 1 } \n", Value(json::Object{{"a", 1}})},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto value = parse(c.text);
        REQUIRE(value);
        CHECK(*value == c.value);
    }
}

TEST_CASE("json: 1 is an integer, 1.0 and 1e3 are fractions", "[core][unit]") {
    CHECK(parse("1")->as_integer());
    CHECK_FALSE(parse("1")->as_fraction());
    for (const char* fraction : {"1.0", "1e3", "1E0", "-0.0", "0.5"}) {
        INFO(fraction);
        CHECK(parse(fraction)->as_fraction());
        CHECK_FALSE(parse(fraction)->as_integer());
    }
}

TEST_CASE("json: numbers beyond 64 bits are refused, however they are written", "[core][unit]") {
    for (const char* text :
         {"9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775809",
          "123456789012345678901234567890", "1e19", "-1e300", "1e400", "9223372036854775808.0"}) {
        INFO(text);
        const auto value = parse(text);
        REQUIRE_FALSE(value);
        CHECK(value.error().is(Errc::bad_message));
    }
    CHECK(*parse("9e18")->as_fraction() == 9e18);
    CHECK(*parse("1e-400")->as_fraction() == 0.0);
    CHECK(*parse("0e111")->as_fraction() == 0.0);
    CHECK(*parse("0." + std::string(400, '0') + "1")->as_fraction() == 0.0);
    CHECK_FALSE(parse(std::string(400, '1') + "e-1"));
}

TEST_CASE("json: 48 malformed texts are refused as bad messages", "[core][unit]") {
    const char* texts[] = {"",
                           " ",
                           "nul",
                           "True",
                           "nan",
                           "NaN",
                           "Infinity",
                           "-",
                           "+1",
                           "01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x10",
                           "--1",
                           "\"",
                           "\"a",
                           "'a'",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\ud800x\"",
                           "\"\\udc00\"",
                           "\"\n\"",
                           "\"\t\"",
                           "[",
                           "]",
                           "[1",
                           "[1,",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "{",
                           "}",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":1",
                           "{\"a\":1,",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{1:2}",
                           "{\"a\" 1}",
                           "{} {}",
                           "1 1",
                           "null,",
                           "[1]]",
                           "// comment\n1"};
    CHECK(std::size(texts) == 48);
    for (const char* text : texts) {
        INFO(text);
        const auto value = parse(text);
        REQUIRE_FALSE(value);
        CHECK(value.error().is(Errc::bad_message));
    }
}

TEST_CASE("json: 16 containers inside one another are taken, 17 are refused", "[core][unit]") {
    CHECK(parse(nested(16, '[', ']')));
    const auto deep = parse(nested(17, '[', ']'));
    REQUIRE_FALSE(deep);
    CHECK(deep.error().is(Errc::bad_message));
    CHECK(deep.error().context.find("nested deeper than 16 levels") != std::string::npos);

    std::string objects = "1";
    for (int i = 0; i < 16; ++i) objects = "{\"a\":" + objects + "}";
    CHECK(parse(objects));
    CHECK_FALSE(parse("[" + objects + "]"));
    CHECK_FALSE(parse(nested(60000, '[', ']')));
    CHECK(parse("[[[1]]]", {64, 3, false}));
    CHECK_FALSE(parse("[[[[1]]]]", {64, 3, false}));
}

TEST_CASE("json: 64 KiB are taken, one byte more is too large", "[core][unit]") {
    const std::string full = "\"" + std::string(64 * 1024 - 2, 'a') + "\"";
    REQUIRE(parse(full));
    CHECK(parse(full)->as_string()->size() == 64 * 1024 - 2);
    const auto larger = parse(full + " ");
    REQUIRE_FALSE(larger);
    CHECK(larger.error().is(Errc::too_large));
    CHECK(larger.error().context == "65537 bytes, at most 65536");
}

TEST_CASE("json: a NUL byte is refused wherever it stands", "[core][unit]") {
    using namespace std::string_view_literals;
    for (const std::string_view text :
         {"\0"sv, "1\0"sv, "1\0garbage"sv, "\"a\0b\""sv, "{\"a\0\":1}"sv, "\0{}"sv}) {
        const auto value = parse(text);
        REQUIRE_FALSE(value);
        CHECK(value.error().is(Errc::bad_message));
        CHECK(value.error().context.find("NUL") != std::string::npos);
    }
}

TEST_CASE("json: 16 texts that are not UTF-8 are refused", "[core][unit]") {
    const char* bad[] = {"\x80",              // continuation alone
                         "\xbf",              //
                         "\xc0\xaf",          // overlong two bytes
                         "\xc1\xbf",          //
                         "\xe0\x80\xaf",      // overlong three bytes
                         "\xe0\x9f\xbf",      //
                         "\xf0\x80\x80\xaf",  // overlong four bytes
                         "\xf0\x8f\xbf\xbf",  //
                         "\xed\xa0\x80",      // surrogates
                         "\xed\xbf\xbf",      //
                         "\xf4\x90\x80\x80",  // above U+10FFFF
                         "\xf5\x80\x80\x80",  //
                         "\xfe",              //
                         "\xff",              //
                         "\xc3",              // cut off
                         "\xe2\x82"};         //
    CHECK(std::size(bad) == 16);
    for (const std::string text : bad) {
        INFO(text);
        CHECK_FALSE(parse("\"" + text + "\""));
        CHECK_FALSE(parse("{\"" + text + "\":1}"));
    }
    for (const char* escape : {"\\udc00", "\\udfffx", "a\\ude00\\ud83d", "\\ud83d\\ud83d\\ude00"}) {
        INFO(escape);
        CHECK_FALSE(parse("\"" + std::string(escape) + "\""));
        CHECK_FALSE(parse("{\"" + std::string(escape) + "\":1}"));
    }
    for (const std::string good : {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                                   "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        const auto value = parse("\"" + good + "\"");
        REQUIRE(value);
        CHECK(*value->as_string() == good);
    }
}

TEST_CASE("json: a member that appears twice is refused, at any depth", "[core][unit]") {
    const auto twice = parse(R"({"a":1,"b":2,"a":3})");
    REQUIRE_FALSE(twice);
    CHECK(twice.error().is(Errc::bad_message));
    CHECK(twice.error().context.find("\"a\" appears twice") != std::string::npos);
    CHECK_FALSE(parse(R"([{"x":{"roomId":"1","roomId":"1"}}])"));
    CHECK_FALSE(parse(R"({"a":1,"\u0061":2})"));  // the same name, spelled otherwise
    CHECK(parse(R"({"a":{"a":1},"b":{"a":1}})"));
    CHECK(parse(R"({"a":1,"A":2})"));
}

TEST_CASE("json: an error tells the byte, and for configuration the line and the column", "[core][unit]") {
    CHECK(parse("[1,x]").error().context.substr(0, 7) == "byte 3:");
    CHECK(parse("{\n  \"a\": 1,\n  \"b\": y\n}", {1024, 16, true}).error().context.substr(0, 17) ==
          "line 3, column 8:");
}

TEST_CASE("json: comments are taken only where they are allowed", "[core][unit]") {
    const char* text = "// the device\n{\"sn\": /* unique */ \"A1\" // end\n}\n/* last */";
    CHECK_FALSE(parse(text));
    const auto value = parse(text, {1024, 16, true});
    REQUIRE(value);
    CHECK(*value == Value(json::Object{{"sn", "A1"}}));
    CHECK_FALSE(parse("{} /* open", {1024, 16, true}));
    CHECK_FALSE(parse("{} /", {1024, 16, true}));
    CHECK(*parse("\"// text\"", {1024, 16, true})->as_string() == "// text");
}

TEST_CASE("json: members keep the order of the text and set() replaces in place", "[core][unit]") {
    Value value = *parse(R"({"z":1,"a":2,"m":3})");
    value.set("a", "new").set("last", true);
    CHECK(json::write(value) == R"({"z":1,"a":"new","m":3,"last":true})");
    REQUIRE(value.find("m"));
    CHECK(*value.find("m") == Value(3));
    CHECK_FALSE(value.find("none"));
    CHECK_FALSE(Value(5).find("a"));
    Value number(5);
    number.set("a", 1);
    CHECK(json::write(number) == R"({"a":1})");
}

TEST_CASE("json: the 7 types have names for people", "[core][unit]") {
    CHECK(Value().type_name() == "null");
    CHECK(Value(true).type_name() == "boolean");
    CHECK(Value(1).type_name() == "integer");
    CHECK(Value(1.5).type_name() == "fraction");
    CHECK(Value("x").type_name() == "string");
    CHECK(Value(json::Array{}).type_name() == "array");
    CHECK(Value(json::Object{}).type_name() == "object");
}
