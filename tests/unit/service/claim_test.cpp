#include "service/api/claim.hpp"

#include "protocol/errors.hpp"
#include "tests/support/printers.hpp"

using namespace voip;
using namespace voip::service;

namespace {

json::Value good_claim() {
    return json::Value()
        .set("appId", "wx1")
        .set("modelId", "M1")
        .set("sn", "SN-1")
        .set("snTicket", std::string(32, 'a'))
        .set("publicKey", "key")
        .set("timestamp", 1700000000)
        .set("nonce", "0123456789abcdef")
        .set("signature", "sig");
}

}  // namespace

TEST_CASE("signature: the 7 lines of a token request", "[service][unit]") {
    const auto claim = decode_claim(good_claim(), ClaimKind::token);
    REQUIRE(claim);
    CHECK(signed_text(*claim, ClaimKind::token, "calls.example.org") ==
          "wmpf-voip-token-v1\ncalls.example.org\nwx1\nSN-1\nM1\n1700000000\n0123456789abcdef");
}

TEST_CASE("signature: the 9 lines of a registration", "[service][unit]") {
    const auto claim = decode_claim(good_claim(), ClaimKind::registration);
    REQUIRE(claim);
    CHECK(signed_text(*claim, ClaimKind::registration, "::1") ==
          "wmpf-voip-register-v1\n::1\nwx1\nSN-1\nM1\n1700000000\n0123456789abcdef\nkey\n" +
              std::string(32, 'a'));
}

TEST_CASE("signature: 12 bad members are refused by name and code", "[service][unit]") {
    struct Row {
        const char* field;
        json::Value value;
        int code;
    };
    const std::vector<Row> rows{{"appId", "", code::argument},
                                {"appId", "a\nb", code::argument},
                                {"modelId", 7, code::argument},
                                {"sn", nullptr, code::argument},
                                {"sn", std::string(129, 'S'), code::sn_too_long},
                                {"sn", "S N", code::sn_character},
                                {"snTicket", "short", code::ticket_illegal},
                                {"publicKey", std::string(257, 'k'), code::argument},
                                {"timestamp", "1700000000", code::argument},
                                {"timestamp", -1, code::argument},
                                {"nonce", "too short", code::argument},
                                {"signature", std::string(161, 's'), code::argument}};
    for (const Row& row : rows) {
        INFO(row.field);
        const auto claim = decode_claim(good_claim().set(row.field, row.value), ClaimKind::registration);
        REQUIRE_FALSE(claim);
        CHECK(claim.error().err_code == row.code);
        CHECK(claim.error().field == row.field);
    }
}
