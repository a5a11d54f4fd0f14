#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using test::edited;
using test::parsed;

namespace {

const InitRules on_device{Host::device, Registration::device_auth, "SN-1", true};  // the local API
const InitRules on_wmpf{Host::device, Registration::wmpf, "SN-1", true};
const InitRules from_device{Host::device, Registration::device_auth, "SN-1", false};  // a device's channel
const InitRules from_wmpf{Host::device, Registration::wmpf, "SN-1", false};
const InitRules from_phone{Host::phone, Registration::device_auth, "o-desk", false};  // a user's channel

const char* const device_text = R"({"roomType":"video","caller":{"id":"SN-1"},"listener":{"id":"o-desk"},
    "businessType":1,"voipToken":"device-token"})";
const char* const phone_text =
    R"({"roomType":"video","caller":{"id":"o-desk","name":"Desk"},"listener":{"id":"SN-1"},
    "businessType":2,"voipToken":"push-token"})";

struct Wrong {
    const InitRules& rules;
    const char* edits;
    int err_code;
    const char* field;
};

json::Value base_of(const InitRules& rules) {
    json::Value base = parsed(rules.host == Host::phone ? phone_text : device_text);
    return rules.registration == Registration::wmpf ? edited(std::move(base), R"({"-voipToken":0})") : base;
}

void check_wrong(const Wrong& c) {
    const json::Value params = edited(base_of(c.rules), c.edits);
    INFO((c.rules.host == Host::phone ? "phone " : "device ") << json::write(params));
    const auto request = decode_init_by_caller(params, c.rules);
    REQUIRE_FALSE(request);
    CHECK(request.error().err_code == c.err_code);
    CHECK(request.error().field == c.field);
    CHECK_FALSE(request.error().err_msg.empty());
}

InitByCaller decoded(const InitRules& rules, std::string_view edits) {
    const json::Value params = edited(base_of(rules), edits);
    INFO(json::write(params));
    const auto request = decode_init_by_caller(params, rules);
    REQUIRE(request);
    // What was understood says the same again, on the wire too.
    const auto again = decode_init_by_caller(encode(*request), rules);
    if (!rules.fill_in || !request->voip_token.empty()) {
        REQUIRE(again);
        CHECK(*again == *request);
    }
    return *request;
}

}  // namespace

TEST_CASE("initByCaller: 47 wrong types and values, member by member", "[protocol][unit]") {
    const Wrong cases[] = {
        {on_device, R"({"-roomType":0})", 1004, "roomType"},
        {on_device, R"({"roomType":null})", 1004, "roomType"},
        {on_device, R"({"roomType":1})", 1004, "roomType"},
        {on_device, R"({"roomType":""})", 1004, "roomType"},
        {on_device, R"({"roomType":"Video"})", 1004, "roomType"},
        {on_device, R"({"roomType":"audio"})", 1004, "roomType"},
        {on_device, R"({"roomType":["video"]})", 1004, "roomType"},

        {on_device, R"({"caller":null})", 1004, "caller"},
        {on_device, R"({"caller":"SN-1"})", 1004, "caller"},
        {on_device, R"({"caller":[]})", 1004, "caller"},
        {on_device, R"({"-caller.id":0})", 1004, "caller.id"},
        {on_device, R"({"caller.id":null})", 1004, "caller.id"},
        {on_device, R"({"caller.id":12345})", 1004, "caller.id"},
        {on_device, R"({"caller.id":""})", 1004, "caller.id"},
        {on_device, R"({"caller.id":"SN 1"})", 1004, "caller.id"},
        {on_device, R"({"caller.id":"SN.1"})", 1004, "caller.id"},
        {on_device, R"({"caller.id":"SN-1\n"})", 1004, "caller.id"},
        {on_device, R"({"caller.id":"SN-1\u0000"})", 1004, "caller.id"},
        {on_device, R"({"caller.id":"\u8bbe\u5907"})", 1004, "caller.id"},
        {on_device, R"({"caller.id":"SN-2"})", 2, "caller.id"},
        {on_device, R"({"caller.id":"sn-1"})", 2, "caller.id"},
        {on_device, R"({"caller.name":null})", 1004, "caller.name"},
        {on_device, R"({"caller.name":5})", 1004, "caller.name"},
        {on_device, R"({"caller.cameraStatus":"0"})", 1004, "caller.cameraStatus"},
        {on_device, R"({"caller.cameraStatus":2})", 1004, "caller.cameraStatus"},
        {on_device, R"({"caller.cameraStatus":-1})", 1004, "caller.cameraStatus"},
        {on_device, R"({"caller.cameraStatus":0.0})", 1004, "caller.cameraStatus"},
        {on_device, R"({"caller.cameraStatus":true})", 1004, "caller.cameraStatus"},

        {on_device, R"({"-listener":0})", 1004, "listener"},
        {on_device, R"({"listener":null})", 1004, "listener"},
        {on_device, R"({"listener":"o-desk"})", 1004, "listener"},
        {on_device, R"({"listener":{}})", 1004, "listener.id"},
        {on_device, R"({"listener.id":null})", 1004, "listener.id"},
        {on_device, R"({"listener.id":7})", 1004, "listener.id"},
        {on_device, R"({"listener.id":""})", 1004, "listener.id"},
        {on_device, R"({"listener.id":"o\tdesk"})", 1004, "listener.id"},
        {on_device, R"({"listener.name":{}})", 1004, "listener.name"},
        {on_device, R"({"listener.name":"De\u0000sk"})", 1004, "listener.name"},
        {on_device, R"({"listener.name":"De\nsk"})", 1004, "listener.name"},
        {on_device, R"({"listener.cameraStatus":3})", 1004, "listener.cameraStatus"},
        {on_device, R"({"listener.cameraStatus":null})", 1004, "listener.cameraStatus"},

        {on_device, R"({"miniprogramState":null})", 1004, "miniprogramState"},
        {on_device, R"({"miniprogramState":""})", 1004, "miniprogramState"},
        {on_device, R"({"miniprogramState":"release"})", 1004, "miniprogramState"},
        {on_device, R"({"miniprogramState":"develop"})", 1004, "miniprogramState"},
        {on_device, R"({"miniprogramState":"Formal"})", 1004, "miniprogramState"},
        {on_device, R"({"miniprogramState":0})", 1004, "miniprogramState"},
    };
    CHECK(std::size(cases) == 47);
    for (const Wrong& c : cases) check_wrong(c);
}

