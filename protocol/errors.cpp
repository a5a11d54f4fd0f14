#include "protocol/errors.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace voip {
namespace {

using enum CodeDomain;
using enum Retry;

// Listed in protocol/README.md, "Codes". @source the platform's error pages; numbers they do not document are
// absent.
constexpr CodeInfo table[] = {
    {1, backend, "room_wrong", "the room id is wrong", never},
    {2, backend, "device_wrong", "the device id is wrong", never},
    {3, backend, "voip_id_wrong", "the voip id is wrong", never},
    {4, backend, "face_pay_token", "the voipToken of the face-pay scene is wrong", never},
    {5, backend, "room_not_created", "the room could not be created", once_later},
    {7, backend, "open_id_wrong", "the openId is wrong", never},
    {8, backend, "face_pay_not_authorised", "the openId is not authorised in the face-pay scene", never},
    {9, backend, "not_authorised", "the user has not authorised this device, or has withdrawn it",
     reauthorise},
    {12, backend, "not_released", "the calling capability is not released for this product", ask_operator},
    {13, backend, "device_token", "the deviceToken is wrong or expired", renew_token},
    {14, backend, "push_token", "the pushToken is wrong or expired", renew_token},
    {15, backend, "arrears", "the account is in arrears or has no duration left", ask_operator},
    {17, backend, "model_mismatch", "the voipToken does not belong to this modelId", never},
    {19, backend, "open_id_foreign", "the openId does not belong to this appId", never},
    {20, backend, "open_id_invalid", "the openId is not valid", never},
    {22, backend, "charge_type", "the chargeType is not allowed", never},
    {23, backend, "licence_expired", "the device's licence has expired", ask_operator},
    {24, backend, "licence_inactive", "the device's licence is not activated", ask_operator},

    {1000, plugin, "no_device_token", "the deviceToken could not be obtained", once_later},
    {1001, plugin, "voip_token", "the voipToken is missing, empty or of the wrong type", never},
    {1002, plugin, "network", "the service could not be reached", backoff},
    {1003, plugin, "bad_answer", "the service's answer could not be understood", never},
    {1004, plugin, "argument", "an argument is wrong", never},
    {1005, plugin, "busy", "another call is going on", never},
    {1006, plugin, "only_on_device", "possible on a device only", never},
    {1007, plugin, "only_in_client", "possible in the WeChat client only", never},
    {1008, plugin, "interrupted", "the call was interrupted", never},
    {1011, plugin, "unsupported", "not supported on this platform", never},

    {2000, join, "join_failed", "the room could not be joined", never},
    {2001, join, "join_other_voip", "another call of a mini program is running", never},
    {2002, join, "join_reset", "the media could not be reset", never},
    {2003, join, "join_init", "the media could not be started", never},
    {2004, join, "join_enter", "the media could not join the room", never},
    {2005, join, "join_callback", "joining failed after the room was entered", never},
    {2006, join, "talk_callback", "starting to talk failed", never},
    {2007, join, "media_device", "the camera, microphone or speaker could not be opened", ask_operator},
    {2008, join, "session_key", "the session key failed", never},
    {2009, join, "join_cancelled", "cancelled while joining", never},
    {2010, join, "join_request", "the request to join failed", backoff},
    {2100, join, "other_call", "a phone call or another call is active", never},
    {2102, join, "media_permission", "microphone or camera are not permitted", ask_operator},
    {2103, join, "interface_permission", "the mini program lacks a permission", ask_operator},
    {2104, join, "join_backend", "the service refused to join", never},

    {-1, registration, "system_busy", "the system is busy", backoff},
    {9, registration, "already_registered", "the SN is registered with another key", ask_operator},
    {10008, registration, "ticket_expired", "the snTicket is wrong or expired", new_ticket},
    {40001, registration, "access_token", "the access_token is wrong or expired", renew_token},
    {48001, registration, "api_unauthorised", "the interface is not granted to this appId", ask_operator},
    {9800001, registration, "sn_too_long", "the SN is longer than 128 bytes", never},
    {9800002, registration, "sn_character", "the SN contains a character outside 0-9 A-Z a-z _ -", never},
    {9800003, registration, "model_id_check", "the modelId does not belong to this appId", ask_operator},
    {9800004, registration, "not_registered", "the device is not registered", ask_operator},
    {9800011, registration, "ticket_illegal", "the snTicket is not 32 letters and digits", ask_operator},

    {4010, service, "token_unknown", "the token is unknown, revoked or expired", renew_token},
    {4011, service, "clock_skew", "the timestamp is more than 300 s off", once_later},
    {4012, service, "nonce_used", "the nonce was used before", once_later},
    {4013, service, "signature", "the signature is wrong", ask_operator},
    {4014, service, "revoked", "the device is revoked", ask_operator},
    {4030, service, "forbidden", "not allowed for this role or member", never},
    {4040, service, "no_such_path", "there is no such thing here", never},
    {4050, service, "method_not_allowed", "the HTTP method is not allowed here", never},
    {4090, service, "replaced", "a newer channel of this member took over", backoff},
    {4130, service, "too_large", "larger than allowed", never},
    {4290, service, "too_many", "too many requests, try later", backoff},
    {5030, service, "not_ready", "not ready yet, try later", backoff},
};

/// Texts of numbers that no table has. Kept, so that views of them stay good; few, so that a peer cannot fill
/// memory.
class Unnamed {
 public:
    std::string_view text(int code) noexcept {
        const auto end = slots_.begin() + static_cast<std::ptrdiff_t>(used_);
        const auto known =
            std::find_if(slots_.begin(), end, [&](const Slot& slot) { return slot.code == code; });
        if (known != end) return known->view();
        if (used_ == slots_.size()) return "error of an unknown number";
        Slot& slot = slots_[used_++];
        slot.code = code;
        constexpr std::string_view prefix = "error ";
        std::copy(prefix.begin(), prefix.end(), slot.text.begin());
        const auto written =
            std::to_chars(slot.text.data() + prefix.size(), slot.text.data() + slot.text.size(), code);
        slot.size = static_cast<std::size_t>(written.ptr - slot.text.data());
        return slot.view();
    }

