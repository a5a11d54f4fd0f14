#include "protocol/errors.hpp"

#include <algorithm>
#include <set>

#include "tests/support/printers.hpp"

using namespace voip;

TEST_CASE("errors: a number stands once in its domain, every entry has a name and a sentence",
          "[protocol][unit]") {
    std::set<std::pair<CodeDomain, int>> numbers;
    std::set<std::string_view> names;
    for (const CodeInfo& info : error_codes()) {
        INFO(info.code);
        CHECK(numbers.insert({info.domain, info.code}).second);
        CHECK(names.insert(info.name).second);
        CHECK(info.text.size() > 10);
        CHECK(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
        CHECK(find_code(info.domain, info.code) == &info);
        CHECK(to_string(info.domain) != "?");
        CHECK(to_string(info.retry) != "?");
    }
}

TEST_CASE("errors: each domain holds exactly the documented numbers", "[protocol][unit]") {
    const std::pair<CodeDomain, std::vector<int>> documented[] = {
        {CodeDomain::backend, {1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 17, 19, 20, 22, 23, 24}},
        {CodeDomain::plugin, {1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1011}},
        {CodeDomain::join,
         {2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009, 2010, 2100, 2102, 2103, 2104}},
        {CodeDomain::registration, {-1, 9, 10008, 40001, 48001, 9800001, 9800002, 9800003, 9800004, 9800011}},
        {CodeDomain::service, {4010, 4011, 4012, 4013, 4014, 4030, 4040, 4050, 4090, 4130, 4290, 5030}},
    };
    for (const auto& [domain, numbers] : documented) {
        std::vector<int> found;
        for (const CodeInfo& info : error_codes())
            if (info.domain == domain) found.push_back(info.code);
        CHECK(found == numbers);
    }
}

TEST_CASE("errors: 9 is the user's refusal in a call and a bound SN in a registration", "[protocol][unit]") {
    REQUIRE(find_call_code(9));
    CHECK(find_call_code(9)->domain == CodeDomain::backend);
    CHECK(find_call_code(9)->retry == Retry::reauthorise);
    CHECK(find_code(CodeDomain::registration, 9)->retry == Retry::ask_operator);
}

TEST_CASE("errors: only 13 and 14 of a call renew the token, only 9 marks the contact", "[protocol][unit]") {
    for (const CodeInfo& info : error_codes()) {
        if (info.domain == CodeDomain::registration || info.domain == CodeDomain::service) continue;
        INFO(info.code);
        CHECK((info.retry == Retry::renew_token) == (info.code == 13 || info.code == 14));
        CHECK((info.retry == Retry::reauthorise) == (info.code == 9));
    }
}

TEST_CASE("errors: numbers that the platform does not document are no codes of a call", "[protocol][unit]") {
    for (const int number : {0, 6, 10, 11, 16, 18, 21, 25, 999, 1009, 1010, 2101, 10008, -1, -32601}) {
        INFO(number);
        CHECK(find_call_code(number) == nullptr);
    }
}

TEST_CASE("errors: the text is the table's, or names the number", "[protocol][unit]") {
    CHECK(code_text(1005) == "another call is going on");
    CHECK(code_text(10008) == "the snTicket is wrong or expired");
    CHECK(code_text(6) == "error 6");
    CHECK(code_text(-2147483647 - 1) == "error -2147483648");
    const std::string_view kept = code_text(18);
    int empty = 0;
    for (int number = 100000; number < 110000; ++number) empty += code_text(number).empty() ? 1 : 0;
    CHECK(empty == 0);
    CHECK(kept == "error 18");  // what was handed out stays good, however many numbers a peer invents
    CHECK(code_text(6) == "error 6");
    CHECK(code_text(109999) == "error of an unknown number");
}
