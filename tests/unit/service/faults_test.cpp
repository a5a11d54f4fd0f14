#include "service/guard/faults.hpp"

#include "protocol/errors.hpp"
#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

Answer<FaultRule> rule_of(std::string_view text) {
    return decode_fault_rule(*json::parse(text));
}

}  // namespace

TEST_CASE("fault rules: a whole rule is read and written back with its 8 members", "[service][unit]") {
    const auto rule =
        rule_of(R"({"method":"voip.initByCaller","openId":"o1","sn":"S1","errCode":13,"errMsg":"no",
                                  "times":2,"delaySeconds":1.5,"drop":true})");
    REQUIRE(rule);
    CHECK(rule->method == "voip.initByCaller");
    CHECK(rule->err_code == 13);
    CHECK(rule->times == 2);
    CHECK(rule->delay == 1500ms);
    CHECK(rule->drop);
    CHECK(decode_fault_rule(encode(*rule)) == *rule);
    CHECK(rule_of(R"({"method":"x","errCode":9})")->times == 1);
}

TEST_CASE("fault rules: 9 bad rules name the member at fault", "[service][unit]") {
    struct Row {
        const char* text;
        const char* field;
    };
    const auto row =
        GENERATE(Row{R"({})", "method"}, Row{R"({"method":1,"errCode":9})", "method"},
                 Row{R"({"method":"x"})", "errCode"}, Row{R"({"method":"x","errCode":"9"})", "errCode"},
                 Row{R"({"method":"x","errCode":9,"times":0})", "times"},
                 Row{R"({"method":"x","errCode":9,"delaySeconds":-1})", "delaySeconds"},
                 Row{R"({"method":"x","errCode":9,"delaySeconds":61})", "delaySeconds"},
                 Row{R"({"method":"x","errCode":9,"drop":1})", "drop"},
                 Row{R"({"method":"x","errCode":9,"sn":""})", "sn"});
    const auto rule = rule_of(row.text);
    REQUIRE_FALSE(rule);
    CHECK(rule.error().err_code == code::argument);
    CHECK(rule.error().field == row.field);
}

TEST_CASE("fault rules: a rule of 2 times hits 2 matching requests and is gone", "[service][unit]") {
    FaultRules rules;
    REQUIRE(rules.add({"voip.initByCaller", "o1", "", 9, "", 2, {}, false}));
    CHECK_FALSE(rules.take("voip.callDevice", "o1", "S1"));
    CHECK_FALSE(rules.take("voip.initByCaller", "o2", "S1"));
    CHECK(rules.take("voip.initByCaller", "o1", "S1")->err_code == 9);
    CHECK(rules.take("voip.initByCaller", "o1", "S2")->err_code == 9);
    CHECK_FALSE(rules.take("voip.initByCaller", "o1", "S1"));
    CHECK(rules.all().empty());
}

TEST_CASE("fault rules: the first of several rules is taken, in the order they came", "[service][unit]") {
    FaultRules rules;
    REQUIRE(rules.add({"room.join", "", "", 2104, "", 1, {}, false}));
    REQUIRE(rules.add({"room.join", "", "S1", 1, "", 1, {}, false}));
    CHECK(rules.take("room.join", "", "S1")->err_code == 2104);
    CHECK(rules.take("room.join", "", "S1")->err_code == 1);
}

TEST_CASE("fault rules: the 101st is refused with 4290; clear() forgets all", "[service][unit]") {
    FaultRules rules;
    for (std::size_t i = 0; i < FaultRules::max_rules; ++i)
        REQUIRE(rules.add({"x", "", "", 9, "", 1, {}, false}));
    const auto refused = rules.add({"x", "", "", 9, "", 1, {}, false});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().err_code == code::too_many);
    rules.clear();
    CHECK(rules.all().empty());
}
