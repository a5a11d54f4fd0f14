#include "service/api/wechat_api.hpp"

#include "protocol/errors.hpp"
#include "service/http/reply.hpp"

namespace voip::service {
namespace {

std::string parameter(const QueryParameters& parameters, std::string_view name) {
    const std::string* value = find_parameter(parameters, name);
    return value ? *value : std::string();
}

}  // namespace

transport::HttpResponse wechat_reply(int err_code, std::string_view message) {
    const std::string_view text = !message.empty() ? message : err_code == 0 ? "ok" : code_text(err_code);
    return json_reply(json::Value().set("errcode", err_code).set("errmsg", text));
}

WechatApi::WechatApi(const ApiParts& parts)
    : parts_(parts),
      failures_({static_cast<std::size_t>(parts.config.limits.login_failures_per_minute), 60s, 4096}) {}

transport::HttpResponse WechatApi::token(const transport::HttpRequest& request) {
    const TimePoint now = parts_.timers.now();
    if (failures_.is_spent(request.peer, now))
        return wechat_reply(code::system_busy, "too many failures, wait a minute");
    const auto parameters = parse_query(request.query());
    if (!parameters || parameter(*parameters, "grant_type") != "client_credential")
        return wechat_reply(code::access_token, "grant_type must be client_credential");
    const UnixMillis wall = parts_.timers.wall_now();
    const auto issued = parts_.registry.issue_access_token(parameter(*parameters, "appid"),
                                                           parameter(*parameters, "secret"), wall);
    if (!issued) {
        if (issued.error().err_code == code::access_token) failures_.count(request.peer, now);
        parts_.log.info("access token refused", kv("peer", request.peer),
                        kv("code", issued.error().err_code));
        return wechat_reply(issued.error());
    }
    failures_.forgive(request.peer);
    return json_reply(
        json::Value().set("access_token", issued->token).set("expires_in", (issued->expires - wall) / 1000));
}

Answer<std::string> WechatApi::app_of(const transport::HttpRequest& request) {
    const auto parameters = parse_query(request.query());
    if (!parameters) return Fault{code::access_token, "the query is malformed", {}, {}};
    return parts_.registry.check_access_token(parameter(*parameters, "access_token"),
                                              parts_.timers.wall_now());
}

transport::HttpResponse WechatApi::sn_ticket(const transport::HttpRequest& request) {
    auto app_id = app_of(request);
    if (!app_id) return wechat_reply(app_id.error());
    const auto body = json::parse(request.body);
    const auto text = [&](std::string_view name) -> const std::string* {
        const json::Value* member = body ? body->find(name) : nullptr;
        return member ? member->as_string() : nullptr;
    };
    const std::string* sn = text("sn");
    const std::string* model_id = text("model_id");
    if (!sn || !model_id)
        return wechat_reply(code::model_id_check, "the body must be JSON with sn and model_id");
    const auto issued = parts_.registry.make_sn_ticket(*app_id, *sn, *model_id, parts_.timers.wall_now());
    if (!issued) return wechat_reply(issued.error());
    return json_reply(json::Value().set("errcode", 0).set("errmsg", "ok").set("sn_ticket", issued->token));
}

Answer<WechatApi::Admitted> WechatApi::admit_call(const transport::HttpRequest& request) {
    auto app_id = app_of(request);
    if (!app_id) return app_id.error();
    const auto body = json::parse(request.body);
    if (!body) return Fault{code::argument, "the body must be JSON", {}, {}};
    auto call = decode_backend_call(*body);
    if (!call) return call.error();
    return Admitted{std::move(*app_id), std::move(*call)};
}

}  // namespace voip::service
