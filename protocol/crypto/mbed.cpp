#include "protocol/crypto/mbed.hpp"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/platform_util.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#endif

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace voip::crypto::mbed {
namespace {

class Generator {
 public:
    Generator() noexcept {
#if MBEDTLS_VERSION_MAJOR >= 3
        must(psa_crypto_init(), "psa_crypto_init");  // TLS 1.3 runs on it
#endif
        mbedtls_entropy_init(&entropy_);
        mbedtls_ctr_drbg_init(&drbg_);
        must(mbedtls_ctr_drbg_seed(&drbg_, mbedtls_entropy_func, &entropy_, nullptr, 0), "seeding");
    }
    void fill(unsigned char* out, std::size_t size) noexcept {
        while (size > 0) {
            const std::size_t part = std::min<std::size_t>(size, MBEDTLS_CTR_DRBG_MAX_REQUEST);
            must(mbedtls_ctr_drbg_random(&drbg_, out, part), "random generator");
            out += part;
            size -= part;
        }
    }

 private:
    mbedtls_entropy_context entropy_;
    mbedtls_ctr_drbg_context drbg_;
};

}  // namespace

void must(int code, const char* what) noexcept {
    if (code == 0) return;
    std::fprintf(stderr, "<2>crypto: %s failed (%d)\n", what, code);
    std::abort();
}

int random(void*, unsigned char* out, std::size_t size) noexcept {
    static Generator generator;
    generator.fill(out, size);
    return 0;
}

// The parsers take PEM with its terminating NUL counted in.
int parse_certificates(Certificates& into, const std::string& pem) {
    return mbedtls_x509_crt_parse(&into.value, reinterpret_cast<const unsigned char*>(pem.c_str()),
                                  pem.size() + 1);
}

int parse_key(Pk& into, const std::string& pem) {
    const auto* text = reinterpret_cast<const unsigned char*>(pem.c_str());
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_key(&into.value, text, pem.size() + 1, nullptr, 0, random, nullptr);
#else
    return mbedtls_pk_parse_key(&into.value, text, pem.size() + 1, nullptr, 0);
#endif
}

namespace {

bool pair_matches(const mbedtls_pk_context& public_half, const mbedtls_pk_context& private_half) {
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_check_pair(&public_half, &private_half, random, nullptr) == 0;
#else
    return mbedtls_pk_check_pair(&public_half, &private_half) == 0;
#endif
}

}  // namespace

bool keys_match(const Pk& public_half, const Pk& private_half) {
    return pair_matches(public_half.value, private_half.value);
}

bool keys_match(const mbedtls_x509_crt& certificate, const Pk& key) {
    return pair_matches(certificate.pk, key.value);
}

bool is_p256(const Pk& key) {
    if (mbedtls_pk_get_type(&key.value) != MBEDTLS_PK_ECKEY) return false;
    const mbedtls_ecp_keypair* pair = mbedtls_pk_ec(key.value);
    return pair->MBEDTLS_PRIVATE(grp).id == MBEDTLS_ECP_DP_SECP256R1 &&
           mbedtls_ecp_check_pubkey(&pair->MBEDTLS_PRIVATE(grp), &pair->MBEDTLS_PRIVATE(Q)) == 0;
}

void generate_p256(Pk& into) {
    must(mbedtls_pk_setup(&into.value, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)), "key setup");
    must(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(into.value), random, nullptr),
         "key making");
}

std::string public_der(const Pk& key) {
    std::array<unsigned char, 256> buffer{};
    // 2.28 wants a non-const context and does not change it; the data stands at the end of the buffer.
    const int size = mbedtls_pk_write_pubkey_der(const_cast<mbedtls_pk_context*>(&key.value), buffer.data(),
                                                 buffer.size());
    must(size > 0 ? 0 : size, "writing a public key");
    const auto length = static_cast<std::size_t>(size);
    return std::string(text(buffer.data() + buffer.size() - length, length));
}

