#pragma once
#include <optional>

#include "core/clock.hpp"
#include "protocol/errors.hpp"
#include "protocol/fault.hpp"
#include "protocol/transport/http.hpp"

/// The service's HTTPS answers and what they mean for a device's identity. Pure.
namespace voip::identity {

struct ServiceAnswer {
    Reply reply;                            ///< the body of a 200, the service's Fault, or our Error
    std::optional<UnixMillis> server_time;  ///< `serverTime` of the body, else Date: authenticated by TLS
};
/// An answer that is no JSON (a proxy's page, a restarting service) is Errc::bad_message and names its
/// status.
[[nodiscard]] ServiceAnswer read_answer(const Result<transport::HttpResponse>& response);

/// What to do after a signed request (registration or token).
enum class Verdict {
    accepted,
    sign_again,      ///< our clock or nonce was the fault: once more, with the service's time and a new nonce
    new_ticket,      ///< the snTicket is wrong or used up
    other_key,       ///< the SN belongs to another key: an operator must act
    not_registered,  ///< the service does not know this SN
    refused,         ///< a fixed refusal (revoked, wrong model, wrong signature): an operator must act
    try_later,       ///< network, or the service is busy
};
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;
/// @param signed_again  the request was the second one already: sign_again is not given a second time
[[nodiscard]] Verdict judge(const Reply& reply, bool signed_again) noexcept;
/// The word for programs ("retry") that goes with a verdict.
[[nodiscard]] Retry retry_of(Verdict verdict) noexcept;

}  // namespace voip::identity
