#include "protocol/call.hpp"
#include "protocol/limits.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using test::edited;
using test::parsed;

namespace {

const char* const base = R"({"roomType":"video","sn":"SN-1","modelId":"model"})";

CallDevice decoded(std::string_view edits) {
    const json::Value params = edited(parsed(base), edits);
    INFO(json::write(params));
    const auto request = decode_call_device(params);
    REQUIRE(request);
    const auto again = decode_call_device(encode(*request));
    REQUIRE(again);
    CHECK(*again == *request);
    return *request;
}

}  // namespace

TEST_CASE("callDevice: absent members have the page's defaults, chargeType is license", "[protocol][unit]") {
    CallDevice expected;
    expected.sn = "SN-1";
    expected.model_id = "model";
    CHECK(decoded("{}") == expected);
    CHECK(expected.charge_type == ChargeType::license);
    CHECK(expected.enable_caller_camera);
    CHECK(json::write(encode(expected)) == R"({"roomType":"video","sn":"SN-1","modelId":"model",)"
                                           R"("chargeType":"license","enableCallerCamera":true,)"
                                           R"("enableListenerCamera":true})");
}

TEST_CASE("callDevice: every member is taken over", "[protocol][unit]") {
    const auto request = decoded(R"({"roomType":"voice","chargeType":"duration","timeLimit":600,
        "enableCallerCamera":false,"enableListenerCamera":false,"nickName":"Desk","deviceName":"front door",
        "isCloud":true,"payload":"{\"any\":\n1}","encodeVideoFixedLength":640,"encodeVideoRotation":2,
        "encodeVideoRatio":133,"encodeVideoMaxFPS":15,"callId":"c-1","unknown":5})");
    CHECK(request == CallDevice{RoomType::voice, "SN-1", "model", ChargeType::duration, 600, false, false,
                                "Desk", "front door", true, "{\"any\":\n1}", 640, 2, 133, 15, "c-1"});
}

TEST_CASE("callDevice: the edges of the video members are taken", "[protocol][unit]") {
    for (const char* edits :
         {R"({"encodeVideoFixedLength":320})", R"({"encodeVideoFixedLength":480})",
          R"({"encodeVideoFixedLength":0})", R"({"encodeVideoRotation":1})", R"({"encodeVideoRatio":1})",
          R"({"encodeVideoRatio":1000})", R"({"encodeVideoMaxFPS":8})", R"({"encodeVideoMaxFPS":0})"})
        (void)decoded(edits);
}

TEST_CASE("callDevice: 50 wrong members, each named", "[protocol][unit]") {
    struct Wrong {
        const char* edits;
        const char* field;
    };
    const Wrong cases[] = {
        {R"({"-roomType":0})", "roomType"},
        {R"({"roomType":"both"})", "roomType"},
        {R"({"roomType":null})", "roomType"},
        {R"({"-sn":0})", "sn"},
        {R"({"sn":""})", "sn"},
        {R"({"sn":5})", "sn"},
        {R"({"sn":"a b"})", "sn"},
        {R"({"sn":"a/b"})", "sn"},
        {R"({"sn":null})", "sn"},
        {R"({"-modelId":0})", "modelId"},
        {R"({"modelId":""})", "modelId"},
        {R"({"modelId":7})", "modelId"},
        {R"({"modelId":"a\nb"})", "modelId"},
        {R"({"chargeType":"free"})", "chargeType"},
        {R"({"chargeType":1})", "chargeType"},
        {R"({"chargeType":"licence"})", "chargeType"},
        {R"({"timeLimit":0})", "timeLimit"},
        {R"({"timeLimit":-5})", "timeLimit"},
        {R"({"timeLimit":86401})", "timeLimit"},
        {R"({"timeLimit":1.5})", "timeLimit"},
        {R"({"timeLimit":"60"})", "timeLimit"},
        {R"({"enableCallerCamera":1})", "enableCallerCamera"},
        {R"({"enableCallerCamera":null})", "enableCallerCamera"},
        {R"({"enableListenerCamera":"true"})", "enableListenerCamera"},
        {R"({"nickName":5})", "nickName"},
        {R"({"nickName":"a\nb"})", "nickName"},
        {R"({"deviceName":[]})", "deviceName"},
        {R"({"deviceName":"a\u0000"})", "deviceName"},
        {R"({"isCloud":0})", "isCloud"},
        {R"({"isCloud":"false"})", "isCloud"},
        {R"({"payload":{}})", "payload"},
        {R"({"encodeVideoFixedLength":1})", "encodeVideoFixedLength"},
        {R"({"encodeVideoFixedLength":321})", "encodeVideoFixedLength"},
        {R"({"encodeVideoFixedLength":"640"})", "encodeVideoFixedLength"},
        {R"({"encodeVideoFixedLength":99999999999})", "encodeVideoFixedLength"},
        {R"({"encodeVideoRotation":3})", "encodeVideoRotation"},
        {R"({"encodeVideoRotation":-1})", "encodeVideoRotation"},
        {R"({"encodeVideoRotation":90})", "encodeVideoRotation"},
        {R"({"encodeVideoRatio":-1})", "encodeVideoRatio"},
        {R"({"encodeVideoRatio":1001})", "encodeVideoRatio"},
        {R"({"encodeVideoRatio":1.33})", "encodeVideoRatio"},
        {R"({"encodeVideoMaxFPS":7})", "encodeVideoMaxFPS"},
        {R"({"encodeVideoMaxFPS":16})", "encodeVideoMaxFPS"},
        {R"({"encodeVideoMaxFPS":-8})", "encodeVideoMaxFPS"},
        {R"({"encodeVideoMaxFPS":true})", "encodeVideoMaxFPS"},
        {R"({"callId":""})", "callId"},
        {R"({"callId":1})", "callId"},
        {R"({"sn":"","modelId":""})", "sn"},
        {R"({"modelId":"","chargeType":"x"})", "modelId"},
        {R"({"payload":5,"callId":5})", "payload"},
    };
    CHECK(std::size(cases) == 50);
    for (const Wrong& c : cases) {
        INFO(c.edits);
        const auto request = decode_call_device(edited(parsed(base), c.edits));
        REQUIRE_FALSE(request);
        CHECK(request.error().err_code == 1004);
        CHECK(request.error().field == c.field);
    }
    CHECK(decode_call_device(parsed("[]")).error().err_code == 1004);
}

TEST_CASE("callDevice: texts have their sizes, a payload 4096 bytes", "[protocol][unit]") {
    const auto with = [](const char* name, std::size_t bytes) {
        return decode_call_device(parsed(base).set(name, std::string(bytes, 'x')));
    };
    CHECK(with("payload", limits::payload_bytes));
    CHECK_FALSE(with("payload", limits::payload_bytes + 1));
    CHECK(with("sn", 128));
    CHECK_FALSE(with("sn", 129));
    CHECK(with("modelId", 128));
    CHECK_FALSE(with("modelId", 129));
    CHECK(with("nickName", 128));
    CHECK_FALSE(with("nickName", 129));
    CHECK(with("callId", 64));
    CHECK_FALSE(with("callId", 65));
}
