#include "service/phone/phone_call.hpp"

#include "protocol/errors.hpp"
#include "tests/support/catch.hpp"

namespace voip::phone {
namespace {

CallIncoming ringing(const std::string& room_id) {
    CallIncoming incoming;
    incoming.room.room_id = room_id;
    incoming.room.call_id = "c-" + room_id;
    incoming.room.caller.id = "SN1";
    incoming.room.caller.name = "Front \"door\"";
    return incoming;
}

RoomEvent event(EventName name, const std::string& room_id) {
    RoomEvent what;
    what.name = name;
    what.room_id = room_id;
    return what;
}

template <class T>
std::vector<T> all(const Actions& actions) {
    std::vector<T> found;
    for (const Action& action : actions)
        if (const T* one = std::get_if<T>(&action)) found.push_back(*one);
    return found;
}

TEST_CASE("phone: a call rings and key a joins once", "[phone][unit]") {
    PhoneCall call(Habits{});
    const auto rings = call.incoming(ringing("r1"));
    REQUIRE(rings.has_value());
    CHECK(all<Print>(*rings)[0].line == "ringing room=r1 from=SN1 name=\"Front \\\"door\\\"\" type=video");
    CHECK(call.answer() == Actions{Join{"r1"}});
    CHECK(call.answer().empty());
}

TEST_CASE("phone: a repeated call.incoming is acknowledged, another one is answered 1005", "[phone][unit]") {
    PhoneCall call(Habits{});
    REQUIRE(call.incoming(ringing("r1")).has_value());
    const auto again = call.incoming(ringing("r1"));
    REQUIRE(again.has_value());
    CHECK(again->empty());
    const auto other = call.incoming(ringing("r2"));
    REQUIRE(!other.has_value());
    CHECK(other.error().err_code == code::busy);
    CHECK(call.current()->room.room_id == "r1");
}

TEST_CASE("phone: it answers by itself at once or after 2 s, or rejects", "[phone][unit]") {
    Habits at_once;
    at_once.auto_answer = Duration::zero();
    const auto now = PhoneCall(at_once).incoming(ringing("r1"));
    CHECK(all<Join>(*now) == std::vector{Join{"r1"}});
    Habits later;
    later.auto_answer = 2s;
    const auto after = PhoneCall(later).incoming(ringing("r1"));
    CHECK(all<AnswerAfter>(*after) == std::vector{AnswerAfter{"r1", 2s}});
    Habits never;
    never.reject = true;
    const auto no = PhoneCall(never).incoming(ringing("r1"));
    CHECK(all<HangUp>(*no) == std::vector{HangUp{"r1", HangUpReason::manual}});
}

TEST_CASE("phone: finishVoip ends the call and tells whether it talked", "[phone][unit]") {
    PhoneCall call(Habits{});
    REQUIRE(call.incoming(ringing("r1")).has_value());
    CHECK(all<CallEnded>(call.event(event(EventName::finishVoip, "r2"))).empty());
    REQUIRE(call.current());
    (void)call.event(event(EventName::calling, "r1"));
    (void)call.event(event(EventName::hangUpVoip, "r1"));
    CHECK(all<CallEnded>(call.event(event(EventName::finishVoip, "r1"))) == std::vector{CallEnded{true}});
    CHECK(!call.current());
}

TEST_CASE("phone: events that overtake the answer of our dial are not lost", "[phone][unit]") {
    PhoneCall call(Habits{});
    call.dialling();
    CHECK(call.event(event(EventName::startVoip, "r1")).empty());
    CHECK(call.event(event(EventName::busy, "r1")).empty());
    CHECK(call.event(event(EventName::finishVoip, "r1")).empty());
    RoomFacts room;
    room.room_id = "r1";
    const Actions actions = call.dialled(room);
    CHECK(all<Print>(actions)[2].line == "busy room=r1");
    CHECK(all<CallEnded>(actions) == std::vector{CallEnded{false}});
}

TEST_CASE("phone: while it dials it is busy for others, and free again when refused", "[phone][unit]") {
    PhoneCall call(Habits{});
    call.dialling();
    CHECK(!call.incoming(ringing("r1")).has_value());
    CHECK(call.dialled(std::nullopt).empty());
    CHECK(call.incoming(ringing("r1")).has_value());
}

TEST_CASE("phone: the caller is not told hangOnVoip, the listener is", "[phone][unit]") {
    PhoneCall call(Habits{});
    call.dialling();
    RoomFacts room;
    room.room_id = "r1";
    (void)call.dialled(room);
    CHECK(call.event(event(EventName::hangOnVoip, "r1")) == Actions{Print{"answered room=r1"}});
    PhoneCall listener(Habits{});
    REQUIRE(listener.incoming(ringing("r2")).has_value());
    CHECK(listener.event(event(EventName::hangOnVoip, "r2")) == Actions{Print{"hangOnVoip room=r2"}});
}

TEST_CASE("phone: reject works before the answer only, hang-up always, lost ends", "[phone][unit]") {
    PhoneCall call(Habits{});
    CHECK(call.reject().empty());
    CHECK(call.hang_up().empty());
    CHECK(call.lost().empty());
    REQUIRE(call.incoming(ringing("r1")).has_value());
    CHECK(call.reject() == Actions{HangUp{"r1", HangUpReason::manual}});
    (void)call.answer();
    CHECK(call.reject().empty());
    CHECK(call.hang_up() == Actions{HangUp{"r1", HangUpReason::manual}});
    CHECK(all<CallEnded>(call.lost()) == std::vector{CallEnded{false}});
    CHECK(!call.current());
}

TEST_CASE("phone: a room that goes on over channel 2 is joined again where it had not begun to talk",
          "[phone][unit]") {
    PhoneCall call(Habits{});
    CHECK(call.resumed().empty());
    REQUIRE(call.incoming(ringing("r1")).has_value());
    CHECK(call.resumed().empty());
    (void)call.answer();
    CHECK(call.resumed() == Actions{Join{"r1"}});
    (void)call.event(event(EventName::calling, "r1"));
    CHECK(call.resumed().empty());
}

TEST_CASE("phone: a line shows what the event carries", "[phone][unit]") {
    RoomEvent end = event(EventName::abortVoip, "r1");
    end.data.keep_time = 3;
    end.data.status = "unknown";
    end.data.err_msg = "room status is abort";
    CHECK(line_of(end) == "abortVoip room=r1 keepTime=3 status=unknown errMsg=\"room status is abort\"");
}

}  // namespace
}  // namespace voip::phone
