#include "daemon/engine/profile.hpp"

#include "core/json.hpp"
#include "tests/support/printers.hpp"

namespace voip::engine {
namespace {

Answer<ProfileAnswer> decode(std::string_view text) {
    const auto value = json::parse(text);
    REQUIRE(value);
    return decode_profile_answer(*value);
}

TEST_CASE("profile: what is not known is left out, an empty profile is an empty object", "[engine][unit]") {
    CHECK(json::write(encode(DeviceProfile{}, "", "")) == "{}");
    const DeviceProfile profile{true, false, std::nullopt, true};
    CHECK(json::write(encode(profile, "Door", "0.1.0")) ==
          R"({"name":"Door","version":"0.1.0","camera":true,"display":false,"speaker":true})");
}

TEST_CASE("profile: 2 users and the time are read, unknown members ignored", "[engine][unit]") {
    const auto answer = decode(
        R"({"users": [{"openId": "o1", "name": "Ann", "x": 1}, {"openId": "o2"}], "time": 1767225600000, "y": []})");
    REQUIRE(answer);
    REQUIRE(answer->users.size() == 2);
    CHECK(answer->users[0] == Party{"o1", "Ann", 0});
    CHECK(answer->users[1] == Party{"o2", "", 0});
    CHECK(answer->time == 1767225600000);
}

TEST_CASE("profile: nobody has authorised the device yet", "[engine][unit]") {
    const auto answer = decode(R"({"users": []})");
    REQUIRE(answer);
    CHECK(answer->users.empty());
    CHECK(answer->time == 0);
}

TEST_CASE("profile: wrong types and sizes are faults that name the member", "[engine][unit]") {
    struct Row {
        const char* text;
        const char* field;
    };
    const std::string long_id = R"({"users": [{"openId": ")" + std::string(129, 'x') + R"("}]})";
    const Row rows[] = {{R"({})", "users"},
                        {R"({"users": {}})", "users"},
                        {R"({"users": ["o1"]})", "users[0]"},
                        {R"({"users": [{"openId": "o1"}, {"openId": ""}]})", "users[1].openId"},
                        {R"({"users": [{"name": "Ann"}]})", "users[0].openId"},
                        {R"({"users": [], "time": "now"})", "time"},
                        {R"({"users": [], "time": -1})", "time"},
                        {long_id.c_str(), "users[0].openId"}};
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const auto answer = decode(row.text);
        REQUIRE_FALSE(answer);
        CHECK(answer.error().field == row.field);
    }
}

}  // namespace
}  // namespace voip::engine
