// What goes wrong between the daemon and the service: over the loop-back engine's faults, and over an engine
// whose every answer the test gives by hand.
#include "tests/component/call/bench.hpp"

namespace voip::call::test {
namespace {

using engine::NoneEngine;
using engine::NoneSettings;
using Op = NoneEngine::Op;

struct Looped : BenchOf<NoneEngine> {
    explicit Looped(NoneSettings::FarSide side = NoneSettings::FarSide::answers)
        : BenchOf(settings_of_bench(), nullptr, NoneSettings{"SN1", side, 3s, std::nullopt, 60s}) {}
    Later<Answer<InitResult>> call(const std::string& contact = "one") {
        CallRequest request;
        request.contact = contact;
        return begin(task->call(request));
    }
};

TEST_CASE("call task: a lost answer to the dial is asked again and gives the same room",
          "[call][component]") {
    Looped b;
    b.engine.lose_answer(Op::dial);
    const auto result = b.call();
    CHECK_FALSE(*result);
    CHECK(b.phase() == Phase::dialling);
    b.pass(1s);
    REQUIRE(*result);
    CHECK((**result)->room_id == "none-1");
    CHECK(b.engine.requests(Op::dial) == 2);
    b.pass(3s);
    CHECK(b.phase() == Phase::talking);
    CHECK(b.recorder.count(EventName::startVoip) == 1);
}

TEST_CASE("call task: the watchdog sees 1 turn of the loop after each question, and none without a loop",
          "[call][component]") {
    Looped b;
    CHECK(b.task->beats());
    b.settle();
    CHECK(b.task->beats());
    CHECK_FALSE(b.task->beats());  // the loop has not run since
    b.settle();
    CHECK(b.task->beats());
    b.settle();
}

TEST_CASE("call task: a call that rings is due 3 s later, and stays due while nobody acts on it",
          "[call][component]") {
    Looped b(NoneSettings::FarSide::silent);
    CHECK_FALSE(b.task->due());
    const auto result = b.call();
    REQUIRE(b.phase() == Phase::ringing);
    const auto due = b.task->due();
    REQUIRE(due);
    CHECK(*due > b.timers.now());
    b.timers.advance(2h);  // time passes and the loop hangs
    CHECK(b.task->due() == due);
    b.settle();
    CHECK(b.phase() == Phase::ended);
    CHECK_FALSE(b.task->due());
}

TEST_CASE("call task: code 13 renews the deviceToken and the call goes on", "[call][component]") {
    Looped b;
    b.engine.refuse_next_dial(refused(13));
    const auto result = b.call();
    CHECK((**result)->is_success);
    CHECK(b.engine.requests(Op::renew) == 1);
    CHECK(b.engine.requests(Op::dial) == 2);
}

TEST_CASE("call task: cancelled before the room is known, the room is ended when it is",
          "[call][component]") {
    Looped b;
    b.engine.delay_next(Op::dial, 4s);
    const auto result = b.call();
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual)->empty());
    b.settle();
    CHECK((*result)->error().err_code == 1008);
    const auto second = b.call();
    CHECK(b.phase() == Phase::dialling);
    CHECK(b.engine.requests(Op::dial) == 1);  // held
    b.pass(4s);
    CHECK(b.engine.requests(Op::hang_up) == 1);
    CHECK((**second)->room_id == "none-2");
    CHECK(b.recorder.count(EventName::endVoip) == 1);
}

TEST_CASE("call task: an answer lost on the way leaves the call alerting for a second one",
          "[call][component]") {
    Looped b;
    REQUIRE(b.engine.call_in({"anna", "", 0}, RoomType::voice));
    b.engine.fail_next(Op::join, fail(Errc::closed));
    const auto first = b.begin(b.task->answer("none-1"));
    CHECK((*first)->error().err_code == 1002);
    CHECK(b.phase() == Phase::alerting);
    const auto wrong = b.begin(b.task->answer("none-2"));
    CHECK((*wrong)->error().err_code == 1);
    const auto second = b.begin(b.task->answer("none-1"));
    CHECK(***second == "none-1");
    CHECK(b.phase() == Phase::talking);
}

TEST_CASE("call task: the channel lost for 20 s of talk is resumed", "[call][component]") {
    Looped b;
    (void)b.call();
    b.pass(3s);
    b.engine.set_online(false);
    b.pass(20s);
    CHECK(b.phase() == Phase::talking);
    b.engine.set_online(true);
    b.settle();
    CHECK(b.engine.requests(Op::resume) == 1);
    CHECK(b.phase() == Phase::talking);
    CHECK(b.shot().keep_time == 20);
}

