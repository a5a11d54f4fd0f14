#include "service/channel/methods.hpp"

#include <algorithm>
#include <array>

#include "protocol/errors.hpp"
#include "protocol/room_codec.hpp"
#include "protocol/rpc/codec.hpp"
#include "service/guard/turn.hpp"

namespace voip::service {
namespace {

enum class Who { device, user, both };

json::Value token_answer(const registry::IssuedToken& issued) {
    return json::Value().set("pushToken", issued.token).set("expireTimestamp", issued.expires);
}

/// The roomId of a request that has nothing else; Fault 1 as the room codecs have it.
Answer<std::string> room_id_of(const json::Value& params) {
    const json::Value* member = params.find("roomId");
    const std::string* room_id = member ? member->as_string() : nullptr;
    if (!room_id || room_id->empty() || room_id->size() > limits::room_id_bytes)
        return Fault{code::room_wrong, "roomId is wrong", "roomId", {}};
    return *room_id;
}

std::optional<Fault> check_profile(const json::Value& params) {
    for (std::string_view name : {"name", "version"}) {
        const json::Value* member = params.find(name);
        if (!member) continue;
        const std::string* text = member->as_string();
        if (!text || (!text->empty() && !is_plain_text(*text, limits::name_bytes)))
            return wrong_argument(name, std::string(name) + " must be text of at most 128 bytes");
    }
    for (std::string_view name : {"camera", "display", "microphone", "speaker"}) {
        const json::Value* member = params.find(name);
        if (member && !member->as_bool())
            return wrong_argument(name, std::string(name) + " must be true or false");
    }
    return std::nullopt;
}

}  // namespace

struct Methods::Entry {
    std::string_view name;
    Who who;
    bool needs_channel;
    Answer<json::Value> (Methods::*handle)(const Caller&, const json::Value&);
};

Methods::Methods(Parts parts)
    : parts_(parts), dialling_(parts.rooms, parts.registry, parts.config.call_device.open) {}

const Methods::Entry* Methods::find(std::string_view method) noexcept {
    // clang-format off
    static constexpr std::array entries{
        Entry{"channel.ping",        Who::both,   true,  &Methods::ping},
        Entry{"channel.renew",       Who::both,   true,  &Methods::renew},
        Entry{"device.getPushToken", Who::device, false, &Methods::device_push_token},
        Entry{"device.profile",      Who::device, false, &Methods::device_profile},
        Entry{"room.hangUp",         Who::both,   false, &Methods::hang_up},
        Entry{"room.iceServers",     Who::both,   false, &Methods::ice},
        Entry{"room.join",           Who::both,   true,  &Methods::join},
        Entry{"room.resume",         Who::both,   true,  &Methods::resume},
        Entry{"room.signal",         Who::both,   false, &Methods::signal},
        Entry{"user.getPushToken",   Who::user,   false, &Methods::user_push_token},
        Entry{"voip.callDevice",     Who::user,   false, &Methods::call_device},
        Entry{"voip.initByCaller",   Who::both,   false, &Methods::init_by_caller},
    };
    // clang-format on
    static_assert(std::ranges::is_sorted(entries, {}, &Entry::name));
    const auto found = std::ranges::lower_bound(entries, method, {}, &Entry::name);
    return found != entries.end() && found->name == method ? &*found : nullptr;
}

Answer<json::Value> Methods::answer(const Caller& caller, std::string_view method,
                                    const json::Value& params) {
    const Entry* entry = find(method);
    if (!entry) return Fault{rpc::method_not_found, "unknown method", {}, {}};
    const Who asks = caller.session.is_device() ? Who::device : Who::user;
    if (entry->who != Who::both && entry->who != asks)
        return Fault{code::forbidden, asks == Who::device ? "only for users" : "only for devices", {}, {}};
    if (entry->needs_channel && caller.channel == 0)
        return Fault{code::unsupported, "only on a channel (/v1/channel)", {}, {}};
    if (!params.is_null() && !params.as_object()) return wrong_argument("", "params must be an object");
    return (this->*entry->handle)(caller, params);
}

void Methods::hear(const Caller& caller, std::string_view method, const json::Value& params) {
    if (method == "room.signal") (void)signal(caller, params);
}

Answer<json::Value> Methods::init_by_caller(const Caller& caller, const json::Value& params) {
    return dialling_.init_by_caller(caller, params, now());
}

Answer<json::Value> Methods::call_device(const Caller& caller, const json::Value& params) {
    return dialling_.call_device(caller, params, now());
}

Answer<json::Value> Methods::join(const Caller& caller, const json::Value& params) {
    auto join = decode_room_join(params);
    if (!join) return join.error();
    const auto moment = now();
    auto joined = parts_.rooms.join(caller.session.member, caller.channel, *join, moment);
    if (!joined) return joined.error();
    joined->ice_servers = ice_servers(parts_.config.turn, joined->room_id, moment.wall);
    return encode(*joined);
}

Answer<json::Value> Methods::ice(const Caller& caller, const json::Value& params) {
    auto room_id = room_id_of(params);
    if (!room_id) return room_id.error();
    const auto moment = now();
    auto allowed = parts_.rooms.check_member(caller.session.member, caller.channel, *room_id, moment);
    if (!allowed) return allowed.error();
    return json::Value().set("iceServers", encode(ice_servers(parts_.config.turn, *room_id, moment.wall)));
}

Answer<json::Value> Methods::resume(const Caller& caller, const json::Value& params) {
    auto resume = decode_room_resume(params);
    if (!resume) return resume.error();
    auto resumed = parts_.rooms.resume(caller.session.member, caller.channel, *resume, now());
    if (!resumed) return resumed.error();
    return encode(*resumed);
}

Answer<json::Value> Methods::hang_up(const Caller& caller, const json::Value& params) {
    auto hang_up = decode_room_hang_up(params);
    if (!hang_up) return hang_up.error();
    auto room_id = parts_.rooms.hang_up(caller.session.member, caller.channel, *hang_up, now());
    if (!room_id) return room_id.error();
    return json::Value().set("roomId", *room_id);
}

Answer<json::Value> Methods::signal(const Caller& caller, const json::Value& params) {
    auto signal = decode_room_signal(params);
    if (!signal) return signal.error();
    const std::size_t bytes = json::write(signal->body).size();
    auto targets = parts_.rooms.signal(caller.session.member, caller.channel, signal->room_id, bytes, now());
    if (!targets) return targets.error();
    if (!targets->empty()) {
        const auto message =
            std::make_shared<const std::string>(rpc::write_notification("room.signal", encode(*signal)));
        for (const rooms::ChannelId target : *targets) parts_.channels.send(target, message);
    }
    return json::Value(json::Object{});
}

Answer<json::Value> Methods::device_push_token(const Caller& caller, const json::Value&) {
    auto issued = parts_.registry.issue_push_token(caller.session.member.id, now().wall);
    if (!issued) return issued.error();
    return token_answer(*issued);
}

Answer<json::Value> Methods::device_profile(const Caller& caller, const json::Value& params) {
    if (auto fault = check_profile(params)) return std::move(*fault);
    const auto contacts = parts_.registry.users_of(caller.session.member.id);
    if (!contacts) return Fault{code::not_ready, "the registry does not answer", {}, {}};
    json::Array users;
    for (const auto& contact : *contacts)
        users.push_back(json::Value().set("openId", contact.user.open_id).set("name", contact.user.name));
    return json::Value().set("users", std::move(users)).set("time", now().wall);
}

Answer<json::Value> Methods::user_push_token(const Caller& caller, const json::Value& params) {
    const json::Value* member = params.find("sn");
    const std::string* sn = member ? member->as_string() : nullptr;
    if (!sn || !is_sn(*sn)) return wrong_argument("sn", "sn must be 1 to 128 of [0-9A-Za-z_-]");
    auto issued = parts_.registry.push_token_for(caller.session.member.id, *sn, now().wall);
    if (!issued) return issued.error();
    return token_answer(*issued);
}

Answer<json::Value> Methods::ping(const Caller&, const json::Value&) {
    return json::Value(json::Object{});
}

Answer<json::Value> Methods::renew(const Caller& caller, const json::Value& params) {
    const json::Value* member = params.find("token");
    const std::string* token = member ? member->as_string() : nullptr;
    if (!token) return wrong_argument("token", "token must be text");
    const UnixMillis wall = now().wall;
    auto session = authenticate(parts_.registry, *token, wall);
    if (!session) return session.error();
    if (session->member != caller.session.member)
        return Fault{code::forbidden, "the token is another member's", "token", {}};
    parts_.channels.renew(caller.channel, *session);
    return json::Value().set("expiresIn", (session->expires - wall) / 1000);
}

}  // namespace voip::service
