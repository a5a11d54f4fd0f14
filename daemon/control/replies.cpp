#include "daemon/control/replies.hpp"

#include <cmath>

#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/room_codec.hpp"

namespace voip::control {
namespace {

constexpr std::size_t result_bytes = limits::message_bytes - 256;  // room for the envelope of the answer

json::Value list_of(const std::vector<std::string>& texts) {
    json::Array list;
    for (const auto& text : texts) list.emplace_back(text);
    return list;
}

json::Value text_or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}

}  // namespace

json::Value encode(const Contact& contact) {
    json::Array people;
    for (const Person& person : contact.people) {
        json::Value one;
        one.set("openId", person.open_id).set("name", person.name);
        people.push_back(one.set("authorisation", to_string(person.authorisation)));
    }
    json::Value value;
    return value.set("contact", contact.contact).set("name", contact.name).set("people", std::move(people));
}

json::Value encode(const DeviceFacts& facts) {
    json::Value registration, channel, device_token, push_token, clock, value;
    registration.set("kind", to_string(facts.kind)).set("state", facts.registration);
    if (facts.registration_code) {
        registration.set("errCode", *facts.registration_code).set("errMsg", facts.registration_text);
    }
    channel.set("state", facts.channel).set("since", facts.channel_since);
    if (!facts.channel_reason.empty()) channel.set("reason", facts.channel_reason);
    device_token.set("expireTimestamp", facts.device_token_expires);
    push_token.set("expireTimestamp", facts.push_token_expires);
    clock.set("state", facts.clock);
    if (facts.clock_offset_s)
        clock.set("offset", static_cast<std::int64_t>(std::llround(*facts.clock_offset_s)));
    value.set("sn", facts.sn)
        .set("modelId", facts.model_id)
        .set("appId", facts.app_id)
        .set("name", facts.name);
    value.set("version", facts.version).set("registration", std::move(registration));
    value.set("channel", std::move(channel)).set("deviceToken", std::move(device_token));
    return value.set("pushToken", std::move(push_token)).set("clock", std::move(clock));
}

json::Value encode(const PushToken& token) {
    json::Value value;
    return value.set("pushToken", token.token).set("expireTimestamp", token.expires);
}

json::Value encode(const RelayOpening& opening) {
    json::Value value;
    value.set("at", opening.at).set("by", opening.asker.by);
    return value.set("roomId", text_or_null(opening.asker.room_id));
}

json::Value encode(const BoardFacts& facts) {
    json::Array buttons, relays;
    for (const ButtonFacts& button : facts.buttons) {
        json::Value one;
        buttons.push_back(
            one.set("name", button.name).set("contact", button.contact).set("state", button.state));
    }
    for (const RelayFacts& relay : facts.relays) {
        json::Value one;
        one.set("name", relay.name).set("active", relay.active);
        relays.push_back(one.set("lastOpened", relay.last ? encode(*relay.last) : json::Value()));
    }
    json::Value value;
    value.set("driver", facts.driver).set("buttons", std::move(buttons));
    value.set("lamp", facts.lamp ? json::Value(*facts.lamp) : json::Value()).set("relays", std::move(relays));
    value.set("camera", text_or_null(facts.camera)).set("microphone", text_or_null(facts.microphone));
    return value.set("speaker", text_or_null(facts.speaker));
}

json::Value encode(const RelayPulse& pulse) {
    json::Value value;
    return value.set("relay", pulse.relay).set("until", pulse.until);
}

json::Value encode(const Health& health) {
    json::Array parts;
    for (const HealthPart& part : health.parts) {
        json::Value one;
        one.set("name", part.name).set("state", part.state).set("since", part.since);
        parts.push_back(one.set("reason", part.reason));
    }
    json::Value value;
    return value.set("status", health.status).set("parts", std::move(parts));
}

json::Value encode(const Reloaded& reloaded) {
    json::Value value;
    return value.set("applied", list_of(reloaded.applied))
        .set("needsRestart", list_of(reloaded.needs_restart));
}

json::Value encode(const call::MediaAnswer& answer) {
    json::Value value = voip::encode(answer.media);
    return value.set("volume", answer.volume);
}

Answer<json::Value> bounded(json::Value result) {
    if (json::write(result).size() <= result_bytes) return result;
    return Fault{code::too_large, "the result does not fit into one message", {}, {}};
}

Answer<json::Value> encode_contacts(const std::vector<Contact>& contacts) {
    json::Array list;
    for (const Contact& contact : contacts) list.push_back(encode(contact));
    json::Value value;
    value.set("contacts", std::move(list));
    return bounded(std::move(value));
}

json::Value encode_history(const std::vector<CallRecord>& records) {
    json::Array list;
    std::size_t room = result_bytes - 16;  // around them: {"calls":[]}
    for (const CallRecord& record : records) {
        json::Value one = encode(record);
        const std::size_t size = json::write(one).size() + 1;
        if (size > room) break;
        room -= size;
        list.push_back(std::move(one));
    }
    json::Value value;
    return value.set("calls", std::move(list));
}

}  // namespace voip::control
