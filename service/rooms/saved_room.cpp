#include "service/rooms/saved_room.hpp"

#include "protocol/reader.hpp"
#include "protocol/room_codec.hpp"

namespace voip::rooms {
namespace {

// The facts stand in the form of call.incoming, which states a ring time that no room needs.
constexpr double unused_ring_seconds = 60;
constexpr UnixMillis latest = 253402300799999;  // the end of the year 9999

std::string_view to_string(MemberKind kind) {
    return kind == MemberKind::device ? "device" : "user";
}

std::optional<MemberKind> member_kind(std::string_view word) noexcept {
    if (word == "device") return MemberKind::device;
    if (word == "user") return MemberKind::user;
    return std::nullopt;
}

json::Value encode_side(const Member& member, bool joined) {
    json::Value side;
    side.set("kind", to_string(member.kind)).set("id", member.id).set("joined", joined);
    return side;
}

void read_side(Reader side, Member& member, bool& joined) {
    member.kind = side.word("kind", member_kind);
    member.id = side.string("id", rule::party_id);
    joined = side.boolean("joined");
}

/// What the phase says must be there is there.
void check_phase(Reader& reader, const SavedRoom& room) {
    const bool answered = room.phase == Phase::joining || room.phase == Phase::talking;
    const bool known = answered || room.phase == Phase::ringing || room.phase == Phase::ended;
    if (!known) reader.refuse("phase", "no phase of a saved room");
    if (room.phase == Phase::joining && (room.caller_joined || !room.listener_joined))
        reader.refuse("phase", "joining means that the listener alone is in");
    if (room.phase == Phase::talking && !(room.caller_joined && room.listener_joined))
        reader.refuse("phase", "talking means that both are in");
    if (room.phase == Phase::ringing && room.listener_joined)
        reader.refuse("phase", "ringing means that the listener is not in");
    if (room.caller == room.listener) reader.refuse("listener", "the same as the caller");
}

}  // namespace

json::Value encode(const SavedRoom& room) {
    json::Value value;
    value.set("facts", voip::encode(CallIncoming{room.facts, unused_ring_seconds}))
        .set("caller", encode_side(room.caller, room.caller_joined))
        .set("listener", encode_side(room.listener, room.listener_joined))
        .set("listenerTold", room.listener_told)
        .set("phase", voip::to_string(room.phase))
        .set("started", room.started)
        .set("rung", room.rung)
        .set("answered", room.answered)
        .set("talking", room.talking)
        .set("ended", room.ended);
    return value;
}

Result<SavedRoom> decode_saved_room(const json::Value& value) {
    Reader reader(value);
    SavedRoom room;
    if (const json::Value* facts = reader.value("facts")) {
        auto incoming = decode_call_incoming(*facts);
        if (!incoming)
            return fail(Errc::bad_message,
                        "facts." + incoming.error().field + ": " + incoming.error().err_msg);
        room.facts = std::move(incoming->room);
    }
    read_side(reader.object("caller"), room.caller, room.caller_joined);
    read_side(reader.object("listener"), room.listener, room.listener_joined);
    room.listener_told = reader.boolean("listenerTold");
    room.phase = reader.word("phase", voip::phase);
    room.started = reader.integer("started", 0, latest);
    room.rung = reader.integer("rung", 0, latest);
    room.answered = reader.integer("answered", 0, latest);
    room.talking = reader.integer("talking", 0, latest);
    room.ended = reader.integer("ended", 0, latest);
    if (reader.ok()) check_phase(reader, room);
    if (!reader.ok()) return fail(Errc::bad_message, reader.fault().field + ": " + reader.fault().err_msg);
    return room;
}

}  // namespace voip::rooms
