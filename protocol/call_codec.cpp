#include "protocol/call.hpp"

#include <charconv>

#include "protocol/parts.hpp"

namespace voip {
namespace {

/// Who calls, as far as the request tells: its own businessType where that is one of the two, else the
/// host's.
int kind_of(const Reader& reader, Host host) {
    const json::Value* given = reader.peek("businessType");
    const std::int64_t* number = given ? given->as_integer() : nullptr;
    if (number && (*number == device_to_user || *number == user_to_device)) return static_cast<int>(*number);
    return host == Host::device ? device_to_user : user_to_device;
}

/// One side. The name of a device is ignored (the phone shows what the user gave at the authorisation), but
/// must be a string. `judge_id` runs before the later members are read.
template <class JudgeId>
Party read_side(Reader& reader, bool device, const JudgeId& judge_id) {
    constexpr TextRule ignored{limits::message_bytes, 0};
    Party side;
    side.id = reader.string("id", device ? rule::sn : rule::open_id);
    judge_id(side.id);
    std::string name = reader.optional_string("name", device ? ignored : rule::name).value_or("");
    if (!device) side.name = std::move(name);
    side.camera_status = reader.optional_int("cameraStatus", 0, 1).value_or(0);
    return side;
}

Party read_caller(Reader& reader, const InitRules& rules, int kind) {
    const bool device = rules.host == Host::device;
    if (device && rules.fill_in && reader.present() && !reader.has("caller"))
        return Party{rules.own_id, "", 0};
    Reader caller = reader.object("caller");
    // A businessType of the other side explains a foreign id: then that is the fault.
    const bool comparable = kind == (device ? device_to_user : user_to_device);
    return read_side(caller, kind == device_to_user, [&](const std::string& id) {
        if (comparable && id != rules.own_id)
            caller.refuse("id", "not this member's own", device ? code::device_wrong : code::open_id_wrong);
    });
}

int read_business_type(Reader& reader, const InitRules& rules) {
    const bool device = rules.host == Host::device;
    const bool filled_in = device && rules.fill_in;
    const auto given = reader.optional_integer("businessType", std::numeric_limits<std::int64_t>::min(),
                                               std::numeric_limits<std::int64_t>::max());
    const std::int64_t type = given.value_or(filled_in ? device_to_user : 0);
    if (type == 0)
        reader.refuse("businessType", "0, the default, is the face-pay product: 1 or 2 is needed");
    else if (type != device_to_user && type != user_to_device)
        reader.refuse("businessType", "1 or 2 is needed");
    else if (type == device_to_user && !device)
        reader.refuse("businessType", "1 is possible on a device only", code::only_on_device);
    else if (type == user_to_device && device)
        reader.refuse("businessType", "2 is possible in the WeChat client only", code::only_in_client);
    return device ? device_to_user : user_to_device;
}

std::string read_voip_token(Reader& reader, const InitRules& rules) {
    const json::Value* plain = reader.peek("voipToken");
    const json::Value* capital = reader.peek("VoipToken");
    if (plain && capital && *plain != *capital) reader.refuse("voipToken", "given twice, and differently");
    const bool device = rules.host == Host::device;
    if (device && rules.registration == Registration::wmpf) {
        if (plain || capital)
            reader.refuse("voipToken", "must be absent on a device that is registered by wmpf");
        return {};
    }
    const json::Value* given = plain ? plain : capital;
    if (!given) {
        if (!(device && rules.fill_in)) reader.refuse("voipToken", "missing", code::voip_token);
        return {};
    }
    const std::string* text = given->as_string();
    if (!text)
        reader.refuse("voipToken", "a string is needed, not " + std::string(given->type_name()),
                      code::voip_token);
    else if (!is_plain_text(*text, limits::token_bytes))
        reader.refuse("voipToken", "empty, too long, or with control characters", code::voip_token);
    return reader.ok() ? *text : std::string();
}

}  // namespace

Answer<InitByCaller> decode_init_by_caller(const json::Value& params, const InitRules& rules) {
    Reader reader(params);
    const int kind = kind_of(reader, rules.host);
    InitByCaller request;
    request.room_type = reader.word("roomType", room_type);
    request.caller = read_caller(reader, rules, kind);
    Reader listener = reader.object("listener");
    request.listener = read_side(listener, kind == user_to_device, [](const std::string&) {});
    request.business_type = read_business_type(reader, rules);
    request.voip_token = read_voip_token(reader, rules);
    request.state = reader.optional_word("miniprogramState", miniprogram_state).value_or(request.state);
    request.custom_query = reader.optional_string("customQuery", rule::custom_query).value_or("");
    request.time_limit_s = reader.optional_integer("timeLimit", 1, limits::time_limit_max_s).value_or(0);
    request.call_id = reader.optional_string("callId", rule::call_id).value_or("");
    return reader.finish(std::move(request));
}

json::Value encode(const InitByCaller& request) {
    json::Value object;
    object.set("roomType", to_string(request.room_type));
    object.set("caller", encode_party(request.caller)).set("listener", encode_party(request.listener));
    object.set("businessType", request.business_type);
    if (!request.voip_token.empty()) object.set("voipToken", request.voip_token);
    object.set("miniprogramState", to_string(request.state));
    if (!request.custom_query.empty()) object.set("customQuery", request.custom_query);
    if (request.time_limit_s > 0) object.set("timeLimit", request.time_limit_s);
    if (!request.call_id.empty()) object.set("callId", request.call_id);
    return object;
}

namespace {

json::Value encode_failure(const InitResult& result) {
    json::Value object;
    object.set("isSuccess", false);
    json::Value shown, old;
    if (result.err_code) {
        const CodeInfo* info = find_call_code(*result.err_code);
        object.set("errCode", *result.err_code);
        shown.set("errCode", *result.err_code).set("errMsg", result.err_msg).set("errno", *result.err_code);
        shown.set("cause", info ? info->name : std::string_view());
        old.set("err_code", std::to_string(*result.err_code));
    } else {
        shown.set("errMsg", result.err_msg).set("cause", "");
    }
    old.set("errMsg", result.err_msg);
    object.set("errMsg", result.err_msg).set("errObj", std::move(shown)).set("error", std::move(old));
    return object;
}

/// A code as it is met in the field: a number or, in the old error{}, a string.
std::optional<int> read_code(const json::Value* value) {
    if (!value) return std::nullopt;
    if (const auto* number = value->as_integer()) {
        const auto narrow = static_cast<int>(*number);
        return narrow == *number ? std::optional(narrow) : std::nullopt;
    }
    const std::string* text = value->as_string();
    if (!text) return std::nullopt;
    int number = 0;
    const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (problem != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

/// A failed answer, whichever of its three places the words are in.
InitResult read_failure(const json::Value& value) {
    InitResult result;
    const json::Value nothing;
    const json::Value* shown = value.find("errObj");
    const json::Value* old = value.find("error");
    const json::Value* places[] = {&value, shown ? shown : &nothing, old ? old : &nothing};
    for (const json::Value* place : places) {
        if (!result.err_code) result.err_code = read_code(place->find("errCode"));
        if (!result.err_code) result.err_code = read_code(place->find("err_code"));
        const json::Value* words = place->find("errMsg");
        if (result.err_msg.empty() && words && words->as_string()) result.err_msg = *words->as_string();
    }
    if (result.err_msg.empty() && result.err_code) result.err_msg = code_text(*result.err_code);
    return result;
}

bool says_failure(const json::Value& value) {
    return value.find("errCode") || value.find("errMsg") || value.find("errObj") || value.find("error");
}

}  // namespace

json::Value encode(const InitResult& result) {
    if (!result.is_success) return encode_failure(result);
    json::Value object;
    object.set("isSuccess", true).set("roomId", result.room_id).set("groupId", result.room_id);
    object.set("chargeType", to_string(result.charge_type));
    return object;
}

Answer<InitResult> decode_init_result(const json::Value& value) {
    Reader reader(value, code::bad_answer);
    const auto success = reader.optional_boolean("isSuccess");
    if (!reader.ok()) return reader.fault();
    if (!success && !says_failure(value)) reader.refuse("isSuccess", "missing");
    if (!success.value_or(false)) return reader.finish(reader.ok() ? read_failure(value) : InitResult{});
    TextRule id = rule::room_id;
    id.err_code = code::bad_answer;
    InitResult result;
    result.is_success = true;
    result.room_id = reader.string("roomId", id);
    const auto group_id = reader.optional_string("groupId", id);
    if (group_id && *group_id != result.room_id) reader.refuse("groupId", "differs from roomId");
    result.charge_type = reader.optional_word("chargeType", charge_type).value_or(ChargeType::duration);
    return reader.finish(std::move(result));
}

InitResult refused(int err_code, std::string err_msg) {
    InitResult result;
    result.err_code = err_code;
    result.err_msg = err_msg.empty() ? std::string(code_text(err_code)) : std::move(err_msg);
    return result;
}

namespace {

/// An integer member whose few values are listed.
int read_choice(Reader& reader, std::string_view name, std::initializer_list<int> choices) {
    const int given =
        reader.optional_int(name, std::numeric_limits<int>::min(), std::numeric_limits<int>::max())
            .value_or(0);
    for (const int choice : choices)
        if (given == choice) return given;
    reader.refuse(name, "not one of its values");
    return 0;
}

/// 0 (not asked for) or a value of the range.
int read_or_zero(Reader& reader, std::string_view name, int min, int max) {
    const int given = reader.optional_int(name, 0, max).value_or(0);
    if (given != 0 && given < min) reader.refuse(name, "below its range");
    return given;
}

}  // namespace

Answer<CallDevice> decode_call_device(const json::Value& params) {
    Reader reader(params);
    CallDevice request;
    request.room_type = reader.word("roomType", room_type);
    request.sn = reader.string("sn", rule::sn);
    request.model_id = reader.string("modelId", rule::model_id);
    request.charge_type = reader.optional_word("chargeType", charge_type).value_or(ChargeType::license);
    request.time_limit_s = reader.optional_integer("timeLimit", 1, limits::time_limit_max_s).value_or(0);
    request.enable_caller_camera = reader.optional_boolean("enableCallerCamera").value_or(true);
    request.enable_listener_camera = reader.optional_boolean("enableListenerCamera").value_or(true);
    request.nick_name = reader.optional_string("nickName", rule::name).value_or("");
    request.device_name = reader.optional_string("deviceName", rule::name).value_or("");
    request.is_cloud = reader.optional_boolean("isCloud").value_or(false);
    request.payload = reader.optional_string("payload", rule::payload).value_or("");
    request.encode_video_fixed_length = read_choice(reader, "encodeVideoFixedLength", {0, 320, 480, 640});
    request.encode_video_rotation = read_choice(reader, "encodeVideoRotation", {0, 1, 2});
    request.encode_video_ratio = read_or_zero(reader, "encodeVideoRatio", 1, 1000);
    request.encode_video_max_fps = read_or_zero(reader, "encodeVideoMaxFPS", 8, 15);
    request.call_id = reader.optional_string("callId", rule::call_id).value_or("");
    return reader.finish(std::move(request));
}

json::Value encode(const CallDevice& request) {
    json::Value object;
    object.set("roomType", to_string(request.room_type))
        .set("sn", request.sn)
        .set("modelId", request.model_id);
    object.set("chargeType", to_string(request.charge_type));
    if (request.time_limit_s > 0) object.set("timeLimit", request.time_limit_s);
    object.set("enableCallerCamera", request.enable_caller_camera);
    object.set("enableListenerCamera", request.enable_listener_camera);
    if (!request.nick_name.empty()) object.set("nickName", request.nick_name);
    if (!request.device_name.empty()) object.set("deviceName", request.device_name);
    if (request.is_cloud) object.set("isCloud", true);
    if (!request.payload.empty()) object.set("payload", request.payload);
    const std::pair<const char*, int> video[] = {
        {"encodeVideoFixedLength", request.encode_video_fixed_length},
        {"encodeVideoRotation", request.encode_video_rotation},
        {"encodeVideoRatio", request.encode_video_ratio},
        {"encodeVideoMaxFPS", request.encode_video_max_fps}};
    for (const auto& [name, value] : video)
        if (value != 0) object.set(name, value);
    if (!request.call_id.empty()) object.set("callId", request.call_id);
    return object;
}

}  // namespace voip
