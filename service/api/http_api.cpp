#include "service/api/http_api.hpp"

#include <algorithm>

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/rpc/codec.hpp"
#include "service/http/reply.hpp"
#include "service/http/static_files.hpp"

namespace voip::service {
namespace {

using transport::HttpRequest;
using transport::HttpResponse;

bool is_wechat(std::string_view path) noexcept {
    return path.starts_with("/wxa/") || path.starts_with("/cgi-bin/");
}
/// Paths that are no files of the page.
bool is_api(std::string_view path) noexcept {
    return path == "/v1" || path.starts_with("/v1/") || is_wechat(path);
}

Fault no_such_path() {
    return Fault{code::no_such_path, "no such path", {}, {}};
}

HttpResponse not_allowed(const std::string& allow) {
    auto response = fault_reply(Fault{code::method_not_allowed, "method not allowed", {}, {}});
    response.headers.push_back({"Allow", allow});
    return response;
}

Fault fault_of(const FaultRule& rule) {
    return Fault{
        rule.err_code, rule.err_msg.empty() ? std::string(code_text(rule.err_code)) : rule.err_msg, {}, {}};
}

/// True when the comma-separated list of Sec-WebSocket-Protocol names ours.
bool offers_subprotocol(std::string_view list) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        std::string_view item = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        while (item.starts_with(' ') || item.starts_with('\t')) item.remove_prefix(1);
        while (item.ends_with(' ') || item.ends_with('\t')) item.remove_suffix(1);
        if (item == channel_subprotocol) return true;
    }
    return false;
}

}  // namespace

HttpApi::HttpApi(const ApiParts& parts, Channels& channels, std::filesystem::path www, std::string version)
    : parts_(parts),
      channels_(channels),
      www_(std::move(www)),
      version_(std::move(version)),
      device_(parts),
      user_(parts),
      wechat_(parts),
      dev_(parts),
      router_(routes()) {}

std::vector<HttpApi::Routes::Route> HttpApi::routes() {
    using enum BodyKind;
    const auto at_once = [](auto& group, auto method) {
        return Handler{[&group, method](const Request& request, const json::Value& body) {
            return (group.*method)(request, body);
        }};
    };
    const auto wechat = [this](auto method) {
        return Handler{[this, method](const Request& request, const json::Value&) {
            return (wechat_.*method)(request);
        }};
    };
    const Handler upgrade_needed{[](const Request&, const json::Value&) {
        auto response = fault_reply(Fault{code::argument, "this path speaks WebSocket", {}, {}}, 426);
        response.headers.push_back({"Upgrade", "websocket"});
        return response;
    }};
    const Handler health_handler{[this](const Request&, const json::Value&) { return health(); }};
    // clang-format off
    std::vector<Routes::Route> table{
        {"POST", "/v1/device/register",       json, at_once(device_, &DeviceApi::enrol)},
        {"POST", "/v1/device/token",          json, at_once(device_, &DeviceApi::token)},
        {"POST", "/v1/user/login",            json, at_once(user_, &UserApi::login)},
        {"POST", "/v1/user/logout",           json, at_once(user_, &UserApi::logout)},
        {"POST", "/v1/user/requestDeviceVoIP", json, at_once(user_, &UserApi::request_device)},
        {"GET",  "/v1/user/session",          none, at_once(user_, &UserApi::session)},
        {"GET",  "/v1/user/getDeviceVoIPList", none, at_once(user_, &UserApi::devices)},
        {"POST", "/v1/rpc",                   json, Handler{{}, &HttpApi::rpc}},
        {"GET",  "/v1/channel",               none, upgrade_needed},
        {"GET",  "/v1/health",                none, health_handler},
        {"GET",  "/cgi-bin/token",            none, wechat(&WechatApi::token)},
        {"POST", "/wxa/getsnticket",          none, wechat(&WechatApi::sn_ticket)},
        {"POST", "/wxa/business/iot/voip/call", none, Handler{{}, &HttpApi::voip_call}},
    };
    // clang-format on
    if (parts_.modes.dev) add_dev_routes(table);
    return table;
}

void HttpApi::add_dev_routes(std::vector<Routes::Route>& table) {
    const auto at_once = [this](auto method) {
        return Handler{[this, method](const Request& request, const json::Value& body) {
            return (dev_.*method)(request, body);
        }};
    };
    table.push_back({"POST", "/v1/dev/faults", BodyKind::json, at_once(&DevApi::add)});
    table.push_back({"GET", "/v1/dev/faults", BodyKind::none, at_once(&DevApi::list)});
    table.push_back({"DELETE", "/v1/dev/faults", BodyKind::none, at_once(&DevApi::clear)});
}

asio::awaitable<HttpResponse> HttpApi::answer(HttpRequest request) {
    auto response = co_await routed(std::move(request));
    add_security_headers(response);
    co_return response;
}

asio::awaitable<HttpResponse> HttpApi::routed(HttpRequest request) {
    const std::string path(request.path());
    if (path.starts_with("/v1/") && carries_secret(request.query())) {
        const Fault fault{code::argument, "tokens and codes do not belong into a URL", "query", {}};
        co_return fault_reply(fault);
    }
    const auto found = router_.find(request.method, path);
    if (!found.route) {
        if (!found.allow.empty()) co_return not_allowed(found.allow);
        co_return page(request);
    }
    json::Value body;
    if (found.route->body == BodyKind::json) {
        const Fault not_json{code::argument, "the body must be application/json", "Content-Type", {}};
        if (!is_json(request)) co_return fault_reply(not_json, 415);
        auto parsed = json::parse(request.body);
        const bool is_object = parsed && parsed->as_object();
        const Fault not_object{code::argument, "the body is no JSON object", {}, {}};
        if (!is_object) co_return fault_reply(not_object);
        body = std::move(*parsed);
    }
    const Handler* handler = &found.route->handler;
    co_return co_await handled(handler, std::move(request), std::move(body));
}

