#include "protocol/crypto/crypto.hpp"

#include <array>
#include <cstring>

#include "protocol/crypto/mbed.hpp"

namespace voip::crypto {
namespace {

constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t pem_limit = 8192;
constexpr std::size_t public_key_bytes = 91;  // SubjectPublicKeyInfo of an uncompressed P-256 point

std::string hash(mbedtls_md_type_t type, std::string_view data) {
    const mbedtls_md_info_t* info = mbedtls_md_info_from_type(type);
    std::string digest(mbedtls_md_get_size(info), '\0');
    mbed::must(mbedtls_md(info, mbed::bytes(data), data.size(), mbed::bytes(digest)), "hashing");
    return digest;
}

std::string hmac(mbedtls_md_type_t type, std::string_view key, std::string_view data) {
    const mbedtls_md_info_t* info = mbedtls_md_info_from_type(type);
    std::string digest(mbedtls_md_get_size(info), '\0');
    mbed::must(mbedtls_md_hmac(info, mbed::bytes(key), key.size(), mbed::bytes(data), data.size(),
                               mbed::bytes(digest)),
               "HMAC");
    return digest;
}

std::string encode_base64(std::string_view bytes, std::string_view last_two, bool padded) {
    const auto symbol = [&](std::uint32_t value) {
        return value < 62 ? letters_and_digits[value] : last_two[value - 62];
    };
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i <= count; ++i) out += symbol(group >> (18 - 6 * i) & 63U);
        if (padded) out.append(3 - count, '=');
    }
    return out;
}

int base64url_value(char symbol) noexcept {
    if (symbol >= 'A' && symbol <= 'Z') return symbol - 'A';
    if (symbol >= 'a' && symbol <= 'z') return symbol - 'a' + 26;
    if (symbol >= '0' && symbol <= '9') return symbol - '0' + 52;
    if (symbol == '-') return 62;
    if (symbol == '_') return 63;
    return -1;
}

/// Only the one canonical spelling of a key is a key: the registry compares keys as text.
bool read_public_key(std::string_view public_key, mbed::Pk& into) {
    const auto der = from_base64url(public_key);
    if (!der || der->size() != public_key_bytes) return false;
    if (mbedtls_pk_parse_public_key(&into.value, mbed::bytes(*der), der->size()) != 0) return false;
    return mbed::is_p256(into) && mbed::public_der(into) == *der;
}

}  // namespace

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    mbed::random(nullptr, mbed::bytes(out), out.size());
    return out;
}

std::uint64_t random_number() {
    std::array<unsigned char, sizeof(std::uint64_t)> raw{};
    mbed::random(nullptr, raw.data(), raw.size());
    std::uint64_t number = 0;
    std::memcpy(&number, raw.data(), raw.size());
    return number;
}

std::string random_text(std::size_t count) {
    constexpr std::size_t fair = 256 / letters_and_digits.size() * letters_and_digits.size();
    std::string out;
    out.reserve(count);
    while (out.size() < count)
        for (const char byte : random_bytes(count - out.size())) {
            const auto value = static_cast<unsigned char>(byte);
            if (value < fair) out += letters_and_digits[value % letters_and_digits.size()];
        }
    return out;
}

std::string sha256(std::string_view data) {
    return hash(MBEDTLS_MD_SHA256, data);
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
    return hmac(MBEDTLS_MD_SHA256, key, data);
}

std::string hmac_sha1(std::string_view key, std::string_view data) {
    return hmac(MBEDTLS_MD_SHA1, key, data);
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto value = static_cast<unsigned char>(c);
        out += digits[value >> 4];
        out += digits[value & 15U];
    }
    return out;
}

std::string base64(std::string_view bytes) {
    return encode_base64(bytes, "+/", true);
}

std::string base64url(std::string_view bytes) {
    return encode_base64(bytes, "-_", false);
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char symbol : text) {
        const int value = base64url_value(symbol);
        if (value < 0) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(group >> bits & 255U);
    }
    // Bits that stand for nothing must be zero, or one byte string would have several spellings.
    if ((group & ((1U << bits) - 1U)) != 0) return std::nullopt;
    return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<unsigned char>(
            difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
    return difference == 0;
}

struct KeyPair::State {
    mbed::Pk key;
};

KeyPair KeyPair::generate() {
    const auto state = std::make_shared<State>();
    mbed::generate_p256(state->key);
    return KeyPair(state);
}

Result<KeyPair> KeyPair::from_pem(std::string_view pem) {
    const auto state = std::make_shared<State>();
    if (pem.size() > pem_limit || pem.find("-----BEGIN ") == std::string_view::npos ||
        mbed::parse_key(state->key, std::string(pem)) != 0)
        return fail(Errc::bad_message, "not an unencrypted private key in PEM");
    if (!mbed::is_p256(state->key) || !mbed::keys_match(state->key, state->key))
        return fail(Errc::bad_message, "not a P-256 key pair");
    return KeyPair(state);
}

std::string KeyPair::private_pem() const {
    return mbed::private_pem(state_->key);
}

std::string KeyPair::public_key() const {
    return base64url(mbed::public_der(state_->key));
}

std::string KeyPair::sign(std::string_view data) const {
    return base64url(mbed::sign(state_->key, sha256(data)));
}

bool is_public_key(std::string_view public_key) {
    mbed::Pk key;
    return read_public_key(public_key, key);
}

bool verify(std::string_view public_key, std::string_view data, std::string_view signature) {
    mbed::Pk key;
    if (!read_public_key(public_key, key)) return false;
    const auto raw = from_base64url(signature);
    if (!raw || raw->empty()) return false;
    const std::string digest = sha256(data);
    return mbedtls_pk_verify(&key.value, MBEDTLS_MD_SHA256, mbed::bytes(digest), digest.size(),
                             mbed::bytes(*raw), raw->size()) == 0;
}

}  // namespace voip::crypto
