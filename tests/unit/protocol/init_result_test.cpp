#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using test::parsed;

namespace {

InitResult decoded_result(std::string_view text) {
    INFO(text);
    const auto result = decode_init_result(parsed(text));
    REQUIRE(result);
    const auto again = decode_init_result(encode(*result));
    REQUIRE(again);
    CHECK(*again == *result);
    return *result;
}

InitResult failed(std::optional<int> code, std::string message) {
    return {false, "", ChargeType::duration, code, std::move(message)};
}

}  // namespace

TEST_CASE("result: success has roomId, groupId and chargeType", "[protocol][unit]") {
    const InitResult result{true, "r-1", ChargeType::license, std::nullopt, ""};
    CHECK(json::write(encode(result)) ==
          R"({"isSuccess":true,"roomId":"r-1","groupId":"r-1","chargeType":"license"})");
    CHECK(decoded_result(R"({"isSuccess":true,"roomId":"r-1","groupId":"r-1","chargeType":"license"})") ==
          result);
    // Older plugins say less.
    CHECK(decoded_result(R"({"isSuccess":true,"roomId":"r-1"})") ==
          InitResult{true, "r-1", ChargeType::duration, std::nullopt, ""});
}

TEST_CASE("result: a failure has its code in three places, in error{} as a string", "[protocol][unit]") {
    CHECK(
        json::write(encode(refused(9))) ==
        R"({"isSuccess":false,"errCode":9,)"
        R"("errMsg":"the user has not authorised this device, or has withdrawn it",)"
        R"("errObj":{"errCode":9,"errMsg":"the user has not authorised this device, or has withdrawn it",)"
        R"("errno":9,"cause":"not_authorised"},)"
        R"("error":{"err_code":"9","errMsg":"the user has not authorised this device, or has withdrawn it"}})");
    CHECK(json::write(encode(failed(std::nullopt, "not login"))) ==
          R"({"isSuccess":false,"errMsg":"not login","errObj":{"errMsg":"not login","cause":""},)"
          R"("error":{"errMsg":"not login"}})");
}

TEST_CASE("result: refused() has the table's text, or the given one", "[protocol][unit]") {
    CHECK(refused(13) == failed(13, "the deviceToken is wrong or expired"));
    CHECK(refused(13, "expired at noon") == failed(13, "expired at noon"));
    CHECK(refused(6) == failed(6, "error 6"));
}

TEST_CASE("result: 20 shapes of failures that are met in the field", "[protocol][unit]") {
    struct Case {
        const char* text;
        InitResult result;
    };
    const std::string text9(code_text(9));
    const Case cases[] = {
        {R"({"isSuccess":false,"errCode":9,"errMsg":"m"})", failed(9, "m")},
        {R"({"isSuccess":false,"errCode":9})", failed(9, text9)},
        {R"({"isSuccess":false,"errCode":"9","errMsg":"m"})", failed(9, "m")},
        {R"({"isSuccess":false,"errMsg":"operateWXData:fail:not login"})",
         failed(std::nullopt, "operateWXData:fail:not login")},
        {R"({"isSuccess":false})", failed(std::nullopt, "")},
        {R"({"isSuccess":false,"error":{"err_code":"9","errMsg":"m"}})", failed(9, "m")},
        {R"({"error":{"err_code":"9","errMsg":"m"}})", failed(9, "m")},
        {R"({"error":{"err_code":9,"errMsg":"m"}})", failed(9, "m")},
        {R"({"error":{"err_code":"-1"}})", failed(-1, "the system is busy")},
        {R"({"error":{"err_code":"nine","errMsg":"m"}})", failed(std::nullopt, "m")},
        {R"({"error":{"err_code":"9 ","errMsg":"m"}})", failed(std::nullopt, "m")},
        {R"({"error":{"err_code":"99999999999","errMsg":"m"}})", failed(std::nullopt, "m")},
        {R"({"error":{"err_code":"","errMsg":"m"}})", failed(std::nullopt, "m")},
        {R"({"error":"text"})", failed(std::nullopt, "")},
        {R"({"errObj":{"errCode":14,"errMsg":"m","errno":14}})", failed(14, "m")},
        {R"({"errCode":13,"errObj":{"errCode":14,"errMsg":"inner"}})", failed(13, "inner")},
        {R"({"errCode":null,"errMsg":null,"errObj":{"errCode":14},"error":{"errMsg":"old"}})",
         failed(14, "old")},
        {R"({"errCode":4294967305,"errMsg":"m"})", failed(std::nullopt, "m")},  // 9 in 32 bits
        {R"({"errCode":9.0,"errMsg":"m"})", failed(std::nullopt, "m")},
        {R"({"isSuccess":false,"roomId":"r-1","errCode":5,"errMsg":"m"})", failed(5, "m")},
    };
    CHECK(std::size(cases) == 20);
    for (const Case& c : cases) CHECK(decoded_result(c.text) == c.result);
}

TEST_CASE("result: 17 answers that cannot be understood are Fault 1003", "[protocol][unit]") {
    const char* texts[] = {"null",
                           "[]",
                           "5",
                           "\"ok\"",
                           "{}",
                           R"({"roomId":"r-1"})",
                           R"({"isSuccess":null})",
                           R"({"isSuccess":"true","roomId":"r-1"})",
                           R"({"isSuccess":1,"roomId":"r-1"})",
                           R"({"isSuccess":true})",
                           R"({"isSuccess":true,"roomId":""})",
                           R"({"isSuccess":true,"roomId":5})",
                           R"({"isSuccess":true,"roomId":"a\nb"})",
                           R"({"isSuccess":true,"groupId":"r-1"})",
                           R"({"isSuccess":true,"roomId":"r-1","groupId":"r-2"})",
                           R"({"isSuccess":true,"roomId":"r-1","groupId":5})",
                           R"({"isSuccess":true,"roomId":"r-1","chargeType":"free"})"};
    CHECK(std::size(texts) == 17);
    for (const char* text : texts) {
        INFO(text);
        const auto result = decode_init_result(parsed(text));
        REQUIRE_FALSE(result);
        CHECK(result.error().err_code == 1003);
    }
}
