#include "tests/unit/rooms/walk.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "service/rooms/rooms.hpp"
#include "service/rooms/saved_room.hpp"

namespace voip::rooms {
namespace {

/// What one channel knows about one room.
struct Heard {
    bool incoming = false, refused = false;
    int last_words = 0, ends = 0, finishes = 0;
    std::vector<EventName> names;
};

/// Random members, channels and requests against Rooms, judged from outside.
class Steps {
 public:
    explicit Steps(const Choice& choice) : choice_(choice) {
        settings_.dials_per_minute = 0;
        start();
        for (int i = 0; i < 4; ++i) members_.push_back(device("SN-" + std::to_string(i)));
        for (int i = 0; i < 5; ++i) members_.push_back(user("o" + std::to_string(i)));
    }

    void step() {
        ++report.steps;
        switch (below(16)) {
            case 0:
            case 1: return open();
            case 2: return close();
            case 3:
            case 4:
            case 5: return dial();
            case 6: return backend_call();
            case 7: return answer_incoming();
            case 8:
            case 9:
            case 10: return join();
            case 11: return resume();
            case 12: return hang_up();
            case 13: return signal();
            case 14: return pass();
            default: return maybe_restart();
        }
    }

    /// Everybody leaves; every room must then come to its end.
    void end_all() {
        while (!open_.empty()) close();
        now_.at += 1h;
        now_.wall += 3600000;
        rooms_->tick(now_);
        perform();
        expect(rooms_->size() == 0, "every room comes to its end");
        expect(!rooms_->wake_at(), "nothing is waited for at the end");
        expect(disk_.empty(), "nothing is left on the disk");
        expect(waiting_backends_.empty(), "every backend was answered");
    }

    WalkReport report;

 private:
    void expect(bool holds, const char* what) {
        if (!holds && report.broken.empty())
            report.broken = "step " + std::to_string(report.steps) + ": not so: " + what;
    }
    std::size_t below(std::size_t count) { return choice_(count); }
    const Member& someone() { return members_[below(members_.size())]; }
    const std::string& some_room() {
        static const std::string none = "none";
        return known_rooms_.empty() ? none : known_rooms_[below(known_rooms_.size())];
    }
    ChannelId channel_of(const Member& member) {
        const auto channels = rooms_->channels(member);
        return channels.empty() || below(10) == 0 ? 0 : channels[below(channels.size())];
    }

