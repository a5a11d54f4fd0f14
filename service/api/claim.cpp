#include "service/api/claim.hpp"

#include <algorithm>
#include <cctype>

#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::service {
namespace {

constexpr std::size_t public_key_text_max = 256;
constexpr std::size_t signature_text_max = 160;

Fault wrong(std::string_view field, std::string message, int err_code = code::argument) {
    return Fault{err_code, std::move(message), std::string(field), {}};
}

/// A text member of 1 to max bytes; Fault 1004 otherwise.
Answer<std::string> text_member(const json::Value& body, std::string_view name, std::size_t max_bytes) {
    const json::Value* member = body.find(name);
    const std::string* text = member ? member->as_string() : nullptr;
    if (!text || !is_plain_text(*text, max_bytes))
        return wrong(name, std::string(name) + " must be text of 1 to " + std::to_string(max_bytes) +
                               " bytes without control characters");
    return *text;
}

bool is_nonce(std::string_view text) noexcept {
    return text.size() >= limits::nonce_min && text.size() <= limits::nonce_max &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
           });
}

std::optional<Fault> check_sn(const json::Value& body, std::string& out) {
    const json::Value* member = body.find("sn");
    const std::string* sn = member ? member->as_string() : nullptr;
    if (!sn) return wrong("sn", "sn must be text");
    if (sn->size() > limits::sn_bytes) return wrong("sn", "SN longer than 128 bytes", code::sn_too_long);
    if (!is_sn(*sn)) return wrong("sn", "SN holds a character outside [0-9A-Za-z_-]", code::sn_character);
    out = *sn;
    return std::nullopt;
}

std::optional<Fault> read_registration_part(const json::Value& body, DeviceClaim& claim) {
    auto ticket = text_member(body, "snTicket", limits::token_bytes);
    if (!ticket) return ticket.error();
    if (!is_sn_ticket(*ticket))
        return wrong("snTicket", "snTicket must be 32 letters and digits", code::ticket_illegal);
    auto key = text_member(body, "publicKey", public_key_text_max);
    if (!key) return key.error();
    claim.sn_ticket = std::move(*ticket);
    claim.public_key = std::move(*key);
    return std::nullopt;
}

}  // namespace

Answer<DeviceClaim> decode_claim(const json::Value& body, ClaimKind kind) {
    DeviceClaim claim;
    auto app_id = text_member(body, "appId", limits::app_id_bytes);
    if (!app_id) return app_id.error();
    auto model_id = text_member(body, "modelId", limits::model_id_bytes);
    if (!model_id) return model_id.error();
    if (auto fault = check_sn(body, claim.sn)) return std::move(*fault);
    if (kind == ClaimKind::registration)
        if (auto fault = read_registration_part(body, claim)) return std::move(*fault);
    const json::Value* timestamp = body.find("timestamp");
    const std::int64_t* seconds = timestamp ? timestamp->as_integer() : nullptr;
    if (!seconds || *seconds < 0) return wrong("timestamp", "timestamp must be Unix seconds");
    auto nonce = text_member(body, "nonce", limits::nonce_max);
    if (!nonce || !is_nonce(*nonce)) return wrong("nonce", "nonce must be 16 to 64 of [A-Za-z0-9_-]");
    auto signature = text_member(body, "signature", signature_text_max);
    if (!signature) return signature.error();
    claim.app_id = std::move(*app_id);
    claim.model_id = std::move(*model_id);
    claim.timestamp = *seconds;
    claim.nonce = std::move(*nonce);
    claim.signature = std::move(*signature);
    return claim;
}

std::string signed_text(const DeviceClaim& claim, ClaimKind kind, std::string_view host) {
    const bool registration = kind == ClaimKind::registration;
    std::string text = registration ? "wmpf-voip-register-v1" : "wmpf-voip-token-v1";
    const std::string timestamp = std::to_string(claim.timestamp);
    for (std::string_view part :
         {host, std::string_view(claim.app_id), std::string_view(claim.sn), std::string_view(claim.model_id),
          std::string_view(timestamp), std::string_view(claim.nonce)})
        (text += '\n') += part;
    if (!registration) return text;
    (text += '\n') += claim.public_key;
    (text += '\n') += claim.sn_ticket;
    return text;
}

}  // namespace voip::service
