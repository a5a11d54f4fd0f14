#include "daemon/control/hub.hpp"

#include <algorithm>

#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"

namespace voip::control {

Hub::~Hub() {
    if (watching_ != Watching::nothing) calls_.remove_observer(*this);
}

RoomSnapshot Hub::subscribe(Subscriber& subscriber, EventFilter filter) {
    const auto mine = std::find_if(all_.begin(), all_.end(),
                                   [&](const Entry& entry) { return entry.subscriber == &subscriber; });
    if (mine == all_.end())
        all_.push_back({&subscriber, filter});
    else
        mine->filter = filter;
    watch();
    return calls_.snapshot();
}

void Hub::unsubscribe(Subscriber& subscriber) noexcept {
    all_.remove_if([&](const Entry& entry) { return entry.subscriber == &subscriber; });
    watch();
}

void Hub::watch() {
    const bool calling = std::any_of(
        all_.begin(), all_.end(), [](const Entry& entry) { return entry.filter.wants(EventName::calling); });
    const Watching wanted = all_.empty() ? Watching::nothing
                            : calling    ? Watching::events_and_calling
                                         : Watching::events;
    if (wanted == watching_) return;
    if (watching_ != Watching::nothing) calls_.remove_observer(*this);
    if (wanted != Watching::nothing) calls_.add_observer(*this, calling);
    watching_ = wanted;
}

void Hub::on_snapshot(const RoomSnapshot& snapshot) {
    if (all_.empty()) return;
    const auto message =
        std::make_shared<const std::string>(rpc::write_notification("room.changed", encode(snapshot)));
    for (const Entry& entry : all_) entry.subscriber->deliver(message);
}

void Hub::on_event(const RoomEvent& event) {
    std::shared_ptr<const std::string> message;
    for (const Entry& entry : all_) {
        if (!entry.filter.wants(event.name)) continue;
        if (!message)
            message =
                std::make_shared<const std::string>(rpc::write_notification("voip.event", encode(event)));
        entry.subscriber->deliver(message);
    }
}

void Hub::on_quality(const std::string& room_id, const MediaQuality& quality) {
    std::shared_ptr<const std::string> message;
    for (const Entry& entry : all_) {
        if (!entry.filter.wants_quality()) continue;
        if (!message) {
            json::Value params;
            params.set("roomId", room_id).set("groupId", room_id).set("quality", encode(quality));
            message = std::make_shared<const std::string>(rpc::write_notification("room.quality", params));
        }
        entry.subscriber->deliver(message);
    }
}

}  // namespace voip::control
