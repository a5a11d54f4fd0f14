#include "daemon/call/inbox.hpp"

#include <algorithm>
#include <utility>

namespace voip::call {
namespace {

bool is_end(EventName name) noexcept {
    return is_terminal(name) || name == EventName::endVoip || name == EventName::finishVoip;
}

bool has_failed(const Event& event) noexcept {
    const auto* media = std::get_if<event::MediaChanged>(&event);
    return media && media->media.state == "failed";
}

}  // namespace

bool Inbox::push(Event event, bool matters) {
    if (events_.size() < limit_) {
        events_.push_back(std::move(event));
        return true;
    }
    const bool kept = push_when_full(std::move(event), matters);
    if (!kept) ++dropped_;
    return kept;
}

bool Inbox::push_when_full(Event event, bool matters) {
    if (const auto* wire = std::get_if<event::Wire>(&event)) {
        if (!matters || !is_end(wire->event.name)) return false;
        const bool there = std::any_of(events_.begin(), events_.end(), [&](const Event& each) {
            const auto* other = std::get_if<event::Wire>(&each);
            return other && other->event.name == wire->event.name &&
                   other->event.room_id == wire->event.room_id;
        });
        if (!there) events_.push_back(std::move(event));
        return true;
    }
    if (std::holds_alternative<event::MediaMeasured>(event)) return false;  // the next one is near
    if (std::holds_alternative<event::Online>(event) || std::holds_alternative<event::MediaChanged>(event)) {
        // Of many changes only the last one counts: an earlier one in the overflow makes place for it.
        const auto overflow = events_.begin() + static_cast<std::ptrdiff_t>(limit_);
        const auto old = std::find_if(overflow, events_.end(),
                                      [&](const Event& each) { return each.index() == event.index(); });
        if (old != events_.end() && has_failed(*old)) return true;  // nothing comes after that
        if (old != events_.end()) events_.erase(old);
    }
    events_.push_back(std::move(event));
    return true;
}

std::optional<Event> Inbox::pop() {
    if (events_.empty()) return std::nullopt;
    std::optional<Event> event(std::move(events_.front()));
    events_.pop_front();
    return event;
}

}  // namespace voip::call
