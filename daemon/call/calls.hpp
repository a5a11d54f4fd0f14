#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <variant>

#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// What the rest of the daemon may ask of the call: the local API, the board and tests see only this.
namespace voip::call {

namespace asio = boost::asio;

/// Hears what happens to the call. Called from the loop, in order; must not block and must not call back into
/// Calls synchronously (spawn or queue instead).
class Observer {
 public:
    virtual ~Observer() = default;
    /// At every change of phase, end, or media.
    virtual void on_snapshot(const RoomSnapshot& snapshot) = 0;
    /// The plugin's events as that side's page would see them, `calling` (each second of talk) included.
    virtual void on_event(const RoomEvent& event) = 0;
    /// The media of the room was measured: about every two seconds while it flows.
    virtual void on_quality(const std::string& room_id, const MediaQuality& quality) {
        (void)room_id, (void)quality;
    }
};

/// A request to call a contact (hunting through its people) or one person.
struct CallRequest {
    std::string contact;  ///< one of the two is set
    std::string open_id;
    std::optional<RoomType> room_type;
    std::int64_t time_limit_s = 0;  ///< 0: the configured one
};

struct MediaRequest {
    std::optional<std::string> room_id;
    std::optional<bool> camera, microphone;
    std::optional<int> volume;  ///< 0 to 100
};
struct MediaAnswer {
    MediaState media;
    int volume = 100;
};

/// All coroutines: loop only, bounded by deadlines of their own, cancellable without effect on the call.
class Calls {
 public:
    virtual ~Calls() = default;
    /// `voip.initByCaller`: the decoded request; a Fault is "thrown", an InitResult may be the resolved
    /// failure.
    virtual asio::awaitable<Answer<InitResult>> init_by_caller(InitByCaller request) = 0;
    virtual asio::awaitable<Answer<InitResult>> call(CallRequest request) = 0;
    /// Returns the room's id when the service has taken the answer. Fault 1 without such an alerting room;
    /// when the network failed the call keeps alerting and may be answered again (Fault 1002).
    virtual asio::awaitable<Answer<std::string>> answer(std::optional<std::string> room_id) = 0;
    /// Cancels, rejects or hangs up, by phase; ends a hunt. Fault 1 when there is no call or another room.
    virtual Answer<std::string> hang_up(std::optional<std::string> room_id, HangUpReason reason) = 0;
    virtual Answer<MediaAnswer> set_media(const MediaRequest& request) = 0;
    [[nodiscard]] virtual RoomSnapshot snapshot() const = 0;

    /// A board button: idle -> calls its contact, alerting -> answers, in a call -> hangs up; a long press
    /// cancels everything. Fault 1004 (field "button") for a button that the configuration does not know.
    virtual Answer<std::monostate> press(const std::string& button, bool long_press) = 0;

    /// Observers must outlive the registration; remove is idempotent. `wants_calling` false saves the
    /// per-second event: with nobody wanting it the daemon does not wake up for it.
    virtual void add_observer(Observer& observer, bool wants_calling) = 0;
    virtual void remove_observer(Observer& observer) noexcept = 0;
};

}  // namespace voip::call
