#include "protocol/rpc/codec.hpp"

#include <algorithm>
#include <limits>

#include "protocol/limits.hpp"

namespace voip::rpc {
namespace {

std::optional<Id> read_id(const json::Value* value) {
    if (!value) return std::nullopt;
    if (const auto* number = value->as_integer()) return Id(*number);
    const auto* text = value->as_string();
    if (text && text->size() <= limits::rpc_id_bytes) return Id(*text);
    return std::nullopt;
}

json::Value write_id(const Id& id) {
    if (const auto* number = std::get_if<std::int64_t>(&id)) return *number;
    return std::get<std::string>(id);
}

Undecodable invalid(std::string_view why, std::optional<Id> id = std::nullopt) {
    return {Fault{invalid_request, "invalid request: " + std::string(why), {}, {}}, std::move(id)};
}

/// The error object's data without the members that are the Fault's own.
json::Value extra_members(const json::Value& data) {
    json::Value extra;
    if (!data.as_object()) return extra;
    for (const json::Member& member : *data.as_object())
        if (member.name != "errCode" && member.name != "errMsg" && member.name != "field")
            extra.set(member.name, member.value);
    return extra;
}

std::optional<Fault> read_error(const json::Value& error) {
    const json::Value* code = error.find("code");
    const json::Value* message = error.find("message");
    const std::int64_t* number = code ? code->as_integer() : nullptr;
    if (!number || *number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
        return std::nullopt;
    if (!message || !message->as_string()) return std::nullopt;
    Fault fault{static_cast<int>(*number), *message->as_string(), {}, {}};
    const json::Value* data = error.find("data");
    if (!data || !data->as_object()) return fault;  // somebody else's data: nothing of ours in it
    const json::Value* text = data->find("errMsg");
    if (fault.err_msg.empty() && text && text->as_string()) fault.err_msg = *text->as_string();
    const json::Value* field = data->find("field");
    if (field && field->as_string()) fault.field = *field->as_string();
    fault.data = extra_members(*data);
    return fault;
}

using Decoded = boost::system::result<Message, Undecodable>;

/// The member of an object that is taken apart; null when there is none.
json::Value* part(json::Value& value, std::string_view name) {
    json::Object& members = *value.as_object();
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const json::Member& m) { return m.name == name; });
    return found == members.end() ? nullptr : &found->value;
}

/// A response that cannot be understood is answered without its id: the id is ours, not the peer's.
Decoded decode_response(json::Value& value) {
    const json::Value* id = value.find("id");
    json::Value* result = part(value, "result");
    const json::Value* error = value.find("error");
    if (result && error) return invalid("both result and error");
    std::optional<Id> known = read_id(id);
    if (!id || (!known && !id->is_null())) return invalid("a response needs an id");
    if (result) {
        if (!known) return invalid("a result needs an id");
        return Message{Success{std::move(*known), std::move(*result)}};
    }
    std::optional<Fault> fault = read_error(*error);
    if (!fault) return invalid("error needs an integer code and a string message");
    return Message{Failure{std::move(known), std::move(*fault)}};
}

Decoded decode_request(json::Value& value) {
    const json::Value* id_member = value.find("id");
    std::optional<Id> id = read_id(id_member);
    const json::Value* method = value.find("method");
    json::Value* params = part(value, "params");
    if (!method || !method->as_string()) return invalid("method must be a string", std::move(id));
    const std::string& name = *method->as_string();
    if (name.empty() || name.size() > limits::method_bytes)
        return invalid("method must have 1 to 64 bytes", std::move(id));
    if (id_member && !id) return invalid("id must be an integer or a string of at most 64 bytes");
    if (params && !params->as_object() && !params->as_array())
        return invalid("params must be an object or an array", std::move(id));
    json::Value given = params ? std::move(*params) : json::Value();
    if (id) return Message{Request{std::move(*id), name, std::move(given)}};
    return Message{Notification{name, std::move(given)}};
}

/// The beginning of a message; what belongs into it is written behind, so that no tree is copied into
/// another.
std::string envelope() {
    return R"({"jsonrpc":"2.0")";
}
void add(std::string& message, std::string_view name, const json::Value& value) {
    message.append(",\"").append(name).append("\":").append(json::write(value));
}
std::string finished(std::string message) {
    message += '}';
    return message;
}

}  // namespace

Decoded decode(std::string_view text) {
    auto value = json::parse(text, {limits::message_bytes, limits::nesting_depth, false});
    if (!value) return Undecodable{Fault{parse_error, "parse error: " + value.error().text(), {}, {}}, {}};
    if (value->as_array()) return invalid("no batches here");
    if (!value->as_object()) return invalid("an object is needed");
    const bool response = !value->find("method") && (value->find("result") || value->find("error"));
    const json::Value* version = value->find("jsonrpc");
    if (!version || *version != json::Value("2.0"))
        return invalid("jsonrpc must be \"2.0\"", response ? std::nullopt : read_id(value->find("id")));
    if (response) return decode_response(*value);
    if (value->find("result") || value->find("error"))
        return invalid("both a request and a response", read_id(value->find("id")));
    return decode_request(*value);
}

std::string write_request(const Id& id, std::string_view method, const json::Value& params) {
    std::string message = envelope();
    add(message, "id", write_id(id));
    add(message, "method", method);
    if (!params.is_null()) add(message, "params", params);
    return finished(std::move(message));
}

std::string write_notification(std::string_view method, const json::Value& params) {
    std::string message = envelope();
    add(message, "method", method);
    if (!params.is_null()) add(message, "params", params);
    return finished(std::move(message));
}

std::string write_success(const Id& id, const json::Value& result) {
    std::string message = envelope();
    add(message, "id", write_id(id));
    add(message, "result", result);
    return finished(std::move(message));
}

std::string write_failure(const std::optional<Id>& id, const Fault& fault) {
    json::Value data;
    data.set("errCode", fault.err_code).set("errMsg", fault.err_msg);
    if (!fault.field.empty()) data.set("field", fault.field);
    const json::Value extra = extra_members(fault.data);
    if (const json::Object* members = extra.as_object())
        for (const json::Member& member : *members) data.set(member.name, member.value);
    json::Value error;
    error.set("code", fault.err_code).set("message", fault.err_msg).set("data", std::move(data));
    std::string message = envelope();
    add(message, "id", id ? write_id(*id) : json::Value());
    add(message, "error", error);
    return finished(std::move(message));
}

}  // namespace voip::rpc
