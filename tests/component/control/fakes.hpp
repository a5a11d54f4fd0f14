#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/wake.hpp"
#include "daemon/call/calls.hpp"
#include "daemon/control/ports.hpp"
#include "protocol/errors.hpp"

/// A daemon by hand: notes what it was asked and answers what the test put there.
namespace voip::control::test {

using Notes = std::vector<std::string>;

class FakeCalls final : public call::Calls {
 public:
    FakeCalls(Notes& notes, Timers& timers) : notes_(notes), timers_(timers) {}

    // What the test sets
    Answer<InitResult> init_answer = InitResult{true, "r-1", ChargeType::duration, {}, {}};
    Answer<std::string> room_answer = std::string("r-1");
    Answer<call::MediaAnswer> media_answer = call::MediaAnswer{{"flowing", true, true}, 80};
    Answer<std::monostate> press_answer = std::monostate{};
    RoomSnapshot now;
    bool hold = false;  ///< requests wait until release() or cancellation
    std::function<void()> on_hang_up;

    // What the test reads
    int waiting = 0;    ///< requests that hold
    int cancelled = 0;  ///< requests that were cancelled while they held
    [[nodiscard]] std::size_t observers() const { return observers_.size(); }
    [[nodiscard]] bool calling_wanted() const {
        return std::any_of(observers_.begin(), observers_.end(), [](const auto& one) { return one.second; });
    }
    int registrations = 0;

    void release() {
        hold = false;
        for (Wake* gate : gates_) gate->notify();
    }
    void change(RoomSnapshot snapshot) {
        now = std::move(snapshot);
        for (const auto& one : observers_) one.first->on_snapshot(now);
    }
    void tell(const RoomEvent& event) {
        for (const auto& [observer, calling] : observers_)
            if (calling || event.name != EventName::calling) observer->on_event(event);
    }

    void measure(const MediaQuality& quality) {
        for (const auto& one : observers_) one.first->on_quality("r-1", quality);
    }

    asio::awaitable<Answer<InitResult>> init_by_caller(InitByCaller request) override {
        notes_.push_back("init " + std::string(to_string(request.room_type)) + " " + request.caller.id +
                         " to " + request.listener.id);
        co_await held();
        co_return init_answer;
    }
    asio::awaitable<Answer<InitResult>> call(call::CallRequest request) override {
        notes_.push_back("call contact=" + request.contact + " openId=" + request.open_id + " " +
                         (request.room_type ? std::string(to_string(*request.room_type)) : "any") + " " +
                         std::to_string(request.time_limit_s));
        co_await held();
        co_return init_answer;
    }
    asio::awaitable<Answer<std::string>> answer(std::optional<std::string> room_id) override {
        notes_.push_back("answer " + room_id.value_or("-"));
        co_await held();
        co_return room_answer;
    }
    Answer<std::string> hang_up(std::optional<std::string> room_id, HangUpReason reason) override {
        notes_.push_back("hang up " + room_id.value_or("-") + " " + std::string(to_string(reason)));
        if (on_hang_up) on_hang_up();
        return room_answer;
    }
    Answer<call::MediaAnswer> set_media(const call::MediaRequest& request) override {
        const auto word = [](const std::optional<bool>& flag) { return flag ? (*flag ? "on" : "off") : "-"; };
        notes_.push_back("media " + request.room_id.value_or("-") + " " + word(request.camera) + " " +
                         word(request.microphone) + " " +
                         (request.volume ? std::to_string(*request.volume) : "-"));
        return media_answer;
    }
    RoomSnapshot snapshot() const override { return now; }
    Answer<std::monostate> press(const std::string& button, bool long_press) override {
        notes_.push_back("press " + button + (long_press ? " long" : ""));
        return press_answer;
    }
    void add_observer(call::Observer& observer, bool wants_calling) override {
        ++registrations;
        observers_.emplace_back(&observer, wants_calling);
    }
    void remove_observer(call::Observer& observer) noexcept override {
        std::erase_if(observers_, [&](const auto& one) { return one.first == &observer; });
    }

