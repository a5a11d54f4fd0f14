#pragma once
#include <list>
#include <memory>
#include <string>

#include "daemon/call/calls.hpp"
#include "daemon/control/filter.hpp"

namespace voip::control {

/// One who subscribed: takes messages that are already written.
class Subscriber {
 public:
    virtual ~Subscriber() = default;
    /// Queues the message. One who cannot keep up is dropped by its owner, later: nothing may call back into
    /// the hub from here.
    virtual void deliver(const std::shared_ptr<const std::string>& message) = 0;
};

/// Tells every subscriber what happens to the call: `room.changed`, `voip.event` and
/// `room.quality`, in order. Each message
/// is written once, whatever the number of subscribers, and not at all when nobody wants it. It observes the
/// call only while somebody subscribes, and `calling` only while somebody wants that.
/// @thread loop only. Subscribers must unsubscribe before they die; the hub must not outlive the Calls.
class Hub final : public call::Observer {
 public:
    explicit Hub(call::Calls& calls) : calls_(calls) {}
    ~Hub() override;
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// From now on the subscriber is told; a second call replaces its filter.
    /// @return the snapshot that the following messages continue
    [[nodiscard]] RoomSnapshot subscribe(Subscriber& subscriber, EventFilter filter);
    /// Idempotent. Not from within deliver().
    void unsubscribe(Subscriber& subscriber) noexcept;
    [[nodiscard]] std::size_t subscribers() const noexcept { return all_.size(); }

    void on_snapshot(const RoomSnapshot& snapshot) override;
    void on_event(const RoomEvent& event) override;
    void on_quality(const std::string& room_id, const MediaQuality& quality) override;

 private:
    struct Entry {
        Subscriber* subscriber;
        EventFilter filter;
    };
    enum class Watching { nothing, events, events_and_calling };

    /// Registers with the call for what the subscribers want altogether.
    void watch();

    call::Calls& calls_;
    std::list<Entry> all_;
    Watching watching_ = Watching::nothing;
};

}  // namespace voip::control
