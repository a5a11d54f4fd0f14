#include "service/channel/dialling.hpp"

#include <optional>

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::service {
namespace {

/// What the person chose to be called, else what the registry knows.
std::string name_or(const std::string& given, const std::string& known) {
    return given.empty() ? known : given;
}

RoomFacts facts_of(const InitByCaller& request, const registry::Permit& permit) {
    RoomFacts facts;
    facts.call_id = request.call_id;
    facts.room_type = request.room_type;
    facts.business_type = request.business_type;
    facts.caller = request.caller;
    facts.listener = request.listener;
    const bool from_device = request.business_type == device_to_user;
    Party& device = from_device ? facts.caller : facts.listener;
    Party& person = from_device ? facts.listener : facts.caller;
    device.name = permit.device_name;
    person.name = name_or(person.name, permit.user_name);
    facts.charge_type = permit.charge_type;
    facts.time_limit_s = request.time_limit_s;
    facts.state = request.state;
    facts.custom_query = request.custom_query;
    return facts;
}

/// The wishes for the device's picture travel as the query does on the platform: key=value pairs.
std::string video_query(const CallDevice& request) {
    std::string query;
    const auto add = [&](std::string_view name, int value) {
        if (value == 0) return;
        if (!query.empty()) query += '&';
        ((query += name) += '=') += std::to_string(value);
    };
    add("encodeVideoFixedLength", request.encode_video_fixed_length);
    add("encodeVideoRotation", request.encode_video_rotation);
    add("encodeVideoRatio", request.encode_video_ratio);
    add("encodeVideoMaxFPS", request.encode_video_max_fps);
    return query;
}

RoomFacts facts_of(const CallDevice& request, const std::string& open_id, const registry::Permit& permit) {
    RoomFacts facts;
    facts.call_id = request.call_id;
    facts.room_type = request.room_type;
    facts.business_type = user_to_device;
    facts.caller = {open_id, permit.user_name, request.enable_caller_camera ? 0 : 1};
    facts.listener = {request.sn, name_or(request.device_name, permit.device_name),
                      request.enable_listener_camera ? 0 : 1};
    facts.charge_type = permit.charge_type;
    facts.time_limit_s = request.time_limit_s;
    facts.custom_query = video_query(request);
    return facts;
}

RoomFacts facts_of(const BackendCall& call, const registry::Permit& permit) {
    RoomFacts facts;
    facts.room_type = call.room_type;
    facts.business_type = device_to_user;
    facts.caller = {call.sn, permit.device_name, call.caller_camera};
    facts.listener = {call.open_id, name_or(call.listener_name, permit.user_name), call.listener_camera};
    facts.charge_type = permit.charge_type;
    facts.state = call.state;
    facts.custom_query = call.query;
    return facts;
}

}  // namespace

bool is_thrown(int err_code) noexcept {
    return (err_code >= 1000 && err_code < 10000) || err_code <= -32000;
}

Answer<json::Value> init_failure(const Fault& fault) {
    if (is_thrown(fault.err_code)) return fault;
    return encode(refused(fault.err_code, fault.err_msg));
}

Answer<json::Value> Dialling::init_by_caller(const Caller& caller, const json::Value& params,
                                             rooms::Moment now) {
    auto result = init(caller, params, now);
    if (!result) return init_failure(result.error());
    return encode(*result);
}

Answer<InitResult> Dialling::init(const Caller& caller, const json::Value& params, rooms::Moment now) {
    const Session& session = caller.session;
    InitRules rules;
    rules.host = session.is_device() ? Host::device : Host::phone;
    rules.registration = session.registration;
    rules.own_id = session.member.id;
    auto request = decode_init_by_caller(params, rules);
    if (!request) return request.error();
    if (const auto earlier = rooms_.repeated(session.member, caller.channel, request->call_id, now))
        return InitResult{true, earlier->room_id, earlier->charge_type, {}, {}};
    auto admitted = rooms_.admit_dial(session.member, now);
    if (!admitted) return admitted.error();
    auto permit = session.is_device()
                      ? registry::permit_device_call(registry_, session.member.id, *request, now.wall)
                      : registry::permit_user_call(registry_, session.member.id, *request, now.wall);
    if (!permit) return permit.error();
    rooms::Dial dial;
    dial.caller = session.member;
    dial.listener =
        session.is_device() ? rooms::user(request->listener.id) : rooms::device(request->listener.id);
    dial.channel = caller.channel;
    dial.facts = facts_of(*request, *permit);
    auto dialled = rooms_.dial(std::move(dial), now);
    if (!dialled) return dialled.error();
    return InitResult{true, dialled->room_id, dialled->charge_type, {}, {}};
}

Answer<json::Value> Dialling::call_device(const Caller& caller, const json::Value& params,
                                          rooms::Moment now) {
    const rooms::Member& member = caller.session.member;
    auto request = decode_call_device(params);
    if (!request) return request.error();
    if (const auto earlier = rooms_.repeated(member, caller.channel, request->call_id, now))
        return json::Value().set("roomId", earlier->room_id);
    auto admitted = rooms_.admit_dial(member, now);
    if (!admitted) return admitted.error();
    auto permit = registry::permit_call_device(registry_, member.id, *request, open_call_device_, now.wall);
    if (!permit) return permit.error();
    rooms::Dial dial;
    dial.caller = member;
    dial.listener = rooms::device(request->sn);
    dial.channel = caller.channel;
    dial.facts = facts_of(*request, member.id, *permit);
    auto dialled = rooms_.dial(std::move(dial), now);
    if (!dialled) return dialled.error();
    return json::Value().set("roomId", dialled->room_id);
}

Answer<std::string> Dialling::backend_call(std::string_view app_id, const BackendCall& call,
                                           rooms::Moment now) {
    auto permit =
        registry::permit_backend_call(registry_, app_id, call.model_id, call.sn, call.open_id, now.wall);
    if (!permit) return permit.error();
    auto admitted = rooms_.admit_dial(rooms::device(call.sn), now);
    if (!admitted) return admitted.error();
    rooms::Dial dial;
    dial.caller = rooms::device(call.sn);
    dial.listener = rooms::user(call.open_id);
    dial.facts = facts_of(call, *permit);
    auto dialled = rooms_.backend_call(std::move(dial), now);
    if (!dialled) return dialled.error();
    return dialled->room_id;
}

}  // namespace voip::service