    void start() {
        rooms_ = std::make_unique<Rooms>(settings_, [this] { return "r" + std::to_string(++ids_); });
    }
    void open() {
        const Member& member = someone();
        if (rooms_->channels(member).size() >= 3) return;
        const ChannelId channel = ++last_channel_;
        open_.push_back(channel);
        owners_[channel] = member;
        rooms_->channel_opened(member, channel, now_);
        perform();
    }
    void close() {
        if (open_.empty()) return;
        const std::size_t which = below(open_.size());
        // What is due first may still speak to the channel.
        rooms_->channel_closed(open_[which], now_);
        perform();
        open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(which));
    }
    Dial a_dial() {
        Dial dial;
        dial.caller = someone();
        dial.listener = someone();
        dial.channel = channel_of(dial.caller);
        if (below(3) != 0) dial.facts.call_id = "c" + std::to_string(below(40));
        if (below(3) == 0) dial.facts.time_limit_s = 1 + static_cast<std::int64_t>(below(100));
        dial.facts.caller.id = dial.caller.id;
        dial.facts.listener.id = dial.listener.id;
        return dial;
    }
    void dial() {
        const Dial dial = a_dial();
        const bool was_in_room = rooms_->room_of(dial.caller).has_value();
        const bool is_known =
            rooms_->repeated(dial.caller, dial.channel, dial.facts.call_id, now_).has_value();
        const bool is_still_in_room = rooms_->room_of(dial.caller).has_value();
        const auto answer = rooms_->dial(dial, now_);
        if (answer && !answer->repeated) {
            expect(!is_still_in_room, "a caller in a room gets no other");
            known_rooms_.push_back(answer->room_id);
            ++report.rooms;
        }
        if (answer)
            expect(answer->repeated == is_known, "repeated() and dial() agree");
        else
            expect(was_in_room || dial.caller == dial.listener, "a free caller gets a room");
        perform();
    }
    void backend_call() {
        Dial dial = a_dial();
        dial.facts.call_id.clear();
        const auto answer = rooms_->backend_call(dial, now_);
        if (answer) {
            known_rooms_.push_back(answer->room_id);
            waiting_backends_.insert(answer->room_id);
        }
        perform();
    }
    void answer_incoming() {
        if (asked_.empty()) return;
        const auto [room_id, channel] = asked_[below(asked_.size())];
        if (below(3) != 0) {
            rooms_->incoming_acknowledged(room_id, channel, now_);
        } else {
            const std::optional<Phase> phase = rooms_->phase(room_id);
            const RoomFacts* facts = rooms_->find(room_id);
            const bool is_listener = facts && facts->listener.id == owners_[channel].id;
            const bool counts = phase == Phase::dialling || (phase == Phase::ringing && is_listener);
            rooms_->tick(now_);
            perform();
            rooms_->incoming_refused(room_id, channel, below(2) != 0 ? 1005 : 1008, now_);
            if (counts) heard_[{room_id, channel}].refused = true;
        }
        perform();
    }
    void join() {
        const Member& member = someone();
        const auto room_id = below(8) == 0 ? some_room() : rooms_->room_of(member).value_or(some_room());
        const auto answer = rooms_->join(member, channel_of(member), RoomJoin{room_id, {}}, now_);
        if (answer) {
            expect(answer->phase == rooms_->phase(room_id), "join answers the phase");
            if (answer->phase == Phase::talking) ++report.talks;
        } else {
            expect(answer.error().err_code == 1, "a refused join is 1");
        }
        perform();
    }
    void resume() {
        const Member& member = someone();
        const auto room_id = rooms_->room_of(member).value_or(some_room());
        const RoomFacts* facts = rooms_->find(room_id);
        const std::string call_id = facts && below(4) != 0 ? facts->call_id : "wrong";
        const auto answer = rooms_->resume(member, channel_of(member), RoomResume{room_id, call_id}, now_);
        if (answer) expect(rooms_->room_of(member) == room_id, "only members resume");
        perform();
    }
    void hang_up() {
        const Member& member = someone();
        const auto room_id = below(3) == 0 ? some_room() : rooms_->room_of(member).value_or(some_room());
        const auto reason = static_cast<HangUpReason>(below(5));
        const bool is_mine = rooms_->room_of(member) == room_id;
        const auto answer =
            rooms_->hang_up(member, channel_of(member), RoomHangUp{room_id, reason, "why"}, now_);
        if (is_mine) expect(answer || answer.error().err_code == 1, "a hang-up works or is 1");
        perform();
    }
    void signal() {
        const Member& member = someone();
        const auto room_id = rooms_->room_of(member).value_or(some_room());
        const auto targets = rooms_->signal(member, channel_of(member), room_id, 100, now_);
        if (targets)
            for (const ChannelId target : *targets)
                expect(heard_[{room_id, target}].ends == 0, "no signal to a channel whose room is over");
        perform();
    }
    void pass() {
        const auto length = std::chrono::milliseconds{below(20) == 0 ? below(70000) : below(3000)};
        now_.at += length;
        now_.wall += length.count();
        if (below(2) != 0) rooms_->tick(now_);
        perform();
    }
    void maybe_restart() {
        if (below(200) != 0) return;
        ++report.restarts;
        std::vector<SavedRoom> saved;
        for (const auto& entry : disk_) {
            auto back = decode_saved_room(encode(entry.second));
            expect(back.has_value(), "what was saved can be read");
            saved.push_back(std::move(*back));
        }
        // Channels die with the process; so do calls of a backend that waited for their device.
        open_.clear();
        heard_.clear();
        asked_.clear();
        waiting_backends_.clear();
        start();
        rooms_->restore(saved, now_);
        perform();
    }

