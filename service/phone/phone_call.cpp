#include "service/phone/phone_call.hpp"

#include <utility>

#include "protocol/errors.hpp"

namespace voip::phone {
namespace {

std::string quoted(const std::string& text) {
    return json::write(json::Value(text));
}

}  // namespace

std::string line_of(const RoomEvent& event) {
    std::string line = std::string(to_string(event.name)) + " room=" + event.room_id;
    if (event.data.keep_time) line += " keepTime=" + std::to_string(*event.data.keep_time);
    if (!event.data.status.empty()) line += " status=" + event.data.status;
    if (!event.data.origin.empty()) line += " origin=" + event.data.origin;
    if (!event.data.err_msg.empty()) line += " errMsg=" + quoted(event.data.err_msg);
    return line;
}

Answer<Actions> PhoneCall::incoming(const CallIncoming& incoming) {
    const RoomFacts& room = incoming.room;
    if (current_ && current_->room.room_id == room.room_id) return Actions{};
    if (current_ || dialling_) return Fault{code::busy, "the phone is in another call", {}, {}};
    current_ = Current{room, Direction::incoming, false, false};
    Actions actions;
    actions.emplace_back(Print{"ringing room=" + room.room_id + " from=" + room.caller.id + " name=" +
                               quoted(room.caller.name) + " type=" + std::string(to_string(room.room_type))});
    if (habits_.reject) {
        actions.emplace_back(HangUp{room.room_id, HangUpReason::manual});
    } else if (habits_.auto_answer && *habits_.auto_answer > Duration::zero()) {
        actions.emplace_back(AnswerAfter{room.room_id, *habits_.auto_answer});
    } else if (habits_.auto_answer) {
        const Actions now = answer(room.room_id);
        actions.insert(actions.end(), now.begin(), now.end());
    }
    return actions;
}

Actions PhoneCall::dialled(const std::optional<RoomFacts>& room) {
    dialling_ = false;
    const std::vector<RoomEvent> early = std::exchange(early_, {});
    if (!room) return {};
    current_ = Current{*room, Direction::outgoing, true, false};
    Actions actions{Print{"dialled room=" + room->room_id + " to=" + room->listener.id}, Join{room->room_id}};
    for (const RoomEvent& one : early) {
        const Actions more = event(one);
        actions.insert(actions.end(), more.begin(), more.end());
    }
    return actions;
}

Actions PhoneCall::event(const RoomEvent& event) {
    if (!current_ && dialling_ && early_.size() < max_early) early_.push_back(event);
    if (!current_ || current_->room.room_id != event.room_id) return {};
    // The wire tells the caller of the answer too; the plugin's page shows hangOnVoip to the listener only.
    if (event.name == EventName::hangOnVoip && current_->direction == Direction::outgoing)
        return {Print{"answered room=" + event.room_id}};
    Actions actions{Print{line_of(event)}};
    if (event.name == EventName::calling) current_->talking = true;
    if (event.name == EventName::finishVoip) {
        actions.emplace_back(CallEnded{current_->talking});
        current_.reset();
    }
    return actions;
}

Actions PhoneCall::answer(const std::string& room_id) {
    if (!current_ || current_->answered || current_->direction != Direction::incoming) return {};
    if (!room_id.empty() && current_->room.room_id != room_id) return {};
    current_->answered = true;
    return {Join{current_->room.room_id}};
}

Actions PhoneCall::reject() {
    if (!current_ || current_->answered) return {};
    return {HangUp{current_->room.room_id, HangUpReason::manual}};
}

Actions PhoneCall::hang_up() {
    if (!current_) return {};
    return {HangUp{current_->room.room_id, HangUpReason::manual}};
}

Actions PhoneCall::resumed() {
    if (!current_ || !current_->answered || current_->talking) return {};
    return {Join{current_->room.room_id}};
}

Actions PhoneCall::lost() {
    if (!current_) return {};
    const bool talked = current_->talking;
    const std::string room_id = current_->room.room_id;
    current_.reset();
    return {Print{"lost room=" + room_id}, CallEnded{talked}};
}

}  // namespace voip::phone
