#pragma once
#include <optional>
#include <string>

#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// initByCaller and callDevice: the plugin's requests, their rules, their two failure shapes. Pure.
namespace voip {

struct InitByCaller {
    RoomType room_type = RoomType::video;
    Party caller, listener;
    int business_type = device_to_user;
    std::string voip_token;  ///< deviceToken or pushToken; a secret. Empty: absent
    MiniprogramState state = MiniprogramState::formal;
    std::string custom_query;
    std::int64_t time_limit_s = 0;  ///< 0: none
    std::string call_id;            ///< ours: makes the request idempotent; empty on the local API
    friend bool operator==(const InitByCaller&, const InitByCaller&) = default;
};

/// Where the request arrives, which decides its defaults and what is allowed.
enum class Host { device, phone };
/// device.registration: device-auth (a deviceToken travels as voipToken) or wmpf (it must be absent).
enum class Registration { device_auth, wmpf };
[[nodiscard]] std::string_view to_string(Registration) noexcept;
[[nodiscard]] std::optional<Registration> registration(std::string_view) noexcept;

struct InitRules {
    Host host = Host::device;
    Registration registration = Registration::device_auth;  ///< of the device
    std::string own_id;  ///< SN of the device or openId of the phone; filled in for an absent caller
    /// The local API of a device fills in what is absent (caller, businessType, voipToken); a service does
    /// not.
    bool fill_in = false;
};

/// Reads and judges the request member by member in the page's order: roomType, caller, listener,
/// businessType, voipToken, miniprogramState, customQuery, timeLimit, callId; the first fault is the one
/// reported. 1004 (voipToken: 1001), businessType of the wrong side 1006 or 1007; caller.id that is not
/// own_id: 2 (device) or 7 (phone).
[[nodiscard]] Answer<InitByCaller> decode_init_by_caller(const json::Value& params, const InitRules& rules);
[[nodiscard]] json::Value encode(const InitByCaller& request);

/// The plugin's result: success, or the resolved failure (the backend said no).
struct InitResult {
    bool is_success = false;
    std::string room_id;  ///< == groupId
    ChargeType charge_type = ChargeType::duration;
    std::optional<int> err_code;  ///< may be missing in the field, also when it failed
    std::string err_msg;
    friend bool operator==(const InitResult&, const InitResult&) = default;
};
/// {isSuccess, roomId, groupId, chargeType} or {isSuccess, errCode, errMsg, errObj, error{err_code (a
/// string), errMsg}}.
[[nodiscard]] json::Value encode(const InitResult& result);
/// Understands answers without errCode and with the old error{} alone. A success without a roomId is Fault
/// 1003.
[[nodiscard]] Answer<InitResult> decode_init_result(const json::Value& value);
/// The resolved failure of a code of the tables.
[[nodiscard]] InitResult refused(int err_code, std::string err_msg = {});

struct CallDevice {
    RoomType room_type = RoomType::video;
    std::string sn, model_id;
    ChargeType charge_type = ChargeType::license;
    std::int64_t time_limit_s = 0;
    bool enable_caller_camera = true, enable_listener_camera = true;
    std::string nick_name, device_name;
    bool is_cloud = false;
    std::string payload;
    int encode_video_fixed_length = 0, encode_video_rotation = 0, encode_video_ratio = 0,
        encode_video_max_fps = 0;
    std::string call_id;
    friend bool operator==(const CallDevice&, const CallDevice&) = default;
};
/// The first fault in the page's order (wechat page callDevice): 1004 with the member.
[[nodiscard]] Answer<CallDevice> decode_call_device(const json::Value& params);
[[nodiscard]] json::Value encode(const CallDevice& request);

/// Rules used in several places.
[[nodiscard]] bool is_sn(std::string_view text) noexcept;         ///< [0-9A-Za-z_-]{1,128}
[[nodiscard]] bool is_sn_ticket(std::string_view text) noexcept;  ///< 32 letters and digits
[[nodiscard]] bool is_custom_query(
    std::string_view text) noexcept;             ///< key=value(&key=value)*, valid escapes
[[nodiscard]] bool is_control(char c) noexcept;  ///< of ASCII
[[nodiscard]] bool is_plain_text(std::string_view text,
                                 std::size_t max_bytes) noexcept;  ///< non-empty, no control characters

}  // namespace voip