TEST_CASE("call task: a room that ended while the channel was gone ends the call at its return",
          "[call][component]") {
    Looped b(NoneSettings::FarSide::silent);
    (void)b.call();
    b.engine.set_online(false);
    b.pass(12s);
    CHECK(b.phase() == Phase::ringing);
    b.engine.set_online(true);
    b.settle();
    CHECK(b.shot().end->err_msg == "room status is abort");
    CHECK(b.recorder.count(EventName::endVoip) == 1);
}

TEST_CASE("call task: a hang-up that met a closed channel is said again in time", "[call][component]") {
    Looped b;
    (void)b.call();
    b.pass(3s);
    b.engine.fail_next(Op::hang_up, fail(Errc::closed));
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual));
    b.settle();
    CHECK(b.engine.has_room());
    b.pass(1s);
    CHECK_FALSE(b.engine.has_room());
    CHECK(b.engine.requests(Op::hang_up) == 2);
}

TEST_CASE("call task: a hang-up never confirmed frees the line after 10 s", "[call][component]") {
    Looped b;
    (void)b.call();
    b.pass(3s);
    for (int i = 0; i < 20; ++i) b.engine.fail_next(Op::hang_up, fail(Errc::timeout));
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual));
    const auto next = b.call();
    b.pass(9s);
    CHECK_FALSE(*next);
    b.pass(2s);
    REQUIRE(*next);
    CHECK((*next)->error().err_code == 1005);  // the far side still has the room: the service's own word
    CHECK(b.logged("hang-up not confirmed"));
}

TEST_CASE("call task: of 2 hunted people the second waits for a road that is gone", "[call][component]") {
    Looped b(NoneSettings::FarSide::silent);
    (void)b.call("family");
    b.pass(29s);
    b.engine.set_online(false);
    b.pass(5s);
    CHECK(b.shot().room.listener.id == "bo");
    CHECK(b.phase() == Phase::dialling);
    b.pass(10s);
    b.engine.set_online(true);
    b.settle();
    CHECK(b.phase() == Phase::ringing);
}

/// An engine that answers nothing by itself.
class Scripted final : public engine::Engine {
 public:
    explicit Scripted(Timers& timers) : timers_(timers) {}
    void start(engine::Listener& listener) {
        said = &listener;
        listener.on_online(true);
    }
    void stop() { said = nullptr; }

    asio::awaitable<Outcome<InitResult>> dial(InitByCaller request, TimePoint deadline) override {
        dialled.push_back(request.call_id);
        auto outcome = co_await wait(dials, deadline);
        co_return outcome;
    }
    asio::awaitable<Outcome<RoomJoined>> join(RoomJoin join, TimePoint deadline) override {
        joined.push_back(join.room_id);
        auto outcome = co_await wait(joins, deadline);
        co_return outcome;
    }
    asio::awaitable<Outcome<RoomResumed>> resume(RoomResume, TimePoint deadline) override {
        auto outcome = co_await wait(resumes, deadline);
        co_return outcome;
    }
    asio::awaitable<Outcome<std::monostate>> hang_up(RoomHangUp hang_up, TimePoint deadline) override {
        hung_up.push_back(hang_up.room_id);
        auto outcome = co_await wait(hang_ups, deadline);
        co_return outcome;
    }
    asio::awaitable<Outcome<std::vector<IceServer>>> ice_servers(std::string, TimePoint) override {
        Outcome<std::vector<IceServer>> outcome{fail(Errc::wrong_state)};
        co_return outcome;
    }
    asio::awaitable<Outcome<std::monostate>> renew_device_token(TimePoint deadline) override {
        auto outcome = co_await wait(renewals, deadline);
        co_return outcome;
    }
    bool signal(const RoomSignal&) override { return true; }
    [[nodiscard]] bool online() const noexcept override { return false; }  // said by start()
    void hurry() override { ++hurried; }

    /// One per request, in order: put the outcome in, then wake.
    template <class T>
    struct Desk {
        std::deque<Outcome<T>> outcomes;
        std::vector<std::shared_ptr<Wake>> sleepers;
        void put(Outcome<T> outcome) {
            outcomes.push_back(std::move(outcome));
            if (sleepers.empty()) return;
            const auto first = sleepers.front();
            sleepers.erase(sleepers.begin());
            first->notify();
        }
    };
    Desk<InitResult> dials;
    Desk<RoomJoined> joins;
    Desk<RoomResumed> resumes;
    Desk<std::monostate> hang_ups, renewals;
    std::vector<std::string> dialled, joined, hung_up;
    engine::Listener* said = nullptr;
    int hurried = 0;

