#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "protocol/call.hpp"

/// What the registry knows, as plain structs. All times are Unix milliseconds of the service's clock.
namespace voip::registry {

/// Which chargeType callDevice may ask for; another one is code 22.
enum class Charge { any, duration, license };
[[nodiscard]] std::string_view to_string(Charge) noexcept;
[[nodiscard]] std::optional<Charge> charge(std::string_view) noexcept;

/// One mini program (appId) and one of its models. An appId with several models has several products.
struct Product {
    std::string app_id, model_id;
    std::string model_name;  ///< the phone shows it after the device's name; may be empty
    Registration registration =
        Registration::device_auth;  ///< do its devices carry a deviceToken as voipToken?
    Charge charge = Charge::any;
    UnixMillis created = 0;
    friend bool operator==(const Product&, const Product&) = default;
};

struct Device {
    std::string sn, app_id, model_id;
    std::string model_name;                                 ///< of its product
    Registration registration = Registration::device_auth;  ///< of its product
    std::string public_key;     ///< as on the wire; empty after reset-key, until it registers again
    UnixMillis registered = 0;  ///< last registration
    UnixMillis revoked = 0;     ///< 0: not revoked
    friend bool operator==(const Device&, const Device&) = default;
};

struct User {
    std::string open_id;  ///< "o" and 27 of [0-9A-Za-z]
    std::string app_id;   ///< openIds are per mini program
    std::string name;     ///< unique within its appId, for the operator and for display
    UnixMillis created = 0;
    UnixMillis revoked = 0;  ///< 0: not revoked
    friend bool operator==(const User&, const User&) = default;
};

/// A user's consent to be called by a device.
struct Grant {
    std::string open_id, sn;
    std::string device_name;  ///< given with the consent, at most 13 characters; may be empty
    UnixMillis granted = 0;
    friend bool operator==(const Grant&, const Grant&) = default;
};

/// A secret given out. It is never readable again unless said otherwise; never log it.
struct IssuedToken {
    std::string token;
    UnixMillis expires = 0;
};

/// Something that open channels or contacts depend on has changed, by this process or by an admin program.
struct Change {
    enum class What {
        device_revoked,      ///< close its channels (4401); also after reset-key
        user_revoked,        ///< close the user's channels (4401)
        user_token_revoked,  ///< logout or a newer token: close the channels of this token (4401)
        grant_added,
        grant_removed,  ///< contacts.changed to the device
    };
    std::int64_t id = 0;  ///< grows
    What what{};
    std::string open_id;   ///< empty for devices
    std::string sn;        ///< empty for users
    std::string token_id;  ///< user_token_revoked: UserIdentity::token_id
    friend bool operator==(const Change&, const Change&) = default;
};

/// A row of the rooms' table; no value: delete it.
struct RoomRow {
    std::string room_id;
    std::optional<json::Value> room;
};

}  // namespace voip::registry
