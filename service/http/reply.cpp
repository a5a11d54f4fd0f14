#include "service/http/reply.hpp"

#include <algorithm>
#include <array>

#include "protocol/errors.hpp"

namespace voip::service {
namespace {

struct StatusOf {
    int code;
    unsigned status;
};
// clang-format off
constexpr std::array statuses{
    StatusOf{code::token_unknown, 401},  StatusOf{code::clock_skew, 401},   StatusOf{code::nonce_used, 401},
    StatusOf{code::signature, 401},      StatusOf{code::revoked, 401},      StatusOf{code::not_registered, 401},
    StatusOf{code::device_token, 401},   StatusOf{code::forbidden, 403},    StatusOf{code::ticket_expired, 403},
    StatusOf{code::not_authorised, 403}, StatusOf{code::no_such_path, 404}, StatusOf{code::method_not_allowed, 405},
    StatusOf{code::too_large, 413},      StatusOf{code::too_many, 429},     StatusOf{code::not_ready, 503},
};
// clang-format on

// One page, one origin: scripts and styles of the page come as files, its only talk is with this service.
constexpr std::string_view content_policy =
    "default-src 'self'; connect-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

transport::HttpResponse json_reply(const json::Value& body, unsigned status) {
    transport::HttpResponse response;
    response.status = status;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = json::write(body);
    return response;
}

unsigned http_status(const Fault& fault) noexcept {
    const auto found = std::find_if(statuses.begin(), statuses.end(),
                                    [&](const StatusOf& entry) { return entry.code == fault.err_code; });
    return found == statuses.end() ? 400 : found->status;
}

transport::HttpResponse fault_reply(const Fault& fault, std::optional<unsigned> status) {
    json::Value body;
    body.set("errCode", fault.err_code).set("errMsg", fault.err_msg);
    if (!fault.field.empty()) body.set("field", fault.field);
    if (const json::Object* more = fault.data.as_object())
        for (const json::Member& member : *more) body.set(member.name, member.value);
    return json_reply(body, status.value_or(http_status(fault)));
}

void add_security_headers(transport::HttpResponse& response) {
    const auto add = [&](std::string_view name, std::string_view value) {
        if (response.header(name).empty())
            response.headers.push_back({std::string(name), std::string(value)});
    };
    add("Cache-Control", "no-store");
    add("X-Content-Type-Options", "nosniff");
    add("X-Frame-Options", "DENY");
    add("Referrer-Policy", "no-referrer");
    add("Content-Security-Policy", content_policy);
    add("Cross-Origin-Resource-Policy", "same-origin");
}

std::string session_cookie(std::string_view token, Duration life) {
    return std::string(session_cookie_name) + "=" + std::string(token) +
           "; Path=/; Max-Age=" + std::to_string(whole_seconds(life)) + "; Secure; HttpOnly; SameSite=Strict";
}

}  // namespace voip::service