TEST_CASE("initByCaller: 21 businessTypes of the wrong kind or side", "[protocol][unit]") {
    const Wrong cases[] = {
        {on_device, R"({"businessType":0})", 1004, "businessType"},
        {on_device, R"({"businessType":3})", 1004, "businessType"},
        {on_device, R"({"businessType":-1})", 1004, "businessType"},
        {on_device, R"({"businessType":4294967297})", 1004, "businessType"},  // 1 in 32 bits
        {on_device, R"({"businessType":9223372036854775807})", 1004, "businessType"},
        {on_device, R"({"businessType":"1"})", 1004, "businessType"},
        {on_device, R"({"businessType":1.0})", 1004, "businessType"},
        {on_device, R"({"businessType":true})", 1004, "businessType"},
        {on_device, R"({"businessType":null})", 1004, "businessType"},
        {on_device, R"({"businessType":[1]})", 1004, "businessType"},
        {on_device, R"({"businessType":2})", 1007, "businessType"},
        // A whole request of the other side: its caller is a user, and yet businessType is what is wrong.
        {on_device, R"({"businessType":2,"caller.id":"o-desk","listener.id":"SN-1"})", 1007, "businessType"},
        {on_device, R"({"businessType":2,"caller.id":"o desk","listener.id":"SN-1"})", 1007, "businessType"},
        {from_device, R"({"-businessType":0})", 1004, "businessType"},
        {from_device, R"({"businessType":0})", 1004, "businessType"},
        {from_device, R"({"businessType":2})", 1007, "businessType"},
        {from_phone, R"({"-businessType":0})", 1004, "businessType"},
        {from_phone, R"({"businessType":0})", 1004, "businessType"},
        {from_phone, R"({"businessType":1,"caller.id":"SN-1","listener.id":"o-desk"})", 1006, "businessType"},
        {from_phone, R"({"businessType":1})", 1006, "businessType"},
        {from_phone, R"({"businessType":"2"})", 1004, "businessType"},
    };
    CHECK(std::size(cases) == 21);
    for (const Wrong& c : cases) check_wrong(c);
}

