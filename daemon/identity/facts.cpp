#include "daemon/identity/facts.hpp"

namespace voip::identity {

std::string_view to_string(RegistrationState state) noexcept {
    switch (state) {
        case RegistrationState::unregistered: return "unregistered";
        case RegistrationState::registering: return "registering";
        case RegistrationState::registered: return "registered";
        case RegistrationState::refused: return "refused";
        case RegistrationState::lost: return "lost";
        case RegistrationState::unreadable: return "unreadable";
    }
    return "?";
}

std::string_view to_string(ChannelState state) noexcept {
    switch (state) {
        case ChannelState::offline: return "offline";
        case ChannelState::connecting: return "connecting";
        case ChannelState::online: return "online";
    }
    return "?";
}

std::string_view to_string(ClockHealth state) noexcept {
    switch (state) {
        case ClockHealth::ok: return "ok";
        case ClockHealth::behind: return "behind";
        case ClockHealth::ahead: return "ahead";
    }
    return "?";
}

json::Value encode(const DeviceFacts& facts) {
    json::Value registration;
    registration.set("kind", voip::to_string(facts.registration.kind));
    registration.set("state", to_string(facts.registration.state));
    if (facts.registration.err_code) registration.set("errCode", *facts.registration.err_code);
    if (!facts.registration.err_msg.empty()) registration.set("errMsg", facts.registration.err_msg);

    json::Value channel;
    channel.set("state", to_string(facts.channel.state)).set("since", facts.channel.since);
    if (!facts.channel.reason.empty()) channel.set("reason", facts.channel.reason);

    json::Value clock;
    clock.set("state", to_string(facts.clock.state));
    if (facts.clock.offset_s) clock.set("offset", *facts.clock.offset_s);

    json::Value device_token, push_token;
    device_token.set("expireTimestamp", facts.device_token_expires);
    push_token.set("expireTimestamp", facts.push_token_expires);

    json::Value all;
    all.set("sn", facts.sn).set("modelId", facts.model_id).set("appId", facts.app_id);
    all.set("name", facts.name).set("version", facts.version);
    all.set("registration", std::move(registration)).set("channel", std::move(channel));
    all.set("deviceToken", std::move(device_token)).set("pushToken", std::move(push_token));
    all.set("clock", std::move(clock));
    return all;
}

}  // namespace voip::identity
