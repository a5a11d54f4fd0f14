#include "protocol/errors.hpp"
#include "protocol/room_codec.hpp"
#include "tests/support/printers.hpp"
#include "tests/unit/protocol/messages.hpp"

using namespace voip;
using test::edited;
using test::parsed;

namespace {

EventData with_time(std::int64_t keep_time) {
    EventData data;
    data.keep_time = keep_time;
    return data;
}

EventData with_status(std::string status, std::string origin = {},
                      std::optional<std::int64_t> keep_time = {}) {
    EventData data;
    data.status = std::move(status);
    data.origin = std::move(origin);
    data.keep_time = keep_time;
    return data;
}

EventData with_error(std::string status, std::string err_msg, std::optional<int> err_code = {}) {
    EventData data = with_status(std::move(status));
    data.err_msg = std::move(err_msg);
    data.err_code = err_code;
    return data;
}

EventData at_end() {
    EventData data = with_time(12);
    data.caller_name = "front door";
    data.listener_name = "";
    data.room_type = RoomType::video;
    data.is_caller = true;
    data.business_type = device_to_user;
    return data;
}

}  // namespace

TEST_CASE("event: the 14 events have the page's payloads", "[protocol][unit]") {
    struct Case {
        EventName name;
        EventData data;
        const char* text;
    };
    const Case cases[] = {
        {EventName::startVoip, {}, "{}"},
        {EventName::joinedRoomByCaller, {}, "{}"},
        {EventName::joinFailCaller, with_error("", "no camera", 2007),
         R"({"errMsg":"no camera","message":"no camera","errCode":2007})"},
        {EventName::joinFailListener, with_error("", "gone"), R"({"errMsg":"gone","message":"gone"})"},
        {EventName::hangOnVoip, {}, "{}"},
        {EventName::calling, with_time(3), R"({"keepTime":3})"},
        {EventName::cancelVoip, with_status("manual"), R"({"status":"manual"})"},
        {EventName::rejectVoip, with_status("other"), R"({"status":"other"})"},
        {EventName::busy, {}, "{}"},
        {EventName::timeout, {}, "{}"},
        {EventName::hangUpVoip, with_status("endByCaller", "timeLimit", 60),
         R"({"keepTime":60,"status":"endByCaller","origin":"timeLimit"})"},
        {EventName::abortVoip, with_error("abortByListener", "waitOtherToJoin timeout"),
         R"({"status":"abortByListener","error":{"errMsg":"waitOtherToJoin timeout"}})"},
        {EventName::endVoip, at_end(),
         R"({"keepTime":12,"callerName":"front door","listenerName":"","roomType":"video","isCaller":true,)"
         R"("businessType":1})"},
        {EventName::finishVoip, with_time(12), R"({"keepTime":12})"},
    };
    CHECK(std::size(cases) == 14);
    for (const Case& c : cases) {
        const RoomEvent event{c.name, "r-1", c.data};
        CHECK(json::write(encode(event)) == R"({"eventName":")" + std::string(to_string(c.name)) +
                                                R"(","roomId":"r-1","groupId":"r-1","data":)" + c.text + "}");
        const auto again = decode_room_event(encode(event));
        REQUIRE(again);
        CHECK(*again == event);
    }
}

TEST_CASE("event: the words of a failure are found under each of their keys", "[protocol][unit]") {
    const auto words = [](const char* data) {
        const auto event = decode_room_event(
            parsed(R"({"eventName":"abortVoip","roomId":"r","data":)" + std::string(data) + "}"));
        INFO(data);
        REQUIRE(event);
        return event->data.err_msg + "/" + std::to_string(event->data.err_code.value_or(0));
    };
    CHECK(words(R"({"error":{"errMsg":"a","errCode":5}})") == "a/5");
    CHECK(words(R"({"errMsg":"a","errCode":5})") == "a/5");
    CHECK(words(R"({"message":"a"})") == "a/0");
    CHECK(words(R"({"errMsg":"","message":"a"})") == "a/0");
    CHECK(words(R"({"errMsg":"a","message":"b"})") == "a/0");
    CHECK(words(R"({"error":{"message":"a"}})") == "a/0");
    CHECK(words(R"({"error":{}})") == "/0");
}

TEST_CASE("event: data and groupId may be absent", "[protocol][unit]") {
    const auto event = decode_room_event(parsed(R"({"eventName":"busy","roomId":"r"})"));
    REQUIRE(event);
    CHECK(*event == RoomEvent{EventName::busy, "r", {}});
    CHECK(decode_room_event(parsed(R"({"eventName":"busy","roomId":"r","groupId":"r","data":{},"x":1})")));
}

TEST_CASE("event: 29 wrong members", "[protocol][unit]") {
    struct Wrong {
        const char* edits;
        int err_code;
        const char* field;
    };
    const Wrong cases[] = {
        {R"({"-eventName":0})", 1004, "eventName"},
        {R"({"eventName":"bindContact"})", 1004, "eventName"},
        {R"({"eventName":""})", 1004, "eventName"},
        {R"({"eventName":5})", 1004, "eventName"},
        {R"({"-roomId":0})", 1, "roomId"},
        {R"({"roomId":""})", 1, "roomId"},
        {R"({"roomId":17})", 1, "roomId"},
        {R"({"roomId":null})", 1, "roomId"},
        {R"({"groupId":"s"})", 1, "groupId"},
        {R"({"data":null})", 1004, "data"},
        {R"({"data":[]})", 1004, "data"},
        {R"({"data":"x"})", 1004, "data"},
        {R"({"data.keepTime":-1})", 1004, "data.keepTime"},
        {R"({"data.keepTime":"1"})", 1004, "data.keepTime"},
        {R"({"data.keepTime":1.0})", 1004, "data.keepTime"},
        {R"({"data.status":1})", 1004, "data.status"},
        {R"({"data.status":"a\nb"})", 1004, "data.status"},
        {R"({"data.origin":{}})", 1004, "data.origin"},
        {R"({"data.errMsg":5})", 1004, "data.errMsg"},
        {R"({"data.message":5})", 1004, "data.message"},
        {R"({"data.errCode":"5"})", 1004, "data.errCode"},
        {R"({"data.errCode":4294967296})", 1004, "data.errCode"},
        {R"({"data.error":"text"})", 1004, "data.error"},
        {R"({"data.error":{"errMsg":5}})", 1004, "data.error.errMsg"},
        {R"({"data.callerName":5})", 1004, "data.callerName"},
        {R"({"data.listenerName":null})", 1004, "data.listenerName"},
        {R"({"data.roomType":"x"})", 1004, "data.roomType"},
        {R"({"data.isCaller":1})", 1004, "data.isCaller"},
        {R"({"data.businessType":0})", 1004, "data.businessType"},
    };
    CHECK(std::size(cases) == 29);
    for (const Wrong& c : cases) {
        INFO(c.edits);
        const json::Value good = parsed(R"({"eventName":"endVoip","roomId":"r","groupId":"r","data":{}})");
        const auto event = decode_room_event(edited(good, c.edits));
        REQUIRE_FALSE(event);
        CHECK(event.error().err_code == c.err_code);
        CHECK(event.error().field == c.field);
    }
}

TEST_CASE("event: an errMsg of 5000 bytes is cut on its way", "[protocol][unit]") {
    const auto again = decode_room_event(
        encode(RoomEvent{EventName::abortVoip, "r", with_error("unknown", std::string(5000, 'x'))}));
    REQUIRE(again);
    CHECK(again->data.err_msg.size() == 512);
}