TEST_CASE("initByCaller: 24 voipTokens that are missing, wrong or not allowed", "[protocol][unit]") {
    const Wrong cases[] = {
        {on_device, R"({"voipToken":""})", 1001, "voipToken"},
        {on_device, R"({"voipToken":null})", 1001, "voipToken"},
        {on_device, R"({"voipToken":123})", 1001, "voipToken"},
        {on_device, R"({"voipToken":{}})", 1001, "voipToken"},
        {on_device, R"({"voipToken":"a\nb"})", 1001, "voipToken"},
        {on_device, R"({"-voipToken":0,"VoipToken":""})", 1001, "voipToken"},
        {on_device, R"({"-voipToken":0,"VoipToken":false})", 1001, "voipToken"},
        {on_device, R"({"VoipToken":"another"})", 1004, "voipToken"},
        {on_device, R"({"VoipToken":""})", 1004, "voipToken"},
        {on_device, R"({"VoipToken":null})", 1004, "voipToken"},
        {on_device, R"({"voipToken":1,"VoipToken":1})", 1001, "voipToken"},
        {from_device, R"({"-voipToken":0})", 1001, "voipToken"},
        {from_device, R"({"voipToken":""})", 1001, "voipToken"},
        {from_device, R"({"voipToken":7})", 1001, "voipToken"},
        {on_wmpf, R"({"voipToken":"device-token"})", 1004, "voipToken"},
        {on_wmpf, R"({"voipToken":""})", 1004, "voipToken"},
        {on_wmpf, R"({"voipToken":null})", 1004, "voipToken"},
        {on_wmpf, R"({"VoipToken":"device-token"})", 1004, "voipToken"},
        {from_wmpf, R"({"voipToken":"device-token"})", 1004, "voipToken"},
        {from_phone, R"({"-voipToken":0})", 1001, "voipToken"},
        {from_phone, R"({"voipToken":""})", 1001, "voipToken"},
        {from_phone, R"({"voipToken":5})", 1001, "voipToken"},
        {from_phone, R"({"voipToken":null})", 1001, "voipToken"},
        {from_phone, R"({"VoipToken":"another"})", 1004, "voipToken"},
    };
    CHECK(std::size(cases) == 24);
    for (const Wrong& c : cases) check_wrong(c);
    for (const InitRules* rules : {&on_device, &from_device, &from_phone}) {
        const json::Value longest = base_of(*rules).set("voipToken", std::string(limits::token_bytes, 't'));
        CHECK(decode_init_by_caller(longest, *rules));
        const json::Value longer =
            base_of(*rules).set("voipToken", std::string(limits::token_bytes + 1, 't'));
        CHECK(decode_init_by_caller(longer, *rules).error().err_code == 1001);
    }
}

TEST_CASE("initByCaller: 30 wrong queries, time limits and callIds", "[protocol][unit]") {
    const Wrong cases[] = {
        {on_device, R"({"customQuery":null})", 1004, "customQuery"},
        {on_device, R"({"customQuery":{"a":1}})", 1004, "customQuery"},
        {on_device, R"({"customQuery":5})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"a"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"a=1&"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"&a=1"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"=1"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"?a=1&b"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"a=1 2"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"a=%"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"a=%zz"})", 1004, "customQuery"},
        {on_device, R"({"customQuery":"a=1\n"})", 1004, "customQuery"},
        {from_phone, R"({"customQuery":"a=1#b"})", 1004, "customQuery"},

        {on_device, R"({"timeLimit":0})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":-1})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":86401})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":9223372036854775807})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":60.0})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":1e2})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":0.5})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":"60"})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":null})", 1004, "timeLimit"},
        {on_device, R"({"timeLimit":true})", 1004, "timeLimit"},
        {from_phone, R"({"timeLimit":0})", 1004, "timeLimit"},

        {from_device, R"({"callId":""})", 1004, "callId"},
        {from_device, R"({"callId":5})", 1004, "callId"},
        {from_device, R"({"callId":null})", 1004, "callId"},
        {from_device, R"({"callId":"a\u0001"})", 1004, "callId"},
        {from_phone, R"({"callId":""})", 1004, "callId"},
        {from_device, R"({"callId":"0123456789012345678901234567890123456789012345678901234567890123X"})",
         1004, "callId"},
    };
    CHECK(std::size(cases) == 30);
    for (const Wrong& c : cases) check_wrong(c);
    const std::string query = "a=" + std::string(limits::custom_query_bytes - 2, 'x');
    CHECK(decode_init_by_caller(base_of(on_device).set("customQuery", query), on_device));
    const auto longer = decode_init_by_caller(base_of(on_device).set("customQuery", query + "x"), on_device);
    CHECK(longer.error().field == "customQuery");
}

