#pragma once
#include <optional>
#include <span>
#include <string_view>

/// Every error code of the wire in one place, with its text and what to do about it. The tables are listed in
/// protocol/README.md; a test compares the two.
namespace voip {

/// Where a number comes from. The same number may mean different things in different domains (9).
enum class CodeDomain {
    backend,       ///< 1 to 24 of initByCaller, callDevice
    plugin,        ///< 1000s
    join,          ///< 2000s
    registration,  ///< 9, 10008, 9800001 and up
    service,       ///< our own service's: 4010 and up
};

/// What a caller may do about it by itself.
enum class Retry {
    never,         ///< a bug or a refusal: show it
    once_later,    ///< once, after a delay
    renew_token,   ///< fetch the token anew, then once
    new_ticket,    ///< fetch a new snTicket, then once
    reauthorise,   ///< mark the contact; a person must consent again
    ask_operator,  ///< somebody must act (licence, review, arrears, key)
    backoff,       ///< network: try with growing delays
};

struct CodeInfo {
    int code;
    CodeDomain domain;
    std::string_view name;  ///< stable word for logs: "not_authorised"
    std::string_view text;  ///< one sentence for people
    Retry retry;
};

[[nodiscard]] std::span<const CodeInfo> error_codes() noexcept;
[[nodiscard]] const CodeInfo* find_code(CodeDomain domain, int code) noexcept;
/// The domain that a number of initByCaller belongs to; nothing for unknown numbers.
[[nodiscard]] const CodeInfo* find_call_code(int code) noexcept;
/// The table's text, or "error N".
[[nodiscard]] std::string_view code_text(int code) noexcept;
[[nodiscard]] std::string_view to_string(CodeDomain) noexcept;
[[nodiscard]] std::string_view to_string(Retry) noexcept;

/// Codes that our own code names.
namespace code {
inline constexpr int room_wrong = 1, device_wrong = 2, voip_id_wrong = 3, room_not_created = 5,
                     open_id_wrong = 7, not_authorised = 9, not_released = 12, device_token = 13,
                     push_token = 14, arrears = 15, model_mismatch = 17, open_id_foreign = 19,
                     open_id_invalid = 20, charge_type = 22, licence_expired = 23, licence_inactive = 24;
inline constexpr int no_device_token = 1000, voip_token = 1001, network = 1002, bad_answer = 1003,
                     argument = 1004, busy = 1005, only_on_device = 1006, only_in_client = 1007,
                     interrupted = 1008, unsupported = 1011;
inline constexpr int join_failed = 2000, join_reset = 2002, join_init = 2003, join_enter = 2004,
                     join_callback = 2005, media_device = 2007, join_cancelled = 2009, join_request = 2010,
                     media_permission = 2102, join_backend = 2104;
inline constexpr int ticket_expired = 10008, sn_too_long = 9800001, sn_character = 9800002,
                     model_id_check = 9800003, not_registered = 9800004, ticket_illegal = 9800011,
                     already_registered = 9;
inline constexpr int system_busy = -1, api_unauthorised = 48001, access_token = 40001;
// Our own service:
inline constexpr int token_unknown = 4010, clock_skew = 4011, nonce_used = 4012, signature = 4013,
                     revoked = 4014, forbidden = 4030, no_such_path = 4040, method_not_allowed = 4050,
                     replaced = 4090, too_large = 4130, too_many = 4290, not_ready = 5030;
}  // namespace code

}  // namespace voip
