#pragma once
// Private to protocol/crypto and protocol/transport: everything in which mbedTLS 2.28 and 3.x differ, and the
// one random generator. Include it from .cpp files and private headers only.
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <mbedtls/build_info.h>
#else
#include <mbedtls/config.h>
#define MBEDTLS_PRIVATE(member) member
#endif
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace voip::crypto::mbed {

/// For every f_rng parameter of the library (the context is not used). Ends the process when the generator
/// fails.
int random(void* unused, unsigned char* out, std::size_t size) noexcept;

/// Ends the process when `code` is not 0: for calls that fail only without memory or by a fault of ours.
void must(int code, const char* what) noexcept;

inline const unsigned char* bytes(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes(std::string& text) noexcept {
    return reinterpret_cast<unsigned char*>(text.data());
}
inline std::string_view text(const unsigned char* data, std::size_t size) noexcept {
    return {reinterpret_cast<const char*>(data), size};
}

/// Owners of the library's structs: initialised and freed by scope.
struct Pk {
    Pk() noexcept { mbedtls_pk_init(&value); }
    ~Pk() { mbedtls_pk_free(&value); }
    Pk(const Pk&) = delete;
    Pk& operator=(const Pk&) = delete;
    mbedtls_pk_context value;
};
struct Certificates {
    Certificates() noexcept { mbedtls_x509_crt_init(&value); }
    ~Certificates() { mbedtls_x509_crt_free(&value); }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;
    mbedtls_x509_crt value;
};

/// Parses PEM (any number of certificates, none may be damaged). 0 or the library's code.
int parse_certificates(Certificates& into, const std::string& pem);
/// Parses an unencrypted private key in PEM. 0 or the library's code.
int parse_key(Pk& into, const std::string& pem);
bool keys_match(const Pk& public_half, const Pk& private_half);
bool keys_match(const mbedtls_x509_crt& certificate, const Pk& key);
bool is_p256(const Pk& key);
void generate_p256(Pk& into);
/// DER SubjectPublicKeyInfo.
std::string public_der(const Pk& key);
std::string private_pem(const Pk& key);
/// ECDSA over a SHA-256 digest, DER.
std::string sign(const Pk& key, std::string_view digest);

UnixMillis to_millis(const mbedtls_x509_time& time) noexcept;

/// One entry of a subjectAltName: a DNS name as text, or the 4 or 16 bytes of an address.
struct AltName {
    bool is_address = false;
    std::string_view value;  ///< points into the certificate
};
/// Calls visit(AltName) for each DNS name and address. Written by hand: 2.28 does not list addresses.
void visit_alt_names(const mbedtls_x509_crt& certificate, void (*visit)(void* context, AltName name),
                     void* context);

/// The library's text for a code, without its numbers.
std::string describe(int code);

/// Version 1.2 and up, our curves and suites, the generator: what client and server configurations share.
void configure(mbedtls_ssl_config& config);
/// Codes that differ between the versions.
bool is_bad_certificate(int code) noexcept;
/// TLS 1.3: a ticket arrived where data was expected; read again.
bool is_new_ticket(int code) noexcept;
bool is_tls13(const mbedtls_ssl_context& ssl) noexcept;
/// The number of the peer's fatal alert behind the library's `code`, -1 when it was none or is not known.
int received_alert(const mbedtls_ssl_context& ssl, int code) noexcept;
bool is_authority(const mbedtls_x509_crt& certificate) noexcept;
int set_serial(mbedtls_x509write_cert& certificate, std::span<unsigned char> serial);

}  // namespace voip::crypto::mbed
