#pragma once
#include "daemon/call/calls.hpp"
#include "daemon/call/session_action.hpp"

namespace voip::call {

/// What the call asks of whoever carries the media. It answers with event::MediaChanged through
/// CallTask::on_media(), always from the loop and never inside one of these calls.
/// @thread loop only; nothing here blocks
class MediaPort {
 public:
    virtual ~MediaPort() = default;
    /// A call rings: get ready, capture nothing yet.
    virtual void prepare(const action::PrepareMedia& prepare) = 0;
    /// Both sides join: from here on pictures and sound may leave the device.
    virtual void start(const action::StartMedia& start) = 0;
    /// The call is over; nothing leaves the device after this returns.
    virtual void stop(Generation generation) = 0;
    virtual Answer<MediaAnswer> set(const MediaRequest& request) = 0;
    /// Signalling of the current room from the other side.
    virtual void on_signal(const RoomSignal& signal) = 0;
};

}  // namespace voip::call
