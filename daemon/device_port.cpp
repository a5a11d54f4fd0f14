#include "daemon/device_port.hpp"

#include "protocol/errors.hpp"

namespace voip::daemon {
namespace {

Fault unreachable(const Error& why) {
    return {code::network, "the service was not reached: " + why.text(), {}, {}};
}
Fault no_service() {
    return {code::network, "engine none: there is no service", {}, {}};
}

InitRules rules_of(const std::string& sn, Registration kind) {
    InitRules rules;
    rules.host = Host::device;
    rules.registration = kind;
    rules.own_id = sn;
    rules.fill_in = true;
    return rules;
}

}  // namespace

control::DeviceFacts DevicePort::facts() const {
    const identity::DeviceFacts known = identity_.facts();
    control::DeviceFacts facts;
    facts.sn = known.sn;
    facts.model_id = known.model_id;
    facts.app_id = known.app_id;
    facts.name = known.name;
    facts.version = known.version;
    facts.kind = known.registration.kind;
    facts.registration = identity::to_string(known.registration.state);
    facts.registration_code = known.registration.err_code;
    facts.registration_text = known.registration.err_msg;
    facts.channel = identity::to_string(known.channel.state);
    facts.channel_since = known.channel.since;
    facts.channel_reason = known.channel.reason;
    facts.device_token_expires = known.device_token_expires;
    facts.push_token_expires = known.push_token_expires;
    facts.clock = identity::to_string(known.clock.state);
    if (known.clock.offset_s) facts.clock_offset_s = static_cast<double>(*known.clock.offset_s);
    return facts;
}

InitRules DevicePort::init_rules() const {
    return rules_of(identity_.settings().sn, identity_.settings().registration);
}

asio::awaitable<Answer<std::monostate>> DevicePort::register_device(std::string sn_ticket) {
    return identity_.register_device(std::move(sn_ticket));
}

asio::awaitable<Answer<control::PushToken>> DevicePort::push_token() {
    auto outcome = co_await identity_.push_token(timers_.now() + limits::request_time);
    if (const Fault* fault = outcome.fault()) co_return *fault;
    if (const Error* error = outcome.error()) co_return unreachable(*error);
    co_return control::PushToken{outcome.result()->value, outcome.result()->expire_timestamp};
}

InitRules LonelyDevicePort::init_rules() const {
    return rules_of(facts_.sn, Registration::wmpf);
}

asio::awaitable<Answer<std::monostate>> LonelyDevicePort::register_device(std::string) {
    co_return no_service();
}

asio::awaitable<Answer<control::PushToken>> LonelyDevicePort::push_token() {
    co_return no_service();
}

}  // namespace voip::daemon