 private:
    template <class T>
    asio::awaitable<Outcome<T>> wait(Desk<T>& desk, TimePoint deadline) {
        if (desk.outcomes.empty()) {
            const auto sleeper = std::make_shared<Wake>(timers_);
            desk.sleepers.push_back(sleeper);
            (void)co_await sleeper->wait(deadline);
            std::erase(desk.sleepers, sleeper);
        }
        Outcome<T> outcome{fail(Errc::timeout)};
        if (!desk.outcomes.empty()) {
            outcome = std::move(desk.outcomes.front());
            desk.outcomes.pop_front();
        }
        co_return outcome;
    }
    Timers& timers_;
};

struct ByHand : BenchOf<Scripted> {
    explicit ByHand(CallSettings settings = settings_of_bench()) : BenchOf(std::move(settings), nullptr) {}
    Later<Answer<InitResult>> call(const std::string& contact = "one") {
        CallRequest request;
        request.contact = contact;
        return begin(task->call(request));
    }
    void dial_gives(const std::string& room) {
        InitResult made;
        made.is_success = true;
        made.room_id = room;
        engine.dials.put({made});
        settle();
    }
    void said(EventName name, const std::string& room = "R1") {
        engine.said->on_event({name, room, {}});
        settle();
    }
    CallIncoming incoming(const std::string& room, const std::string& call_id,
                          int business_type = user_to_device) {
        CallIncoming made;
        made.room.room_id = room;
        made.room.call_id = call_id;
        made.room.business_type = business_type;
        const bool own = business_type == device_to_user;
        made.room.caller.id = own ? "SN1" : "anna";
        made.room.listener.id = own ? "anna" : "SN1";
        return made;
    }
    void to_talking() {
        (void)call();
        dial_gives("R1");
        engine.joins.put({RoomJoined{"R1", Phase::ringing, {}}});
        said(EventName::hangOnVoip);
        said(EventName::calling);
        REQUIRE(phase() == Phase::talking);
    }
};

TEST_CASE("call task: glare: of 2 who dial at once the incoming is busy, the own goes on",
          "[call][component]") {
    ByHand b;
    const auto result = b.call();
    CHECK(b.engine.said->on_incoming(b.incoming("R9", "theirs")).error().err_code == 1005);
    CHECK(b.phase() == Phase::dialling);
    b.dial_gives("R1");
    CHECK((**result)->room_id == "R1");
    CHECK(b.history.page(5, std::nullopt)[0].call_id == "theirs");
}

TEST_CASE("call task: the own ring-back may come before the answer", "[call][component]") {
    ByHand b;
    const auto result = b.call();
    CHECK(b.engine.said->on_incoming(b.incoming("R1", "call-1", device_to_user)));
    b.settle();
    CHECK((**result)->room_id == "R1");
    CHECK(b.engine.joined == std::vector<std::string>{"R1"});
    b.dial_gives("R1");
    CHECK(b.phase() == Phase::ringing);
}

TEST_CASE("call task: a late ring-back after the cancel is refused and hung up, not rung",
          "[call][component]") {
    ByHand b;
    (void)b.call();
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual));
    b.pass(15s);  // nobody answered the dial; it is asked once more for its room, then given up
    CHECK(b.phase() == Phase::ended);
    CHECK_FALSE(b.engine.said->on_incoming(b.incoming("R1", "call-1", device_to_user)));
    b.settle();
    CHECK(b.engine.hung_up == std::vector<std::string>{"R1"});
    CHECK(b.phase() == Phase::ended);
    CHECK(b.ringer->played.empty());
    b.engine.hang_ups.put({std::monostate{}});
}

TEST_CASE("call task: duplicates of every event change nothing", "[call][component]") {
    ByHand b;
    CHECK(b.engine.said->on_incoming(b.incoming("R1", "c")));
    CHECK(b.engine.said->on_incoming(b.incoming("R1", "c")));
    const auto answered = b.begin(b.task->answer(std::nullopt));
    b.engine.joins.put({RoomJoined{"R1", Phase::joining, {}}});
    b.settle();
    for (int i = 0; i < 2; ++i) {
        b.said(EventName::startVoip);
        b.said(EventName::hangOnVoip);
    }
    for (int i = 0; i < 2; ++i) b.said(EventName::calling);
    for (int i = 0; i < 2; ++i) {
        b.said(EventName::hangUpVoip);
        b.said(EventName::endVoip);
        b.said(EventName::finishVoip);
    }
    CHECK(***answered == "R1");
    CHECK(b.recorder.story == std::vector<std::string>{"alerting", "startVoip", "joining", "hangOnVoip",
                                                       "talking", "hangUpVoip", "ended", "endVoip",
                                                       "finishVoip"});
}

