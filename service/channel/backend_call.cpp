#include "service/channel/backend_call.hpp"

#include <optional>

#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::service {
namespace {

/// Reads the members of a backend's call one after the other; the first fault stays.
class BackendReader {
 public:
    explicit BackendReader(const json::Value& body) : body_(body) {}
    std::optional<Fault> fault;

    std::string text(std::string_view name, std::size_t max_bytes, bool required) {
        const json::Value* member = body_.find(name);
        if (fault || (!member && !required)) return {};
        const std::string* value = member ? member->as_string() : nullptr;
        const bool empty_is_absent = value && value->empty() && !required;
        if (empty_is_absent) return {};
        if (value && is_plain_text(*value, max_bytes)) return *value;
        fault = wrong_argument(name, std::string(name) + " must be text without control characters");
        return {};
    }
    int number(std::string_view name, std::int64_t max) {
        const json::Value* member = body_.find(name);
        if (fault || !member) return 0;
        const std::int64_t* value = member->as_integer();
        if (value && *value >= 0 && *value <= max) return static_cast<int>(*value);
        fault =
            wrong_argument(name, std::string(name) + " must be an integer from 0 to " + std::to_string(max));
        return 0;
    }

 private:
    const json::Value& body_;
};

}  // namespace

Answer<BackendCall> decode_backend_call(const json::Value& body) {
    // version_type of the platform's interface: release, development, trial
    constexpr MiniprogramState states[] = {MiniprogramState::formal, MiniprogramState::developer,
                                           MiniprogramState::trial};
    if (!body.as_object()) return wrong_argument("", "the body must be a JSON object");
    BackendReader read(body);
    BackendCall call;
    call.model_id = read.text("model_id", limits::model_id_bytes, true);
    call.sn = read.text("sn", limits::sn_bytes, true);
    call.open_id = read.text("openid", limits::open_id_bytes, true);
    const std::string type = read.text("room_type", limits::reason_bytes, true);
    const auto known_type = room_type(type);
    if (!read.fault && !known_type)
        read.fault = wrong_argument("room_type", "room_type must be voice or video");
    call.listener_name = read.text("listener_name", limits::name_bytes, false);
    call.state = states[read.number("version_type", 2)];
    call.query = read.text("query", limits::custom_query_bytes, false);
    if (!read.fault && !call.query.empty() && !is_custom_query(call.query))
        read.fault = wrong_argument("query", "query must be key=value pairs joined by &");
    call.caller_camera = read.number("caller_camera_status", 1);
    call.listener_camera = read.number("listener_camera_status", 1);
    (void)read.text("payload", limits::payload_bytes, false);
    if (read.fault) return std::move(*read.fault);
    call.room_type = *known_type;
    return call;
}

}  // namespace voip::service
