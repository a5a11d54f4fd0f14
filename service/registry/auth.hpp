#pragma once
#include <string>
#include <string_view>

#include "protocol/call.hpp"
#include "protocol/fault.hpp"
#include "service/registry/registry.hpp"

/// The backend's checks: who may register, get a token, call whom. Rules over the registry; nothing is kept
/// here.
namespace voip::registry {

/// A signed request of a device (/v1/device/token, /v1/device/register), its shape already checked.
struct SignedClaim {
    std::string app_id, model_id, sn;
    std::int64_t timestamp_s = 0;  ///< Unix seconds
    std::string nonce, signature;
    std::string public_key;   ///< registration only: the key that signed
    std::string signed_text;  ///< what the signature is over
};

/// Clock, key, signature and nonce, in this order; the nonce is used up only when all else is right.
/// @errors 4011 (data: serverTime), 9800004 (unknown SN, no key, or other appId or modelId than registered),
/// 4014, 4013, 4012, 5030
[[nodiscard]] Answer<void> check_token_claim(Registry& registry, const SignedClaim& claim, UnixMillis now);
/// The same for a registration, signed by the new key; the device may be unknown. @errors 4011, 1004
/// publicKey, 4013, 4012, 5030
[[nodiscard]] Answer<void> check_registration_claim(Registry& registry, const SignedClaim& claim,
                                                    UnixMillis now);

/// What a permitted call shows to its members.
struct Permit {
    std::string device_name;  ///< deviceName given at the consent and the model's name, else the SN
    std::string user_name;
    std::string app_id;
    ChargeType charge_type = ChargeType::duration;
};

/// initByCaller on the channel of device `sn`, businessType 1. Fault codes below 1000 are the backend's: the
/// shell answers them as a resolved failure (`refused`). In this order:
/// @errors 2 (the device is unknown or revoked, or caller.id is not its SN), 13 (voipToken not valid, expired
/// or of another device; missing on a device-auth device), 17 (the token is for another model), 7
/// (listener.id is no openId), 20 (no such user, or revoked), 19 (of another mini program), 9 (not
/// authorised), 5030
[[nodiscard]] Answer<Permit> permit_device_call(Registry& registry, std::string_view sn,
                                                const InitByCaller& request, UnixMillis now);
/// initByCaller on the channel of user `open_id`, businessType 2. In this order:
/// @errors 7 (caller.id is not the channel's), 20 (revoked), 2 (no such device, or revoked), 19, 9, 14
/// (pushToken not valid, expired or of another device), 5030
[[nodiscard]] Answer<Permit> permit_user_call(Registry& registry, std::string_view open_id,
                                              const InitByCaller& request, UnixMillis now);
/// callDevice on the channel of user `open_id`. @param open  callDevice.open: no consent needed
/// @errors 20, 2, 17 (the device has another model), 19, 9 (unless open), 22 (the product has no such
/// chargeType), 5030
[[nodiscard]] Answer<Permit> permit_call_device(Registry& registry, std::string_view open_id,
                                                const CallDevice& request, bool open, UnixMillis now);
/// /wxa/business/iot/voip/call by the backend of `app_id`. @errors 2 (unknown, revoked, or another mini
/// program's), 17, 7, 20, 19, 9, 5030
[[nodiscard]] Answer<Permit> permit_backend_call(Registry& registry, std::string_view app_id,
                                                 std::string_view model_id, std::string_view sn,
                                                 std::string_view open_id, UnixMillis now);

/// "o" and 27 of [0-9A-Za-z].
[[nodiscard]] bool is_open_id(std::string_view text) noexcept;

}  // namespace voip::registry