/// The handler between the fault rules of its path.
asio::awaitable<HttpResponse> HttpApi::handled(const Handler* handler, HttpRequest request,
                                               json::Value body) {
    const std::string path(request.path());
    std::optional<FaultRule> rule;
    if (parts_.modes.dev && path != "/v1/dev/faults") {
        if (is_wechat(path)) {
            const auto parsed = json::parse(request.body);
            rule = parts_.faults.take(path, parsed ? text_at(*parsed, "openid") : std::string(),
                                      parsed ? text_at(*parsed, "sn") : std::string());
        } else {
            rule = parts_.faults.take(path, text_at(body, "openId"), text_at(body, "sn"));
        }
    }
    if (rule && rule->delay > Duration::zero()) co_await parts_.timers.wait_for(rule->delay);
    HttpResponse response;
    if (rule && rule->err_code != 0) {
        const Fault fault = fault_of(*rule);
        response = is_wechat(path) ? wechat_reply(fault) : fault_reply(fault);
    } else if (handler->at_once) {
        response = handler->at_once(request, body);
    } else {
        const auto later = handler->later;
        response = co_await (this->*later)(std::move(request), std::move(body));
    }
    if (rule && rule->drop) {
        // Longer than anybody waits for an answer.
        co_await parts_.timers.wait_for(10 * limits::request_time);
    }
    co_return response;
}

asio::awaitable<HttpResponse> HttpApi::rpc(HttpRequest request, json::Value) {
    auto session = session_of(parts_, request);
    if (!session) co_return fault_reply(session.error());
    auto message = rpc::decode(request.body);
    auto* asked = message ? std::get_if<rpc::Request>(&message->what) : nullptr;
    HttpResponse response;
    response.headers.push_back({"Content-Type", "application/json"});
    if (!asked) {
        const Fault no_request{rpc::invalid_request, "the body must be one JSON-RPC request", {}, {}};
        response.status = 400;
        response.body = message ? rpc::write_failure(std::nullopt, no_request)
                                : rpc::write_failure(message.error().id, message.error().fault);
        co_return response;
    }
    Caller caller{std::move(*session), 0};
    const auto answered =
        co_await channels_.answer(std::move(caller), std::move(asked->method), std::move(asked->params));
    response.body =
        answered ? rpc::write_success(asked->id, *answered) : rpc::write_failure(asked->id, answered.error());
    co_return response;
}

asio::awaitable<HttpResponse> HttpApi::voip_call(HttpRequest request, json::Value) {
    auto admitted = wechat_.admit_call(request);
    if (!admitted) co_return wechat_reply(admitted.error());
    const auto outcome =
        co_await channels_.backend_call(std::move(admitted->app_id), std::move(admitted->call));
    if (!outcome) co_return wechat_reply(outcome.error());
    co_return wechat_reply(0);
}

HttpResponse HttpApi::page(const HttpRequest& request) const {
    const std::string_view path = request.path();
    if (is_api(path) || !is_page_path(path)) return fault_reply(no_such_path());
    if (request.method != "GET" && request.method != "HEAD") return not_allowed("GET, HEAD");
    return static_file(www_, path);
}

HttpResponse HttpApi::health() const {
    const bool well = !registry_failed_ || parts_.timers.now() - *registry_failed_ > 60s;
    return json_reply(json::Value()
                          .set("status", well ? "ok" : "degraded")
                          .set("version", version_)
                          .set("time", parts_.timers.wall_now()));
}

HttpResponse HttpApi::refuse_upgrade(const Fault& fault, const HttpRequest& request) const {
    parts_.log.info("channel refused", kv("peer", request.peer), kv("code", fault.err_code));
    auto response = fault_reply(fault);
    add_security_headers(response);
    return response;
}

asio::awaitable<transport::UpgradeAnswer> HttpApi::upgrade(HttpRequest request) {
    transport::UpgradeAnswer out;
    const auto rule = parts_.modes.dev ? parts_.faults.take("/v1/channel", {}, {}) : std::nullopt;
    if (rule && rule->delay > Duration::zero()) co_await parts_.timers.wait_for(rule->delay);
    std::optional<Fault> fault;
    if (request.path() != "/v1/channel")
        fault = no_such_path();
    else if (carries_secret(request.query()))
        fault = Fault{code::argument, "tokens and codes do not belong into a URL", "query", {}};
    else if (!offers_subprotocol(request.header("Sec-WebSocket-Protocol")))
        fault = Fault{code::argument, "the subprotocol must be wmpf-voip.v1", "Sec-WebSocket-Protocol", {}};
    else if (rule && rule->err_code != 0)
        fault = fault_of(*rule);
    if (fault) {
        out.refusal = refuse_upgrade(*fault, request);
        co_return out;
    }
    auto session = session_of(parts_, request);
    if (!session) {
        out.refusal = refuse_upgrade(session.error(), request);
        co_return out;
    }
    out.subprotocol = channel_subprotocol;
    out.serve = [this, taken = std::move(*session)](std::unique_ptr<transport::MessageStream> stream) {
        return channels_.serve(std::move(stream), taken);
    };
    co_return out;
}

}  // namespace voip::service
