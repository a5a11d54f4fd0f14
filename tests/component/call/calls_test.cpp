// Whole calls over the loop-back engine.
#include "tests/component/call/bench.hpp"

namespace voip::call::test {
namespace {

using engine::NoneEngine;
using engine::NoneSettings;
using FarSide = NoneSettings::FarSide;
using Op = NoneEngine::Op;
using hal::LampState;
using hal::Tone;

NoneSettings far(FarSide side = FarSide::answers) {
    NoneSettings made;
    made.own_id = "SN1";
    made.far_side = side;
    return made;
}

struct Bench : BenchOf<NoneEngine> {
    explicit Bench(NoneSettings far_side = far(), CallSettings settings = settings_of_bench(),
                   MediaPort* media = nullptr)
        : BenchOf(std::move(settings), media, std::move(far_side)) {}

    Later<Answer<InitResult>> call(const std::string& contact) {
        CallRequest request;
        request.contact = contact;
        return begin(task->call(request));
    }
};

InitByCaller init_request() {
    InitByCaller made;
    made.caller = {"SN1", "", 0};
    made.listener = {"anna", "Anna", 0};
    return made;
}

TEST_CASE("call task: a call out is rung, answered after 3 s, talked for 5 s and hung up",
          "[call][component]") {
    Bench b;
    const auto result = b.begin(b.task->init_by_caller(init_request()));
    REQUIRE(*result);
    CHECK((**result)->room_id == "none-1");
    CHECK(b.phase() == Phase::ringing);
    CHECK(b.lamp->shown.back() == LampState::ringing);
    CHECK(b.ringer->played.back() == Tone::ring_back);
    b.pass(3s);
    CHECK(b.phase() == Phase::talking);
    CHECK(b.lamp->shown.back() == LampState::talking);
    CHECK(b.ringer->played.back() == Tone::none);
    b.pass(5s);
    CHECK(b.shot().keep_time == 5);
    const auto ended = b.task->hang_up(std::nullopt, HangUpReason::manual);
    CHECK(*ended == "none-1");
    CHECK(b.phase() == Phase::ended);
    CHECK(b.lamp->shown.back() == LampState::off);
    b.settle();
    CHECK_FALSE(b.engine.has_room());
    CHECK(b.recorder.story == std::vector<std::string>{"dialling", "ringing", "startVoip",
                                                       "joinedRoomByCaller", "joining", "talking",
                                                       "hangUpVoip", "ended", "endVoip", "finishVoip"});
    const auto page = b.history.page(10, std::nullopt);
    REQUIRE(page.size() == 1);
    CHECK(page[0].call_id == "call-1");
    CHECK(page[0].keep_time == 5);
    CHECK(page[0].answered - page[0].started == 3000);
    CHECK(b.engine.requests(Op::hang_up) == 1);
}

TEST_CASE("call task: a call in alerts, is answered and ended by the far side", "[call][component]") {
    Bench b;
    REQUIRE(b.engine.call_in({"anna", "Anna", 0}, RoomType::voice));
    CHECK(b.phase() == Phase::alerting);
    CHECK(b.lamp->shown.back() == LampState::ringing);
    CHECK(b.ringer->played.back() == Tone::alerting);
    const auto answered = b.begin(b.task->answer(std::nullopt));
    REQUIRE(*answered);
    CHECK(***answered == "none-1");
    CHECK(b.phase() == Phase::talking);
    b.pass(4s);
    REQUIRE(b.engine.far_hang_up());
    b.settle();
    CHECK(b.recorder.story == std::vector<std::string>{"alerting", "startVoip", "joining", "hangOnVoip",
                                                       "talking", "hangUpVoip", "ended", "endVoip",
                                                       "finishVoip"});
    CHECK(b.shot().end->status == "endByCaller");
    CHECK(b.shot().keep_time == 4);
    CHECK(b.ringer->played.back() == Tone::none);
}

TEST_CASE("call task: 4 kinds of no end the call with their event", "[call][component]") {
    for (const auto& [side, name] :
         {std::pair{FarSide::rejects, EventName::rejectVoip}, std::pair{FarSide::busy, EventName::busy},
          std::pair{FarSide::silent, EventName::timeout}}) {
        Bench b(far(side));
        const auto result = b.call("one");
        CHECK((**result)->is_success);
        b.pass(61s);
        CHECK(b.shot().end->event_name == name);
        CHECK(b.recorder.count(EventName::endVoip) == 1);
    }
    Bench b;
    b.engine.refuse_next_dial(refused(12));
    const auto result = b.call("one");
    CHECK((**result)->err_code == 12);
    CHECK(b.shot().end->err_code == 12);
}

TEST_CASE("call task: a hunt rings 3 people 30 s each and ends the room before the next dial",
          "[call][component]") {
    Bench b(far(FarSide::silent));
    const auto result = b.call("family");
    CHECK((**result)->room_id == "none-1");
    CHECK(b.shot().room.listener.id == "anna");
    b.pass(30s);
    CHECK(b.shot().room.listener.id == "bo");
    CHECK(b.phase() == Phase::ringing);
    CHECK(b.engine.requests(Op::hang_up) == 1);
    b.pass(30s);
    CHECK(b.shot().room.listener.id == "cy");
    b.pass(30s);
    CHECK(b.phase() == Phase::ended);
    const auto page = b.history.page(10, std::nullopt);
    REQUIRE(page.size() == 3);
    for (const CallRecord& record : page) CHECK(record.contact == "family");
    CHECK(page[0].end.event_name == EventName::timeout);
    CHECK(b.recorder.count(EventName::endVoip) == 3);
    CHECK(b.engine.requests(Op::dial) == 3);
}

TEST_CASE("call task: a hunt goes past a refusal with 9 and marks that person alone", "[call][component]") {
    Bench b;
    b.engine.refuse_next_dial(refused(9));
    const auto result = b.call("family");
    REQUIRE(*result);
    CHECK((**result)->is_success);
    CHECK(b.shot().room.listener.id == "bo");
    CHECK(b.contacts.find("family")->people[0].authorisation == Authorisation::lost);
    CHECK(b.contacts.find("family")->people[1].authorisation == Authorisation::ok);
    CHECK(b.contacts.find("family")->people[2].authorisation == Authorisation::unknown);
    CHECK(b.contacts.find("one")->people[0].authorisation == Authorisation::lost);
    b.pass(3s);
    CHECK(b.phase() == Phase::talking);
    b.engine.far_hang_up().value();
    b.pass(60s);
    CHECK(b.phase() == Phase::ended);  // answered: nobody else is rung
    CHECK(b.engine.requests(Op::dial) == 2);
}

TEST_CASE("call task: a hunt whose 3 people are refused answers the last refusal", "[call][component]") {
    Bench b;
    for (const int err_code : {9, 20, 19}) b.engine.refuse_next_dial(refused(err_code));
    const auto result = b.call("family");
    CHECK((**result)->err_code == 19);
    CHECK(b.phase() == Phase::ended);
}

TEST_CASE("call task: hanging up ends a hunt", "[call][component]") {
    Bench b(far(FarSide::silent));
    (void)b.call("family");
    b.pass(35s);
    CHECK(b.shot().room.listener.id == "bo");
    CHECK(b.task->hang_up("none-1", HangUpReason::manual).error().err_code == 1);
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual));
    b.pass(120s);
    CHECK(b.engine.requests(Op::dial) == 2);
    CHECK(b.phase() == Phase::ended);
    const auto again = b.call("one");
    CHECK((**again)->is_success);
}

