#include "daemon/call/doors.hpp"

#include <algorithm>
#include <utility>

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::call {
namespace {

std::string text_of(const json::Value& body, std::string_view name) {
    const json::Value* member = body.find(name);
    const std::string* text = member ? member->as_string() : nullptr;
    return text && text->size() <= limits::name_bytes ? *text : std::string();
}

const Party& other_side(const RoomSnapshot& call) noexcept {
    return call.direction == Direction::outgoing ? call.room.listener : call.room.caller;
}

/// Both sides are in: nobody opens a door from a call that was not answered.
bool is_answered(const RoomSnapshot& call) noexcept {
    return call.phase == Phase::joining || call.phase == Phase::talking;
}

}  // namespace

Doors::Doors(std::vector<std::string> allowed, Open open, Log log)
    : allowed_(std::move(allowed)), open_(std::move(open)), log_(std::move(log)) {}

std::optional<json::Value> Doors::answer(const json::Value& body, const RoomSnapshot& call) {
    const std::string type = text_of(body, "type");
    if (type == "want-relays") {
        json::Array names;
        for (const std::string& name : allowed_) names.emplace_back(name);
        return json::Value().set("type", "relays").set("relays", std::move(names));
    }
    if (type != "relay") return std::nullopt;
    const std::string relay = text_of(body, "relay");
    const Party& who = other_side(call);
    const auto opened = order(relay, call);
    json::Value reply = json::Value().set("type", "relay").set("relay", relay);
    if (!opened) {
        log_.warning("door not opened", kv("relay", relay), kv("by", who.id), kv("name", who.name),
                     kv("room", call.room.room_id), kv("code", opened.error().err_code));
        return reply.set("errCode", opened.error().err_code).set("errMsg", opened.error().err_msg);
    }
    const double seconds = std::chrono::duration<double>(*opened).count();
    log_.notice("door opened", kv("relay", relay), kv("by", who.id), kv("name", who.name),
                kv("room", call.room.room_id),
                kv("ms", std::chrono::duration_cast<std::chrono::milliseconds>(*opened).count()));
    return reply.set("seconds", seconds);
}

Answer<Duration> Doors::order(const std::string& relay, const RoomSnapshot& call) {
    const bool is_allowed = std::find(allowed_.begin(), allowed_.end(), relay) != allowed_.end();
    if (!is_allowed || !is_answered(call))
        return Fault{code::forbidden, "this call may not open it", "relay", {}};
    return open_(relay, other_side(call).id, call.room.room_id);
}

}  // namespace voip::call
