#include "service/guard/faults.hpp"

#include <algorithm>

#include "protocol/call.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace voip::service {
namespace {

constexpr std::int64_t max_times = 1'000'000;
constexpr double max_delay_s = 60;

/// Reads one optional text member; false and `fault` set when it is something else.
bool read_text(const json::Value& value, std::string_view name, std::size_t max_bytes, std::string& out,
               std::optional<Fault>& fault) {
    const json::Value* member = value.find(name);
    if (!member || fault) return false;
    const std::string* text = member->as_string();
    if (!text || !is_plain_text(*text, max_bytes)) {
        fault =
            wrong_argument(std::string(name), std::string(name) + " must be text without control characters");
        return false;
    }
    out = *text;
    return true;
}

bool read_integer(const json::Value& value, std::string_view name, std::int64_t low, std::int64_t high,
                  std::int64_t& out, std::optional<Fault>& fault) {
    const json::Value* member = value.find(name);
    if (!member || fault) return false;
    const std::int64_t* number = member->as_integer();
    if (!number || *number < low || *number > high) {
        fault = wrong_argument(std::string(name), std::string(name) + " must be an integer from " +
                                                      std::to_string(low) + " to " + std::to_string(high));
        return false;
    }
    out = *number;
    return true;
}

void read_delay(const json::Value& value, FaultRule& rule, std::optional<Fault>& fault) {
    const json::Value* member = value.find("delaySeconds");
    if (!member || fault) return;
    double seconds = -1;
    if (const std::int64_t* whole = member->as_integer()) seconds = static_cast<double>(*whole);
    if (const double* fraction = member->as_fraction()) seconds = *fraction;
    if (!(seconds >= 0 && seconds <= max_delay_s))
        fault = wrong_argument("delaySeconds", "delaySeconds must be a number from 0 to 60");
    else
        rule.delay = from_seconds(seconds);
}

}  // namespace

Answer<FaultRule> decode_fault_rule(const json::Value& value) {
    FaultRule rule;
    std::optional<Fault> fault;
    std::int64_t err_code = 0;
    if (!read_text(value, "method", limits::method_bytes, rule.method, fault) && !fault)
        return wrong_argument("method", "method is missing: a channel method or a path");
    read_text(value, "openId", limits::open_id_bytes, rule.open_id, fault);
    read_text(value, "sn", limits::sn_bytes, rule.sn, fault);
    read_integer(value, "errCode", -1'000'000'000, 1'000'000'000, err_code, fault);
    read_text(value, "errMsg", limits::reason_bytes, rule.err_msg, fault);
    read_integer(value, "times", 1, max_times, rule.times, fault);
    read_delay(value, rule, fault);
    if (const json::Value* drop = value.find("drop"); drop && !fault) {
        if (!drop->as_bool()) return wrong_argument("drop", "drop must be true or false");
        rule.drop = *drop->as_bool();
    }
    if (fault) return std::move(*fault);
    rule.err_code = static_cast<int>(err_code);
    if (rule.err_code == 0 && !rule.drop && rule.delay == Duration::zero())
        return wrong_argument("errCode", "a rule needs an errCode, delaySeconds or drop");
    return rule;
}

json::Value encode(const FaultRule& rule) {
    json::Value value;
    value.set("method", rule.method);
    if (!rule.open_id.empty()) value.set("openId", rule.open_id);
    if (!rule.sn.empty()) value.set("sn", rule.sn);
    value.set("errCode", rule.err_code);
    if (!rule.err_msg.empty()) value.set("errMsg", rule.err_msg);
    value.set("times", rule.times);
    value.set("delaySeconds", std::chrono::duration<double>(rule.delay).count());
    return value.set("drop", rule.drop);
}

Answer<void> FaultRules::add(FaultRule rule) {
    if (rules_.size() >= max_rules) return Fault{code::too_many, "100 fault rules are the most", {}, {}};
    rules_.push_back(std::move(rule));
    return {};
}

std::optional<FaultRule> FaultRules::take(std::string_view method, std::string_view open_id,
                                          std::string_view sn) {
    const auto found = std::find_if(rules_.begin(), rules_.end(), [&](const FaultRule& rule) {
        return rule.method == method && (rule.open_id.empty() || rule.open_id == open_id) &&
               (rule.sn.empty() || rule.sn == sn);
    });
    if (found == rules_.end()) return std::nullopt;
    FaultRule hit = *found;
    if (--found->times == 0) rules_.erase(found);
    return hit;
}

}  // namespace voip::service
