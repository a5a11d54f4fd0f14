#include "daemon/media/report.hpp"

#include <limits>
#include <optional>
#include <string_view>

#include "protocol/errors.hpp"
#include "protocol/reader.hpp"

namespace voip::media::host {
namespace {

std::optional<std::string_view> told_state(std::string_view text) noexcept {
    for (const std::string_view known : {"starting", "flowing", "interrupted", "failed"})
        if (text == known) return known;
    return std::nullopt;
}

bool is_media_code(int err_code) noexcept {
    constexpr int last = code::join_cancelled;
    return (err_code >= code::join_failed && err_code <= last) || err_code == code::media_permission;
}

}  // namespace

Answer<StateReport> decode_state_report(const json::Value& params) {
    Reader reader(params);
    StateReport report;
    report.state = std::string(reader.word<std::string_view>("state", told_state));
    report.camera = reader.boolean("camera");
    report.microphone = reader.boolean("microphone");
    report.err_code = reader.optional_int("errCode", 0, std::numeric_limits<int>::max()).value_or(0);
    report.err_msg = reader.optional_string("errMsg", rule::err_msg).value_or("");
    const bool failed = report.state == "failed";
    if ((failed || report.err_code != 0) && !is_media_code(report.err_code))
        report.err_code = code::join_failed;
    if (report.err_code != 0 && report.err_msg.empty())
        report.err_msg = find_call_code(report.err_code)->text;
    return reader.finish(std::move(report));
}

}  // namespace voip::media::host