TEST_CASE("call task: the button calls, hangs up, answers; a long press rejects", "[call][component]") {
    Bench b;
    b.bell->press();
    b.settle();
    CHECK(b.phase() == Phase::ringing);
    CHECK(b.shot().room.listener.id == "anna");
    b.bell->press();
    CHECK(b.phase() == Phase::ended);
    CHECK(b.shot().end->event_name == EventName::cancelVoip);
    b.settle();
    REQUIRE(b.engine.call_in({"bo", "Bo", 0}, RoomType::video));
    b.bell->press();
    b.settle();
    CHECK(b.phase() == Phase::talking);
    b.bell->press(hal::Press::long_press);
    CHECK(b.phase() == Phase::ended);
    b.settle();
    REQUIRE(b.engine.call_in({"bo", "Bo", 0}, RoomType::video));
    b.bell->press(hal::Press::long_press);
    CHECK(b.shot().end->event_name == EventName::rejectVoip);
    b.settle();
    b.bell->press(hal::Press::long_press);  // nothing to cancel
    CHECK(b.phase() == Phase::ended);
}

TEST_CASE("call task: 3 presses that lead nowhere are faults with their field", "[call][component]") {
    Bench b;
    CHECK(b.task->press("nothing", false).error().field == "button");
    CHECK(b.task->press("mute", false).error().field == "button");
    CHECK(b.task->press("lost", false).error().field == "contact");
    CHECK(b.phase() == Phase::idle);
    b.engine.set_online(false);
    b.settle();
    CHECK(b.task->press("desk", false).error().err_code == 1002);
    b.bell->press();
    CHECK(b.logged("button without effect"));
    b.engine.set_online(true);
    b.settle();
    CHECK(b.task->press("desk", false));
    CHECK(b.shot().room.room_type == RoomType::voice);
    CHECK(b.shot().room.listener.name == "Anna");
}

