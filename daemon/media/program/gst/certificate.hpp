#pragma once
#include <string>
#include <string_view>

namespace voip::media::gst {

/// The fingerprint of a certificate (PEM) as descriptions write it: upper case, colons between bytes.
/// @param algorithm  sha-256, sha-384 or sha-512
/// @return empty for another algorithm and for what is no certificate
[[nodiscard]] std::string fingerprint_of(std::string_view pem, std::string_view algorithm);

}  // namespace voip::media::gst
