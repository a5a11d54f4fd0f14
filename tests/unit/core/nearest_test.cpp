#include "core/nearest.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace voip;

namespace {

std::string near(std::string_view word) {
    static const std::vector<std::string_view> candidates{"autoAnswer", "ringSeconds", "url", "ca",
                                                          "huntSeconds"};
    return std::string(nearest(word, candidates).value_or("-"));
}

}  // namespace

TEST_CASE("nearest: 12 slips of the pen find their word", "[core][unit]") {
    for (const char* word : {"autoanswer", "auto-answer", "auto_answer", "autoAnswr", "autoAnsewr",
                             "autoAnnswerr", "AUTOANSWER"}) {
        INFO(word);
        CHECK(near(word) == "autoAnswer");
    }
    CHECK(near("ringSecond") == "ringSeconds");
    CHECK(near("rnigSeconds") == "ringSeconds");
    CHECK(near("uri") == "url");
    CHECK(near("ulr") == "url");
    CHECK(near("cs") == "ca");
}

TEST_CASE("nearest: what is far from all finds nothing", "[core][unit]") {
    for (const char* word : {"", "timeLimit", "xyz", "answer", "z"}) {
        INFO(word);
        CHECK(near(word) == "-");
    }
    CHECK(near(std::string(65, 'a')) == "-");
    CHECK_FALSE(nearest("url", {}));
}

TEST_CASE("nearest: of two the nearer one is taken, of equals the first", "[core][unit]") {
    const std::vector<std::string_view> candidates{"buttons", "button", "bottom"};
    CHECK(nearest("button", candidates) == "button");
    CHECK(nearest("butto", candidates) == "button");
    const std::vector<std::string_view> equals{"abcdeX", "abcdeY"};
    CHECK(nearest("abcde", equals) == "abcdeX");
}
