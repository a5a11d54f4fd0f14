#pragma once
#include "daemon/call/calls.hpp"
#include "daemon/control/ports.hpp"
#include "protocol/fault.hpp"

/// Results of the local API's methods as JSON. Pure.
namespace voip::control {

[[nodiscard]] json::Value encode(const Contact& contact);
[[nodiscard]] json::Value encode(const DeviceFacts& facts);
[[nodiscard]] json::Value encode(const PushToken& token);
[[nodiscard]] json::Value encode(const BoardFacts& facts);
[[nodiscard]] json::Value encode(const RelayOpening& opening);
[[nodiscard]] json::Value encode(const RelayPulse& pulse);
[[nodiscard]] json::Value encode(const Health& health);
[[nodiscard]] json::Value encode(const Reloaded& reloaded);
[[nodiscard]] json::Value encode(const call::MediaAnswer& answer);
/// The result as it is, or Fault 4130 when it does not fit into one message.
[[nodiscard]] Answer<json::Value> bounded(json::Value result);
/// {contacts: [...]}; bounded.
[[nodiscard]] Answer<json::Value> encode_contacts(const std::vector<Contact>& contacts);
/// {calls: [...]}: as many of the newest as fit into one message; the rest is asked for with `before`.
[[nodiscard]] json::Value encode_history(const std::vector<CallRecord>& records);

}  // namespace voip::control
