#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"

namespace voip::transport {

/// HTTP messages as plain structs; Beast stays in the .cpp files.
struct Header {
    std::string name;
    std::string value;
};

struct HttpRequest {
    std::string method = "GET";
    std::string target = "/";  ///< path and query
    std::vector<Header> headers;
    std::string body;
    std::string
        peer;  ///< server side: the peer's address without the port, for rate limits and loopback checks

    /// The first header of that name (any case), or empty.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    /// The target up to '?', and the rest after it.
    [[nodiscard]] std::string_view path() const noexcept;
    [[nodiscard]] std::string_view query() const noexcept;
};

struct HttpResponse {
    unsigned status = 200;
    std::vector<Header> headers;
    std::string body;

    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// Names of headers and tokens: equal in any case.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;
/// A Date header: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110).
[[nodiscard]] std::string http_date(UnixMillis at);

}  // namespace voip::transport
