#pragma once
#include <cstdint>
#include <string>

#include "protocol/fault.hpp"

/// What a device signs to prove itself (protocol/README.md, "Signature"). Pure.
namespace voip::service {

/// The body of `/v1/device/token` and, with public_key and sn_ticket, of `/v1/device/register`.
struct DeviceClaim {
    std::string app_id, model_id, sn;
    std::int64_t timestamp = 0;  ///< Unix seconds
    std::string nonce, signature;
    std::string public_key, sn_ticket;  ///< registration only
};

enum class ClaimKind { token, registration };
/// Shape and sizes only. SN faults are 9800001 and 9800002, the ticket's 9800011, all else 1004 with the
/// member.
[[nodiscard]] Answer<DeviceClaim> decode_claim(const json::Value& body, ClaimKind kind);
/// The text under the signature; `host` as the device dialled it, without the port.
[[nodiscard]] std::string signed_text(const DeviceClaim& claim, ClaimKind kind, std::string_view host);

}  // namespace voip::service
