#include "daemon/control/params.hpp"

#include "protocol/limits.hpp"
#include "tests/support/catch.hpp"

namespace voip::control {
namespace {

json::Value read(std::string_view text) {
    auto value = json::parse(text);
    REQUIRE(value.has_value());
    return std::move(*value);
}

/// The code and field of a fault, "ok" for none.
template <class T>
std::string verdict(const Answer<T>& answer) {
    if (answer) return "ok";
    CHECK(!answer.error().err_msg.empty());
    return std::to_string(answer.error().err_code) + " " + answer.error().field;
}

struct Case {
    std::string_view params, verdict;
};
template <class Decode, std::size_t Size>
void check_all(Decode decode, const Case (&cases)[Size]) {
    for (const Case& one : cases) {
        INFO(one.params);
        CHECK(verdict(decode(read(one.params))) == one.verdict);
    }
}

}  // namespace

TEST_CASE("params: voip.call wants 1 of contact and openId", "[control][unit]") {
    check_all(&decode_call, {{R"({"contact":"a"})", "ok"},
                             {R"({"openId":"o-1"})", "ok"},
                             {R"({"contact":"a","other":[1,{}]})", "ok"},
                             {R"({})", "1004 contact"},
                             {R"({"contact":"a","openId":"o-1"})", "1004 contact"},
                             {R"({"contact":""})", "1004 contact"},
                             {R"({"contact":7})", "1004 contact"},
                             {R"({"contact":null})", "1004 contact"},
                             {R"({"contact":"a\u0007"})", "1004 contact"},
                             {R"({"openId":["o"]})", "1004 openId"},
                             {R"({"contact":"a","roomType":"tv"})", "1004 roomType"},
                             {R"({"contact":"a","roomType":1})", "1004 roomType"},
                             {R"({"contact":"a","timeLimit":0})", "1004 timeLimit"},
                             {R"({"contact":"a","timeLimit":86401})", "1004 timeLimit"},
                             {R"({"contact":"a","timeLimit":1.5})", "1004 timeLimit"},
                             {R"({"contact":"a","timeLimit":"9"})", "1004 timeLimit"}});
    const auto request = decode_call(read(R"({"openId":"o-1","roomType":"voice","timeLimit":86400})"));
    REQUIRE(request.has_value());
    CHECK(request->open_id == "o-1");
    CHECK(request->contact.empty());
    CHECK(request->room_type == RoomType::voice);
    CHECK(request->time_limit_s == 86400);
    CHECK(!decode_call(read(R"({"contact":"a"})"))->room_type);
    const std::string long_name(limits::name_bytes + 1, 'a');
    CHECK(verdict(decode_call(json::Value(json::Object{{"contact", long_name}}))) == "1004 contact");
}

TEST_CASE("params: a roomId that can be no call's is fault 1, absent is the current call",
          "[control][unit]") {
    check_all(&decode_answer, {{"{}", "ok"},
                               {R"({"roomId":"r"})", "ok"},
                               {R"({"roomId":""})", "1 roomId"},
                               {R"({"roomId":7})", "1 roomId"},
                               {R"({"roomId":null})", "1 roomId"}});
    check_all(&decode_hang_up,
              {{"{}", "ok"}, {R"({"roomId":""})", "1 roomId"}, {R"({"roomId":7})", "1 roomId"}});
    check_all(&decode_set_media, {{R"({"roomId":""})", "1 roomId"}});
    CHECK(*decode_answer(read(R"({"roomId":"r-1"})")) == "r-1");
    CHECK(!*decode_answer(read("{}")));
}

TEST_CASE("params: hanging up has forceFromApp as its reason unless 1 of 5 is given", "[control][unit]") {
    CHECK(decode_hang_up(read("{}"))->reason == HangUpReason::forceFromApp);
    for (const auto& [word, reason] : {std::pair{"manual", HangUpReason::manual},
                                       {"unloadCallPage", HangUpReason::unloadCallPage},
                                       {"forceFromApp", HangUpReason::forceFromApp},
                                       {"busy", HangUpReason::busy},
                                       {"abort", HangUpReason::abort}})
        CHECK(decode_hang_up(json::Value(json::Object{{"reason", word}}))->reason == reason);
    check_all(&decode_hang_up,
              {{R"({"reason":"bored"})", "1004 reason"}, {R"({"reason":1})", "1004 reason"}});
}

TEST_CASE("params: volume goes from 0 to 100 and switches are booleans", "[control][unit]") {
    check_all(&decode_set_media, {{"{}", "ok"},
                                  {R"({"volume":0})", "ok"},
                                  {R"({"volume":100})", "ok"},
                                  {R"({"volume":101})", "1004 volume"},
                                  {R"({"volume":-1})", "1004 volume"},
                                  {R"({"volume":50.0})", "1004 volume"},
                                  {R"({"camera":1})", "1004 camera"},
                                  {R"({"microphone":"on"})", "1004 microphone"}});
    const auto request = decode_set_media(read(R"({"camera":false,"microphone":true,"volume":7})"));
    REQUIRE(request.has_value());
    CHECK(request->camera == false);
    CHECK(request->microphone == true);
    CHECK(request->volume == 7);
    CHECK(!decode_set_media(read("{}"))->camera);
}

TEST_CASE("params: without a list a subscriber hears 13 of 14 events, with one exactly those",
          "[control][unit]") {
    const auto usual = decode_subscribe(read("{}"));
    REQUIRE(usual.has_value());
    const auto two = decode_subscribe(read(R"({"events":["calling","endVoip","endVoip"]})"));
    REQUIRE(two.has_value());
    const auto none = decode_subscribe(read(R"({"events":[]})"));
    REQUIRE(none.has_value());
    for (int i = 0; i <= static_cast<int>(EventName::finishVoip); ++i) {
        const auto name = static_cast<EventName>(i);
        CHECK(usual->wants(name) == (name != EventName::calling));
        CHECK(two->wants(name) == (name == EventName::calling || name == EventName::endVoip));
        CHECK(!none->wants(name));
    }
    check_all(&decode_subscribe, {{R"({"events":"calling"})", "1004 events"},
                                  {R"({"events":null})", "1004 events"},
                                  {R"({"events":["calling",1]})", "1004 events[1]"},
                                  {R"({"events":["startVoip","Calling"]})", "1004 events[1]"},
                                  {R"({"events":[""]})", "1004 events[0]"}});
    CHECK(!usual->wants_quality());
    const auto numbers = decode_subscribe(read(R"({"events":[],"quality":true})"));
    CHECK((numbers && numbers->wants_quality() && !numbers->wants(EventName::endVoip)));
    check_all(&decode_subscribe, {{R"({"quality":1})", "1004 quality"}});
    json::Array many(65, json::Value("calling"));
    CHECK(verdict(decode_subscribe(json::Value(json::Object{{"events", std::move(many)}}))) == "1004 events");
}

TEST_CASE("params: a page of the history has 20 calls unless 1 to 100 are asked", "[control][unit]") {
    CHECK(decode_history(read("{}"))->limit == 20);
    CHECK(!decode_history(read("{}"))->before);
    const auto page = decode_history(read(R"({"limit":100,"before":1730000000123})"));
    REQUIRE(page.has_value());
    CHECK(page->limit == 100);
    CHECK(page->before == 1730000000123);
    check_all(&decode_history, {{R"({"limit":0})", "1004 limit"},
                                {R"({"limit":101})", "1004 limit"},
                                {R"({"limit":"1"})", "1004 limit"},
                                {R"({"limit":1e1})", "1004 limit"},
                                {R"({"before":-1})", "1004 before"},
                                {R"({"before":1.5})", "1004 before"}});
}

TEST_CASE("params: a contact has 1 to 16 different people", "[control][unit]") {
    check_all(&decode_contact_set,
              {{R"({"contact":"a","people":[{"openId":"o"}]})", "ok"},
               {R"({"contact":"a","name":"","people":[{"openId":"o","name":""}]})", "ok"},
               {R"({"people":[{"openId":"o"}]})", "1004 contact"},
               {R"({"contact":"","people":[{"openId":"o"}]})", "1004 contact"},
               {R"({"contact":"a"})", "1004 people"},
               {R"({"contact":"a","people":[]})", "1004 people"},
               {R"({"contact":"a","people":{}})", "1004 people"},
               {R"({"contact":"a","people":[7]})", "1004 people[0]"},
               {R"({"contact":"a","people":[{"openId":"o"},{}]})", "1004 people[1].openId"},
               {R"({"contact":"a","people":[{"openId":"o"},{"openId":"o"}]})", "1004 people[1].openId"},
               {R"({"contact":"a","people":[{"openId":"o","name":1}]})", "1004 people[0].name"},
               {R"({"contact":"a","name":"x\n","people":[{"openId":"o"}]})", "1004 name"}});
    const auto contact =
        decode_contact_set(read(R"({"contact":"a","name":"A","people":[{"openId":"o-1","name":"Anna",
                                   "authorisation":"ok"},{"openId":"o-2"}]})"));
    REQUIRE(contact.has_value());
    CHECK(*contact ==
          Contact{"a", "A", {{"o-1", "Anna", Authorisation::unknown}, {"o-2", "", Authorisation::unknown}}});
    json::Array people;
    for (int i = 0; i < 17; ++i) people.push_back(json::Value(json::Object{{"openId", std::to_string(i)}}));
    json::Value params(json::Object{{"contact", "a"}, {"people", people}});
    CHECK(verdict(decode_contact_set(params)) == "1004 people");
    people.pop_back();
    CHECK(verdict(decode_contact_set(params.set("people", people))) == "ok");
}

