#include "service/session.hpp"

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::service {

Answer<Session> authenticate(registry::Registry& registry, std::string_view token, UnixMillis now) {
    if (token.empty() || token.size() > limits::token_bytes)
        return Fault{code::token_unknown, "a token is needed", {}, {}};
    auto device = registry.check_device_token(token, now);
    if (device)
        return Session{rooms::device(device->device.sn),
                       {},
                       device->device.app_id,
                       device->device.registration,
                       device->expires,
                       {}};
    if (device.error().err_code != code::token_unknown) return device.error();
    auto user = registry.check_user_token(token, now);
    if (!user) return user.error();
    return Session{rooms::user(user->user.open_id),
                   user->user.name,
                   user->user.app_id,
                   {},
                   user->expires,
                   user->token_id};
}

}  // namespace voip::service
