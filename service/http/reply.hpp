#pragma once
#include <optional>

#include "core/clock.hpp"
#include "protocol/fault.hpp"
#include "protocol/transport/http.hpp"

/// HTTP answers of the service: JSON bodies, errors as {errCode, errMsg, field?, serverTime?}. Pure.
namespace voip::service {

[[nodiscard]] transport::HttpResponse json_reply(const json::Value& body, unsigned status = 200);

/// The status that fits a Fault's code (protocol/README.md, "HTTPS"): 400 when the table has none.
[[nodiscard]] unsigned http_status(const Fault& fault) noexcept;
/// Members of the Fault's data (serverTime) stand beside errCode and errMsg.
[[nodiscard]] transport::HttpResponse fault_reply(const Fault& fault, std::optional<unsigned> status = {});

/// What every answer carries: never cached, never framed, never sniffed, nothing from elsewhere.
void add_security_headers(transport::HttpResponse& response);

/// The members of Set-Cookie for the session of a browser.
[[nodiscard]] std::string session_cookie(std::string_view token, Duration life);
inline constexpr std::string_view session_cookie_name = "voip_session";

}  // namespace voip::service
