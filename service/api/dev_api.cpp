#include "protocol/errors.hpp"
#include "service/api/api.hpp"
#include "service/http/reply.hpp"

namespace voip::service {
namespace {

std::optional<Fault> check_peer(const ApiParts& parts, const transport::HttpRequest& request) {
    if (is_loopback(request.peer) && is_own_origin(request)) return std::nullopt;
    parts.log.warning("development call from elsewhere refused", kv("peer", request.peer));
    return Fault{code::forbidden, "only for this machine", {}, {}};
}

}  // namespace

transport::HttpResponse DevApi::add(const transport::HttpRequest& request, const json::Value& body) {
    if (const auto fault = check_peer(parts_, request)) return fault_reply(*fault);
    auto rule = decode_fault_rule(body);
    if (!rule) return fault_reply(rule.error());
    parts_.log.notice("fault rule", kv("method", rule->method), kv("code", rule->err_code),
                      kv("times", rule->times));
    const auto added = parts_.faults.add(std::move(*rule));
    if (!added) return fault_reply(added.error());
    return list(request, body);
}

transport::HttpResponse DevApi::list(const transport::HttpRequest& request, const json::Value&) {
    if (const auto fault = check_peer(parts_, request)) return fault_reply(*fault);
    json::Array rules;
    for (const FaultRule& rule : parts_.faults.all()) rules.push_back(encode(rule));
    return json_reply(json::Value().set("faults", std::move(rules)));
}

transport::HttpResponse DevApi::clear(const transport::HttpRequest& request, const json::Value&) {
    if (const auto fault = check_peer(parts_, request)) return fault_reply(*fault);
    parts_.faults.clear();
    return json_reply(json::Object{});
}

}  // namespace voip::service