TEST_CASE("call task: voip.call refuses an unknown contact, nobody, and a second call", "[call][component]") {
    Bench b;
    CHECK((*b.call("who"))->error().err_code == 1004);
    CHECK((*b.begin(b.task->call(CallRequest{})))->error().err_code == 1004);
    (void)b.call("one");
    CHECK((*b.call("family"))->error().err_code == 1005);
    CHECK((*b.begin(b.task->init_by_caller(init_request())))->error().err_code == 1005);
    CHECK(b.shot().room.call_id == "call-1");
}

TEST_CASE("call task: policy answers after 2 s by day, is silent at night, refuses when told to",
          "[call][component]") {
    CallSettings settings = settings_of_bench();
    settings.policy.auto_answer = 2s;
    settings.policy.quiet_hours = {{22 * 60, 6 * 60, QuietHours::Action::silent},
                                   {6 * 60, 7 * 60, QuietHours::Action::reject}};
    Bench b(far(), settings);
    REQUIRE(b.engine.call_in({"anna", "", 0}, RoomType::voice));
    b.pass(1999ms);
    CHECK(b.phase() == Phase::alerting);
    b.pass(1ms);
    CHECK(b.phase() == Phase::talking);
    b.engine.far_hang_up().value();
    b.settle();

    b.minute = 23 * 60;
    b.ringer->played.clear();
    REQUIRE(b.engine.call_in({"anna", "", 0}, RoomType::voice));
    b.pass(30s);
    CHECK(b.phase() == Phase::alerting);
    CHECK(b.ringer->played.empty());
    CHECK(b.lamp->shown.back() == LampState::ringing);
    b.engine.far_hang_up().value();
    b.settle();

    b.minute = 6 * 60 + 30;
    CHECK_FALSE(b.engine.call_in({"anna", "", 0}, RoomType::voice));
    CHECK(b.phase() == Phase::ended);
    CHECK(b.history.page(1, std::nullopt)[0].end.event_name == EventName::busy);
    b.task->reconfigure(settings_of_bench());  // without quiet hours
    CHECK(b.engine.call_in({"anna", "", 0}, RoomType::voice));
}

TEST_CASE("call task: new settings count from the next call, and a ring time of 5 s ends it",
          "[call][component]") {
    Bench b(far(FarSide::silent));
    CallSettings fresh = settings_of_bench();
    fresh.ring_time = 5s;
    fresh.time_limit_s = 77;
    b.task->reconfigure(std::move(fresh));
    CHECK(b.task->press("desk", false).has_value());
    b.settle();
    CHECK(b.phase() == Phase::ringing);
    CHECK(b.task->snapshot().room.time_limit_s == 77);
    b.pass(6s);
    CHECK(b.phase() == Phase::ended);
}

