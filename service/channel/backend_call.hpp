#pragma once
#include <string>

#include "protocol/fault.hpp"
#include "protocol/words.hpp"

/// The body of the backend's call. Pure.
namespace voip::service {

/// What a vendor's backend wants (/wxa/business/iot/voip/call).
struct BackendCall {
    std::string model_id, sn, open_id;
    RoomType room_type = RoomType::video;
    std::string listener_name;
    MiniprogramState state = MiniprogramState::formal;
    std::string query;
    int caller_camera = 0, listener_camera = 0;
};
/// Fault 1004 names the member; SN and openId are judged later by the backend's checks (2, 7).
[[nodiscard]] Answer<BackendCall> decode_backend_call(const json::Value& body);

}  // namespace voip::service
