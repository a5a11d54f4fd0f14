#pragma once
#include <string>

#include "core/json.hpp"
#include "daemon/ctl/text.hpp"
#include "protocol/rpc/codec.hpp"

/// The daemon's answers for people. Pure: values in, text out, each line ended by a line break. What is
/// missing or has another type is left out, so that an older or newer daemon can be asked too.
namespace voip::ctl {

/// How a result is shown to people.
using Show = std::string (*)(const json::Value& result, const Look& look);

[[nodiscard]] std::string show_status(const json::Value& room_device_health, const Look& look);
[[nodiscard]] std::string show_room(const json::Value& snapshot, const Look& look);
[[nodiscard]] std::string show_call(const json::Value& init_result, const Look& look);
[[nodiscard]] std::string show_room_id(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_media(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_contact(const json::Value& contact, const Look& look);
[[nodiscard]] std::string show_contacts(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_history(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_device(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_push_token(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_board(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_relay(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_health(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_metrics(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_levels(const json::Value& result, const Look& look);
[[nodiscard]] std::string show_reload(const json::Value& result, const Look& look);
/// "done" for methods with nothing to say.
[[nodiscard]] std::string show_done(const json::Value& result, const Look& look);
/// Indented JSON.
[[nodiscard]] std::string show_raw(const json::Value& result, const Look& look);

/// One line for a notification of `watch`; with look.json it is {"method":...,"params":...}.
[[nodiscard]] std::string show_notification(const rpc::Notification& heard, const Look& look);
/// One line for a snapshot.
[[nodiscard]] std::string show_phase(const json::Value& snapshot, const Look& look);

/// "error 1004: timeLimit: missing": for stderr.
[[nodiscard]] std::string show_fault(const Fault& fault);
/// "refused 9: ...": the resolved failure of a call.
[[nodiscard]] std::string show_refusal(const json::Value& init_result);

/// OpenMetrics as the text format that node_exporter's textfile collector reads: a counter's TYPE and HELP
/// carry the name of its samples ("..._total"), and there is no end mark.
[[nodiscard]] std::string prometheus_text(std::string_view open_metrics);

}  // namespace voip::ctl