TEST_CASE("initByCaller: 19 faults of a phone's and a channel's sides", "[protocol][unit]") {
    const Wrong cases[] = {
        {from_device, R"({"-caller":0})", 1004, "caller"},  // only the local API fills in
        {from_phone, R"({"-caller":0})", 1004, "caller"},
        {from_device, R"({"caller.id":"SN-2"})", 2, "caller.id"},
        {from_wmpf, R"({"caller.id":"SN-2"})", 2, "caller.id"},
        {from_phone, R"({"caller.id":"o-ward"})", 7, "caller.id"},
        {from_phone, R"({"caller.id":"SN-1"})", 7, "caller.id"},
        {from_phone, R"({"caller.id":""})", 1004, "caller.id"},
        {from_phone, R"({"-caller.id":0})", 1004, "caller.id"},
        {from_phone, R"({"caller.id":5})", 1004, "caller.id"},
        {from_phone, R"({"caller.name":5})", 1004, "caller.name"},
        {from_phone, R"({"caller.name":"a\nb"})", 1004, "caller.name"},
        {from_phone, R"({"listener.id":"SN 1"})", 1004, "listener.id"},
        {from_phone, R"({"listener.id":"\u95e8"})", 1004, "listener.id"},
        {from_phone, R"({"listener.id":""})", 1004, "listener.id"},
        {from_phone, R"({"listener.id":1})", 1004, "listener.id"},
        {from_phone, R"({"listener.name":1})", 1004, "listener.name"},
        {from_phone, R"({"listener.cameraStatus":2})", 1004, "listener.cameraStatus"},
        {from_phone, R"({"-listener":0})", 1004, "listener"},
        {from_phone, R"({"-roomType":0})", 1004, "roomType"},
    };
    CHECK(std::size(cases) == 19);
    for (const Wrong& c : cases) check_wrong(c);
    for (const std::size_t bytes : {std::size_t{128}, std::size_t{129}}) {
        INFO(bytes);
        const std::string id(bytes, 'A');
        InitRules rules = from_device;
        rules.own_id = id;
        const json::Value device = edited(base_of(from_device), R"({"caller.id":")" + id + R"("})");
        CHECK(bool(decode_init_by_caller(device, rules)) == (bytes == 128));
        const json::Value user = edited(base_of(on_device), R"({"listener.id":")" + id + R"("})");
        CHECK(bool(decode_init_by_caller(user, on_device)) == (bytes == 128));
    }
}

TEST_CASE("initByCaller: of 18 pairs of faults the first in the page's order is told", "[protocol][unit]") {
    const Wrong cases[] = {
        {on_device, R"({"roomType":1,"caller":5})", 1004, "roomType"},
        {on_device, R"({"-roomType":0,"-listener":0})", 1004, "roomType"},
        {on_device, R"({"roomType":"x","timeLimit":0})", 1004, "roomType"},
        {on_device, R"({"caller":5,"listener":5})", 1004, "caller"},
        {on_device, R"({"caller.id":"SN-2","caller.name":5})", 2, "caller.id"},
        {on_device, R"({"caller.id":"SN-2","listener":5})", 2, "caller.id"},
        {from_phone, R"({"caller.id":"o-ward","caller.cameraStatus":7})", 7, "caller.id"},
        {on_device, R"({"caller.name":5,"caller.cameraStatus":5})", 1004, "caller.name"},
        {on_device, R"({"caller.cameraStatus":5,"listener.id":5})", 1004, "caller.cameraStatus"},
        {on_device, R"({"listener.id":"","businessType":2})", 1004, "listener.id"},
        {on_device, R"({"listener.cameraStatus":9,"businessType":0})", 1004, "listener.cameraStatus"},
        {on_device, R"({"businessType":2,"voipToken":""})", 1007, "businessType"},
        {from_phone, R"({"businessType":1,"-voipToken":0})", 1006, "businessType"},
        {on_device, R"({"voipToken":"","miniprogramState":"x"})", 1001, "voipToken"},
        {on_wmpf, R"({"voipToken":"x","miniprogramState":"x"})", 1004, "voipToken"},
        {on_device, R"({"miniprogramState":"x","customQuery":"x"})", 1004, "miniprogramState"},
        {on_device, R"({"customQuery":"x","timeLimit":0})", 1004, "customQuery"},
        {on_device, R"({"timeLimit":0,"callId":""})", 1004, "timeLimit"},
    };
    CHECK(std::size(cases) == 18);
    for (const Wrong& c : cases) check_wrong(c);
}

TEST_CASE("initByCaller: params that are no object are refused", "[protocol][unit]") {
    for (const char* text : {"null", "[]", "5", "\"x\"", "true"}) {
        const auto request = decode_init_by_caller(parsed(text), on_device);
        REQUIRE_FALSE(request);
        CHECK(request.error().err_code == 1004);
        CHECK(request.error().field.empty());
    }
}