 private:
    struct Slot {
        int code = 0;
        std::array<char, 20> text{};  // "error -2147483648"
        std::size_t size = 0;
        [[nodiscard]] std::string_view view() const noexcept { return {text.data(), size}; }
    };
    std::array<Slot, 64> slots_;
    std::size_t used_ = 0;
};

}  // namespace

std::span<const CodeInfo> error_codes() noexcept {
    return table;
}

const CodeInfo* find_code(CodeDomain domain, int code) noexcept {
    for (const CodeInfo& info : table)
        if (info.domain == domain && info.code == code) return &info;
    return nullptr;
}

const CodeInfo* find_call_code(int code) noexcept {
    for (const CodeInfo& info : table)
        if (info.domain != CodeDomain::registration && info.code == code) return &info;
    return nullptr;
}

std::string_view code_text(int code) noexcept {
    static Unnamed unnamed;
    if (const CodeInfo* info = find_call_code(code)) return info->text;
    if (const CodeInfo* info = find_code(CodeDomain::registration, code)) return info->text;
    return unnamed.text(code);
}

std::string_view to_string(CodeDomain domain) noexcept {
    switch (domain) {
        case backend: return "backend";
        case plugin: return "plugin";
        case join: return "join";
        case CodeDomain::registration: return "registration";
        case service: return "service";
    }
    return "?";
}

std::string_view to_string(Retry retry) noexcept {
    switch (retry) {
        case never: return "never";
        case once_later: return "once_later";
        case renew_token: return "renew_token";
        case new_ticket: return "new_ticket";
        case reauthorise: return "reauthorise";
        case ask_operator: return "ask_operator";
        case backoff: return "backoff";
    }
    return "?";
}

}  // namespace voip
