#include "protocol/room_codec.hpp"

#include <cmath>

#include "protocol/parts.hpp"

namespace voip {
namespace {

constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

void set_ids(json::Value& object, const std::string& room_id) {
    object.set("roomId", room_id).set("groupId", room_id);
}

std::string read_room_id(Reader& reader) {
    std::string room_id = reader.string("roomId", rule::room_id);
    const auto group_id = reader.optional_string("groupId", rule::room_id);
    if (group_id && *group_id != room_id) reader.refuse("groupId", "differs from roomId", code::room_wrong);
    return room_id;
}

/// Before a room is ended these are the phases that both members may be told.
std::optional<Phase> live_phase(std::string_view text) noexcept {
    const auto found = phase(text);
    const bool live = found == Phase::ringing || found == Phase::joining || found == Phase::talking;
    return live ? found : std::nullopt;
}

int read_business_type(Reader& reader) {
    return static_cast<int>(reader.integer("businessType", device_to_user, user_to_device));
}

}  // namespace

json::Value encode(const CallIncoming& incoming) {
    const RoomFacts& room = incoming.room;
    json::Value object;
    set_ids(object, room.room_id);
    object.set("callId", room.call_id).set("roomType", to_string(room.room_type));
    object.set("businessType", room.business_type);
    object.set("caller", encode_party(room.caller)).set("listener", encode_party(room.listener));
    object.set("chargeType", to_string(room.charge_type)).set("timeLimit", room.time_limit_s);
    object.set("miniprogramState", to_string(room.state)).set("customQuery", room.custom_query);
    const double whole = std::floor(incoming.ring_seconds);
    if (whole == incoming.ring_seconds && std::abs(whole) <= static_cast<double>(limits::time_limit_max_s))
        object.set("ringSeconds", static_cast<std::int64_t>(whole));
    else
        object.set("ringSeconds", incoming.ring_seconds);
    return object;
}

Answer<CallIncoming> decode_call_incoming(const json::Value& value) {
    Reader reader(value);
    CallIncoming incoming;
    RoomFacts& room = incoming.room;
    room.room_id = read_room_id(reader);
    room.call_id = reader.string("callId", rule::room_call_id);
    room.room_type = reader.word("roomType", room_type);
    room.business_type = read_business_type(reader);
    Reader caller = reader.object("caller");
    room.caller = read_party(caller);
    Reader listener = reader.object("listener");
    room.listener = read_party(listener);
    room.charge_type = reader.optional_word("chargeType", charge_type).value_or(room.charge_type);
    room.time_limit_s = reader.optional_integer("timeLimit", 0, limits::time_limit_max_s).value_or(0);
    room.state = reader.optional_word("miniprogramState", miniprogram_state).value_or(room.state);
    room.custom_query = reader.optional_string("customQuery", rule::custom_query).value_or("");
    incoming.ring_seconds = reader.optional_number("ringSeconds", 0, limits::time_limit_max_s).value_or(60);
    return reader.finish(std::move(incoming));
}

json::Value encode(const RoomJoin& join) {
    json::Value object;
    object.set("roomId", join.room_id);
    if (join.camera_status) object.set("cameraStatus", *join.camera_status);
    return object;
}

Answer<RoomJoin> decode_room_join(const json::Value& value) {
    Reader reader(value);
    RoomJoin join;
    join.room_id = reader.string("roomId", rule::room_id);
    join.camera_status = reader.optional_int("cameraStatus", 0, 1);
    return reader.finish(std::move(join));
}

json::Value encode(const std::vector<IceServer>& servers) {
    json::Array array;
    for (const IceServer& server : servers) {
        json::Value object;
        object.set("urls", json::Array(server.urls.begin(), server.urls.end()));
        if (!server.username.empty()) object.set("username", server.username);
        if (!server.credential.empty()) object.set("credential", server.credential);
        array.push_back(std::move(object));
    }
    return array;
}

namespace {

std::vector<IceServer> read_ice_servers(Reader& reader) {
    constexpr TextRule url{limits::ice_url_bytes, 1};
    constexpr TextRule secret{limits::token_bytes, 0};
    std::vector<IceServer> servers;
    reader.objects("iceServers", limits::ice_servers, [&](Reader& item) {
        IceServer server;
        server.urls = item.strings("urls", limits::ice_urls, url);
        server.username = item.optional_string("username", secret).value_or("");
        server.credential = item.optional_string("credential", secret).value_or("");
        servers.push_back(std::move(server));
    });
    return servers;
}

}  // namespace

Answer<std::vector<IceServer>> decode_ice_servers(const json::Value& value) {
    Reader reader(value);
    return reader.finish(read_ice_servers(reader));
}

json::Value encode(const RoomJoined& joined) {
    json::Value object;
    object.set("roomId", joined.room_id).set("phase", to_string(joined.phase));
    object.set("iceServers", encode(joined.ice_servers));
    return object;
}

Answer<RoomJoined> decode_room_joined(const json::Value& value) {
    Reader reader(value);
    RoomJoined joined;
    joined.room_id = reader.string("roomId", rule::room_id);
    joined.phase = reader.word("phase", live_phase);
    joined.ice_servers = read_ice_servers(reader);
    return reader.finish(std::move(joined));
}

json::Value encode(const RoomResume& resume) {
    json::Value object;
    object.set("roomId", resume.room_id).set("callId", resume.call_id);
    return object;
}

Answer<RoomResume> decode_room_resume(const json::Value& value) {
    Reader reader(value);
    RoomResume resume;
    resume.room_id = reader.string("roomId", rule::room_id);
    resume.call_id = reader.string("callId", rule::room_call_id);
    return reader.finish(std::move(resume));
}

json::Value encode(const RoomResumed& resumed) {
    json::Value object;
    object.set("roomId", resumed.room_id)
        .set("phase", to_string(resumed.phase))
        .set("keepTime", resumed.keep_time);
    return object;
}

Answer<RoomResumed> decode_room_resumed(const json::Value& value) {
    Reader reader(value);
    RoomResumed resumed;
    resumed.room_id = reader.string("roomId", rule::room_id);
    resumed.phase = reader.word("phase", live_phase);
    resumed.keep_time = reader.integer("keepTime", 0, no_end);
    return reader.finish(std::move(resumed));
}

json::Value encode(const RoomHangUp& hang_up) {
    json::Value object;
    object.set("roomId", hang_up.room_id).set("reason", to_string(hang_up.reason));
    if (!hang_up.err_msg.empty()) object.set("errMsg", cut_err_msg(hang_up.err_msg));
    return object;
}

Answer<RoomHangUp> decode_room_hang_up(const json::Value& value) {
    Reader reader(value);
    RoomHangUp hang_up;
    hang_up.room_id = reader.string("roomId", rule::room_id);
    hang_up.reason = reader.optional_word("reason", hang_up_reason).value_or(HangUpReason::manual);
    hang_up.err_msg = reader.optional_string("errMsg", rule::err_msg).value_or("");
    return reader.finish(std::move(hang_up));
}

json::Value encode(const RoomSignal& signal) {
    json::Value object;
    object.set("roomId", signal.room_id).set("body", signal.body);
    return object;
}

Answer<RoomSignal> decode_room_signal(const json::Value& value) {
    Reader reader(value);
    RoomSignal signal;
    signal.room_id = reader.string("roomId", rule::room_id);
    if (const json::Value* body = reader.value("body")) {
        signal.body = *body;
        if (json::write(*body).size() > limits::signal_bytes)
            reader.refuse("body", "larger than 32 KiB", code::too_large);
    }
    return reader.finish(std::move(signal));
}

}  // namespace voip