TEST_CASE("call task: calling goes each second to those who want it, and nobody is woken else",
          "[call][component]") {
    Bench b;
    (void)b.call("one");
    b.pass(3s);
    CHECK(b.phase() == Phase::talking);
    CHECK(b.timers.pending() == 0);
    Recorder ticking;
    b.task->add_observer(ticking, true);
    b.pass(5s);
    CHECK(ticking.count(EventName::calling) == 5);
    CHECK(ticking.events.back().data.keep_time == 5);
    CHECK(b.recorder.count(EventName::calling) == 0);
    b.task->remove_observer(ticking);
    b.task->remove_observer(ticking);
    b.pass(5s);
    CHECK(ticking.count(EventName::calling) == 5);
    CHECK(b.timers.pending() == 0);
}

struct Leaver final : Observer {
    explicit Leaver(CallTask& owner) : task(owner) {}
    void on_snapshot(const RoomSnapshot&) override {
        ++heard;
        task.remove_observer(*this);
    }
    void on_event(const RoomEvent&) override { ++heard; }
    CallTask& task;
    int heard = 0;
};

TEST_CASE("call task: an observer may leave inside its own call; the others miss none of 3",
          "[call][component]") {
    Bench b;
    Leaver leaver(*b.task);
    Recorder second;
    b.task->add_observer(leaver, true);
    b.task->add_observer(second, false);
    b.engine.refuse_next_dial(refused(12));
    (void)b.call("one");
    CHECK(leaver.heard == 1);
    CHECK(second.story == b.recorder.story);
    CHECK(second.story ==
          std::vector<std::string>{"dialling", "abortVoip", "ended", "endVoip", "finishVoip"});
    b.task->remove_observer(second);
}

TEST_CASE("call task: a lamp and a ringer that vanished stop no call", "[call][component]") {
    Bench b;
    b.lamp->broken = b.ringer->broken = true;
    (void)b.call("one");
    b.pass(3s);
    CHECK(b.phase() == Phase::talking);
    CHECK(b.logged("lamp failed"));
    CHECK(b.logged("ringer failed"));
}

TEST_CASE("call task: off line for 10 s shows a fault on the lamp until it is back", "[call][component]") {
    Bench b;
    b.engine.set_online(false);
    b.pass(9999ms);
    CHECK(b.lamp->shown.back() == LampState::off);
    b.pass(1ms);
    CHECK(b.lamp->shown.back() == LampState::fault);
    b.engine.set_online(true);
    b.settle();
    CHECK(b.lamp->shown.back() == LampState::off);
}

TEST_CASE("call task: stopping in a talk hangs up, waits for it and leaves the board at rest",
          "[call][component]") {
    Bench b;
    (void)b.call("one");
    b.pass(3s);
    b.stop();
    CHECK(b.engine.requests(Op::hang_up) == 1);
    CHECK(b.lamp->shown.back() == LampState::off);
    CHECK_FALSE(b.bell->heard());
    CHECK(b.history.size() == 1);
    CHECK(b.recorder.count(EventName::endVoip) == 1);
}

TEST_CASE("call task: stopping does not wait above 2 s for a hang-up that hangs", "[call][component]") {
    Bench b;
    (void)b.call("one");
    b.pass(3s);
    b.engine.delay_next(Op::hang_up, 9s);
    const TimePoint before = b.timers.now();
    b.stop();
    CHECK(b.timers.now() - before <= 2100ms);
}

TEST_CASE("call task: those who consented are marked, those who are not named stay", "[call][component]") {
    Bench b;
    b.task->on_consented({{"bo", "Bo", 0}, {"stranger", "", 0}});
    CHECK(b.contacts.find("family")->people[1].authorisation == Authorisation::ok);
    CHECK(b.contacts.find("family")->people[0].authorisation == Authorisation::unknown);
}

struct FakeMedia final : MediaPort {
    void prepare(const action::PrepareMedia&) override { story.push_back("prepare"); }
    void start(const action::StartMedia& start) override {
        story.push_back("start");
        last = start;
    }
    void stop(Generation) override { story.push_back("stop"); }
    Answer<MediaAnswer> set(const MediaRequest& request) override {
        MediaAnswer answer;
        answer.volume = request.volume.value_or(100);
        return answer;
    }
    void on_signal(const RoomSignal& signal) override { story.push_back("signal " + signal.room_id); }
    void on_road(bool open) override { story.push_back(open ? "road open" : "road broken"); }
    std::vector<std::string> story;
    action::StartMedia last;
};