TEST_CASE("call task: events that come before the answer of the dial are kept for it", "[call][component]") {
    ByHand b;
    const auto result = b.call();
    b.said(EventName::startVoip);
    b.said(EventName::busy);
    b.said(EventName::endVoip);
    CHECK(b.phase() == Phase::dialling);
    b.dial_gives("R1");
    CHECK((**result)->is_success);
    CHECK(b.shot().end->event_name == EventName::busy);
}

TEST_CASE("call task: the end of a call survives a full queue of 8", "[call][component][INV-2]") {
    CallSettings settings = settings_of_bench();
    settings.queue_limit = 8;
    ByHand b(settings);
    b.to_talking();
    for (int i = 0; i < 1000; ++i) b.engine.said->on_event({EventName::calling, "R1", {}});
    b.engine.said->on_event({EventName::hangUpVoip, "R1", {}});
    for (int i = 0; i < 1000; ++i) b.engine.said->on_event({EventName::endVoip, "R1", {}});
    b.engine.said->on_event({EventName::endVoip, "R-foreign", {}});
    b.settle();
    CHECK(b.phase() == Phase::ended);
    CHECK(b.shot().end->event_name == EventName::hangUpVoip);
    CHECK(b.recorder.count(EventName::endVoip) == 1);
    CHECK(b.task->dropped_events() == 993);
}

TEST_CASE("call task: a request sees events that still wait in the queue", "[call][component]") {
    ByHand b;
    b.to_talking();
    b.engine.said->on_event({EventName::hangUpVoip, "R1", {}});
    CHECK(b.task->hang_up(std::nullopt, HangUpReason::manual).error().err_code == 1);
    CHECK(b.engine.hung_up.empty());
    CHECK(b.engine.said->on_incoming(b.incoming("R2", "c2")));
    CHECK(b.phase() == Phase::alerting);
}

TEST_CASE("call task: a client that goes away does not touch its call", "[call][component]") {
    ByHand b;
    {
        TaskSet client(b.io.get_executor(), b.timers, b.crash());
        CallRequest request;
        request.contact = "one";
        const auto result = std::make_shared<std::optional<Answer<InitResult>>>();
        client.spawn("client", keep<Answer<InitResult>>(b.task->call(request), result));
        b.settle();
        client.cancel();
        b.settle();
        CHECK(client.size() == 0);
        CHECK((*result)->error().err_code == 1008);
    }
    CHECK(b.phase() == Phase::dialling);
    b.dial_gives("R1");
    CHECK(b.phase() == Phase::ringing);
}

TEST_CASE("call task: a press hurries the engine on line", "[call][component]") {
    ByHand b;
    b.engine.said->on_online(false);
    b.settle();
    CHECK(b.task->press("bell", false).error().err_code == 1002);
    CHECK(b.engine.hurried == 1);
}

TEST_CASE("call task: off line with a live call the engine is hurried each 700 ms, else not at all",
          "[call][component]") {
    ByHand b;
    b.to_talking();
    b.engine.hurried = 0;
    b.engine.said->on_online(false);
    b.settle();
    b.pass(2200ms);
    CHECK(b.engine.hurried == 3);
    b.engine.said->on_online(true);
    b.settle();
    b.pass(5s);
    CHECK(b.engine.hurried == 3);
    b.said(EventName::endVoip);
    CHECK(b.phase() == Phase::ended);
    b.engine.said->on_online(false);
    b.settle();
    b.pass(5s);
    CHECK(b.engine.hurried == 3);
}

TEST_CASE("call task: media that stops asks 1 time whether the road still lives", "[call][component]") {
    ByHand b;
    b.to_talking();
    b.engine.hurried = 0;
    b.task->on_media({b.task->generation(), {"flowing", true, true}, 0, {}});
    b.settle();
    CHECK(b.engine.hurried == 0);
    b.task->on_media({b.task->generation(), {"interrupted", true, true}, 0, {}});
    b.settle();
    CHECK(b.engine.hurried == 1);
}

TEST_CASE("call task: no log line holds the token of a request", "[call][component][INV-12]") {
    ByHand b;
    InitByCaller request;
    request.caller.id = "SN1";
    request.listener.id = "anna";
    request.voip_token = "SECRET-TOKEN";
    (void)b.begin(b.task->init_by_caller(request));
    b.dial_gives("R1");
    b.said(EventName::rejectVoip);
    CHECK_FALSE(b.logged("SECRET"));
    CHECK(b.logged("call over"));
}

}  // namespace
}  // namespace voip::call::test