    void perform() {
        const std::vector<Record> records = rooms_->take_records();
        const std::vector<Action> actions = rooms_->take_actions();
        for (const Record& record : records) {
            if (const Save* save = std::get_if<Save>(&record))
                disk_[save->room.facts.room_id] = save->room;
            else
                expect(disk_.erase(std::get<Forget>(record).room_id) == 1, "what is forgotten was saved");
        }
        for (const Action& action : actions) std::visit([this](const auto& one) { see(one); }, action);
        if (!records.empty() || !actions.empty()) check_members();
        // A deadline may be due already (a step without a tick); none is missing.
        if (rooms_->size() != 0 && open_.empty())
            expect(rooms_->wake_at().has_value(), "a room that nobody is in has a deadline");
    }
    void check_members() {
        std::map<std::string, int> counts;
        for (const Member& member : members_)
            if (const auto room = rooms_->room_of(member)) {
                ++counts[*room];
                expect(rooms_->find(*room) != nullptr, "the room of a member lives");
            }
        for (const auto& entry : counts) expect(entry.second <= 2, "two members at most");
        expect(counts.size() == rooms_->size(), "every room has a member");
    }
    void see(const SendIncoming& sent) {
        expect(std::count(open_.begin(), open_.end(), sent.channel) == 1, "only open channels are spoken to");
        Heard& heard = heard_[{sent.incoming.room.room_id, sent.channel}];
        expect(!heard.incoming, "a channel is asked once");
        expect(heard.ends == 0, "nothing after endVoip");
        expect(sent.incoming.ring_seconds >= 0, "ringSeconds not negative");
        expect(sent.incoming.ring_seconds <= 60, "ringSeconds at most 60");
        heard.incoming = true;
        asked_.emplace_back(sent.incoming.room.room_id, sent.channel);
        if (asked_.size() > 200) asked_.erase(asked_.begin());
    }
    void see(const SendEvent& sent) {
        expect(std::count(open_.begin(), open_.end(), sent.channel) == 1, "only open channels are spoken to");
        Heard& heard = heard_[{sent.event.room_id, sent.channel}];
        const EventName name = sent.event.name;
        expect(!heard.refused, "nothing to a channel that refused");
        expect(heard.finishes == 0, "finishVoip is last");
        if (is_terminal(name)) {
            expect(heard.last_words++ == 0, "one last word");
            expect(heard.ends == 0, "nothing after endVoip");
        } else if (name == EventName::endVoip) {
            expect(heard.last_words == 1, "endVoip follows the last word");
            expect(heard.ends++ == 0, "endVoip once");
        } else if (name == EventName::finishVoip) {
            expect(heard.ends == 1, "finishVoip follows endVoip");
            ++heard.finishes;
        } else {
            expect(heard.last_words == 0, "nothing but the end after the last word");
            expect(std::count(heard.names.begin(), heard.names.end(), name) == 0, "each event once");
        }
        if (name == EventName::calling) expect(sent.event.data.keep_time == 0, "calling begins at 0");
        heard.names.push_back(name);
    }
    void see(const NotifyMember& notify) {
        expect(!rooms_->is_online(notify.member), "only members off line are woken");
    }
    void see(const BackendOutcome& outcome) {
        expect(waiting_backends_.erase(outcome.room_id) == 1, "one outcome per backend call");
    }
    /// Everybody who was told of the room, and still has that channel, was told of the end.
    void see(const RoomOver& over) {
        expect(over.keep_time >= 0, "keepTime not negative");
        expect(!rooms_->find(over.room_id), "a room that is over does not live");
        auto at = heard_.lower_bound({over.room_id, 0});
        while (at != heard_.end() && at->first.first == over.room_id) {
            const bool is_open = std::count(open_.begin(), open_.end(), at->first.second) == 1;
            if (is_open && !at->second.refused) {
                expect(at->second.ends == 1, "endVoip to everybody who was told");
                expect(at->second.finishes == 1, "finishVoip to everybody who was told");
            }
            at = heard_.erase(at);
        }
    }

    const Choice& choice_;
    RoomSettings settings_;
    std::unique_ptr<Rooms> rooms_;
    Moment now_{TimePoint{1h}, 1767225600000};
    std::vector<Member> members_;
    std::vector<ChannelId> open_;
    std::map<ChannelId, Member> owners_;
    ChannelId last_channel_ = 0;
    int ids_ = 0;
    std::vector<std::string> known_rooms_;
    std::vector<std::pair<std::string, ChannelId>> asked_;
    std::map<std::pair<std::string, ChannelId>, Heard> heard_;
    std::map<std::string, SavedRoom> disk_;
    std::set<std::string> waiting_backends_;
};

}  // namespace

WalkReport walk(const Choice& choice, const std::function<bool(std::size_t steps)>& goes_on) {
    Steps steps(choice);
    while (steps.report.broken.empty() && goes_on(steps.report.steps)) steps.step();
    if (steps.report.broken.empty()) steps.end_all();
    return steps.report;
}

}  // namespace voip::rooms
