#include <algorithm>

#include "protocol/errors.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/readme.hpp"

using namespace voip;

TEST_CASE("docs/operator.md: the 65 codes stand there with their texts and what to do about them",
          "[protocol][unit]") {
    const std::vector<test::Row> rows = test::read_readme("docs/operator.md").rows_of("Codes");
    const auto codes = error_codes();
    CHECK(codes.size() == 65);
    REQUIRE(rows.size() == codes.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        INFO("row " << i + 1);
        REQUIRE(rows[i].cells.size() >= 4);
        CHECK(rows[i].cells[0] == std::to_string(codes[i].code));
        CHECK(rows[i].cells[1] == to_string(codes[i].domain));
        CHECK(rows[i].cells[2] == codes[i].text);
        CHECK(rows[i].cells[3].size() > 5);
    }
}
