#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace voip::transport {

/// An absolute URL of a service; only what we dial.
struct Url {
    std::string host;  ///< name or address, without the brackets of IPv6
    std::uint16_t port = 443;
    std::string path = "/";  ///< with the query, always starting with '/'

    /// "host" or "host:port" as it stands in a Host header; brackets around IPv6, port only when not 443.
    [[nodiscard]] std::string authority() const;
};

/// https:// and wss:// only (a call device never speaks in the clear); user info and fragments are refused.
/// @errors bad_message with the reason
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// "HOST:PORT", "[::1]:8443" or ":8443" (then 127.0.0.1). @errors bad_message with the reason
struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
};
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace voip::transport
