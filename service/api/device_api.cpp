#include "protocol/errors.hpp"
#include "service/api/api.hpp"
#include "service/api/claim.hpp"
#include "service/http/reply.hpp"
#include "service/registry/auth.hpp"

namespace voip::service {
namespace {

/// The claim with the text that its signature is over. The host stands in that text so that another service
/// cannot pass a device's request on to us: it must therefore be one of our own names, whatever the Host
/// header says.
Answer<registry::SignedClaim> signed_claim(const ApiParts& parts, const transport::HttpRequest& request,
                                           const DeviceClaim& claim, ClaimKind kind) {
    const std::string host = host_name(request);
    if (!is_own_name(host, parts.names()))
        return Fault{code::signature, "the Host header names another service", {}, {}};
    registry::SignedClaim out;
    out.app_id = claim.app_id;
    out.model_id = claim.model_id;
    out.sn = claim.sn;
    out.timestamp_s = claim.timestamp;
    out.nonce = claim.nonce;
    out.signature = claim.signature;
    out.public_key = claim.public_key;
    out.signed_text = signed_text(claim, kind, host);
    return out;
}

transport::HttpResponse refuse(const ApiParts& parts, const DeviceClaim& claim, const Fault& fault,
                               const char* what) {
    parts.log.info(what, kv("sn", claim.sn), kv("code", fault.err_code), kv("why", fault.err_msg));
    return fault_reply(
        fault, fault.err_code == code::already_registered ? std::optional<unsigned>(409) : std::nullopt);
}

}  // namespace

transport::HttpResponse DeviceApi::enrol(const transport::HttpRequest& request, const json::Value& body) {
    constexpr const char* refused_text = "registration refused";
    auto claim = decode_claim(body, ClaimKind::registration);
    if (!claim) return fault_reply(claim.error());
    const UnixMillis now = parts_.timers.wall_now();
    auto proof = signed_claim(parts_, request, *claim, ClaimKind::registration);
    if (!proof) return refuse(parts_, *claim, proof.error(), refused_text);
    const auto checked = registry::check_registration_claim(parts_.registry, *proof, now);
    if (!checked) return refuse(parts_, *claim, checked.error(), refused_text);
    const registry::NewDevice device{claim->app_id, claim->model_id, claim->sn, claim->sn_ticket,
                                     claim->public_key};
    const auto registered = parts_.registry.register_device(device, now);
    if (!registered) return refuse(parts_, *claim, registered.error(), refused_text);
    parts_.log.notice("device registered", kv("sn", claim->sn), kv("model", claim->model_id));
    parts_.changed();
    return json_reply(json::Value().set("registered", true).set("serverTime", now));
}

transport::HttpResponse DeviceApi::token(const transport::HttpRequest& request, const json::Value& body) {
    constexpr const char* refused_text = "device token refused";
    auto claim = decode_claim(body, ClaimKind::token);
    if (!claim) return fault_reply(claim.error());
    const UnixMillis now = parts_.timers.wall_now();
    auto proof = signed_claim(parts_, request, *claim, ClaimKind::token);
    if (!proof) return refuse(parts_, *claim, proof.error(), refused_text);
    const auto checked = registry::check_token_claim(parts_.registry, *proof, now);
    if (!checked) return refuse(parts_, *claim, checked.error(), refused_text);
    const auto issued = parts_.registry.issue_device_token(claim->sn, now);
    if (!issued) return refuse(parts_, *claim, issued.error(), refused_text);
    return json_reply(json::Value()
                          .set("deviceToken", issued->token)
                          .set("expiresIn", (issued->expires - now) / 1000)
                          .set("serverTime", now));
}

}  // namespace voip::service
