#pragma once
#include <optional>
#include <string>
#include <vector>

#include "protocol/fault.hpp"
#include "protocol/room.hpp"

/// `device.profile` (protocol/README.md, "Channel methods"). Pure.
namespace voip::engine {

/// What the service is told about the device; absent members are left out.
struct DeviceProfile {
    std::optional<bool> camera, display, microphone, speaker;
};
[[nodiscard]] json::Value encode(const DeviceProfile& profile, const std::string& name,
                                 const std::string& version);

struct ProfileAnswer {
    std::vector<Party> users;  ///< who authorised this device
    UnixMillis time = 0;       ///< the service's clock; 0: not told
};
[[nodiscard]] Answer<ProfileAnswer> decode_profile_answer(const json::Value& value);

}  // namespace voip::engine
