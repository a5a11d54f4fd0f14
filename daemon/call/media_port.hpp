#pragma once
#include "daemon/call/calls.hpp"
#include "daemon/call/session_action.hpp"

namespace voip::call {

/// What the call asks of whoever carries the media. It answers with event::MediaChanged through
/// CallTask::on_media(), which only queues: inside these calls too.
/// @thread loop only; nothing here blocks
class MediaPort {
 public:
    virtual ~MediaPort() = default;
    /// A call rings: get ready, capture nothing yet.
    virtual void prepare(const action::PrepareMedia& prepare) = 0;
    /// Both sides join: from here on pictures and sound may leave the device.
    virtual void start(const action::StartMedia& start) = 0;
    /// The call is over: whoever sends is told so before this returns, and is ended by force when it goes on.
    virtual void stop(Generation generation) = 0;
    /// Switches what is sent; before start() it says how to begin. @errors Fault 1004 for what this call or
    /// this board cannot have
    virtual Answer<MediaAnswer> set(const MediaRequest& request) = 0;
    /// Signalling of the current room from the other side.
    virtual void on_signal(const RoomSignal& signal) = 0;
    /// False: the road to the service broke. True: the room was resumed after that, signals travel again.
    virtual void on_road(bool open) = 0;
};

}  // namespace voip::call
