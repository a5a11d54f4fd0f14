#include "protocol/parts.hpp"
#include "protocol/room_codec.hpp"

// What a room tells: events and snapshots.
namespace voip {
namespace {

constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();
constexpr int lowest = std::numeric_limits<int>::min();
constexpr int highest = std::numeric_limits<int>::max();

bool is_join_failure(EventName name) {
    return name == EventName::joinFailCaller || name == EventName::joinFailListener;
}

/// abortVoip has its words in error{}, a failed join has them twice (old and new plugins look at either).
void set_words(json::Value& data, const RoomEvent& event) {
    const EventData& from = event.data;
    json::Value error;
    json::Value& place = event.name == EventName::abortVoip ? error : data;
    if (!from.err_msg.empty()) {
        place.set("errMsg", cut_err_msg(from.err_msg));
        if (is_join_failure(event.name)) place.set("message", cut_err_msg(from.err_msg));
    }
    if (from.err_code) place.set("errCode", *from.err_code);
    if (event.name == EventName::abortVoip && !error.is_null()) data.set("error", std::move(error));
}

json::Value encode_data(const RoomEvent& event) {
    const EventData& from = event.data;
    json::Value data{json::Object{}};
    if (from.keep_time) data.set("keepTime", *from.keep_time);
    if (!from.status.empty()) data.set("status", from.status);
    if (!from.origin.empty()) data.set("origin", from.origin);
    set_words(data, event);
    const bool end = event.name == EventName::endVoip;
    if (end || !from.caller_name.empty()) data.set("callerName", from.caller_name);
    if (end || !from.listener_name.empty()) data.set("listenerName", from.listener_name);
    if (from.room_type) data.set("roomType", to_string(*from.room_type));
    if (from.is_caller) data.set("isCaller", *from.is_caller);
    if (from.business_type) data.set("businessType", *from.business_type);
    return data;
}

void read_words(Reader& reader, EventData& data) {
    const auto text = reader.optional_string("errMsg", rule::err_msg);
    const auto message = reader.optional_string("message", rule::err_msg);
    if (text && !text->empty())
        data.err_msg = *text;
    else if (message && !message->empty())
        data.err_msg = *message;
    if (const auto found = reader.optional_int("errCode", lowest, highest)) data.err_code = found;
}

EventData read_data(Reader& reader) {
    EventData data;
    data.keep_time = reader.optional_integer("keepTime", 0, no_end);
    data.status = reader.optional_string("status", rule::reason).value_or("");
    data.origin = reader.optional_string("origin", rule::reason).value_or("");
    read_words(reader, data);
    Reader error = reader.optional_object("error");
    read_words(error, data);
    data.caller_name = reader.optional_string("callerName", rule::name).value_or("");
    data.listener_name = reader.optional_string("listenerName", rule::name).value_or("");
    data.room_type = reader.optional_word("roomType", room_type);
    data.is_caller = reader.optional_boolean("isCaller");
    data.business_type = reader.optional_int("businessType", device_to_user, user_to_device);
    return data;
}

std::optional<std::string_view> media_state(std::string_view text) noexcept {
    for (const std::string_view known : {"none", "starting", "flowing", "interrupted", "failed"})
        if (text == known) return known;
    return std::nullopt;
}

MediaState read_media(Reader& reader) {
    MediaState media;
    media.state = reader.optional_word("state", media_state).value_or("none");
    media.camera = reader.optional_boolean("camera").value_or(false);
    media.microphone = reader.optional_boolean("microphone").value_or(false);
    Reader quality = reader.optional_object("quality");
    if (quality.present()) media.quality = read_media_quality(quality);
    return media;
}

json::Value encode(const RoomEnd& end) {
    json::Value object;
    object.set("eventName", to_string(end.event_name)).set("status", end.status).set("origin", end.origin);
    object.set("errCode", end.err_code).set("errMsg", cut_err_msg(end.err_msg));
    return object;
}

RoomEnd read_end(Reader& reader) {
    RoomEnd end;
    end.event_name = reader.word("eventName", event_name);
    end.status = reader.optional_string("status", rule::reason).value_or("");
    end.origin = reader.optional_string("origin", rule::reason).value_or("");
    end.err_code = reader.optional_int("errCode", lowest, highest).value_or(0);
    end.err_msg = reader.optional_string("errMsg", rule::err_msg).value_or("");
    return end;
}

constexpr TextRule or_empty(const std::size_t max_bytes) {
    return {max_bytes, 0};
}

/// Like read_party, but an idle room has nobody.
Party read_shown_party(Reader& reader) {
    Party party;
    party.id = reader.optional_string("id", or_empty(limits::open_id_bytes)).value_or("");
    party.name = reader.optional_string("name", rule::name).value_or("");
    party.camera_status = reader.optional_int("cameraStatus", 0, 1).value_or(0);
    return party;
}

RoomFacts read_shown_room(Reader& reader) {
    RoomFacts room;
    room.room_id = reader.optional_string("roomId", or_empty(limits::room_id_bytes)).value_or("");
    const auto group_id = reader.optional_string("groupId", or_empty(limits::room_id_bytes));
    if (group_id && *group_id != room.room_id)
        reader.refuse("groupId", "differs from roomId", code::room_wrong);
    room.call_id = reader.optional_string("callId", or_empty(limits::call_id_bytes)).value_or("");
    room.room_type = reader.optional_word("roomType", room_type).value_or(room.room_type);
    room.business_type =
        reader.optional_int("businessType", device_to_user, user_to_device).value_or(device_to_user);
    Reader caller = reader.optional_object("caller");
    room.caller = read_shown_party(caller);
    Reader listener = reader.optional_object("listener");
    room.listener = read_shown_party(listener);
    room.charge_type = reader.optional_word("chargeType", charge_type).value_or(room.charge_type);
    room.time_limit_s = reader.optional_integer("timeLimit", 0, limits::time_limit_max_s).value_or(0);
    return room;
}

}  // namespace

json::Value encode(const RoomEvent& event) {
    json::Value object;
    object.set("eventName", to_string(event.name)).set("roomId", event.room_id).set("groupId", event.room_id);
    object.set("data", encode_data(event));
    return object;
}

Answer<RoomEvent> decode_room_event(const json::Value& value) {
    Reader reader(value);
    RoomEvent event;
    event.name = reader.word("eventName", event_name);
    event.room_id = reader.string("roomId", rule::room_id);
    const auto group_id = reader.optional_string("groupId", rule::room_id);
    if (group_id && *group_id != event.room_id)
        reader.refuse("groupId", "differs from roomId", code::room_wrong);
    Reader data = reader.optional_object("data");
    event.data = read_data(data);
    return reader.finish(std::move(event));
}

json::Value encode(const MediaState& media) {
    json::Value object;
    object.set("state", media.state).set("camera", media.camera).set("microphone", media.microphone);
    if (media.quality) object.set("quality", encode(*media.quality));
    return object;
}

Answer<MediaState> decode_media_state(const json::Value& value) {
    Reader reader(value);
    return reader.finish(read_media(reader));
}

json::Value encode(const RoomSnapshot& snapshot) {
    const RoomFacts& room = snapshot.room;
    json::Value object;
    object.set("roomId", room.room_id).set("groupId", room.room_id).set("callId", room.call_id);
    object.set("phase", to_string(snapshot.phase)).set("direction", to_string(snapshot.direction));
    object.set("roomType", to_string(room.room_type)).set("businessType", room.business_type);
    object.set("caller", encode_party(room.caller)).set("listener", encode_party(room.listener));
    object.set("chargeType", to_string(room.charge_type)).set("timeLimit", room.time_limit_s);
    object.set("since", snapshot.since)
        .set("keepTime", snapshot.keep_time)
        .set("media", encode(snapshot.media));
    object.set("end", snapshot.end ? encode(*snapshot.end) : json::Value());
    return object;
}

Answer<RoomSnapshot> decode_room_snapshot(const json::Value& value) {
    Reader reader(value);
    RoomSnapshot snapshot;
    snapshot.phase = reader.word("phase", phase);
    snapshot.direction = reader.optional_word("direction", direction).value_or(Direction::outgoing);
    snapshot.room = read_shown_room(reader);
    snapshot.since = reader.optional_integer("since", 0, no_end).value_or(0);
    snapshot.keep_time = reader.optional_integer("keepTime", 0, no_end).value_or(0);
    Reader media = reader.optional_object("media");
    snapshot.media = read_media(media);
    const json::Value* end = reader.peek("end");
    if (end && !end->is_null()) {
        Reader end_reader = reader.object("end");
        snapshot.end = read_end(end_reader);
    }
    return reader.finish(std::move(snapshot));
}

}  // namespace voip
