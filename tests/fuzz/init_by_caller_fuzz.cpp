// Any JSON as an initByCaller request, at each place where one arrives.
#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "tests/fuzz/demand.hpp"

namespace {

using namespace voip;
using fuzz::demand;

/// The codes that a request can be refused with.
bool is_known(int err_code) {
    for (const int known : {code::argument, code::voip_token, code::only_on_device, code::only_in_client,
                            code::device_wrong, code::open_id_wrong})
        if (err_code == known) return true;
    return false;
}

void judge_at(const json::Value& value, const InitRules& rules) {
    fuzz::judge(value, [&](const json::Value& params) { return decode_init_by_caller(params, rules); });
    const auto request = decode_init_by_caller(value, rules);
    if (!request) return demand(is_known(request.error().err_code), "one of the request's codes");
    const bool device = rules.host == Host::device;
    demand(request->caller.id == rules.own_id, "nobody calls in another's name");
    demand(request->business_type == (device ? device_to_user : user_to_device),
           "the side's own businessType");
    demand(is_sn(device ? request->caller.id : request->listener.id), "a device is an SN");
    demand(request->custom_query.empty() || is_custom_query(request->custom_query), "a well formed query");
    demand(request->time_limit_s >= 0 && request->time_limit_s <= 86400, "a limit of a day");
    const bool without = device && (rules.registration == Registration::wmpf || rules.fill_in);
    demand(without || !request->voip_token.empty(), "a token where one is needed");
}

/// The id that the request gives for its caller, so that it may pass; else one that no request has.
std::string own_id(const json::Value& value) {
    const json::Value* caller = value.find("caller");
    const json::Value* id = caller ? caller->find("id") : nullptr;
    return id && id->as_string() && is_sn(*id->as_string()) ? *id->as_string() : "SN-0001";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = json::parse(fuzz::text_of(data, size));
    if (!value) return 0;
    for (const Host host : {Host::device, Host::phone})
        for (const Registration kind : {Registration::device_auth, Registration::wmpf})
            for (const bool fill_in : {false, true})
                judge_at(*value, InitRules{host, kind, own_id(*value), fill_in});
    return 0;
}