TEST_CASE("call task: media is prepared when it rings, started in joining, stopped at the end",
          "[call][component]") {
    FakeMedia media;
    CallSettings settings = settings_of_bench();
    settings.media_enabled = true;
    Bench b(far(), settings, &media);
    CHECK(b.task->set_media({}).error().err_code == 1);
    (void)b.call("one");
    CHECK(media.story == std::vector<std::string>{"prepare"});
    b.task->on_signal({"none-9", {}});
    b.pass(3s);
    CHECK(b.phase() == Phase::joining);
    CHECK(media.last.camera);
    b.task->on_signal({"none-1", {}});
    b.task->on_media({b.task->generation(), {"flowing", true, true}, 0, {}});
    b.settle();
    CHECK(b.phase() == Phase::talking);
    MediaRequest quieter;
    quieter.volume = 30;
    CHECK(b.task->set_media(quieter)->volume == 30);
    quieter.room_id = "none-7";
    CHECK(b.task->set_media(quieter).error().err_code == 1);
    b.task->on_media({b.task->generation(), {"failed", false, false}, 2000, "no packets"});
    b.settle();
    CHECK(b.shot().end->err_msg == "no packets");
    CHECK(media.story == std::vector<std::string>{"prepare", "start", "signal none-1", "stop"});
}

TEST_CASE("call task: media hears when the road breaks, and when the room is resumed after that",
          "[call][component]") {
    FakeMedia media;
    CallSettings settings = settings_of_bench();
    settings.media_enabled = true;
    Bench b(far(), settings, &media);
    (void)b.call("one");
    b.pass(3s);
    media.story.clear();
    b.engine.fail_next(engine::NoneEngine::Op::resume, fail(Errc::timeout));
    b.engine.set_online(false);
    b.settle();
    b.engine.set_online(true);
    b.settle();
    CHECK(media.story == std::vector<std::string>{"road broken"});
    b.pass(1s);
    CHECK(media.story == std::vector<std::string>{"road broken", "road open"});
}

TEST_CASE("call task: a measurement reaches the observers at once, room.get and the history",
          "[call][component]") {
    FakeMedia media;
    CallSettings settings = settings_of_bench();
    settings.media_enabled = true;
    Bench b(far(), settings, &media);
    (void)b.call("one");
    b.pass(3s);
    b.task->on_media({b.task->generation(), {"flowing", true, true}, 0, {}});
    b.settle();
    b.recorder.story.clear();
    MediaQuality quality;
    quality.fps = 15;
    b.task->on_media(event::MediaMeasured{b.task->generation(), quality});
    b.settle();
    CHECK(b.recorder.story == std::vector<std::string>{R"(quality none-1 {"fps":15})"});
    CHECK(b.shot().media.quality == quality);
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual));
    b.settle();
    CHECK(b.history.page(1, std::nullopt).at(0).quality == quality);
}

TEST_CASE("call task: setting media where there is none answers none", "[call][component]") {
    Bench b;
    (void)b.call("one");
    CHECK(b.task->set_media({})->media.state == "none");
}

TEST_CASE("none engine: calls in are refused off line and in a room; a room without us ends",
          "[call][component]") {
    Bench b;
    REQUIRE(b.engine.call_in({"anna", "", 0}, RoomType::voice));
    CHECK_FALSE(b.engine.call_in({"bo", "", 0}, RoomType::voice));
    b.engine.set_online(false);
    b.pass(10s);
    CHECK_FALSE(b.engine.has_room());
    CHECK_FALSE(b.engine.call_in({"bo", "", 0}, RoomType::voice));
    CHECK_FALSE(b.engine.far_hang_up());
    CHECK_FALSE(b.engine.far_answer());
    b.engine.set_online(true);
    b.settle();
    CHECK(b.shot().end->err_msg == "room status is abort");
}

}  // namespace
}  // namespace voip::call::test
