#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "protocol/crypto/certificate.hpp"

namespace voip::service {

/// Where the certificate of the service comes from.
struct AuthoritySettings {
    std::filesystem::path state_dir;   ///< holds the own authority: ca.pem, ca-key.pem, server.pem
    std::vector<std::string> names;    ///< DNS names and addresses that devices dial
    std::string chain_file, key_file;  ///< given ones (PEM); both empty: the own authority
};

/// What the TLS server needs.
struct ServerIdentity {
    std::string chain_pem;
    std::string key_pem;  ///< a secret
    crypto::CertificateFacts facts;
    std::filesystem::path ca_file;  ///< what devices must trust; empty when the certificate was given
};

/// Life of what the own authority signs. @source ours: short enough that renewal is exercised, long enough
/// for a service that was off for weeks
inline constexpr Duration authority_life = 24h * 3650;
inline constexpr Duration server_certificate_life = 24h * 90;
/// A certificate with less than this left is renewed.
inline constexpr Duration server_certificate_renewal = 24h * 30;

/// Opens the identity: reads the given files, or makes the own authority on the first start and a server
/// certificate when there is none, it ends soon, or its names are other ones. Blocks for the disk.
/// ca-key.pem (0600) holds key and certificate of the authority together, so that a power loss never parts
/// them; ca.pem is the copy for devices. A damaged server.pem is set aside and made anew; a damaged authority
/// is an error, because a new one would cut off every device.
/// @errors bad_config (a given file, a bad name, a damaged authority), io
[[nodiscard]] Result<ServerIdentity> open_server_identity(const AuthoritySettings& settings, UnixMillis now,
                                                          const Log& log);
/// True when open_server_identity() would make a new certificate now.
[[nodiscard]] bool needs_renewal(const ServerIdentity& identity, const AuthoritySettings& settings,
                                 UnixMillis now);

}  // namespace voip::service