std::string private_pem(const Pk& key) {
    std::array<unsigned char, 1024> buffer{};
    must(mbedtls_pk_write_key_pem(const_cast<mbedtls_pk_context*>(&key.value), buffer.data(), buffer.size()),
         "writing a private key");
    std::string pem(reinterpret_cast<const char*>(buffer.data()));
    mbedtls_platform_zeroize(buffer.data(), buffer.size());
    return pem;
}

std::string sign(const Pk& key, std::string_view digest) {
    std::array<unsigned char, MBEDTLS_PK_SIGNATURE_MAX_SIZE> out{};
    std::size_t size = 0;
    auto* context = const_cast<mbedtls_pk_context*>(&key.value);  // the library asks for non-const only
#if MBEDTLS_VERSION_MAJOR >= 3
    const int code = mbedtls_pk_sign(context, MBEDTLS_MD_SHA256, bytes(digest), digest.size(), out.data(),
                                     out.size(), &size, random, nullptr);
#else
    const int code = mbedtls_pk_sign(context, MBEDTLS_MD_SHA256, bytes(digest), digest.size(), out.data(),
                                     &size, random, nullptr);
#endif
    must(code, "signing");
    return std::string(text(out.data(), size));
}

UnixMillis to_millis(const mbedtls_x509_time& time) noexcept {
    using namespace std::chrono;
    const year_month_day date{year{time.year}, month{static_cast<unsigned>(time.mon)},
                              day{static_cast<unsigned>(time.day)}};
    const auto moment = sys_days{date} + hours{time.hour} + minutes{time.min} + seconds{time.sec};
    return duration_cast<milliseconds>(moment.time_since_epoch()).count();
}

namespace {

/// Reads one DER element with that tag and moves on behind it; false at the end or when it is damaged.
bool next_element(unsigned char*& at, const unsigned char* end, int tag, unsigned char*& content,
                  std::size_t& size) {
    if (mbedtls_asn1_get_tag(&at, end, &size, tag) != 0) return false;
    content = at;
    at += size;
    return true;
}

void visit_general_names(unsigned char* at, const unsigned char* end, void (*visit)(void*, AltName),
                         void* context) {
    constexpr int dns_tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2;
    constexpr int address_tag = MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7;
    while (at < end) {
        const int tag = *at;
        unsigned char* content = nullptr;
        std::size_t size = 0;
        if (!next_element(at, end, tag, content, size)) return;
        if (tag == dns_tag) visit(context, AltName{false, text(content, size)});
        if (tag == address_tag && (size == 4 || size == 16))
            visit(context, AltName{true, text(content, size)});
    }
}

}  // namespace

void visit_alt_names(const mbedtls_x509_crt& certificate, void (*visit)(void*, AltName), void* context) {
    constexpr int sequence = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE;
    constexpr std::string_view wanted(MBEDTLS_OID_SUBJECT_ALT_NAME, 3);
    unsigned char* at = certificate.v3_ext.p;
    if (at == nullptr) return;
    const unsigned char* const end = at + certificate.v3_ext.len;
    unsigned char* content = nullptr;
    std::size_t size = 0;
    if (mbedtls_asn1_get_tag(&at, end, &size, sequence) != 0) return;
    while (at < end && next_element(at, end, sequence, content, size)) {
        const unsigned char* const extension_end = content + size;
        unsigned char* inner = content;
        if (!next_element(inner, extension_end, MBEDTLS_ASN1_OID, content, size)) return;
        if (text(content, size) != wanted) continue;
        int critical = 0;
        (void)mbedtls_asn1_get_bool(&inner, extension_end, &critical);  // optional
        if (!next_element(inner, extension_end, MBEDTLS_ASN1_OCTET_STRING, content, size)) return;
        unsigned char* names = content;
        if (!next_element(names, extension_end, sequence, content, size)) return;
        visit_general_names(content, content + size, visit, context);
    }
}

