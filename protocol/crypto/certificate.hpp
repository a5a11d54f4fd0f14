#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"

/// A small certificate authority: what a service needs to name itself towards its own devices. P-256 and
/// SHA-256. All functions are pure but for the random generator; none blocks.
namespace voip::crypto {

/// A certificate (PEM) and its private key (PEM, unencrypted: for a file of mode 0600, never for a log).
struct Credentials {
    std::string certificate_pem;
    std::string key_pem;
};

/// A self-signed authority: CA:true with path length 0, for signing certificates and revocation lists.
/// @param common_name  1 to 64 of [A-Za-z0-9 ._-]; stands in the browser's list of authorities
/// @param not_before, not_after  whole seconds count; 1970 to 9999
/// @errors bad_config with the reason
[[nodiscard]] Result<Credentials> make_authority(std::string_view common_name, UnixMillis not_before,
                                                 UnixMillis not_after);

/// A server certificate with a new key, signed by the authority. The certificate alone, without the chain.
/// @param names  1 to 100 DNS names (a leading "*." is allowed) and IPv4 or IPv6 addresses as text (no
/// brackets)
/// @errors bad_config with the reason
[[nodiscard]] Result<Credentials> issue_certificate(const Credentials& authority,
                                                    const std::vector<std::string>& names,
                                                    UnixMillis not_before, UnixMillis not_after);

/// What stands in a certificate, for deciding on its renewal.
struct CertificateFacts {
    std::vector<std::string> names;  ///< DNS names and addresses of the subjectAltName, as text
    UnixMillis not_before = 0;
    UnixMillis not_after = 0;
    bool is_authority = false;
};

/// The first certificate of a PEM text. @errors bad_message: not a certificate
[[nodiscard]] Result<CertificateFacts> read_certificate(const std::string& pem);

/// True when `certificate_pem` was signed by `authority_pem` (validity is not looked at).
[[nodiscard]] bool is_issued_by(const std::string& certificate_pem, const std::string& authority_pem);

}  // namespace voip::crypto
