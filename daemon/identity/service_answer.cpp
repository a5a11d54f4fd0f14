#include "daemon/identity/service_answer.hpp"

#include <limits>
#include <utility>

#include "daemon/identity/clock_state.hpp"
#include "protocol/limits.hpp"

namespace voip::identity {
namespace {

struct Row {
    int code;
    Verdict verdict;
};
// Faults of /v1/device/register and /v1/device/token. What is not listed goes by its class in
// protocol/errors.hpp.
constexpr Row rows[] = {
    {code::clock_skew, Verdict::sign_again},
    {code::nonce_used, Verdict::sign_again},
    {code::ticket_expired, Verdict::new_ticket},
    {code::ticket_illegal, Verdict::new_ticket},
    {code::already_registered, Verdict::other_key},
    {code::not_registered, Verdict::not_registered},
    {code::network, Verdict::try_later},
};

Verdict verdict_of(int err_code) noexcept {
    for (const Row& row : rows)
        if (row.code == err_code) return row.verdict;
    const CodeInfo* info = find_code(CodeDomain::registration, err_code);
    if (!info) info = find_code(CodeDomain::service, err_code);
    return info && info->retry == Retry::backoff ? Verdict::try_later : Verdict::refused;
}

/// {errCode, errMsg, field?, ...}; nothing when it is not of that shape.
std::optional<Fault> read_fault(const json::Value& body) {
    const json::Value* code = body.find("errCode");
    const std::int64_t* number = code ? code->as_integer() : nullptr;
    if (!number || *number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
        return std::nullopt;
    const auto text = [&](std::string_view name) {
        const json::Value* member = body.find(name);
        const std::string* found = member ? member->as_string() : nullptr;
        return found ? found->substr(0, limits::err_msg_bytes) : std::string();
    };
    Fault fault{static_cast<int>(*number), text("errMsg"), text("field"), {}};
    // Numbers mean something else here than in a call (9), and not every service says which of the two it
    // means.
    const CodeInfo* info = find_code(CodeDomain::registration, fault.err_code);
    const bool says_nothing = fault.err_msg.empty() || fault.err_msg == code_text(fault.err_code);
    if (says_nothing) fault.err_msg = info ? info->text : code_text(fault.err_code);
    return fault;
}

std::optional<UnixMillis> time_in(const transport::HttpResponse& response, const Result<json::Value>& body) {
    const json::Value* stated = body ? body->find("serverTime") : nullptr;
    if (const std::int64_t* time = stated ? stated->as_integer() : nullptr) return *time;
    return parse_http_date(response.header("Date"));
}

}  // namespace

ServiceAnswer read_answer(const Result<transport::HttpResponse>& response) {
    if (!response) return {Reply{response.error()}, std::nullopt};
    auto body = json::parse(response->body);
    ServiceAnswer answer{{}, time_in(*response, body)};
    const std::string status = "HTTP " + std::to_string(response->status);
    if (response->status == 200 && body && body->as_object()) {
        answer.reply.what = std::move(*body);
    } else if (auto fault = body ? read_fault(*body) : std::nullopt; fault && response->status != 200) {
        answer.reply.what = std::move(*fault);
    } else {
        answer.reply.what = fail(Errc::bad_message, status);
    }
    return answer;
}

std::string_view to_string(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::accepted: return "accepted";
        case Verdict::sign_again: return "sign again";
        case Verdict::new_ticket: return "new ticket";
        case Verdict::other_key: return "other key";
        case Verdict::not_registered: return "not registered";
        case Verdict::refused: return "refused";
        case Verdict::try_later: return "try later";
    }
    return "?";
}

Verdict judge(const Reply& reply, bool signed_again) noexcept {
    if (reply.result()) return Verdict::accepted;
    if (reply.error()) return Verdict::try_later;
    const Verdict verdict = verdict_of(reply.fault()->err_code);
    return verdict == Verdict::sign_again && signed_again ? Verdict::try_later : verdict;
}

Retry retry_of(Verdict verdict) noexcept {
    switch (verdict) {
        case Verdict::accepted: return Retry::never;
        case Verdict::sign_again: return Retry::once_later;
        case Verdict::new_ticket: return Retry::new_ticket;
        case Verdict::other_key:
        case Verdict::not_registered:
        case Verdict::refused: return Retry::ask_operator;
        case Verdict::try_later: return Retry::backoff;
    }
    return Retry::never;
}

}  // namespace voip::identity
