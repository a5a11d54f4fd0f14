#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "protocol/fault.hpp"

/// Fault rules of the development mode: what a tester orders the service to do wrong. Pure.
namespace voip::service {

/// One order. It applies to a method of the channel ("voip.initByCaller") or to a path ("/v1/device/token").
struct FaultRule {
    std::string method;
    std::string open_id;     ///< only requests that involve this user; empty: any
    std::string sn;          ///< only requests that involve this device; empty: any
    int err_code = 0;        ///< 0: the request is done as ever (for delay and drop alone)
    std::string err_msg;     ///< empty: the table's text of the code
    std::int64_t times = 1;  ///< how many requests it still hits
    Duration delay{};        ///< before the work, 0 to 60 s
    bool drop = false;       ///< the answer is never sent; with err_code 0 the work is done
    friend bool operator==(const FaultRule&, const FaultRule&) = default;
};
/// {method, openId?, sn?, errCode, errMsg?, times?, delaySeconds?, drop?}; Fault 1004 names the member.
[[nodiscard]] Answer<FaultRule> decode_fault_rule(const json::Value& value);
[[nodiscard]] json::Value encode(const FaultRule& rule);

class FaultRules {
 public:
    static constexpr std::size_t max_rules = 100;

    /// @errors Fault 4290 when there are max_rules
    [[nodiscard]] Answer<void> add(FaultRule rule);
    void clear() noexcept { rules_.clear(); }
    [[nodiscard]] const std::vector<FaultRule>& all() const noexcept { return rules_; }

    /// The first rule that matches, counted down (and forgotten when used up).
    /// @param open_id, sn  everybody that the request involves; empty where it involves none
    [[nodiscard]] std::optional<FaultRule> take(std::string_view method, std::string_view open_id,
                                                std::string_view sn);

 private:
    std::vector<FaultRule> rules_;
};

}  // namespace voip::service