 private:
    asio::awaitable<void> held() {
        if (!hold) co_return;
        Wake gate(timers_);
        gates_.push_back(&gate);
        ++waiting;
        const WakeReason reason = co_await gate.wait();
        --waiting;
        std::erase(gates_, &gate);
        if (reason == WakeReason::cancelled) ++cancelled;
    }

    Notes& notes_;
    Timers& timers_;
    std::vector<Wake*> gates_;  // one for each request that holds
    std::vector<std::pair<call::Observer*, bool>> observers_;
};

class FakeContacts final : public ContactsPort {
 public:
    explicit FakeContacts(Notes& notes) : notes_(notes) {}
    std::vector<Contact> all{{"reception", "Reception", {{"o-1", "Anna", Authorisation::ok}}}};

    std::vector<Contact> list() const override { return all; }
    Answer<Contact> set(Contact contact) override {
        notes_.push_back("set contact " + contact.contact + " " + std::to_string(contact.people.size()));
        std::erase_if(all, [&](const Contact& other) { return other.contact == contact.contact; });
        all.push_back(contact);
        return contact;
    }
    Answer<std::monostate> remove(const std::string& contact) override {
        notes_.push_back("remove contact " + contact);
        if (std::erase_if(all, [&](const Contact& other) { return other.contact == contact; }) > 0)
            return std::monostate{};
        return Fault{code::argument, "contact: nobody of that name", "contact", {}};
    }

 private:
    Notes& notes_;
};

class FakeHistory final : public HistoryPort {
 public:
    explicit FakeHistory(Notes& notes) : notes_(notes) {}
    Answer<std::vector<CallRecord>> page(std::size_t limit, std::optional<UnixMillis> before) override {
        notes_.push_back("history " + std::to_string(limit) + " " + (before ? std::to_string(*before) : "-"));
        CallRecord record;
        record.call_id = "c-1";
        return std::vector<CallRecord>{record};
    }

 private:
    Notes& notes_;
};

class FakeDevice final : public DevicePort {
 public:
    explicit FakeDevice(Notes& notes) : notes_(notes) {}
    Answer<std::monostate> register_answer = std::monostate{};
    Answer<PushToken> token_answer = PushToken{"push-token-secret", 1730000000000};
    DeviceFacts known;
    std::string ticket;

    DeviceFacts facts() const override { return known; }
    InitRules init_rules() const override {
        InitRules rules;
        rules.own_id = "SN-1";
        rules.fill_in = true;
        return rules;
    }
    asio::awaitable<Answer<std::monostate>> register_device(std::string sn_ticket) override {
        notes_.emplace_back("register");
        ticket = std::move(sn_ticket);
        co_return register_answer;
    }
    asio::awaitable<Answer<PushToken>> push_token() override {
        notes_.emplace_back("push token");
        co_return token_answer;
    }

 private:
    Notes& notes_;
};

class FakeBoard final : public BoardPort {
 public:
    explicit FakeBoard(Notes& notes) : notes_(notes) {}
    BoardFacts facts() const override {
        BoardFacts known;
        known.driver = "fake";
        return known;
    }
    std::string asker;  ///< of the last relay
    Answer<RelayPulse> relay(const std::string& name, std::optional<Duration> length,
                             RelayAsker who) override {
        asker = who.by + who.room_id;
        notes_.push_back(
            "relay " + name + " " +
            (length ? std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*length).count())
                    : "-"));
        if (name == "door") return RelayPulse{name, 1730000000000};
        return Fault{code::argument, "relay: the board has no relay of that name", "relay", {}};
    }

 private:
    Notes& notes_;
};

class FakeOperation final : public OperationPort {
 public:
    explicit FakeOperation(Notes& notes) : notes_(notes) {}
    std::string text = "x 1\n# EOF\n";

    Health health() const override { return {"ok", {{"channel", "ok", 1, ""}}}; }
    std::string metrics() const override { return text; }
    Answer<std::string> set_log_levels(const std::string& levels) override {
        notes_.push_back("levels " + levels);
        return levels;
    }
    Answer<Reloaded> reload() override {
        notes_.emplace_back("reload");
        return Reloaded{{"log.level"}, {}};
    }

 private:
    Notes& notes_;
};

}  // namespace voip::control::test
