#include "daemon/call/hunt.hpp"

#include "daemon/call/policy.hpp"
#include "tests/unit/call/session_world.hpp"

namespace voip::call::test {
namespace {

Hunt hunt_of(std::initializer_list<std::string> people) {
    std::vector<Hunt::Person> made;
    for (const std::string& person : people) made.push_back({person, {}});
    return Hunt(made);
}

CallRecord ended(EventName name, UnixMillis answered = 0) {
    CallRecord record;
    record.answered = answered;
    record.end.event_name = name;
    return record;
}

TEST_CASE("hunt: 3 people are rung one after the other and the first rung is the answer", "[call][unit]") {
    Hunt hunt = hunt_of({"a", "b", "c"});
    CHECK(hunt.begin().ring->open_id == "a");
    const auto rung = hunt.on_dial(success("R1"));
    REQUIRE(rung.answer);
    CHECK((*rung.answer)->room_id == "R1");
    CHECK_FALSE(rung.ring);
    CHECK(hunt.on_end(ended(EventName::timeout)).ring->open_id == "b");
    CHECK_FALSE(hunt.on_dial(success("R2")).answer);
    CHECK(hunt.on_end(ended(EventName::rejectVoip)).ring->open_id == "c");
    CHECK_FALSE(hunt.on_dial(success("R3")).answer);
    const auto last = hunt.on_end(ended(EventName::busy));
    CHECK(last.done);
    CHECK_FALSE(last.answer);
}

TEST_CASE("hunt: a refused first person is passed over; all 2 refused gives the last refusal",
          "[call][unit]") {
    Hunt hunt = hunt_of({"a", "b"});
    (void)hunt.begin();
    const auto refusal = hunt.on_dial(refused(9));
    CHECK_FALSE(refusal.answer);
    CHECK_FALSE(refusal.done);
    CHECK(hunt.on_end(ended(EventName::abortVoip)).ring->open_id == "b");
    CHECK_FALSE(hunt.on_dial(refused(20)).answer);
    const auto over = hunt.on_end(ended(EventName::abortVoip));
    CHECK(over.done);
    CHECK((*over.answer)->err_code == 20);
}

TEST_CASE("hunt: it stops when somebody answered, hung up here, or nothing can be dialled", "[call][unit]") {
    Hunt answered = hunt_of({"a", "b"});
    (void)answered.begin();
    (void)answered.on_dial(success("R1"));
    CHECK(answered.on_end(ended(EventName::hangUpVoip, 5)).done);

    Hunt broken_after_answer = hunt_of({"a", "b"});
    (void)broken_after_answer.begin();
    (void)broken_after_answer.on_dial(success("R1"));
    CHECK(broken_after_answer.on_end(ended(EventName::abortVoip, 5)).done);

    Hunt taken_back = hunt_of({"a", "b"});
    (void)taken_back.begin();
    (void)taken_back.on_dial(success("R1"));
    CHECK(taken_back.on_end(ended(EventName::cancelVoip)).done);

    Hunt off_line = hunt_of({"a", "b"});
    (void)off_line.begin();
    const auto thrown = off_line.on_dial(fault(1002));
    CHECK(thrown.done);
    CHECK(thrown.answer->error().err_code == 1002);

    Hunt cancelled = hunt_of({"a", "b"});
    (void)cancelled.begin();
    (void)cancelled.on_dial(success("R1"));
    cancelled.cancel();
    CHECK(cancelled.on_end(ended(EventName::timeout)).done);
}

TEST_CASE("hunt: a contact with 0 people is answered 1004", "[call][unit]") {
    Hunt hunt = hunt_of({});
    const auto step = hunt.begin();
    CHECK(step.done);
    CHECK(step.answer->error().err_code == 1004);
}

TEST_CASE("policy: quiet hours over midnight hold from 22:00 to 07:00, to the minute", "[call][unit]") {
    PolicySettings settings;
    settings.auto_answer = 3s;
    settings.quiet_hours = {{22 * 60, 7 * 60, QuietHours::Action::silent}};
    for (const int quiet : {22 * 60, 23 * 60 + 59, 0, 6 * 60 + 59}) {
        CHECK(judge(settings, quiet).silent);
        CHECK_FALSE(judge(settings, quiet).refuse);
        CHECK_FALSE(judge(settings, quiet).auto_answer);
    }
    for (const int loud : {7 * 60, 12 * 60, 21 * 60 + 59}) {
        CHECK_FALSE(judge(settings, loud).silent);
        CHECK(judge(settings, loud).auto_answer == 3s);
    }
}

TEST_CASE("policy: of 2 quiet hours the one that rejects wins; equal ends mean never", "[call][unit]") {
    PolicySettings settings;
    settings.quiet_hours = {{60, 180, QuietHours::Action::silent},
                            {120, 240, QuietHours::Action::reject},
                            {300, 300, QuietHours::Action::reject}};
    CHECK_FALSE(judge(settings, 60).refuse);
    CHECK(judge(settings, 120).refuse);
    CHECK(judge(settings, 239).refuse);
    CHECK(judge(settings, 240) == Verdict{});
    CHECK(judge(settings, 300) == Verdict{});
}

TEST_CASE("policy: the minute of the day is one of 1440", "[call][unit]") {
    for (const UnixMillis wall : {UnixMillis{0}, UnixMillis{1767225600000}, UnixMillis{1730000000123}}) {
        CHECK(local_minute(wall) >= 0);
        CHECK(local_minute(wall) < 1440);
    }
    CHECK((local_minute(1767225600000 + 60000) - local_minute(1767225600000) + 1440) % 1440 == 1);
    // 2100 and beyond all dates: where time_t has 32 bits the C library cannot tell.
    for (const UnixMillis late : {UnixMillis{4102444800000}, UnixMillis{9000000000000000000}}) {
        CHECK(local_minute(late) >= 0);
        CHECK((local_minute(late + 60000) - local_minute(late) + 1440) % 1440 == 1);
    }
}

}  // namespace
}  // namespace voip::call::test
