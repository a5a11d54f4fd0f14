#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/transport/http.hpp"

/// Questions about a request that decide whether it is taken. Pure; any bytes are safe.
namespace voip::service {

/// application/json, with or without parameters.
[[nodiscard]] bool is_json(const transport::HttpRequest& request) noexcept;

/// The host of the Host header without port and brackets, in lower case; empty when there is none.
[[nodiscard]] std::string host_name(const transport::HttpRequest& request);
/// True when `host` is one of a certificate's names ("*.example.org" stands for one label).
[[nodiscard]] bool is_own_name(std::string_view host, const std::vector<std::string>& names);

/// Where a request's token came from.
enum class TokenSource { none, bearer, cookie };
struct FoundToken {
    TokenSource source = TokenSource::none;
    std::string token;
};
/// `Authorization: Bearer` wins over the cookie.
[[nodiscard]] FoundToken find_token(const transport::HttpRequest& request);
/// The value of a cookie, if the header names it once.
[[nodiscard]] std::optional<std::string> find_cookie(std::string_view header, std::string_view name);

/// False when an Origin header is there and is not https://HOST of this request.
[[nodiscard]] bool is_own_origin(const transport::HttpRequest& request);

using QueryParameters = std::vector<std::pair<std::string, std::string>>;
/// name=value pairs with percent escapes and '+' decoded. Nothing when an escape is malformed or a name comes
/// twice.
[[nodiscard]] std::optional<QueryParameters> parse_query(std::string_view query);
[[nodiscard]] const std::string* find_parameter(const QueryParameters& parameters, std::string_view name);
/// True when a query carries what looks like a token, code, secret or ticket: such a request is refused under
/// /v1, because URLs end in logs and histories. Any case; an undecodable query counts as carrying one.
[[nodiscard]] bool carries_secret(std::string_view query);

/// 127.0.0.0/8, ::1 and the mapped form.
[[nodiscard]] bool is_loopback(std::string_view address) noexcept;

}  // namespace voip::service
