#include "daemon/media/program/gst/certificate.hpp"

#include <glib.h>

#include <cctype>
#include <optional>

#include "daemon/media/program/gst/owned.hpp"

namespace voip::media::gst {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN CERTIFICATE-----", end_mark = "-----END CERTIFICATE-----";

std::optional<GChecksumType> checksum_type(std::string_view algorithm) {
    if (algorithm == "sha-256") return G_CHECKSUM_SHA256;
    if (algorithm == "sha-384") return G_CHECKSUM_SHA384;
    if (algorithm == "sha-512") return G_CHECKSUM_SHA512;
    return std::nullopt;
}

std::string with_colons(std::string_view hex) {
    std::string text;
    for (std::size_t i = 0; i < hex.size(); ++i) {
        if (i != 0 && i % 2 == 0) text += ':';
        text += static_cast<char>(std::toupper(static_cast<unsigned char>(hex[i])));
    }
    return text;
}

}  // namespace

std::string fingerprint_of(std::string_view pem, std::string_view algorithm) {
    const auto type = checksum_type(algorithm);
    const auto begin = pem.find(begin_mark);
    if (!type || begin == std::string_view::npos) return {};
    const auto from = begin + begin_mark.size();
    const auto end = pem.find(end_mark, from);
    if (end == std::string_view::npos) return {};
    const std::string base64(pem.substr(from, end - from));
    gsize length = 0;
    guchar* const der = g_base64_decode(base64.c_str(), &length);
    const Owned<gchar> hex(length > 0 ? g_compute_checksum_for_data(*type, der, length) : nullptr);
    g_free(der);
    return with_colons(text_of(hex.get()));
}

}  // namespace voip::media::gst
