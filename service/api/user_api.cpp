#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "service/api/api.hpp"
#include "service/http/reply.hpp"

namespace voip::service {
namespace {

constexpr std::size_t code_text_max = 64;
constexpr std::size_t names_offered = 32;  // a choice for a demo, not a directory

Answer<std::string> plain_member(const json::Value& body, std::string_view name, std::size_t max_bytes) {
    const json::Value* member = body.find(name);
    const std::string* text = member ? member->as_string() : nullptr;
    if (!text || !is_plain_text(*text, max_bytes))
        return wrong_argument(name, std::string(name) + " must be text without control characters");
    return *text;
}

transport::HttpResponse with_cookie(transport::HttpResponse response, std::string_view token, Duration life) {
    response.headers.push_back({"Set-Cookie", session_cookie(token, life)});
    return response;
}

}  // namespace

Answer<Session> session_of(const ApiParts& parts, const transport::HttpRequest& request) {
    const FoundToken found = find_token(request);
    if (found.source == TokenSource::none) return Fault{code::token_unknown, "a token is needed", {}, {}};
    if (found.source == TokenSource::cookie && !is_own_origin(request))
        return Fault{code::forbidden, "the request comes from a page of another place", {}, {}};
    return authenticate(parts.registry, found.token, parts.timers.wall_now());
}

UserApi::UserApi(const ApiParts& parts)
    : parts_(parts),
      failures_({static_cast<std::size_t>(parts.config.limits.login_failures_per_minute), 60s, 4096}) {}

transport::HttpResponse UserApi::login(const transport::HttpRequest& request, const json::Value& body) {
    const TimePoint now = parts_.timers.now();
    const UnixMillis wall = parts_.timers.wall_now();
    if (!is_own_origin(request))
        return fault_reply(Fault{code::forbidden, "the request comes from a page of another place", {}, {}});
    if (failures_.is_spent(request.peer, now)) {
        auto response = fault_reply(Fault{code::too_many, "too many failed log-ins, wait a minute", {}, {}});
        const auto seconds = whole_seconds(failures_.wait(request.peer, now)) + 1;
        response.headers.push_back({"Retry-After", std::to_string(seconds)});
        return response;
    }
    auto login = try_login(body, request.peer);
    if (!login) {
        const Fault& fault = login.error();
        if (http_status(fault) == 401) failures_.count(request.peer, now);
        parts_.log.info("log-in refused", kv("peer", request.peer), kv("code", fault.err_code));
        return fault_reply(fault);
    }
    failures_.forgive(request.peer);
    parts_.log.info("user logged in", kv("user", login->user.open_id), kv("peer", request.peer));
    const UnixMillis left = login->token.expires - wall;
    return with_cookie(json_reply(json::Value()
                                      .set("userToken", login->token.token)
                                      .set("openId", login->user.open_id)
                                      .set("name", login->user.name)
                                      .set("expiresIn", left / 1000)),
                       login->token.token, std::chrono::milliseconds(left));
}

Answer<registry::Login> UserApi::try_login(const json::Value& body, std::string_view peer) {
    if (body.find("name")) {
        auto name = plain_member(body, "name", limits::name_bytes);
        if (!name) return name.error();
        return login_by_name(*name, body, peer);
    }
    auto login_code = plain_member(body, "code", code_text_max);
    if (!login_code) return login_code.error();
    return parts_.registry.redeem_enrolment_code(*login_code, parts_.timers.wall_now());
}

std::optional<Fault> UserApi::refuse_names(std::string_view peer) const {
    const Modes& modes = parts_.modes;
    if (!modes.dev && !modes.demo)
        return Fault{code::forbidden, "log-in by name is only for development", "name", {}};
    if (!is_loopback(peer) && !modes.allow_lan)
        return Fault{code::forbidden, "log-in by name is only for this machine", "name", {}};
    return std::nullopt;
}

transport::HttpResponse UserApi::session(const transport::HttpRequest& request, const json::Value&) {
    json::Value answer;
    const auto session = session_of(parts_, request);
    if (!session && session.error().err_code == code::not_ready) return fault_reply(session.error());
    if (session && !session->is_device()) {
        const auto user = parts_.registry.find_user(session->member.id);
        if (!user) return fault_reply(Fault{code::not_ready, "the registry does not answer", {}, {}});
        if (*user)
            answer.set("user", json::Value().set("openId", (*user)->open_id).set("name", (*user)->name));
    }
    json::Array ways{"code"};
    if (!refuse_names(request.peer)) {
        ways.push_back("name");
        const auto users = parts_.registry.users();
        if (!users) return fault_reply(Fault{code::not_ready, "the registry does not answer", {}, {}});
        json::Array names;
        for (const registry::User& user : *users)
            if (user.revoked == 0 && names.size() < names_offered) names.push_back(user.name);
        answer.set("names", std::move(names)).set("newNames", parts_.modes.dev);
    }
    return json_reply(answer.set("login", std::move(ways)));
}

Answer<registry::Login> UserApi::login_by_name(const std::string& name, const json::Value& body,
                                               std::string_view peer) {
    if (auto refused = refuse_names(peer)) return std::move(*refused);
    const Fault not_ready{code::not_ready, "the registry does not answer", {}, {}};
    std::string app_id;
    if (body.find("appId")) {
        auto given = plain_member(body, "appId", limits::app_id_bytes);
        if (!given) return given.error();
        app_id = std::move(*given);
    } else {
        const auto products = parts_.registry.products();
        if (!products) return not_ready;
        if (products->empty()) return wrong_argument("appId", "there is no product yet (admin product add)");
        app_id = products->front().app_id;
    }
    const UnixMillis now = parts_.timers.wall_now();
    auto user = parts_.registry.find_user_by_name(app_id, name);
    if (!user) return not_ready;
    if (!*user) {
        if (!parts_.modes.dev) return Fault{code::token_unknown, "nobody has this name", "name", {}};
        auto made = parts_.registry.add_user(app_id, name, now);
        if (!made)
            return wrong_argument("name", "a user of this name cannot be made: " + made.error().context);
        *user = std::move(*made);
    }
    return parts_.registry.issue_user_token((*user)->open_id, now);
}

transport::HttpResponse UserApi::logout(const transport::HttpRequest& request, const json::Value&) {
    auto session = session_of(parts_, request);
    if (!session) return fault_reply(session.error());
    if (session->is_device()) return fault_reply(Fault{code::forbidden, "only for users", {}, {}});
    const auto revoked =
        parts_.registry.revoke_user_token(find_token(request).token, parts_.timers.wall_now());
    if (!revoked) return fault_reply(revoked.error());
    parts_.changed();
    return with_cookie(json_reply(json::Object{}), "", 0s);
}

transport::HttpResponse UserApi::request_device(const transport::HttpRequest& request,
                                                const json::Value& body) {
    auto session = session_of(parts_, request);
    if (!session) return fault_reply(session.error());
    if (session->is_device()) return fault_reply(Fault{code::forbidden, "only for users", {}, {}});
    auto sn = plain_member(body, "sn", limits::sn_bytes);
    if (!sn) return fault_reply(sn.error());
    auto model_id = plain_member(body, "modelId", limits::model_id_bytes);
    if (!model_id) return fault_reply(model_id.error());
    auto ticket = plain_member(body, "snTicket", limits::token_bytes);
    if (!ticket) return fault_reply(ticket.error());
    const json::Value* name = body.find("deviceName");
    if (name && !name->as_string())
        return fault_reply(wrong_argument("deviceName", "deviceName must be text"));
    const UnixMillis now = parts_.timers.wall_now();
    const registry::Grant grant{session->member.id, *sn, name ? *name->as_string() : std::string(), now};
    const auto done = parts_.registry.authorise(grant, *model_id, *ticket, now);
    if (!done) return fault_reply(done.error());
    parts_.log.info("user authorised a device", kv("user", session->member.id), kv("sn", *sn));
    parts_.changed();
    return json_reply(json::Object{});
}

transport::HttpResponse UserApi::devices(const transport::HttpRequest& request, const json::Value&) {
    auto session = session_of(parts_, request);
    if (!session) return fault_reply(session.error());
    if (session->is_device()) return fault_reply(Fault{code::forbidden, "only for users", {}, {}});
    const auto granted = parts_.registry.devices_of(session->member.id);
    if (!granted) return fault_reply(Fault{code::not_ready, "the registry does not answer", {}, {}});
    json::Array list;
    for (const auto& entry : *granted)
        list.push_back(json::Value()
                           .set("sn", entry.device.sn)
                           .set("modelId", entry.device.model_id)
                           .set("deviceName", entry.grant.device_name)
                           .set("status", 1)
                           .set("online", parts_.is_online(rooms::device(entry.device.sn))));
    return json_reply(json::Value().set("list", std::move(list)));
}

}  // namespace voip::service
