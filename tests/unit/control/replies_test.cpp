#include "daemon/control/replies.hpp"

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "tests/support/catch.hpp"

namespace voip::control {
namespace {

std::string text(const json::Value& value) {
    return json::write(value);
}

CallRecord record(int number) {
    CallRecord one;
    one.call_id = "c-" + std::to_string(number);
    one.room_id = "r-" + std::to_string(number);
    one.direction = Direction::incoming;
    one.room_type = RoomType::voice;
    one.business_type = user_to_device;
    one.peer = {"o-1", "Anna", 0};
    one.contact = "reception";
    one.started = 1000;
    one.answered = 2000;
    one.ended = 5000;
    one.keep_time = 3;
    one.end = {EventName::hangUpVoip, "endByCaller", "manual", 0, ""};
    return one;
}

}  // namespace

TEST_CASE("replies: a contact shows its 2 people with their consent", "[control][unit]") {
    const Contact contact{"a", "A", {{"o-1", "Anna", Authorisation::ok}, {"o-2", "", Authorisation::lost}}};
    CHECK(text(encode(contact)) ==
          R"({"contact":"a","name":"A","people":[{"openId":"o-1","name":"Anna","authorisation":"ok"},)"
          R"({"openId":"o-2","name":"","authorisation":"lost"}]})");
}

TEST_CASE("replies: device.get tells when tokens end, and optional members only where they say something",
          "[control][unit]") {
    DeviceFacts facts;
    facts.sn = "SN";
    facts.model_id = "M";
    facts.app_id = "A";
    facts.name = "Door";
    facts.version = "1.2";
    facts.registration = "registered";
    facts.channel = "online";
    facts.channel_since = 5;
    facts.device_token_expires = 6;
    facts.push_token_expires = 7;
    facts.clock = "ok";
    CHECK(
        text(encode(facts)) ==
        R"({"sn":"SN","modelId":"M","appId":"A","name":"Door","version":"1.2",)"
        R"("registration":{"kind":"device-auth","state":"registered"},"channel":{"state":"online","since":5},)"
        R"("deviceToken":{"expireTimestamp":6},"pushToken":{"expireTimestamp":7},"clock":{"state":"ok"}})");
    facts.kind = Registration::wmpf;
    facts.registration_code = 9;
    facts.registration_text = "another key";
    facts.channel_reason = "unreachable";
    facts.clock_offset_s = -2;
    const std::string more = text(encode(facts));
    CHECK(more.find(R"({"kind":"wmpf","state":"registered","errCode":9,"errMsg":"another key"})") !=
          std::string::npos);
    CHECK(more.find(R"("reason":"unreachable")") != std::string::npos);
    CHECK(more.find(R"("offset":-2)") != std::string::npos);
}

TEST_CASE("replies: board.get has null for 4 devices that are not there", "[control][unit]") {
    BoardFacts facts;
    facts.driver = "sim";
    CHECK(
        text(encode(facts)) ==
        R"({"driver":"sim","buttons":[],"lamp":null,"relays":[],"camera":null,"microphone":null,"speaker":null})");
    facts.buttons = {{"call", "reception", "ok"}};
    facts.lamp = "ringing";
    facts.relays = {{"door", true},
                    {"gate", false, RelayOpening{5, {"o-1", "r-1"}}},
                    {"lift", false, RelayOpening{6, {"uid:1000"}}}};
    facts.camera = "pattern";
    CHECK(
        text(encode(facts)) ==
        R"({"driver":"sim","buttons":[{"name":"call","contact":"reception","state":"ok"}],"lamp":"ringing",)"
        R"("relays":[{"name":"door","active":true,"lastOpened":null},)"
        R"({"name":"gate","active":false,"lastOpened":{"at":5,"by":"o-1","roomId":"r-1"}},)"
        R"({"name":"lift","active":false,"lastOpened":{"at":6,"by":"uid:1000","roomId":null}}],"camera":"pattern","microphone":null,"speaker":null})");
}

TEST_CASE("replies: the 5 small ones", "[control][unit]") {
    CHECK(text(encode(PushToken{"secret", 9})) == R"({"pushToken":"secret","expireTimestamp":9})");
    CHECK(text(encode(RelayPulse{"door", 9})) == R"({"relay":"door","until":9})");
    CHECK(text(encode(Health{"degraded", {{"lamp", "down", 4, "gone"}}})) ==
          R"({"status":"degraded","parts":[{"name":"lamp","state":"down","since":4,"reason":"gone"}]})");
    CHECK(text(encode(Reloaded{{"log.level"}, {"device.sn"}})) ==
          R"({"applied":["log.level"],"needsRestart":["device.sn"]})");
    CHECK(text(encode(call::MediaAnswer{{"flowing", true, false}, 60})) ==
          R"({"state":"flowing","camera":true,"microphone":false,"volume":60})");
}

TEST_CASE("replies: a page of 100 long records is cut where the message of 64 KiB ends", "[control][unit]") {
    std::vector<CallRecord> records;
    for (int i = 0; i < 100; ++i) {
        records.push_back(record(i));
        records.back().peer.name = std::string(limits::name_bytes, '"');  // written as two bytes each
        records.back().end.err_msg = std::string(500, 'x');
    }
    const json::Value page = encode_history(records);
    const json::Array& calls = *page.find("calls")->as_array();
    CHECK(calls.size() > 50);
    CHECK(calls.size() < 100);
    CHECK(text(page).size() + 256 <= limits::message_bytes);
    CHECK(text(page).size() + 256 + text(calls.back()).size() > limits::message_bytes - 16);
    CHECK(*calls.front().find("callId") == json::Value("c-0"));
    records.resize(3);
    CHECK(encode_history(records).find("calls")->as_array()->size() == 3);
    CHECK(text(encode_history({})) == R"({"calls":[]})");
}

TEST_CASE("replies: what does not fit into 64 KiB is fault 4130", "[control][unit]") {
    CHECK(bounded(json::Value(std::string(65000, 'x'))).has_value());
    const auto large = bounded(json::Value(std::string(65400, 'x')));
    REQUIRE(large.has_error());
    CHECK(large.error().err_code == code::too_large);
    CHECK(encode_contacts({{"a", "", {}}}).has_value());
    std::vector<Contact> many;
    for (std::size_t i = 0; i < limits::contacts; ++i)
        many.push_back(
            {std::to_string(i), std::string(limits::name_bytes, 'n'), {{"o", std::string(128, 'p'), {}}}});
    CHECK(encode_contacts(many).has_error());
}

}  // namespace voip::control
