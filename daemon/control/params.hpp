#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "daemon/call/calls.hpp"
#include "daemon/control/filter.hpp"
#include "daemon/control/ports.hpp"
#include "protocol/fault.hpp"

/// Params of the local API's methods, judged before a handler runs. Pure; any JSON is safe. Unknown members
/// are ignored; the first fault is answered as 1004 with the path of the member ("people[1].openId"). A
/// roomId that can be no call's (empty, a number) is Fault 1. Absent params read as {}.
namespace voip::control {

struct HangUpParams {
    std::optional<std::string> room_id;
    HangUpReason reason = HangUpReason::forceFromApp;
};
struct HistoryParams {
    std::size_t limit = 20;  ///< 1 to limits::history_page
    std::optional<UnixMillis> before;
};
struct PressParams {
    std::string button;
    bool long_press = false;
};
struct RelayParams {
    std::string relay;
    std::optional<Duration> length;  ///< above 0, one hour at most; the driver clamps further
};

[[nodiscard]] Answer<call::CallRequest> decode_call(const json::Value& params);
[[nodiscard]] Answer<std::optional<std::string>> decode_answer(const json::Value& params);
[[nodiscard]] Answer<HangUpParams> decode_hang_up(const json::Value& params);
[[nodiscard]] Answer<call::MediaRequest> decode_set_media(const json::Value& params);
[[nodiscard]] Answer<EventFilter> decode_subscribe(const json::Value& params);
[[nodiscard]] Answer<HistoryParams> decode_history(const json::Value& params);
[[nodiscard]] Answer<Contact> decode_contact_set(const json::Value& params);
[[nodiscard]] Answer<std::string> decode_contact_remove(const json::Value& params);
/// The snTicket; the fault never repeats what was sent.
[[nodiscard]] Answer<std::string> decode_register(const json::Value& params);
[[nodiscard]] Answer<PressParams> decode_press(const json::Value& params);
[[nodiscard]] Answer<RelayParams> decode_relay(const json::Value& params);
[[nodiscard]] Answer<std::string> decode_log_set(const json::Value& params);

}  // namespace voip::control
