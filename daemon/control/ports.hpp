#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "daemon/call/call_record.hpp"
#include "daemon/call/contacts.hpp"
#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// What the local API needs of the daemon besides the call (call::Calls): one narrow interface per subject.
/// The composition root implements them over the parts that do the work; tests implement them by hand.
/// Everything runs on the loop. Plain functions answer at once (a file may be written, nothing is waited
/// for); a Fault goes to the client as it is, so its text must not hold a secret.
namespace voip::control {

namespace asio = boost::asio;

// Contacts

using Person = call::Person;  ///< the authorisation is answered only: set() ignores it
using Contact = call::Contact;

class ContactsPort {
 public:
    virtual ~ContactsPort() = default;
    /// In the order of their making.
    [[nodiscard]] virtual std::vector<Contact> list() const = 0;
    /// Makes or replaces a contact; it is on disk when this returns. What is known of a person's consent
    /// stays.
    /// @return the contact as list() shows it. @errors 4130 when the table is full (limits::contacts)
    virtual Answer<Contact> set(Contact contact) = 0;
    /// @errors Fault 1004 (field "contact") for an unknown one
    virtual Answer<std::monostate> remove(const std::string& contact) = 0;
};

// History

using CallRecord = call::CallRecord;

class HistoryPort {
 public:
    virtual ~HistoryPort() = default;
    /// At most `limit` (1 to limits::history_page) ended calls, newest first; with `before` those that
    /// started earlier than that moment.
    virtual Answer<std::vector<CallRecord>> page(std::size_t limit, std::optional<UnixMillis> before) = 0;
};

// Device

/// What `device.get` tells. There is no place for a token in it.
struct DeviceFacts {
    std::string sn, model_id, app_id, name, version;
    Registration kind = Registration::device_auth;
    std::string registration;              ///< a word: "registered", "unregistered", "refused" ...
    std::optional<int> registration_code;  ///< errCode of the last failure
    std::string registration_text;
    std::string channel;  ///< a word: "online", "connecting", "offline"
    UnixMillis channel_since = 0;
    std::string channel_reason;           ///< why it is not on line; empty: absent
    UnixMillis device_token_expires = 0;  ///< 0: there is none
    UnixMillis push_token_expires = 0;
    std::string clock;                     ///< a word: "ok", "behind", "ahead"
    std::optional<double> clock_offset_s;  ///< ours minus the service's; told in whole seconds
};
struct PushToken {
    std::string token;  ///< a secret: for the answer of device.getPushToken alone
    UnixMillis expires = 0;
};

class DevicePort {
 public:
    virtual ~DevicePort() = default;
    [[nodiscard]] virtual DeviceFacts facts() const = 0;
    /// How `voip.initByCaller` is judged on this device (host, registration, own SN, fill_in).
    [[nodiscard]] virtual InitRules init_rules() const = 0;
    /// Registers with a ticket that the vendor's backend fetched. Bounded by its own deadline.
    /// @errors the service's Fault (9, 10008 ...), 1002 when it cannot be reached
    virtual asio::awaitable<Answer<std::monostate>> register_device(std::string sn_ticket) = 0;
    /// The valid pushToken, fetched when there is none. Bounded by its own deadline. @errors Fault 1002 ...
    virtual asio::awaitable<Answer<PushToken>> push_token() = 0;
};

// Board

/// A device of the board as `board.get` shows it.
struct ButtonFacts {
    std::string name, contact;
    std::string state;  ///< "ok", or what is wrong ("held for 30 s")
};
/// Who asks for a door.
struct RelayAsker {
    std::string by;            ///< "uid:1000" of a local app, or the openId of a call's other side
    std::string room_id = {};  ///< the call's; empty: a local app
    friend bool operator==(const RelayAsker&, const RelayAsker&) = default;
};
struct RelayOpening {
    UnixMillis at = 0;
    RelayAsker asker;
};
struct RelayFacts {
    std::string name;
    bool active = false;
    std::optional<RelayOpening> last = {};  ///< since the start
};
struct BoardFacts {
    std::string driver;
    std::vector<ButtonFacts> buttons;
    std::optional<std::string> lamp;  ///< what it shows: off, on, ringing, talking, fault; nothing: no lamp
    std::vector<RelayFacts> relays;
    std::string camera, microphone, speaker;  ///< the configured device; empty: none
};
struct RelayPulse {
    std::string relay;
    UnixMillis until = 0;  ///< when it will be at rest again
};

class BoardPort {
 public:
    virtual ~BoardPort() = default;
    [[nodiscard]] virtual BoardFacts facts() const = 0;
    /// Opens a door for the usual time, or for `length` (clamped by the driver). Who asked is logged and
    /// kept.
    /// @errors Fault 1004 (field "relay") for an unknown one, 5030 when the device failed
    virtual Answer<RelayPulse> relay(const std::string& name, std::optional<Duration> length,
                                     RelayAsker asker) = 0;
};

// Operation

struct HealthPart {
    std::string name;   ///< "channel", "board", "media" ...
    std::string state;  ///< "ok", "off", "degraded", "down"
    UnixMillis since = 0;
    std::string reason;  ///< empty when ok
};
struct Health {
    std::string status = "ok";  ///< "ok", "degraded", "down"
    std::vector<HealthPart> parts;
};
struct Reloaded {
    std::vector<std::string> applied;        ///< paths of settings that changed and are in force
    std::vector<std::string> needs_restart;  ///< paths that changed and wait for a restart
};

class OperationPort {
 public:
    virtual ~OperationPort() = default;
    [[nodiscard]] virtual Health health() const = 0;
    /// OpenMetrics text, "# EOF" at its end.
    [[nodiscard]] virtual std::string metrics() const = 0;
    /// "call:debug,*:info". @return the levels in force @errors Fault 1004 (field "levels") when not
    /// understood
    virtual Answer<std::string> set_log_levels(const std::string& levels) = 0;
    /// Reads the configuration again. @errors Fault 1004 with every problem in its text; nothing changed then
    virtual Answer<Reloaded> reload() = 0;
};

}  // namespace voip::control
