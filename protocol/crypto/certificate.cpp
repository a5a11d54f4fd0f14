#include "protocol/crypto/certificate.hpp"

#include <arpa/inet.h>
#include <mbedtls/oid.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

#include "protocol/crypto/crypto.hpp"
#include "protocol/crypto/mbed.hpp"

namespace voip::crypto {
namespace {

constexpr std::size_t max_names = 100;
constexpr std::size_t max_common_name = 64;  // RFC 5280, ub-common-name
constexpr std::size_t max_dns_name = 253;    // RFC 1035
constexpr std::size_t max_dns_label = 63;
constexpr UnixMillis last_millis = 253402300799000;  // 9999-12-31T23:59:59Z, the last time X.509 can write
constexpr unsigned char address_tag = 0x87, dns_tag = 0x82, sequence_tag = 0x30, oid_tag = 0x06;

bool is_letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_common_name(std::string_view name) noexcept {
    const auto good = [](char c) {
        return is_letter_or_digit(c) || std::string_view(" ._-").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= max_common_name && std::all_of(name.begin(), name.end(), good) &&
           name.front() != ' ' && name.back() != ' ';
}

bool is_dns_label(std::string_view label) noexcept {
    const auto good = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; };
    return !label.empty() && label.size() <= max_dns_label && std::all_of(label.begin(), label.end(), good) &&
           label.front() != '-' && label.back() != '-';
}

bool is_dns_name(std::string_view name) noexcept {
    if (name.size() > max_dns_name) return false;
    if (name.starts_with("*.")) name.remove_prefix(2);
    for (;;) {
        const std::size_t dot = name.find('.');
        if (!is_dns_label(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

/// The 4 or 16 bytes of an address, empty when the text is none.
std::string address_bytes(const std::string& text) {
    std::array<char, 16> raw{};
    if (inet_pton(AF_INET, text.c_str(), raw.data()) == 1) return {raw.data(), 4};
    if (inet_pton(AF_INET6, text.c_str(), raw.data()) == 1) return {raw.data(), 16};
    return {};
}

std::string address_text(std::string_view raw) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = raw.size() == 4 ? AF_INET : AF_INET6;
    return inet_ntop(family, raw.data(), text.data(), text.size()) ? text.data() : "";
}

/// One DER element; lengths up to 65535.
std::string der(unsigned char tag, std::string_view content) {
    std::string out(1, static_cast<char>(tag));
    const std::size_t size = content.size();
    if (size >= 0x100) {
        out += '\x82';
        out += static_cast<char>(size >> 8);
    } else if (size >= 0x80) {
        out += '\x81';
    }
    out += static_cast<char>(size & 0xff);
    return out.append(content);
}

std::optional<std::string> general_name(const std::string& name) {
    if (const std::string raw = address_bytes(name); !raw.empty()) return der(address_tag, raw);
    if (is_dns_name(name)) return der(dns_tag, name);
    return std::nullopt;
}

Result<std::string> alt_names(const std::vector<std::string>& names) {
    if (names.empty() || names.size() > max_names)
        return fail(Errc::bad_config, "a certificate needs 1 to " + std::to_string(max_names) + " names");
    std::string all;
    for (const std::string& name : names) {
        const auto entry = general_name(name);
        if (!entry) return fail(Errc::bad_config, "\"" + name + "\" is neither a DNS name nor an address");
        all += *entry;
    }
    return der(sequence_tag, all);
}

/// "YYYYMMDDhhmmss", as the library takes it.
std::string x509_time(UnixMillis at) {
    using namespace std::chrono;
    const sys_seconds moment{floor<seconds>(milliseconds{at})};
    const auto day = floor<days>(moment);
    const year_month_day date{day};
    const hh_mm_ss time{moment - day};
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%04d%02u%02u%02d%02d%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text.data();
}

/// A certificate being written. Every failing call of the library here means memory or a fault of ours.
class Writer {
 public:
    Writer(const std::string& subject, const std::string& issuer, mbed::Pk& subject_key,
           mbed::Pk& issuer_key) {
        mbedtls_x509write_crt_init(&value_);
        mbedtls_x509write_crt_set_version(&value_, MBEDTLS_X509_CRT_VERSION_3);
        mbedtls_x509write_crt_set_md_alg(&value_, MBEDTLS_MD_SHA256);
        mbedtls_x509write_crt_set_subject_key(&value_, &subject_key.value);
        mbedtls_x509write_crt_set_issuer_key(&value_, &issuer_key.value);
        mbed::must(mbedtls_x509write_crt_set_subject_name(&value_, subject.c_str()), "certificate subject");
        mbed::must(mbedtls_x509write_crt_set_issuer_name(&value_, issuer.c_str()), "certificate issuer");
        std::string serial = random_bytes(16);
        serial[0] = static_cast<char>((static_cast<unsigned char>(serial[0]) & 0x3fU) |
                                      0x40U);  // positive, no leading 0
        mbed::must(mbed::set_serial(value_, {mbed::bytes(serial), serial.size()}), "certificate serial");
        mbed::must(mbedtls_x509write_crt_set_subject_key_identifier(&value_), "subject key id");
        mbed::must(mbedtls_x509write_crt_set_authority_key_identifier(&value_), "authority key id");
    }
    ~Writer() { mbedtls_x509write_crt_free(&value_); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void set_validity(UnixMillis not_before, UnixMillis not_after) {
        mbed::must(mbedtls_x509write_crt_set_validity(&value_, x509_time(not_before).c_str(),
                                                      x509_time(not_after).c_str()),
                   "certificate validity");
    }
    void add(std::string_view oid, bool critical, std::string_view content) {
        mbed::must(mbedtls_x509write_crt_set_extension(&value_, oid.data(), oid.size(), critical ? 1 : 0,
                                                       mbed::bytes(content), content.size()),
                   "certificate extension");
    }
    std::string pem() {
        std::string out(32 * 1024, '\0');  // 100 names of 253 bytes fit
        mbed::must(mbedtls_x509write_crt_pem(&value_, mbed::bytes(out), out.size(), mbed::random, nullptr),
                   "writing a certificate");
        out.resize(out.find('\0'));
        return out;
    }

 private:
    mbedtls_x509write_cert value_{};
};

constexpr std::string_view basic_constraints_oid(MBEDTLS_OID_BASIC_CONSTRAINTS, 3);
constexpr std::string_view key_usage_oid(MBEDTLS_OID_KEY_USAGE, 3);
constexpr std::string_view extended_key_usage_oid(MBEDTLS_OID_EXTENDED_KEY_USAGE, 3);
constexpr std::string_view alt_name_oid(MBEDTLS_OID_SUBJECT_ALT_NAME, 3);
constexpr std::string_view server_auth_oid(MBEDTLS_OID_SERVER_AUTH, sizeof(MBEDTLS_OID_SERVER_AUTH) - 1);

// DER written out: 2.28 marks its own basicConstraints as not critical.
constexpr std::string_view authority_constraints("\x30\x06\x01\x01\xff\x02\x01\x00",
                                                 8);  // CA:true, pathlen 0
constexpr std::string_view leaf_constraints("\x30\x00", 2);
constexpr std::string_view authority_usage("\x03\x02\x01\x06", 4);  // keyCertSign, cRLSign
constexpr std::string_view leaf_usage("\x03\x02\x07\x80", 4);       // digitalSignature

Result<void> check_validity(UnixMillis not_before, UnixMillis not_after) {
    if (not_before < 0 || not_after > last_millis || not_before >= not_after)
        return fail(Errc::bad_config, "not a time span of a certificate");
    return {};
}

std::string subject_of(const mbedtls_x509_crt& certificate) {
    std::array<char, 512> text{};
    mbed::must(mbedtls_x509_dn_gets(text.data(), text.size(), &certificate.subject) > 0 ? 0 : -1,
               "certificate name");
    return text.data();
}

}  // namespace

Result<Credentials> make_authority(std::string_view common_name, UnixMillis not_before,
                                   UnixMillis not_after) {
    if (!is_common_name(common_name)) return fail(Errc::bad_config, "not a name for an authority");
    if (auto valid = check_validity(not_before, not_after); !valid) return valid.error();
    mbed::Pk key;
    mbed::generate_p256(key);
    const std::string name = "CN=" + std::string(common_name);
    Writer writer(name, name, key, key);
    writer.set_validity(not_before, not_after);
    writer.add(basic_constraints_oid, true, authority_constraints);
    writer.add(key_usage_oid, true, authority_usage);
    return Credentials{writer.pem(), mbed::private_pem(key)};
}

Result<Credentials> issue_certificate(const Credentials& authority, const std::vector<std::string>& names,
                                      UnixMillis not_before, UnixMillis not_after) {
    const auto alternatives = alt_names(names);
    if (!alternatives) return alternatives.error();
    if (auto valid = check_validity(not_before, not_after); !valid) return valid.error();
    mbed::Certificates issuer;
    mbed::Pk issuer_key;
    if (mbed::parse_certificates(issuer, authority.certificate_pem) != 0 ||
        mbed::parse_key(issuer_key, authority.key_pem) != 0 || !mbed::is_p256(issuer_key))
        return fail(Errc::bad_config, "the authority's certificate or key is damaged");
    if (!mbed::keys_match(issuer.value, issuer_key))
        return fail(Errc::bad_config, "the authority's key does not belong to its certificate");
    mbed::Pk key;
    mbed::generate_p256(key);
    // The names that count are in the extension; the subject only has to be there and to differ from the
    // issuer's.
    Writer writer(names[0].size() <= max_common_name - 7 ? "CN=server " + names[0] : "CN=server",
                  subject_of(issuer.value), key, issuer_key);
    writer.set_validity(not_before, not_after);
    writer.add(basic_constraints_oid, true, leaf_constraints);
    writer.add(key_usage_oid, true, leaf_usage);
    writer.add(extended_key_usage_oid, false, der(sequence_tag, der(oid_tag, server_auth_oid)));
    writer.add(alt_name_oid, false, *alternatives);
    return Credentials{writer.pem(), mbed::private_pem(key)};
}

Result<CertificateFacts> read_certificate(const std::string& pem) {
    mbed::Certificates parsed;
    if (mbed::parse_certificates(parsed, pem) != 0)
        return fail(Errc::bad_message, "not a certificate in PEM");
    CertificateFacts facts;
    facts.not_before = mbed::to_millis(parsed.value.valid_from);
    facts.not_after = mbed::to_millis(parsed.value.valid_to);
    facts.is_authority = mbed::is_authority(parsed.value);
    const auto add = [](void* context, mbed::AltName name) {
        auto& all = *static_cast<std::vector<std::string>*>(context);
        all.push_back(name.is_address ? address_text(name.value) : std::string(name.value));
    };
    mbed::visit_alt_names(parsed.value, add, &facts.names);
    return facts;
}

bool is_issued_by(const std::string& certificate_pem, const std::string& authority_pem) {
    mbed::Certificates certificate;
    mbed::Certificates authority;
    if (mbed::parse_certificates(certificate, certificate_pem) != 0 ||
        mbed::parse_certificates(authority, authority_pem) != 0)
        return false;
    constexpr std::uint32_t times = MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE;
    std::uint32_t flags = 0;
    const int code = mbedtls_x509_crt_verify(&certificate.value, &authority.value, nullptr, nullptr, &flags,
                                             nullptr, nullptr);
    return code == 0 || (code == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED && (flags & ~times) == 0);
}

}  // namespace voip::crypto