std::string describe(int code) {
    std::array<char, 160> buffer{};
    mbedtls_strerror(code, buffer.data(), buffer.size());
    return buffer.data();
}

namespace {

#if MBEDTLS_VERSION_MAJOR >= 3
constexpr uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
                               MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
#else
constexpr mbedtls_ecp_group_id groups[] = {MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_CURVE25519,
                                           MBEDTLS_ECP_DP_SECP384R1, MBEDTLS_ECP_DP_NONE};
#endif

// Forward secrecy and authenticated encryption only.
constexpr int suites[] = {
#if MBEDTLS_VERSION_MAJOR >= 3
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
#endif
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    0};

}  // namespace

void configure(mbedtls_ssl_config& config) {
    mbedtls_ssl_conf_rng(&config, random, nullptr);
    mbedtls_ssl_conf_ciphersuites(&config, suites);
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_min_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_groups(&config, groups);
#else
    mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_curves(&config, groups);  // 2.28 would ask for the largest first, 2 ms more a handshake
#endif
#if MBEDTLS_VERSION_NUMBER >= 0x03060100 && defined(MBEDTLS_SSL_PROTO_TLS1_3) && defined(MBEDTLS_SSL_CLI_C)
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        &config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
}

bool is_bad_certificate(int code) noexcept {
#if MBEDTLS_VERSION_MAJOR >= 3
    return code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || code == MBEDTLS_ERR_SSL_BAD_CERTIFICATE;
#else
    return code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED || code == MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE;
#endif
}

bool is_new_ticket(int code) noexcept {
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    return code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
    (void)code;
    return false;
#endif
}

bool is_tls13(const mbedtls_ssl_context& ssl) noexcept {
    const char* version = mbedtls_ssl_get_version(&ssl);
    return version != nullptr && std::strcmp(version, "TLSv1.3") == 0;
}

namespace {

#if MBEDTLS_VERSION_MAJOR >= 3
/// A 3.x client that refuses a version 1.3 server says so without encryption, as its own keys are not in use
/// yet; a 3.x server then only complains of the missing MAC. The record in its buffer tells: encrypted ones
/// never say "alert" on their outside.
const unsigned char* plain_alert(const mbedtls_ssl_context& ssl) noexcept {
    constexpr std::size_t header_bytes = 5, alert_bytes = 2;
    const unsigned char* record = ssl.MBEDTLS_PRIVATE(in_hdr);
    if (record == nullptr || record[0] != MBEDTLS_SSL_MSG_ALERT) return nullptr;
    return (record[3] << 8 | record[4]) == alert_bytes ? record + header_bytes : nullptr;
}
#endif

}  // namespace

int received_alert(const mbedtls_ssl_context& ssl, int code) noexcept {
    const unsigned char* alert = nullptr;
    if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) alert = ssl.MBEDTLS_PRIVATE(in_msg);
#if MBEDTLS_VERSION_MAJOR >= 3
    if (code == MBEDTLS_ERR_SSL_INVALID_MAC) alert = plain_alert(ssl);
#endif
    return alert == nullptr ? -1 : alert[1];
}

bool is_authority(const mbedtls_x509_crt& certificate) noexcept {
    return certificate.MBEDTLS_PRIVATE(ca_istrue) != 0;
}

int set_serial(mbedtls_x509write_cert& certificate, std::span<unsigned char> serial) {
#if MBEDTLS_VERSION_NUMBER >= 0x03040000
    return mbedtls_x509write_crt_set_serial_raw(&certificate, serial.data(), serial.size());
#else
    mbedtls_mpi number;
    mbedtls_mpi_init(&number);
    int code = mbedtls_mpi_read_binary(&number, serial.data(), serial.size());
    if (code == 0) code = mbedtls_x509write_crt_set_serial(&certificate, &number);
    mbedtls_mpi_free(&number);
    return code;
#endif
}

}  // namespace voip::crypto::mbed
