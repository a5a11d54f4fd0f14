#pragma once
#include "core/error.hpp"
#include "core/json.hpp"
#include "protocol/errors.hpp"
#include "protocol/fault.hpp"

/// How wmpf-voipctl ends. Pure.
namespace voip::ctl {

enum ExitCode : int {
    done = 0,
    refused = 1,  ///< isSuccess false, or an error of the daemon; the code is on stderr
    usage_wrong = 2,
    unreachable = 3,  ///< no daemon, or it went away
    role_missing = 4,
    deadline_passed = 5,
};

/// The reason in `api.closing` that means "not you" (daemon/control/closing.hpp; a test compares the two).
inline constexpr std::string_view closed_not_allowed = "not allowed";

[[nodiscard]] inline ExitCode exit_code(const Fault& fault) noexcept {
    return fault.err_code == code::forbidden ? role_missing : refused;
}
[[nodiscard]] inline ExitCode exit_code(const Error& error) noexcept {
    if (error.is(Errc::timeout)) return deadline_passed;
    return error.is(Errc::refused) ? role_missing : unreachable;
}
/// Of a result: only a resolved failure (isSuccess false) is a refusal.
[[nodiscard]] inline ExitCode exit_code(const json::Value& result) noexcept {
    const json::Value* success = result.find("isSuccess");
    return success != nullptr && success->as_bool() != nullptr && !*success->as_bool() ? refused : done;
}

}  // namespace voip::ctl
