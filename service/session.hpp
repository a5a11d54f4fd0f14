#pragma once
#include <string>
#include <string_view>

#include "protocol/fault.hpp"
#include "service/registry/registry.hpp"
#include "service/rooms/rooms.hpp"

namespace voip::service {

/// Who stands behind a token: the identity of a channel or of one request.
struct Session {
    rooms::Member member;
    std::string name;  ///< a user's; empty for devices
    std::string app_id;
    Registration registration = Registration::device_auth;  ///< a device's
    UnixMillis expires = 0;                                 ///< of the token
    std::string token_id;                                   ///< a user token's name; empty for devices

    [[nodiscard]] bool is_device() const noexcept { return member.kind == rooms::MemberKind::device; }
};

/// Takes deviceTokens and userTokens, nothing else (the WeChat-shaped access tokens are no good here).
/// @errors 4010, 4014, 17, 5030
[[nodiscard]] Answer<Session> authenticate(registry::Registry& registry, std::string_view token,
                                           UnixMillis now);

}  // namespace voip::service
