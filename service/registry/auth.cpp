#include "service/registry/auth.hpp"

#include <algorithm>
#include <cctype>

#include "protocol/crypto/crypto.hpp"
#include "service/registry/state.hpp"

namespace voip::registry {
namespace {

Fault unavailable() {
    return fault(code::not_ready);
}

Answer<void> check_clock(const Registry& registry, const SignedClaim& claim, UnixMillis now) {
    const UnixMillis skew = millis(registry.settings().clock_skew);
    // In the claim's own seconds, so that no foreign number is multiplied.
    const std::int64_t first = (std::max(now - skew, registry.claims_from()) + 999) / 1000;
    const std::int64_t last = (now + skew) / 1000;
    if (claim.timestamp_s >= first && claim.timestamp_s <= last) return {};
    Fault wrong = fault(code::clock_skew, "timestamp");
    wrong.data.set("serverTime", now);
    return wrong;
}

/// A call's two sides and the consent between them.
struct Sides {
    Device device;
    User user;
    std::optional<Grant> grant;
};

Answer<std::optional<Device>> known_device(Registry& registry, std::string_view sn) {
    auto device = registry.find_device(sn);
    if (!device) return unavailable();
    if (*device && ((*device)->revoked != 0 || (*device)->public_key.empty())) return std::optional<Device>();
    return std::move(*device);
}

/// @errors 20
Answer<User> known_user(Registry& registry, std::string_view open_id) {
    auto user = registry.find_user(open_id);
    if (!user) return unavailable();
    if (!*user || (*user)->revoked != 0) return fault(code::open_id_invalid);
    return std::move(**user);
}

/// @errors 19, 9 (when consent is needed)
Answer<Sides> between(Registry& registry, Device device, User user, bool needs_consent) {
    if (device.app_id != user.app_id) return fault(code::open_id_foreign);
    auto grant = registry.find_grant(user.open_id, device.sn);
    if (!grant) return unavailable();
    if (!*grant && needs_consent) return fault(code::not_authorised);
    return Sides{std::move(device), std::move(user), std::move(*grant)};
}

/// What the phone shows: the name given at the consent and the model's.
std::string shown_name(const Sides& sides) {
    std::string name = sides.grant ? sides.grant->device_name : std::string();
    if (!sides.device.model_name.empty()) name += (name.empty() ? "" : " ") + sides.device.model_name;
    return name.empty() ? sides.device.sn : name;
}

Permit permit(const Sides& sides, ChargeType charge_type) {
    return {shown_name(sides), sides.user.name, sides.device.app_id, charge_type};
}

/// @errors 13, 17
Answer<void> check_call_token(Registry& registry, const Device& device, const std::string& token,
                              UnixMillis now) {
    if (token.empty()) {
        if (device.registration == Registration::wmpf) return {};
        return fault(code::device_token, "voipToken");
    }
    auto identity = registry.check_device_token(token, now);
    if (!identity) {
        const int why = identity.error().err_code;
        if (why == code::not_ready || why == code::model_mismatch) return identity.error();
        return fault(code::device_token, "voipToken");
    }
    if (identity->device.sn != device.sn) return fault(code::device_token, "voipToken");
    return {};
}

/// The user's side of a call that a device makes. @errors 7, 20, 19, 9
Answer<Sides> called_by_device(Registry& registry, Device device, std::string_view open_id) {
    if (!is_open_id(open_id)) return fault(code::open_id_wrong, "listener.id");
    auto user = known_user(registry, open_id);
    if (!user) return user.error();
    return between(registry, std::move(device), std::move(*user), true);
}

bool is_allowed(Charge charge, ChargeType wanted) {
    if (charge == Charge::any) return true;
    return (charge == Charge::license) == (wanted == ChargeType::license);
}

}  // namespace

bool is_open_id(std::string_view text) noexcept {
    return text.size() == 28 && text.front() == 'o' && std::all_of(text.begin(), text.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0;
           });
}