TEST_CASE("initByCaller: the local API of a device fills in caller, businessType and leaves the token open",
          "[protocol][unit]") {
    const auto request = decoded(on_device, R"({"-caller":0,"-businessType":0,"-voipToken":0})");
    CHECK(request.caller == Party{"SN-1", "", 0});
    CHECK(request.business_type == device_to_user);
    CHECK(request.voip_token.empty());
    CHECK(request.listener == Party{"o-desk", "", 0});
    CHECK(decoded(on_wmpf, R"({"-caller":0,"-businessType":0})").caller.id == "SN-1");
    // What is given is judged all the same.
    CHECK(
        decode_init_by_caller(parsed(R"({"roomType":"voice","caller":{},"listener":{"id":"o"}})"), on_device)
            .error()
            .field == "caller.id");
}

TEST_CASE("initByCaller: absent members have the page's defaults", "[protocol][unit]") {
    const auto request = decoded(from_device, "{}");
    CHECK(request == InitByCaller{RoomType::video,
                                  {"SN-1", "", 0},
                                  {"o-desk", "", 0},
                                  device_to_user,
                                  "device-token",
                                  MiniprogramState::formal,
                                  "",
                                  0,
                                  ""});
}

TEST_CASE("initByCaller: every member is taken over", "[protocol][unit]") {
    const auto request =
        decoded(from_phone, R"({"roomType":"voice","caller.cameraStatus":1,"listener.cameraStatus":1,
        "listener.name":"ignored","miniprogramState":"trial","customQuery":"a=1&b=%20","timeLimit":86400,
        "callId":"c-1","unknown":{"x":[1]}})");
    CHECK(request == InitByCaller{RoomType::voice,
                                  {"o-desk", "Desk", 1},
                                  {"SN-1", "", 1},
                                  user_to_device,
                                  "push-token",
                                  MiniprogramState::trial,
                                  "a=1&b=%20",
                                  86400,
                                  "c-1"});
    CHECK(decoded(from_device, R"({"miniprogramState":"developer","timeLimit":1})").time_limit_s == 1);
}

TEST_CASE("initByCaller: a device's name is ignored whatever it holds, a user's is kept",
          "[protocol][unit]") {
    const auto request = decoded(from_device, R"({"caller.name":"a\nb\u0000","listener.name":"Desk"})");
    CHECK(request.caller.name.empty());
    CHECK(request.listener.name == "Desk");
    const std::string long_name(1000, 'n');
    CHECK(decoded(from_device, R"({"caller.name":")" + long_name + R"("})").caller.name.empty());
    const json::Value wide = edited(base_of(from_device), R"({"listener.name":")" + long_name + R"("})");
    CHECK(decode_init_by_caller(wide, from_device).error().field == "listener.name");
    CHECK(decoded(from_device, R"({"listener.name":""})").listener.name.empty());
}

TEST_CASE("initByCaller: VoipToken is taken for voipToken, both alike too", "[protocol][unit]") {
    CHECK(decoded(from_device, R"({"-voipToken":0,"VoipToken":"t"})").voip_token == "t");
    CHECK(decoded(from_device, R"({"VoipToken":"device-token"})").voip_token == "device-token");
    CHECK(decoded(from_phone, R"({"-voipToken":0,"VoipToken":"t"})").voip_token == "t");
}

TEST_CASE("initByCaller: an empty customQuery counts as absent", "[protocol][unit]") {
    const auto request = decoded(from_device, R"({"customQuery":""})");
    CHECK(request.custom_query.empty());
    CHECK_FALSE(encode(request).find("customQuery"));
}

TEST_CASE("initByCaller: what is absent is not written", "[protocol][unit]") {
    CHECK(
        json::write(encode(decoded(from_wmpf, "{}"))) ==
        R"({"roomType":"video","caller":{"id":"SN-1","name":"","cameraStatus":0},)"
        R"("listener":{"id":"o-desk","name":"","cameraStatus":0},"businessType":1,"miniprogramState":"formal"})");
}

TEST_CASE("initByCaller: no fault repeats a token", "[protocol][unit]") {
    const json::Value params = edited(base_of(from_device), R"({"voipToken":"s3cr3t\n"})");
    const auto request = decode_init_by_caller(params, from_device);
    REQUIRE_FALSE(request);
    CHECK(request.error().err_msg.find("s3cr3t") == std::string::npos);
}