TEST_CASE("params: an snTicket has 32 letters and digits and is in no fault", "[control][unit]") {
    CHECK(*decode_register(read(R"({"snTicket":"0123456789abcdefghijABCDEFGHIJ01"})")) ==
          "0123456789abcdefghijABCDEFGHIJ01");
    check_all(&decode_register, {{"{}", "1004 snTicket"},
                                 {R"({"snTicket":1})", "1004 snTicket"},
                                 {R"({"snTicket":""})", "1004 snTicket"}});
    const auto refused = decode_register(read(R"({"snTicket":"0123456789abcdefghijABCDEFGH-SECRET"})"));
    REQUIRE(refused.has_error());
    CHECK(refused.error().err_msg.find("SECRET") == std::string::npos);
}

TEST_CASE("params: a relay opens for above 0 and up to 3600 s", "[control][unit]") {
    CHECK(decode_relay(read(R"({"relay":"door","seconds":1.5})"))->length == 1500ms);
    CHECK(decode_relay(read(R"({"relay":"door","seconds":3})"))->length == 3s);
    CHECK(!decode_relay(read(R"({"relay":"door"})"))->length);
    check_all(&decode_relay, {{"{}", "1004 relay"},
                              {R"({"relay":"door","seconds":0})", "1004 seconds"},
                              {R"({"relay":"door","seconds":1e-12})", "1004 seconds"},
                              {R"({"relay":"door","seconds":-1})", "1004 seconds"},
                              {R"({"relay":"door","seconds":3600.1})", "1004 seconds"},
                              {R"({"relay":"door","seconds":1e18})", "1004 seconds"},
                              {R"({"relay":"door","seconds":"3"})", "1004 seconds"}});
}

TEST_CASE("params: presses, removals and log levels name their 1 member", "[control][unit]") {
    CHECK(!decode_press(read(R"({"button":"call"})"))->long_press);
    CHECK(decode_press(read(R"({"button":"call","long":true})"))->long_press);
    check_all(&decode_press, {{"{}", "1004 button"}, {R"({"button":"call","long":1})", "1004 long"}});
    check_all(&decode_contact_remove,
              {{R"({"contact":"a"})", "ok"}, {"{}", "1004 contact"}, {R"({"contact":7})", "1004 contact"}});
    check_all(&decode_log_set,
              {{R"({"levels":"info"})", "ok"}, {"{}", "1004 levels"}, {R"({"levels":""})", "1004 levels"}});
}

}  // namespace voip::control