Answer<void> check_token_claim(Registry& registry, const SignedClaim& claim, UnixMillis now) {
    if (auto checked = check_clock(registry, claim, now); !checked) return checked;
    auto device = registry.find_device(claim.sn);
    if (!device) return unavailable();
    if (*device && (*device)->revoked != 0) return fault(code::revoked, "sn");
    if (!*device || (*device)->public_key.empty() || (*device)->app_id != claim.app_id ||
        (*device)->model_id != claim.model_id)
        return fault(code::not_registered, "sn");
    if (!crypto::verify((*device)->public_key, claim.signed_text, claim.signature))
        return fault(code::signature, "signature");
    return registry.use_nonce(claim.sn, claim.nonce, now);
}

Answer<void> check_registration_claim(Registry& registry, const SignedClaim& claim, UnixMillis now) {
    if (auto checked = check_clock(registry, claim, now); !checked) return checked;
    if (!crypto::is_public_key(claim.public_key)) return fault(code::argument, "publicKey");
    if (!crypto::verify(claim.public_key, claim.signed_text, claim.signature))
        return fault(code::signature, "signature");
    return registry.use_nonce(claim.sn, claim.nonce, now);
}

Answer<Permit> permit_device_call(Registry& registry, std::string_view sn, const InitByCaller& request,
                                  UnixMillis now) {
    auto device = known_device(registry, sn);
    if (!device) return device.error();
    if (!*device || request.caller.id != sn) return fault(code::device_wrong, "caller.id");
    if (auto checked = check_call_token(registry, **device, request.voip_token, now); !checked)
        return checked.error();
    auto sides = called_by_device(registry, std::move(**device), request.listener.id);
    if (!sides) return sides.error();
    return permit(*sides, ChargeType::duration);
}

Answer<Permit> permit_user_call(Registry& registry, std::string_view open_id, const InitByCaller& request,
                                UnixMillis now) {
    if (request.caller.id != open_id) return fault(code::open_id_wrong, "caller.id");
    auto user = known_user(registry, open_id);
    if (!user) return user.error();
    auto device = known_device(registry, request.listener.id);
    if (!device) return device.error();
    if (!*device) return fault(code::device_wrong, "listener.id");
    auto sides = between(registry, std::move(**device), std::move(*user), true);
    if (!sides) return sides.error();
    auto token = registry.check_push_token(request.voip_token, now);
    if (!token) return token.error();
    if (!*token || (*token)->sn != request.listener.id) return fault(code::push_token, "voipToken");
    return permit(*sides, ChargeType::duration);
}

Answer<Permit> permit_call_device(Registry& registry, std::string_view open_id, const CallDevice& request,
                                  bool open, UnixMillis) {
    auto user = known_user(registry, open_id);
    if (!user) return user.error();
    auto device = known_device(registry, request.sn);
    if (!device) return device.error();
    if (!*device) return fault(code::device_wrong, "sn");
    if ((*device)->model_id != request.model_id) return fault(code::model_mismatch, "modelId");
    auto sides = between(registry, std::move(**device), std::move(*user), !open);
    if (!sides) return sides.error();
    auto product = registry.find_product(sides->device.app_id, sides->device.model_id);
    if (!product) return unavailable();
    if (*product && !is_allowed((*product)->charge, request.charge_type))
        return fault(code::charge_type, "chargeType");
    return permit(*sides, request.charge_type);
}

Answer<Permit> permit_backend_call(Registry& registry, std::string_view app_id, std::string_view model_id,
                                   std::string_view sn, std::string_view open_id, UnixMillis) {
    auto device = known_device(registry, sn);
    if (!device) return device.error();
    if (!*device || (*device)->app_id != app_id) return fault(code::device_wrong, "sn");
    if ((*device)->model_id != model_id) return fault(code::model_mismatch, "model_id");
    auto sides = called_by_device(registry, std::move(**device), open_id);
    if (!sides) return sides.error();
    return permit(*sides, ChargeType::duration);
}

}  // namespace voip::registry
