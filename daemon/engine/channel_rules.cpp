#include "daemon/engine/channel_rules.hpp"

namespace voip::engine {
namespace {

// @source protocol/README.md, "Close codes" and "HTTPS"
constexpr std::uint16_t token_over = 4401, replaced = 4409;
constexpr unsigned http_unauthorised = 401;

}  // namespace

ChannelStep ChannelRules::after(const ChannelEnd& end) noexcept {
    const bool proved = end.online_for >= proved_after_;
    if (proved) token_was_new_ = false;
    if (end.close_code == token_over || end.http_status == http_unauthorised) {
        const bool second_time = token_was_new_;
        token_was_new_ = true;
        return second_time ? ChannelStep::new_token_wait : ChannelStep::new_token_now;
    }
    if (end.close_code == replaced) return ChannelStep::stand_back;
    return proved ? ChannelStep::wait_anew : ChannelStep::wait;
}

}  // namespace voip::engine
