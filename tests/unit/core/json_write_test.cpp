#include <cmath>
#include <limits>
#include <random>

#include "core/json.hpp"
#include "tests/support/catch.hpp"

using namespace voip;
using json::Value;
using json::write;

namespace {

/// A value of up to four levels with everything that JSON has.
Value random_value(std::mt19937_64& random, int depth) {
    const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    switch (pick(depth > 0 ? 7 : 5)) {
        case 0: return {};
        case 1: return Value(pick(2) == 1);
        case 2: return Value(static_cast<std::int64_t>(random()) >> pick(64));
        case 3: return Value(std::ldexp(static_cast<double>(random() >> 11U), -pick(80)));
        case 4: {
            std::string text;
            for (int i = pick(12); i > 0; --i)
                text += std::string{"a\"\\\n\x01/"}[static_cast<std::size_t>(pick(6))];
            return Value(text + (pick(2) ? "\xe4\xbd\xa0" : ""));
        }
        case 5: {
            json::Array array;
            for (int i = pick(4); i > 0; --i) array.push_back(random_value(random, depth - 1));
            return array;
        }
        default: {
            json::Object object;
            for (int i = pick(4); i > 0; --i)
                object.push_back({"m" + std::to_string(i), random_value(random, depth - 1)});
            return object;
        }
    }
}

}  // namespace

TEST_CASE("json: 2000 random values survive writing and reading, compact and pretty", "[core][unit]") {
    std::mt19937_64 random(20260101);
    for (int i = 0; i < 2000; ++i) {
        const Value value = random_value(random, 4);
        const std::string text = write(value);
        INFO(text);
        const auto again = json::parse(text);
        REQUIRE(again);
        CHECK(*again == value);
        const auto pretty = json::parse(json::write_pretty(value));
        REQUIRE(pretty);
        CHECK(*pretty == value);
    }
}

TEST_CASE("json: what is written is one line, whatever the text holds", "[core][unit]") {
    std::string all;
    for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
    const std::string text = write(Value(all));
    for (const char c : text) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(*json::parse(text)->as_string() == all);
}

TEST_CASE("json: infinity and not-a-number are written as null", "[core][unit]") {
    CHECK(write(Value(std::numeric_limits<double>::infinity())) == "null");
    CHECK(write(Value(-std::numeric_limits<double>::infinity())) == "null");
    CHECK(write(Value(std::nan(""))) == "null");
}

TEST_CASE("json: bytes that are not UTF-8 are written as U+FFFD, so that every peer can read",
          "[core][unit]") {
    const std::string replacement = "\xef\xbf\xbd";
    const std::pair<std::string, std::string> cases[] = {
        {"caf\xe9", "caf" + replacement},
        {"\xff\xfe", replacement + replacement},
        {"a\xe2\x82", "a" + replacement + replacement},
        {"\xed\xa0\x80!", replacement + replacement + replacement + "!"},
        {"\xc0\xaf", replacement + replacement},
        {"\xf4\x90\x80\x80", replacement + replacement + replacement + replacement},
        {"good \xe4\xbd\xa0\xe5\xa5\xbd", "good \xe4\xbd\xa0\xe5\xa5\xbd"},
    };
    for (const auto& [bytes, shown] : cases) {
        INFO(bytes);
        const auto again = json::parse(write(Value(bytes)));
        REQUIRE(again);
        CHECK(*again->as_string() == shown);
        Value object;
        object.set(bytes, 1);
        CHECK(json::parse(write(object)));
        CHECK(json::parse(json::write_pretty(object)));
    }
}

TEST_CASE("json: pretty text is indented by two", "[core][unit]") {
    CHECK(json::write_pretty(*json::parse(R"({"a":[1,{}],"b":null})")) ==
          "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": null\n}");
}
