#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

/// The few primitives that identity, tokens and the WeChat-shaped interface need, over mbedTLS (kept in the
/// .cpp). Byte strings are std::string. Not thread-safe: loop only.
namespace voip::crypto {

/// From the kernel-seeded generator; a failing generator ends the process (nothing safe can follow).
[[nodiscard]] std::string random_bytes(std::size_t count);
[[nodiscard]] std::uint64_t random_number();
/// `count` characters of [A-Za-z0-9].
[[nodiscard]] std::string random_text(std::size_t count);

[[nodiscard]] std::string sha256(std::string_view data);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view data);
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view data);  ///< TURN credentials only
[[nodiscard]] std::string hex(std::string_view bytes);
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::string base64url(std::string_view bytes);  ///< no padding
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);
/// Comparison whose time does not depend on where the texts differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

/// A P-256 key pair. The private key leaves it only as PEM for the owner's own file.
class KeyPair {
 public:
    [[nodiscard]] static KeyPair generate();
    /// @errors bad_message: not an unencrypted P-256 private key in PEM
    [[nodiscard]] static Result<KeyPair> from_pem(std::string_view pem);
    [[nodiscard]] std::string private_pem() const;
    /// SubjectPublicKeyInfo, DER, base64url: how the key stands on the wire and in the registry.
    [[nodiscard]] std::string public_key() const;
    /// ECDSA-SHA256, DER, base64url.
    [[nodiscard]] std::string sign(std::string_view data) const;

    struct State;
    explicit KeyPair(std::shared_ptr<const State> state) : state_(std::move(state)) {}

 private:
    std::shared_ptr<const State> state_;
};

/// True when the public key (as above) is a point on P-256.
[[nodiscard]] bool is_public_key(std::string_view public_key);
[[nodiscard]] bool verify(std::string_view public_key, std::string_view data, std::string_view signature);

}  // namespace voip::crypto
