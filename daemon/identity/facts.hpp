#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "protocol/call.hpp"

/// What the device knows about itself, as `device.get` tells it. Pure; never holds a token, key or ticket.
namespace voip::identity {

/// How this device stands with the service.
enum class RegistrationState {
    unregistered,  ///< has a key, the service does not know it yet: needs device.register
    registering,   ///< a registration is under way, or its answer was lost and is being found out
    registered,
    refused,     ///< the service knows this SN but refuses it (revoked, other key ...): errCode says why
    lost,        ///< the key of a registered device is damaged or gone: an operator must reset it
    unreadable,  ///< the state folder cannot be read or written: errMsg names the file
};

enum class ChannelState {
    offline,     ///< no connection and none under way; reason says why
    connecting,  ///< opening, or open and greeting
    online,
};

/// The system clock against the service's, or against what is known for certain before the first contact.
enum class ClockHealth {
    ok,      ///< within limits::clock_skew, or nothing speaks against it
    behind,  ///< 1970 after a dead battery, for example
    ahead,
};

[[nodiscard]] std::string_view to_string(RegistrationState state) noexcept;
[[nodiscard]] std::string_view to_string(ChannelState state) noexcept;
[[nodiscard]] std::string_view to_string(ClockHealth state) noexcept;

struct RegistrationFacts {
    Registration kind = Registration::device_auth;
    RegistrationState state = RegistrationState::unregistered;
    std::optional<int> err_code;  ///< of the last refusal
    std::string err_msg;          ///< for people
    friend bool operator==(const RegistrationFacts&, const RegistrationFacts&) = default;
};

struct ChannelFacts {
    ChannelState state = ChannelState::offline;
    UnixMillis since = 0;  ///< when this state began
    std::string reason;    ///< why it is not online; empty otherwise
    friend bool operator==(const ChannelFacts&, const ChannelFacts&) = default;
};

struct ClockFacts {
    ClockHealth state = ClockHealth::ok;
    /// Seconds that the system clock is ahead of the service's (negative: behind). Before the first contact
    /// absent, or, of a clock that is certainly behind, by how much at least.
    std::optional<std::int64_t> offset_s;
    friend bool operator==(const ClockFacts&, const ClockFacts&) = default;
};

struct DeviceFacts {
    std::string sn, model_id, app_id, name, version;
    RegistrationFacts registration;
    ChannelFacts channel;
    UnixMillis device_token_expires = 0;  ///< by the service's clock; 0: there is none
    UnixMillis push_token_expires = 0;    ///< the same
    UnixMillis device_token_issued = 0;  ///< the same; not shown by device.get, but by metrics.get as its age
    ClockFacts clock;
    friend bool operator==(const DeviceFacts&, const DeviceFacts&) = default;
};

/// The result object of `device.get` (protocol/README.md, "Local API").
[[nodiscard]] json::Value encode(const DeviceFacts& facts);

}  // namespace voip::identity
