#include "daemon/call/call_record.hpp"

#include <optional>
#include <utility>

namespace voip::call {
namespace {

std::int64_t number_of(const json::Value& value, std::string_view member) {
    const json::Value* found = value.find(member);
    const std::int64_t* number = found ? found->as_integer() : nullptr;
    return number ? *number : 0;
}

}  // namespace

json::Value encode(const CallRecord& record) {
    json::Value peer;
    peer.set("id", record.peer.id).set("name", record.peer.name).set("contact", record.contact);
    json::Value end;
    end.set("eventName", voip::to_string(record.end.event_name)).set("status", record.end.status);
    end.set("origin", record.end.origin)
        .set("errCode", record.end.err_code)
        .set("errMsg", record.end.err_msg);
    json::Value value;
    value.set("callId", record.call_id).set("roomId", record.room_id);
    value.set("direction", voip::to_string(record.direction))
        .set("roomType", voip::to_string(record.room_type));
    value.set("businessType", record.business_type)
        .set("peer", std::move(peer))
        .set("started", record.started);
    value.set("answered", record.answered).set("ended", record.ended).set("keepTime", record.keep_time);
    value.set("end", std::move(end));
    if (record.quality) value.set("quality", voip::encode(*record.quality));
    return value;
}

std::optional<CallRecord> decode_call_record(const json::Value& value) {
    const json::Value* peer = value.find("peer");
    const json::Value* end = value.find("end");
    const auto way = direction(text_at(value, "direction"));
    const auto type = room_type(text_at(value, "roomType"));
    const auto name = end ? event_name(text_at(*end, "eventName")) : std::nullopt;
    if (!peer || !way || !type || !name || number_of(value, "started") <= 0) return std::nullopt;
    CallRecord record;
    record.call_id = text_at(value, "callId");
    record.room_id = text_at(value, "roomId");
    record.direction = *way;
    record.room_type = *type;
    record.business_type = static_cast<int>(number_of(value, "businessType"));
    record.peer.id = text_at(*peer, "id");
    record.peer.name = text_at(*peer, "name");
    record.contact = text_at(*peer, "contact");
    record.started = number_of(value, "started");
    record.answered = number_of(value, "answered");
    record.ended = number_of(value, "ended");
    record.keep_time = number_of(value, "keepTime");
    record.end.event_name = *name;
    record.end.status = text_at(*end, "status");
    record.end.origin = text_at(*end, "origin");
    record.end.err_code = static_cast<int>(number_of(*end, "errCode"));
    record.end.err_msg = text_at(*end, "errMsg");
    if (const json::Value* quality = value.find("quality"))
        if (const auto numbers = decode_media_quality(*quality)) record.quality = *numbers;
    return record;
}

}  // namespace voip::call
